"""Filters, with Jayway's ideas of existence and of types."""

from __future__ import annotations

from typing import Any

import pytest

from stepfunctions.query.jsonpath import PathSyntaxError, compile_path

ITEMS = [
    {"n": 1, "s": "one", "keep": False},
    {"n": 2, "s": "two", "tags": ["a", "b"]},
    {"n": 3.5, "s": "3.5", "tags": []},
    {"n": None, "s": "", "nested": {"deep": [1]}},
    {"n": "2", "keep": True, "o": {}},
]


@pytest.mark.parametrize(
    ("condition", "kept"),
    [
        ("@.keep", [0, 4]),
        ("!@.keep", [1, 2, 3]),
        ("!(@.keep)", [1, 2, 3]),
        ("@.n", [0, 1, 2, 3, 4]),
        ("@.nested.deep[0]", [3]),
        ("@['s']", [0, 1, 2, 3]),
        ("@.n == 2", [1, 4]),
        ("@.n == '2'", [1, 4]),
        ("2 == @.n", [1, 4]),
        ("@.n === 2", [1]),
        ("@.n !== 2", [0, 2, 3, 4]),
        ("@.n == 1.0", [0]),
        ("@.n == null", [3]),
        ("@.nothing == null", []),
        ("@.nothing == @.nothing2", []),
        ("@.nothing != 1", [0, 1, 2, 3, 4]),
        ("@.keep == false", [0]),
        ("@.keep == 0", []),
        ("@.keep == 'true'", []),
        ("@.n < 3", [0, 1]),
        ("@.n >= 2", [1, 2]),
        ("@.n > '1'", [4]),
        ("@.s > 'p'", [1]),
        ("@.s == 3.5", [2]),
        ("@.n<2", [0]),
        ("@.n==1||@.n==2", [0, 1, 4]),
        ("@.n == 1 || @.n == 2 && @.tags", [0, 1]),
        ("(@.n == 1 || @.n == 2) && @.tags", [1]),
        ("!(@.n == 1 || @.n == 2)", [2, 3]),
        ("@.s =~ /T.*/i", [1]),
        ("@.s =~ /o/", []),
        ("@.s =~ /.*o.*/", [0, 1]),
        ("@.tags =~ /a/", [1]),
        ("@.n =~ /[12]/", [0, 1, 4]),
        ("@.n in [1, 3.5]", [0, 2]),
        ("@.s in ['one','two']", [0, 1]),
        ('@.s IN ["one"]', [0]),
        ("@.s nin ['one','two']", [2, 3, 4]),
        ("'a' in @.tags", [1]),
        ("@.tags contains 'b'", [1]),
        ("@.s contains 'o'", [0, 1]),
        ("@.tags size 2", [1]),
        ("@.s size 3", [0, 1, 2]),
        ("@.tags empty true", [2]),
        ("@.tags empty false", [1]),
        ("@.o empty true", [4]),
        ("@.tags subsetof ['b','a','c']", [1, 2]),
        ("@.tags anyof ['b','z']", [1]),
        ("@.tags noneof ['b','z']", [2]),
        ("@.tags all ['b','a']", [1]),
        ("@.nested == {'deep': [1]}", [3]),
        ("@.tags == ['a', 'b']", [1]),
        ("@.n == $[0].n", [0]),
        ("@.tags[*] == ['a','b']", [1]),
        ("@.a==1 && !(@.b) || @.s =~ /one/", [0]),
    ],
)
def test_a_filter_keeps_the_elements_for_which_it_holds(condition: str, kept: list[int], scope: Any) -> None:
    assert compile_path(f"$[?({condition})]")(ITEMS, scope) == [ITEMS[position] for position in kept]


def test_a_filter_on_an_object_tests_the_object_and_not_its_members(scope: Any) -> None:
    data = {"a": {"x": 1}, "x": 1}
    assert compile_path("$[?(@.x)]")(data, scope) == [data]
    assert compile_path("$.a[?(@.a)]")(data, scope) == []


def test_one_match_stays_a_list(scope: Any) -> None:
    assert compile_path("$.jar[?(@.a >= 5)]")({"jar": [{"a": 5}, {"a": 4}]}, scope) == [{"a": 5}]


def test_a_filter_after_a_descent_finds_objects_at_any_depth(scope: Any) -> None:
    data = {"a": [{"id": 1}, {"b": {"id": 1, "c": 2}}]}
    assert compile_path("$..[?(@.id == 1)]")(data, scope) == [{"id": 1}, {"id": 1, "c": 2}]


def test_steps_after_a_filter_go_on_from_what_it_keeps(scope: Any) -> None:
    assert compile_path("$[?(@.n >= 1)].s")(ITEMS, scope) == ["one", "two", "3.5"]


def test_true_is_not_one(scope: Any) -> None:
    assert compile_path("$[?(@.a == 1)]")([{"a": True}, {"a": 1}], scope) == [{"a": 1}]
    assert compile_path("$[?(@.a == [1])]")([{"a": [True]}, {"a": [1]}], scope) == [{"a": [1]}]


@pytest.mark.parametrize(
    ("pattern", "matched"),
    [
        ("/ab.cd/s", ["abxcd", "ab\ncd"]),
        ("/ab.cd/", ["abxcd"]),
        ("/(?i)ABXCD/", ["abxcd"]),
        ("/a b x\nc d # all of it/x", ["abxcd"]),
        ("/abxcd|ab/", ["abxcd", "ab"]),
    ],
)
def test_a_regular_expression_matches_the_whole_text_with_the_flags_of_java(
    pattern: str, matched: list[str], scope: Any
) -> None:
    data = {"l": [{"s": "abxcd"}, {"s": "ab\ncd"}, {"s": "ab"}, {"s": None}]}

    assert compile_path(f"$.l[?(@.s =~ {pattern})].s")(data, scope) == matched


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|a)*c", "(.*)(.*)(.*)x"])
def test_no_regular_expression_holds_everything_up(pattern: str, scope: Any) -> None:
    data = {"l": [{"s": "a" * 5000 + "b"}]}

    assert compile_path(f"$.l[?(@.s =~ /{pattern}/)]")(data, scope) == []


@pytest.mark.parametrize("pattern", [r"\p{L}", r"\Qa\E", "a++"])
def test_what_only_java_knows_in_a_regular_expression_is_refused(pattern: str) -> None:
    with pytest.raises(PathSyntaxError, match="not a regular expression"):
        compile_path(f"$.l[?(@.s =~ /{pattern}/)]")
