"""Payload templates: what is replaced, what stays, what is shared, and AWS's words for what is missing."""

from __future__ import annotations

from typing import Any

import pytest

from stepfunctions.query.failure import QueryFailed
from stepfunctions.query.template import TemplateSyntaxError, compile_template

DATA = {"a": 1, "b": {"c": [2, 3]}}


def fill(template: Any, scope: Any, data: Any = DATA) -> Any:
    return compile_template(template, "Parameters")(data, scope)


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ({"x.$": "$.a"}, {"x": 1}),
        ({"x.$": "$.b.c[*]", "y": "$.a"}, {"x": [2, 3], "y": "$.a"}),
        (
            {"deep": {"list": [1, {"x.$": "$.a"}, [{"y.$": "$.b"}]]}},
            {"deep": {"list": [1, {"x": 1}, [{"y": {"c": [2, 3]}}]]}},
        ),
        ({"x.$": "States.MathAdd($.a, 1)"}, {"x": 2}),
        ({"x.$": "$"}, {"x": DATA}),
        ({"x.$": "$..nothing"}, {"x": []}),
        (["$.a", {"x.$": "$.a"}], ["$.a", {"x": 1}]),
        ({".$": "$.a"}, {"": 1}),
        ("$.a", "$.a"),
        (None, None),
    ],
)
def test_only_names_that_end_in_dot_dollar_are_replaced(template: Any, expected: Any, scope: Any) -> None:
    assert fill(template, scope) == expected


def test_members_keep_their_order(scope: Any) -> None:
    assert list(fill({"z.$": "$.a", "y": 1, "x.$": "$.a"}, scope)) == ["z", "y", "x"]


def test_variables_and_the_context_object_are_seen(make_scope: Any) -> None:
    scope = make_scope(variables={"v": {"w": 9}}, context={"State": {"Name": "S"}})
    compiled = compile_template({"a.$": "$v.w", "b.$": "$$.State.Name", "c.$": "States.Array($u, $v)"}, "Assign")
    assert compiled.variables == {"u", "v"}
    with pytest.raises(QueryFailed, match=r"\$u"):
        compiled({}, scope)


def test_a_template_without_expressions_is_one_object_for_ever(scope: Any) -> None:
    template = {"a": [1, {"b": 2}]}
    compiled = compile_template(template, "Parameters")
    assert compiled.constant
    assert compiled({}, scope) is compiled(DATA, scope) is template


def test_constant_parts_are_shared_and_computed_parts_are_not(scope: Any) -> None:
    compiled = compile_template({"same": {"a": [1]}, "x": {"y.$": "$.a"}}, "Parameters")
    first, second = compiled(DATA, scope), compiled({"a": 5}, scope)
    assert first["same"] is second["same"]
    assert (first["x"], second["x"]) == ({"y": 1}, {"y": 5})


@pytest.mark.parametrize(
    ("path", "field"),
    [("$.x", "value.$"), ("$.x.y.z", "value.$"), ("$$.Execution.Input.no", "value.$"), ("$x", "value.$")],
)
def test_a_path_without_target_is_told_with_the_field_and_the_input(path: str, field: str, make_scope: Any) -> None:
    with pytest.raises(QueryFailed) as failed:
        fill({"inner": [{field: path}]}, make_scope(context={}), {"é": 1.50, "n": None})
    assert failed.value.failure.error == "States.Runtime"
    assert failed.value.failure.cause == (
        f"The JSONPath '{path}' specified for the field '{field}' could not be found in the input "
        '\'{"é":1.5,"n":null}\''
    )


def test_a_path_into_no_input_is_told_in_its_own_words(scope: Any) -> None:
    with pytest.raises(QueryFailed, match="Unable to apply Path transformation to null or empty input"):
        fill({"x.$": "$.a"}, scope, None)


@pytest.mark.parametrize(
    "value", ["text", "", 1, None, {"a": 1}, ["$.a"], "$.", "$[", "States.Nope()", "States.Array("]
)
def test_a_dot_dollar_name_wants_a_path_or_a_function(value: Any) -> None:
    with pytest.raises(TemplateSyntaxError) as refused:
        compile_template({"deep": [{"a.$": value}]}, "ResultSelector")
    assert refused.value.message == (
        "The value for the field 'a.$' must be a valid JSONPath or a valid intrinsic function call"
    )
    assert refused.value.location_suffix == "/ResultSelector"
    assert refused.value.detail
