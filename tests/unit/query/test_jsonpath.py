"""Paths: what they find, what they refuse, and AWS's words where they find nothing."""

from __future__ import annotations

from typing import Any

import pytest

from stepfunctions.query.failure import QueryFailed
from stepfunctions.query.jsonpath import PathNotFound, PathSyntaxError, compile_path

STORE = {
    "book": [
        {"title": "Sayings", "price": 8.95, "tags": ["old", "wise"]},
        {"title": "Sword", "price": 12.99, "isbn": None},
        {"title": "Moby", "price": 8.99, "isbn": "0-553"},
    ],
    "bicycle": {"color": "red", "price": 19.95},
    "with space": 1,
    "a-b": {"2": "two"},
    "it's": "quoted",
    "zero": 0,
}


def find(path: str, data: Any, scope: Any) -> Any:
    return compile_path(path)(data, scope)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("$.zero", 0),
        ("$.bicycle.color", "red"),
        ("$['bicycle']['color']", "red"),
        ('$["bicycle"].color', "red"),
        ("$.['bicycle'].color", "red"),
        ("$['with space']", 1),
        ("$[ 'zero' ]", 0),
        (r"$['it\'s']", "quoted"),
        (r"$['\u007aero']", 0),
        ("$.a-b.2", "two"),
        ("$.book[0].title", "Sayings"),
        ("$.book[-1].title", "Moby"),
        ("$.book[1].isbn", None),
        ("$.book.[0].title", "Sayings"),
        ("$['bicycle']['color','price']", {"color": "red", "price": 19.95}),
        ("$.bicycle['color','nothing']", {"color": "red"}),
    ],
)
def test_a_definite_path_yields_the_value_itself(path: str, expected: Any, scope: Any) -> None:
    assert compile_path(path).definite
    assert find(path, STORE, scope) == expected


def test_the_whole_input_is_handed_on_and_not_copied(scope: Any) -> None:
    assert find("$", STORE, scope) is STORE


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("$.book[*].title", ["Sayings", "Sword", "Moby"]),
        ("$.book[0,2].title", ["Sayings", "Moby"]),
        ("$.book[1:].title", ["Sword", "Moby"]),
        ("$.book[:1].title", ["Sayings"]),
        ("$.book[:-1].title", ["Sayings", "Sword"]),
        ("$.book[-1:].title", ["Moby"]),
        ("$.book[0:2].title", ["Sayings", "Sword"]),
        ("$.book[0:9].title", ["Sayings", "Sword", "Moby"]),
        ("$.book[0:3:2].title", ["Sayings", "Sword", "Moby"]),
        ("$.book[-1:1].title", ["Moby", "Sayings"]),
        ("$.book[2:1].title", []),
        ("$.bicycle.*", ["red", 19.95]),
        ("$.bicycle[*]", ["red", 19.95]),
        ("$.zero.*", []),
        ("$.book[*].isbn", [None, "0-553"]),
        (
            "$.book[*]['title','isbn']",
            [{"title": "Sayings"}, {"title": "Sword", "isbn": None}, {"title": "Moby", "isbn": "0-553"}],
        ),
        ("$['book','bicycle'].price", [19.95]),
        ("$..price", [8.95, 12.99, 8.99, 19.95]),
        ("$..tags[0]", ["old"]),
        ("$..['color','price']", [{"color": "red", "price": 19.95}]),
    ],
)
def test_an_indefinite_path_yields_a_list(path: str, expected: Any, scope: Any) -> None:
    assert not compile_path(path).definite
    assert find(path, STORE, scope) == expected


@pytest.mark.parametrize(
    "path", ["$[*]", "$.items[*]", "$.items[1:]", "$.item.items[1:5].itemValue", "$..x", "$.a[?(@.b)]", "$.a[0,1]"]
)
@pytest.mark.parametrize("data", [{}, None, 1, "text", []])
def test_an_indefinite_path_that_finds_nothing_yields_an_empty_list(path: str, data: Any, scope: Any) -> None:
    assert find(path, data, scope) == []


def test_the_descent_visits_outer_values_before_inner_ones(scope: Any) -> None:
    data = {"a": {"a": {"a": 1}}, "b": [{"a": 2}]}
    assert find("$..a", data, scope) == [{"a": {"a": 1}}, {"a": 1}, 1, 2]


def test_everything_below_the_root_is_what_the_descent_with_a_wildcard_finds(scope: Any) -> None:
    assert find("$..*", {"a": [1, {"b": 2}]}, scope) == [[1, {"b": 2}], 1, {"b": 2}, 2]


def test_a_descent_into_an_array_tries_the_next_step_on_all_its_elements(scope: Any) -> None:
    assert find("$..[0].a", [{"a": 1}, {"a": 2}], scope) == [1, 2]
    assert find("$.d..a", {"d": {"a": [1, 2]}}, scope) == [[1, 2]]
    assert find("$.d..a[*]", {"d": {"a": [1, 2]}}, scope) == [1, 2]


