"""How the items of a Distributed Map become batches: the input of a child that gets several.

Source: AWS Developer Guide, "ItemBatcher (Map)".
"""

from __future__ import annotations

from collections.abc import Iterable

from stepfunctions.values import PAYLOAD_MAX_BYTES, size_bytes


def fill_batch(
    texts: Iterable[str], given: str | None, items_max: int | None, bytes_max: int | None
) -> tuple[list[str], bool]:
    """Return the items of the next batch, and whether it is full: whether one more would not belong to it.

    Args:
        texts: the items, as JSON; no more are taken than it needs.
        given: the BatchInput, as JSON; None if there is none.
        items_max: MaxItemsPerBatch; None for any number.
        bytes_max: MaxInputBytesPerBatch; None for what a payload may have. A first item that is longer is a batch.
    """
    bytes_max = min(bytes_max or PAYLOAD_MAX_BYTES, PAYLOAD_MAX_BYTES)
    size = size_bytes(batch_text((), given)) - 1
    taken: list[str] = []
    for text in texts:
        size += 1 + size_bytes(text)
        if taken and size > bytes_max:
            return taken, True
        taken.append(text)
        if len(taken) == items_max:
            return taken, True
    return taken, False


def batch_text(texts: Iterable[str], given: str | None) -> str:
    """Return the input of a child that gets the items *texts* and the BatchInput *given*, as JSON."""
    head = "" if given is None else f'"BatchInput":{given},'
    return f'{{{head}"Items":[{",".join(texts)}]}}'
