"""What definitions are checked by."""

from __future__ import annotations

import pytest

from stepfunctions.query.jsonata import JsonataError, analyse, is_expression, strip_delimiters

UNSUPPORTED = [
    ("phone", ["phone"]),
    ("phone.number", ["phone"]),
    ("$", ["$"]),
    ("$.a", ["$"]),
    ("sum([1])", ["sum"]),
    ("a + b & a", ["a", "b"]),
    ("{'x': a}", ["a"]),
    ("$map(items, function($v){ $v })", ["items"]),
    ("$states.input.items[status = 'OPEN' and $.a].id", []),
    ("$states.input.items.(a + b)", []),
    ("$states.input.items^(price)", []),
    ("$states.input.items{name: $sum(price)}", []),
    ("$states.input ~> |items|{'a': b}|", []),
    ("($x := $states.input; $x.a)", []),
    ("$eval('1')", []),
]


@pytest.mark.parametrize(("text", "names"), UNSUPPORTED, ids=[text for text, _ in UNSUPPORTED])
def test_references_without_a_context_are_found(text: str, names: list[str]) -> None:
    expected = tuple(f"Reference to '{name}' at the top level is not supported." for name in names)
    assert analyse(text).unsupported == expected


@pytest.mark.parametrize("text", ["$$", "$states.input.items[$ = $$.a]", "$x.(a + $$)"])
def test_the_root_is_found_wherever_it_stands(text: str) -> None:
    assert analyse(text).unsupported == ("Reference to '$$' is not supported.",)


VARIABLES = [
    ("$a + $b.c", ("a", "b")),
    ("$sum($states.input.values) + $var_constant_1", ("var_constant_1",)),
    ("$states.context", ()),
    ("($x := $y; $x + $z)", ("y", "z")),
    ("($x := $x + 1; $x)", ("x",)),
    ("function($v){ $v + $w }", ("w",)),
    ("($f := function($n){ $f($n) }; $f(1))", ()),
    ("($f := function(){ $g() }; $g := function(){ 1 }; $f())", ()),
    ("(($x := 1); $x)", ("x",)),
    ("$states.input.items@$i.tags#$n.($i & $n)", ()),
    ("$items[$index]", ("index", "items")),
    ("$map($xs, $uppercase)", ("xs",)),
    ("$states.input.a ? $b : $c", ("b", "c")),
]


@pytest.mark.parametrize(("text", "names"), VARIABLES, ids=[text for text, _ in VARIABLES])
def test_variables_that_an_expression_reads_are_found(text: str, names: tuple[str, ...]) -> None:
    assert analyse(text).variables == names


def test_what_is_no_jsonata_cannot_be_analysed() -> None:
    with pytest.raises(JsonataError, match="Unexpected end of expression"):
        analyse("1 +")


def test_the_members_of_states_are_found() -> None:
    assert analyse("$states.result.a & $states.errorOutput").states == ("errorOutput", "result")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("{% $a %}", True), ("{%%}", True), (" {% $a %}", False), ("{% $a %} ", False), ("{% $a", False), ("{%}", False)],
)
def test_an_expression_is_delimited_exactly(text: str, expected: bool) -> None:
    assert is_expression(text) is expected


def test_delimiters_are_stripped() -> None:
    assert strip_delimiters("{%  $a + 1 %}") == "$a + 1"
