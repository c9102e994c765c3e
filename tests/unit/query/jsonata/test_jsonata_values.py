"""What expressions evaluate to, where the official suite does not look."""

from __future__ import annotations

import json
from typing import Any

import pytest

from stepfunctions.query.jsonata import UNDEFINED, Function, compile  # noqa: A004

ORDERS = {
    "items": [
        {"id": 1, "price": 10.5, "tags": ["x", "y"]},
        {"id": 2, "price": 3, "tags": ["z"]},
        {"id": 3, "price": 3, "tags": []},
    ],
    "one": [{"id": 7}],
    "null": None,
}

VALUES = [
    ("$states.input.items.id", [1, 2, 3]),
    ("$states.input.one.id", 7),
    ("$states.input.one.id[]", [7]),
    ("$states.input.items[price = 3].id", [2, 3]),
    ("$states.input.items[-1].id", 3),
    ("$states.input.items[[0..1]].id", [1, 2]),
    ("$states.input.items.tags", ["x", "y", "z"]),
    ("$states.input.items^(price, >id).id", [3, 2, 1]),
    ("$states.input.items{$string(price): $sum(id)}", {"10.5": 1, "3": 5}),
    ("$states.input.items#$i.(id * $i)", [0, 2, 6]),
    ("$states.input.items@$it.$it.tags.($it.id & $)", ["1x", "1y", "2z"]),
    ("$states.input.items.tags.%.id", [1, 1, 2]),
    ("$states.input.`null`", None),
    ("$states.input.nothing", UNDEFINED),
    ("[$states.input.nothing, 1]", [1]),
    ("{'a': $states.input.nothing, 'b': null}", {"b": None}),
    ("$distinct([1, 1])", [1]),
    ("$distinct($states.input.items[id > 1].price)", 3),
    ("$map([1, 2], function($v, $i, $all){ $v * $i + $count($all) })", [2, 4]),
    ("$map([1, 2], function($v){ $filter([1, 2, 3], function($w){ $w = $v }) })", [[1], [2]]),
    ("($f := function($n){ $n = 0 ? 'done' : $f($n - 1) }; $f(5000))", "done"),
    ("($add := function($a, $b){ $a + $b }; $three := $add(?, 3); $three(4))", 7),
    ("($trimmed := $trim ~> $uppercase; $trimmed('  a '))", "A"),
    ("[1, 2, 3] ~> $sum()", 6),
    ("(($x := 1; $x := $x + 1); $x)", UNDEFINED),
    ("($x := 1; ($x := 2; $x) + $x)", 3),
    ("1 = true", False),
    ("[1, [2]] = [1, [2]]", True),
    ("$toMillis($now()) = $millis()", True),
    ("$now('[Y]')", "2023"),
    ("$random()", 0.75),
    ("$shuffle([1, 2, 3])", [2, 3, 1]),
]


@pytest.mark.parametrize(("text", "expected"), VALUES, ids=[text for text, _ in VALUES])
def test_an_expression_has_its_value(evaluate: Any, text: str, expected: Any) -> None:
    assert evaluate(text, states={"input": ORDERS}) == expected


NUMBERS = [
    ("4 / 2", "2"),
    ("0.1 + 0.2", "0.30000000000000004"),
    ("-0 * 1", "0"),
    ("1e20 + 0", "100000000000000000000"),
    ("9007199254740993 + 0", "9007199254740992"),
    ("9223372036854775807 * 1", "9223372036854776000"),
    ("1.0", "1"),
    ("5.5 % 2", "1.5"),
    ("-5 % 3", "-2"),
    ("$string(1e20)", '"100000000000000000000"'),
    ("$string(1e21)", '"1e+21"'),
    ("$string(0.0000001)", '"1e-7"'),
    ("$string(1/3)", '"0.333333333333333"'),
    ("1 / 0", '"Infinity"'),
    ("[-1 / 0, 0 / 0]", '["-Infinity", "NaN"]'),
]


@pytest.mark.parametrize(("text", "expected"), NUMBERS, ids=[text for text, _ in NUMBERS])
def test_numbers_are_doubles_written_as_javascript_writes_them(evaluate: Any, text: str, expected: str) -> None:
    assert json.dumps(evaluate(text)) == expected


def test_results_share_what_came_in(evaluate: Any) -> None:
    payload = {"deep": {"list": [{"a": 1}]}}

    assert evaluate("$states.input.deep", states={"input": payload}) is payload["deep"]
    assert evaluate("{'x': $states.input.deep}", states={"input": payload})["x"] is payload["deep"]


def test_a_transform_changes_a_copy(evaluate: Any) -> None:
    payload = {"items": [{"a": 1, "b": 2}, {"a": 3}]}
    before = json.dumps(payload)

    changed = evaluate("$states.input ~> |items|{'c': a}, 'b'|", states={"input": payload})

    assert changed == {"items": [{"a": 1, "c": 1}, {"a": 3, "c": 3}]}
    assert json.dumps(payload) == before


def test_a_transform_leaves_alone_what_is_not_in_its_copy(evaluate: Any) -> None:
    payload = {"a": {"b": 1}}

    assert evaluate("{} ~> |$states.input.a|{'b': 2}|", states={"input": payload}) == {}
    assert payload == {"a": {"b": 1}}


def test_results_are_plain_lists_and_dicts(evaluate: Any) -> None:
    made = evaluate("{'a': $map([1, 2], function($v){ {'v': [$v]} }), 'b': [1..3]}")

    assert [type(made), type(made["a"]), type(made["a"][0]), type(made["a"][0]["v"]), type(made["b"])] == [
        dict,
        list,
        dict,
        list,
        list,
    ]


@pytest.mark.parametrize("text", ["$sum", "function($x){ $x }", "{'f': $sum}", "[function(){1}]", "/a/"])
def test_a_result_that_is_or_holds_a_function_is_that_function(evaluate: Any, text: str) -> None:
    assert isinstance(evaluate(text), Function)


def test_a_workflow_variable_hides_a_function_of_the_library(evaluate: Any) -> None:
    assert evaluate("$count", count=5) == 5
    assert evaluate("$count([1, 2])") == 2


def test_assignments_do_not_outlive_the_evaluation(evaluate: Any) -> None:
    bindings = {"x": 1}
    expression = compile("$x := $x + 1")

    assert [expression.evaluate(bindings, None), expression.evaluate(bindings, None)] == [2, 2]  # type: ignore[arg-type]
    assert bindings == {"x": 1}
