"""Parquet files as items: rows as objects, with what JSON has no word for as text."""

from __future__ import annotations

import datetime
import decimal
import io
from typing import Any

import pytest

from stepfunctions.integrations.items import parquet
from stepfunctions.integrations.items.failures import Malformed
from stepfunctions.values import Json

pyarrow = pytest.importorskip("pyarrow")
pyarrow_parquet = pytest.importorskip("pyarrow.parquet")


def file_of(table: Any, **options: Any) -> io.BytesIO:
    file = io.BytesIO()
    pyarrow_parquet.write_table(table, file, **options)
    file.seek(0)
    return file


async def rows(file: io.BytesIO) -> list[Json]:
    return [row async for batch in parquet.parquet_rows(file) for row in batch]


async def test_rows_come_in_order_through_all_row_groups() -> None:
    file = file_of(pyarrow.table({"n": list(range(5000)), "s": ["x"] * 5000}), row_group_size=700)
    assert await rows(file) == [{"n": n, "s": "x"} for n in range(5000)]


async def test_wide_rows_come_in_smaller_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "BATCH_BYTES", 10_000)
    texts = [f"{n:04}" * 250 for n in range(40)]
    file = file_of(pyarrow.table({"s": texts}), row_group_size=25, use_dictionary=False)
    sizes, found = [], []
    async for batch in parquet.parquet_rows(file):
        rows_of_batch = list(batch)
        sizes.append(len(rows_of_batch))
        found += [row["s"] for row in rows_of_batch]
    assert found == texts
    assert max(sizes) < 11


async def test_values_become_json() -> None:
    moment = datetime.datetime(2024, 1, 2, 3, 4, 5, 600_000)  # noqa: DTZ001 - Parquet has times without a zone
    table = pyarrow.table(
        {
            "none": pyarrow.array([None], pyarrow.int64()),
            "float": [1.5],
            "nan": [float("nan")],
            "bool": [True],
            "list": [[1, None]],
            "struct": [{"a": {"b": 1}}],
            "map": pyarrow.array([[("k", 1)]], pyarrow.map_(pyarrow.string(), pyarrow.int64())),
            "bytes": [b"\xff"],
            "date": [moment.date()],
            "time": [moment],
            "utc": pyarrow.array([moment], pyarrow.timestamp("ns", "UTC")),
            "decimal": [decimal.Decimal("1.10")],
        }
    )
    assert await rows(file_of(table)) == [
        {
            "none": None,
            "float": 1.5,
            "nan": None,
            "bool": True,
            "list": [1, None],
            "struct": {"a": {"b": 1}},
            "map": {"k": 1},
            "bytes": "/w==",
            "date": "2024-01-02",
            "time": "2024-01-02T03:04:05.600000",
            "utc": "2024-01-02T03:04:05.600000Z",
            "decimal": "1.10",
        }
    ]


async def test_a_file_without_rows_has_no_items() -> None:
    assert await rows(file_of(pyarrow.table({"n": pyarrow.array([], pyarrow.int64())}))) == []


async def test_what_is_no_parquet_is_malformed() -> None:
    with pytest.raises(Malformed, match="cannot be read as Parquet"):
        await rows(io.BytesIO(b"PAR1 but not really"))


@pytest.mark.parametrize("quota", ["FOOTER_MAX_BYTES", "ROW_GROUP_MAX_BYTES"])
async def test_aws_quotas_hold(monkeypatch: pytest.MonkeyPatch, quota: str) -> None:
    monkeypatch.setattr(parquet, quota, 10)
    with pytest.raises(Malformed, match="AWS takes at most 10"):
        await rows(file_of(pyarrow.table({"n": list(range(100))})))
