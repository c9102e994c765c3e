"""Placeholders: naming, schemas, validation, paths."""

from __future__ import annotations

import json

import pytest

from stepfunctions.inputs import ExecutionInput, StepInput


def test_a_placeholder_names_values_inside_others() -> None:
    assert ExecutionInput()["a"]["b"][0].to_jsonpath() == "$$.Execution.Input['a']['b'][0]"
    assert StepInput()["a"].to_jsonpath() == "$['a']"


def test_quotes_in_a_name_are_escaped() -> None:
    assert StepInput()["it's"].to_jsonpath() == "$['it\\'s']"


def test_a_value_named_twice_is_one_placeholder() -> None:
    collection = ExecutionInput()
    assert collection["a"] is collection["a"]
    assert collection["a"] in collection
    assert StepInput()["a"] not in collection


def test_a_collection_with_a_schema_is_fixed() -> None:
    collection = ExecutionInput(schema={"JobName": str, "Nested": {"eta": float}})
    assert collection["Nested"]["eta"].type is float
    with pytest.raises(ValueError, match=r"does not conform to schema.*There is no 'jobname' in it; it has 'JobName'"):
        collection["jobname"]
    with pytest.raises(ValueError, match="does not conform"):
        collection["Nested"]["gamma"]


def test_a_key_is_a_name_or_an_index() -> None:
    with pytest.raises(ValueError, match="string or integer"):
        ExecutionInput()[1.5]  # type: ignore[index]


def test_a_type_once_given_is_kept() -> None:
    collection = ExecutionInput()
    assert collection.get("a", int).type is int
    with pytest.raises(ValueError, match="of type int, not str"):
        collection.get("a", str)


def test_the_schema_is_what_was_named() -> None:
    collection = ExecutionInput()
    collection.get("a", int)
    collection["b"]["c"]
    assert collection.get_schema_as_dict() == {"a": int, "b": {"c": str}}
    assert json.loads(collection.get_schema_as_json()) == {"a": "int", "b": {"c": "str"}}


def test_validation_says_what_is_missing_and_what_is_of_another_type() -> None:
    collection = ExecutionInput(schema={"a": int, "b": {"c": str, "d": float}})
    found = collection.validate({"a": "1", "b": {"d": 1.5}, "extra": None})
    assert not found.valid
    assert found.keys_missing == ["b.c"]
    assert found.keys_type_mismatch == [("a", int, str)]
    assert collection.validate({"a": 1, "b": {"c": "x", "d": 0.5}}).valid


@pytest.mark.parametrize("given", [None, [], "text"])
def test_an_input_that_is_no_object_misses_everything(given: object) -> None:
    found = ExecutionInput(schema={"a": int}).validate(given)
    assert not found.valid
    assert found.keys_missing == ["a"]


def test_no_schema_takes_anything() -> None:
    assert ExecutionInput().validate({}).valid


def test_a_placeholder_cannot_be_iterated() -> None:
    with pytest.raises(TypeError, match="cannot be iterated"):
        list(ExecutionInput()["a"])
