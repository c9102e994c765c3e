"""The settings that only a Distributed Map has: ItemReader, ItemBatcher, ResultWriter.

Each is evaluated over the state's effective input, once for each Map Run. What both modes have is in ``map_settings``.

Source: AWS Developer Guide, "ItemReader", "ItemBatcher", "ResultWriter"; the texts as recorded from AWS.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from stepfunctions.asl import model
from stepfunctions.core import expressions
from stepfunctions.core.queries import RUNTIME, Query, template
from stepfunctions.core.states.map_settings import integer, path_setting
from stepfunctions.query.failure import QueryFailed
from stepfunctions.query.scope import Scope
from stepfunctions.values import ABSENT, Json

ITEMS_MAX: Final = 100_000_000
"""More items than these AWS does not read, whatever MaxItems says."""


@dataclass(frozen=True, slots=True)
class Batcher:
    """ItemBatcher; each None is what the state does not give.

    Args:
        items_max: MaxItemsPerBatch.
        bytes_max: MaxInputBytesPerBatch.
        input: BatchInput.
    """

    items_max: Query | None
    bytes_max: Query | None
    input: Query | None


@dataclass(frozen=True, slots=True)
class Storage:
    """ItemReader or ResultWriter.

    Args:
        resource: what reads or writes; None for a ResultWriter that has only a WriterConfig.
        arguments: Parameters or Arguments; None if they are not given.
        config: ReaderConfig or WriterConfig, its numbers evaluated.
    """

    resource: str | None
    arguments: Query | None
    config: Query

    def evaluate(self, data: Json, scope: Scope) -> dict[str, Json]:
        """Return ``{"resource": str | None, "arguments": {...} | None, "config": {...}}``."""
        return {
            "resource": self.resource,
            "arguments": None if self.arguments is None else self.arguments(data, scope),
            "config": self.config(data, scope),
        }


def item_batcher(state: model.Map) -> Batcher | None:
    """Return ItemBatcher; None if it is not given."""
    batcher = state.item_batcher
    if batcher is None:
        return None
    items_max = _limit(state, "MaxItemsPerBatch", batcher.max_items_per_batch, batcher.max_items_per_batch_path)
    bytes_max = _limit(
        state, "MaxInputBytesPerBatch", batcher.max_input_bytes_per_batch, batcher.max_input_bytes_per_batch_path
    )
    return Batcher(items_max, bytes_max, _template(state, batcher.batch_input, "ItemBatcher/BatchInput"))


def item_reader(state: model.Map) -> Storage | None:
    """Return ItemReader; None if it is not given."""
    reader = state.item_reader
    if reader is None:
        return None
    config = dict(reader.reader_config)
    fixed, path = config.pop("MaxItems", ABSENT), config.pop("MaxItemsPath", None)
    read = (
        expressions.whole_number(fixed, "ItemReader/ReaderConfig/MaxItems", None)
        if state.query_language == model.JSONATA
        else path_setting(fixed, path, "MaxItems", integer)
    )

    def rendered(data: Json, scope: Scope) -> Json:
        return config if read is None else {**config, "MaxItems": min(read(data, scope), ITEMS_MAX)}

    return Storage(reader.resource, _arguments(state, reader, "ItemReader"), rendered)


def result_writer(state: model.Map) -> Storage | None:
    """Return ResultWriter; None if it is not given."""
    writer = state.result_writer
    if writer is None:
        return None
    config = writer.writer_config
    return Storage(writer.resource, _arguments(state, writer, "ResultWriter"), lambda data, scope: config)


def _arguments(state: model.Map, storage: Any, field: str) -> Query | None:
    if state.query_language == model.JSONATA:
        return _template(state, storage.arguments, f"{field}/Arguments")
    return _template(state, storage.parameters, f"{field}/Parameters")


def _template(state: model.Map, value: Json, field: str) -> Query | None:
    if value is ABSENT:
        return None
    return expressions.argument(value, field) if state.query_language == model.JSONATA else template(value, field)


def _limit(state: model.Map, field: str, fixed: Json, path: str | None) -> Query | None:
    """Return a limit of a batch; None if it is not given. The text for 0 is not verified against AWS."""
    if state.query_language == model.JSONATA:
        return expressions.whole_number(fixed, f"ItemBatcher/{field}", 1)
    read = path_setting(fixed, path, field, integer)
    if read is None:
        return None

    def limit(data: Json, scope: Scope) -> Json:
        number = read(data, scope)
        if number < 1:
            raise QueryFailed(RUNTIME, f"{field} must be positive.")
        return number

    return limit
