"""Items in data that is at hand."""

from __future__ import annotations

from typing import Any

import pytest

from stepfunctions.errors import InvalidRequest
from stepfunctions.integrations.items.given import given_items

GET = "arn:aws:states:::s3:getObject"
LIST = "arn:aws:states:::s3:listObjectsV2"


@pytest.mark.parametrize(
    ("resource", "config", "text", "items"),
    [
        (GET, {"InputType": "JSON"}, "[1, 2]", [1, 2]),
        (GET, {"InputType": "JSON", "ItemsPointer": "/a/b"}, '{"a": {"b": [1]}}', [1]),
        (GET, {"InputType": "JSON"}, '{"a": 1}', {"a": 1}),
        (GET, {"InputType": "JSONL"}, "1\n\n2", [1, 2]),
        (GET, {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"}, "a;b\n1;2", [{"a;b": "1;2"}]),
        (
            GET,
            {"InputType": "CSV", "CSVHeaderLocation": "GIVEN", "CSVHeaders": ["x"], "CSVDelimiter": "PIPE"},
            "1|2",
            [{"x": "1"}],
        ),
        (LIST, {}, '[{"Key": "k"}]', [{"Key": "k"}]),
        (LIST, {"Transformation": "LOAD_AND_FLATTEN", "InputType": "JSONL"}, "1", [1]),
    ],
)
def test_items_are_read_as_the_reader_would(resource: str, config: dict[str, Any], text: str, items: Any) -> None:
    assert given_items(resource, config, text) == items


@pytest.mark.parametrize(
    ("config", "text", "detail"),
    [
        ({"InputType": "JSON"}, "1", "Attempting to map over non-iterable node."),
        ({"InputType": "CSV"}, "a,a\n", "CSV headers cannot contain duplicates."),
        ({"InputType": "JSON"}, "[1", "it is not JSON after item 1: the document ends too early"),
        ({"InputType": "PARQUET"}, "", "items of the InputType PARQUET cannot be given as text"),
    ],
)
def test_data_that_is_something_else_is_refused_with_what_is_wrong(config: Any, text: str, detail: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        given_items(GET, config, text)
    assert str(refused.value) == f"mapItemReaderData is not what the ItemReader reads: {detail}"
