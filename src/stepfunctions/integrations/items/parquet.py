"""The rows of a Parquet file, as objects.

Read by pyarrow in a thread, row group by row group, straight from the object's blobs. What JSON has no word for becomes
text: dates and times in ISO 8601, decimals as their digits, binary in base64, NaN and infinities null. How AWS
writes those is not verified.

Source: AWS Developer Guide, "ItemReader (Map)": row groups of at most 256 MB, a footer of at most 5 MB.
"""

from __future__ import annotations

import base64
import datetime
import decimal
import math
from collections.abc import AsyncGenerator, Iterable, Iterator
from functools import partial
from typing import Any, BinaryIO, Final

from stepfunctions.integrations.items.compression import to_the_end
from stepfunctions.integrations.items.failures import Malformed
from stepfunctions.values import Json

FOOTER_MAX_BYTES: Final = 5 * 1024 * 1024
ROW_GROUP_MAX_BYTES: Final = 256 * 1024 * 1024
BATCH_ROWS: Final = 1000
BATCH_BYTES: Final = 4 * 1024 * 1024
"""About how much of the rows' data is there at once, as Parquet counts it before compression."""
BUFFER_BYTES: Final = 256 * 1024
"""How much of a column is read at once; without it, all of a row group's column."""


async def parquet_rows(file: BinaryIO) -> AsyncGenerator[Iterable[Json], None]:
    """Yield the rows of a Parquet file, in batches.

    Args:
        file: seekable; left open.

    Raises:
        Malformed: it is no Parquet file, or exceeds AWS's quotas; or pyarrow is not installed.
    """
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise Malformed("InputType PARQUET needs: pip install 'stepladder[parquet]'") from None
    try:
        opened = await to_the_end(partial(pyarrow.parquet.ParquetFile, file, buffer_size=BUFFER_BYTES))
        _check_quotas(opened.metadata)
        batches = opened.iter_batches(batch_size=_rows_at_once(opened.metadata), use_threads=False)
        while rows := await to_the_end(_next_rows, batches):
            yield rows
    except (pyarrow.ArrowException, OSError) as error:
        raise Malformed(f"it cannot be read as Parquet: {error}") from None


def _check_quotas(metadata: Any) -> None:
    if metadata.serialized_size > FOOTER_MAX_BYTES:
        raise Malformed(
            f"its Parquet footer has {metadata.serialized_size} bytes; AWS takes at most {FOOTER_MAX_BYTES}"
        )
    for index in range(metadata.num_row_groups):
        size = metadata.row_group(index).total_byte_size
        if size > ROW_GROUP_MAX_BYTES:
            raise Malformed(f"its row group {index} has {size} bytes; AWS takes at most {ROW_GROUP_MAX_BYTES}")


def _rows_at_once(metadata: Any) -> int:
    """Return how many rows are a batch, so that wide rows take no more memory than narrow ones."""
    groups = [metadata.row_group(index) for index in range(metadata.num_row_groups)]
    widest = max((group.total_byte_size / group.num_rows for group in groups if group.num_rows), default=0)
    return min(BATCH_ROWS, max(1, int(BATCH_BYTES // max(widest, 1))))


def _next_rows(batches: Iterator[Any]) -> list[Json]:
    for batch in batches:
        if batch.num_rows:
            rows = _in_microseconds(batch).to_pylist(maps_as_pydicts="lossy")
            return [_as_json(row) for row in rows]
    return []


def _in_microseconds(batch: Any) -> Any:
    """Return *batch* with its timestamps in microseconds: Python's datetime has nothing finer."""
    import pyarrow

    schema = batch.schema
    for index, field in enumerate(schema):
        if pyarrow.types.is_timestamp(field.type) and field.type.unit == "ns":
            schema = schema.set(index, field.with_type(pyarrow.timestamp("us", field.type.tz)))
    return batch if schema is batch.schema else batch.cast(schema, safe=False)


def _as_json(value: Any) -> Json:
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if math.isfinite(value) else None
        case dict():
            return {str(key): _as_json(item) for key, item in value.items()}
        case list():
            return [_as_json(item) for item in value]
        case bytes():
            return base64.b64encode(value).decode()
        case datetime.datetime():
            return value.isoformat().replace("+00:00", "Z")
        case datetime.date() | datetime.time():
            return value.isoformat()
        case datetime.timedelta():
            return value.total_seconds()
        case decimal.Decimal():
            return format(value, "f")
        case _:
            return str(value)