@pytest.mark.parametrize(
    ("path", "data", "detail"),
    [
        ("$.X", {}, "No results for path: $['X']"),
        ("$.a.X", {"a": {}}, "No results for path: $['a']['X']"),
        ("$.a.b.c", {}, "Missing property in path $['a']"),
        ("$.a.b.c", {"a": {}}, "Missing property in path $['a']['b']"),
        ("$.no.such.path", {}, "Missing property in path $['no']"),
        ("$.a[5]", {"a": [1]}, "No results for path: $['a'][5]"),
        ("$.a[5].b", {"a": [1]}, "No results for path: $['a'][5]['b']"),
        ("$.a[-2]", {"a": [1]}, "No results for path: $['a'][-2]"),
        ("$.a[0]", {"a": None}, "The path $['a'] is null"),
        ("$[0]", {"a": [1, "x"]}, "Filter: [0] can only be applied to arrays. Current context is: {a=[1, x]}"),
        ("$.list.length()", {"list": []}, None),
        ("$.a['x','y'].z['p','q']", {"a": {}}, None),
    ],
)
def test_a_definite_path_that_finds_nothing_says_so_in_jayways_words(
    path: str, data: Any, detail: str | None, scope: Any
) -> None:
    compiled = compile_path(path)
    if not compiled.definite:
        assert compiled(data, scope) == []
        return
    with pytest.raises(PathNotFound) as missing:
        compiled(data, scope)
    assert missing.value.path == path
    assert detail is None or missing.value.detail == detail


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("$.a", "text"),
        ("$[0]", "text"),
        ("$.a", [1]),
        ("$['0']", [1]),
        ("$.a.b", {"a": "b"}),
        ("$.a.b[0].c", {"a": {"b": "x"}}),
        ("$.a.b[0].c", {"a": {"b": {"0": {"c": 1}}}}),
        ("$.a[0]", {"a": "text"}),
        ("$.a[0][0]", {"a": ["text"]}),
        ("$.a[0][0].b", {"a": ["text"]}),
        ("$.a.b.c", {"a": {"b": "text"}}),
        ("$.a.b.c.d", {"a": {"b": ["c"]}}),
    ],
)
def test_a_name_never_reads_an_array_nor_an_index_a_string(path: str, data: Any, scope: Any) -> None:
    with pytest.raises(PathNotFound):
        find(path, data, scope)


def test_the_wrong_type_is_told_with_its_java_name(scope: Any) -> None:
    with pytest.raises(
        PathNotFound, match=r"object with property \['b'\] in path \$\['a'\] but found 'java.lang.String'"
    ):
        find("$.a.b", {"a": "text"}, scope)


def test_two_dollars_read_the_context_object(make_scope: Any) -> None:
    scope = make_scope(context={"Execution": {"Input": {"a": [1, 2]}}})
    assert find("$$", None, scope) is scope.context
    assert find("$$.Execution.Input.a[1]", None, scope) == 2
    assert find("$$..a", None, scope) == [[1, 2]]
    with pytest.raises(PathNotFound, match=r"No results for path: \$\['Execution'\]\['No'\]"):
        find("$$.Execution.No", None, scope)


def test_a_dollar_and_a_name_read_a_variable(make_scope: Any) -> None:
    scope = make_scope(variables={"x": {"a": [1]}, "größe": 2, "none": None})
    assert find("$x", None, scope) == {"a": [1]}
    assert find("$x.a[0]", None, scope) == 1
    assert find("$x.a[*]", None, scope) == [1]
    assert find("$größe", None, scope) == 2
    assert find("$none", None, scope) is None
    assert compile_path("$x.a").variables == {"x"}
    assert compile_path("$.x").variables == frozenset()


def test_a_variable_that_nobody_assigned_is_not_found(scope: Any) -> None:
    with pytest.raises(PathNotFound, match=r"\$x"):
        find("$x", {"x": 1}, scope)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "a",
        "x.$",
        "$.",
        "$..",
        "$...a",
        "$.a.",
        "$.a b",
        "$[",
        "$[]",
        "$['a'",
        "$['a]",
        "$['a',]",
        "$[:]",
        "$[a]",
        "$[1.5]",
        "$[1,]",
        "$.a]",
        "$.a[?]",
        "$.a[?()]",
        "$.a[?(@.b]",
        "$.a[?(1)]",
        "$.a[?(@.b ==)]",
        "$.a[?(@.b ~ 1)]",
        "$.a[?(@.b =~ /(/)]",
        "$.a[?(@.b == $variable)]",
        "$*",
    ],
)
def test_text_that_is_no_path_is_refused_when_compiled(path: str) -> None:
    with pytest.raises(PathSyntaxError) as refused:
        compile_path(path)
    assert isinstance(refused.value, ValueError)
    assert repr(path)[1:-1] in str(refused.value) or path in str(refused.value)


def test_the_same_text_is_compiled_once() -> None:
    assert compile_path("$.compiled.once") is compile_path("$.compiled.once")


@pytest.mark.parametrize("path", ["$[1\x1d]", "$[\u0661]", "$[?(@.a == \u0661)]", "$[?(@.a == 1\u1a95)]"])
def test_digits_and_blanks_are_those_of_ascii(path: str) -> None:
    with pytest.raises(PathSyntaxError):
        compile_path(path)


def nested(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = {"a": value}
    return value


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("$..a..a..a..a", nested(100)),
        ("$..*..*..*..*", nested(100)),
        ("$.l[?(@.a in $..a)]", {"l": [{"a": str(number)} for number in range(5000)]}),
        ("$" + "[0,0]" * 24, nested(0)),
    ],
)
def test_a_path_that_leads_to_too_many_values_fails(path: str, data: Any, scope: Any) -> None:
    if path.endswith("[0,0]"):
        for _ in range(24):
            data = [data]
    with pytest.raises(QueryFailed, match="leads to too many values"):
        find(path, data, scope)
