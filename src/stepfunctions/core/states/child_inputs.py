"""What the children of a Map Run are given: the next item, or the next batch of items, after ItemSelector.

Which of them begin, and when, is for ``distributed_map``.

Source: AWS Developer Guide, "ItemSelector (Map)", "ItemBatcher (Map)".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stepfunctions.core.batching import batch_text, fill_batch
from stepfunctions.core.context import MapItem
from stepfunctions.core.flow import Flow
from stepfunctions.core.frame import Frame
from stepfunctions.core.map_run import MapRun
from stepfunctions.core.queries import Query
from stepfunctions.values import Json, dumps

if TYPE_CHECKING:
    from stepfunctions.core.execution import Execution


class ChildInputs:
    """Makes the inputs of children from the items that wait.

    Args:
        flow: of the Map state.
        selector: its ItemSelector; None if there is none.
        is_batched: a child gets several items.
    """

    def __init__(self, flow: Flow, selector: Query | None, *, is_batched: bool) -> None:
        self._flow = flow
        self._selector = selector
        self._is_batched = is_batched

    def selected_from(self, execution: Execution, frame: Frame) -> Json:
        """Return what ItemSelector sees as the state's input, the same for every item."""
        if self._selector is None:
            return None
        execution.surroundings.look_from(frame)
        return self._flow.effective_input(frame.payload, execution.surroundings).value

    def next(self, execution: Execution, frame: Frame, run: MapRun, data: Json) -> tuple[str, int] | None:
        """Return the input of the next child, as JSON, and how many items that is.

        Args:
            execution: where the frame belongs.
            frame: on the Map state.
            run: its Map Run.
            data: what ``selected_from`` returned.

        Returns:
            None if there is none now: no items, or more would belong to the batch that are not read yet.

        Raises:
            QueryFailed: ItemSelector cannot be evaluated.
            JsonError: the input is nested too deeply.
        """
        if not self._is_batched:
            return (self._item(execution, frame, run, 0, data), 1) if run.pending_items else None
        items = (self._item(execution, frame, run, offset, data) for offset in range(run.pending_items))
        texts, is_full = fill_batch(items, run.batch_input, run.batch_items_max, run.batch_bytes_max)
        if not texts or not (is_full or run.is_read):
            return None
        return batch_text(texts, run.batch_input), len(texts)

    def _item(self, execution: Execution, frame: Frame, run: MapRun, offset: int, data: Json) -> str:
        """Return what is given of the item *offset* places after the next one."""
        if self._selector is None:
            return plain_text(run, offset)
        item = run.items[run.next_item + offset]
        source, is_object = run.place_of(offset)
        key, value = item if is_object else (None, item)
        shown = MapItem(run.item_position + offset, value, source, key)
        execution.surroundings.look_from(frame, item=shown)
        return dumps(self._selector(data, execution.surroundings))


def plain_text(run: MapRun, offset: int) -> str:
    """Return what is given of the item *offset* places after the next one where no ItemSelector says otherwise."""
    item = run.items[run.next_item + offset]
    return dumps({"Key": item[0], "Value": item[1]} if run.place_of(offset)[1] else item)
