"""Reference paths: writing a result into the input without changing it."""

from __future__ import annotations

from typing import Any

import pytest

from stepfunctions.query.failure import QueryFailed
from stepfunctions.query.jsonpath import PathSyntaxError
from stepfunctions.query.reference import compile_reference


@pytest.mark.parametrize(
    ("path", "data", "expected"),
    [
        ("$", {"a": 1}, "new"),
        ("$.a", {"a": 1, "b": 2}, {"a": "new", "b": 2}),
        ("$.c", {"a": 1}, {"a": 1, "c": "new"}),
        ("$.x.y.z", {"a": 1}, {"a": 1, "x": {"y": {"z": "new"}}}),
        ("$['x y']", {}, {"x y": "new"}),
        ("$.a[1]", {"a": [1, 2]}, {"a": [1, "new"]}),
        ("$.a[-1]", {"a": [1, 2]}, {"a": [1, "new"]}),
        ("$.a[0].b", {"a": [{}]}, {"a": [{"b": "new"}]}),
        ("$[0]", [1], ["new"]),
    ],
)
def test_put_sets_the_value_at_the_path(path: str, data: Any, expected: Any) -> None:
    assert compile_reference(path).put(data, "new") == expected


def test_put_copies_along_the_path_only() -> None:
    data = {"a": {"b": {"c": 1}, "aside": {}}, "aside": []}
    result = compile_reference("$.a.b.c").put(data, 2)
    assert data == {"a": {"b": {"c": 1}, "aside": {}}, "aside": []}
    assert result == {"a": {"b": {"c": 2}, "aside": {}}, "aside": []}
    assert result["aside"] is data["aside"]
    assert result["a"]["aside"] is data["a"]["aside"]


def test_the_value_is_stored_as_it_is() -> None:
    value = {"big": [1]}
    assert compile_reference("$.r").put({}, value)["r"] is value


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("$.a", "text"),
        ("$.a", None),
        ("$.a", [1]),
        ("$.a.b", {"a": 1}),
        ("$.a.b", {"a": None}),
        ("$.a[1]", {"a": [1]}),
        ("$.a[-2]", {"a": [1]}),
        ("$.a[0]", {"a": {}}),
        ("$.a[0]", {}),
    ],
)
def test_a_path_that_does_not_fit_the_input_fails(path: str, data: Any) -> None:
    with pytest.raises(QueryFailed) as failed:
        compile_reference(path).put(data, 1)
    assert failed.value.failure.error == "States.ResultPathMatchFailure"
    assert path in str(failed.value.failure.cause)


@pytest.mark.parametrize(
    "path", ["$[*]", "$.a[1:]", "$..a", "$.a[0,1]", "$['a','b']", "$.a[?(@.b)]", "$$.a", "$variable", "a", "$.a["]
)
def test_only_one_place_of_the_input_can_be_referred_to(path: str) -> None:
    with pytest.raises(PathSyntaxError):
        compile_reference(path)


def test_reading_is_reading_the_path(scope: Any) -> None:
    assert compile_reference("$.a[0]")({"a": [7]}, scope) == 7


def test_a_path_deeper_than_json_can_be_is_refused() -> None:
    compile_reference("$" + ".a" * 500)
    with pytest.raises(PathSyntaxError):
        compile_reference("$" + ".a" * 501)
