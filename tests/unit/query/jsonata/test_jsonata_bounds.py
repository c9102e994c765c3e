"""An expression cannot run away: its steps, its depth and the size of its values are counted."""

from __future__ import annotations

from typing import Any

import pytest

from stepfunctions.query.jsonata import BOUND, JsonataError, Limits

TOO_DEEP = "Stack overflow error: Check for non-terminating recursive function. Consider rewriting as tail-recursive."
TOO_LARGE = "Expression evaluation memory limit exceeded: Check for excessive memory usage"
TOO_LONG = "Expression evaluation timeout: Check for infinite loop"

DOUBLING = "($p := function($s, $n){ $n = 0 ? $s : $p($s & $s, $n - 1) }; $length($p('x', {})))"


def bound_met(evaluate: Any, text: str, limits: Limits | None = None) -> str:
    with pytest.raises(JsonataError) as caught:
        evaluate(text, limits=limits)
    assert caught.value.code == BOUND
    assert caught.value.evaluation_text == f": {caught.value.message}"
    return caught.value.message


def test_a_range_is_as_long_as_on_aws(evaluate: Any) -> None:
    assert evaluate("[1..873782] ~> $count()") == 873_782
    assert bound_met(evaluate, "[1..873783] ~> $count()") == TOO_LARGE


def test_a_string_is_as_long_as_on_aws(evaluate: Any) -> None:
    assert evaluate(DOUBLING.replace("{}", "22")) == 2**22
    assert bound_met(evaluate, DOUBLING.replace("{}", "23")) == TOO_LARGE


def test_recursion_is_as_deep_as_on_aws(evaluate: Any) -> None:
    factorial = "($f := function($n){ $n = 0 ? 1 : $n * $f($n - 1) }; $f(%d))"

    assert evaluate(factorial % 30) > 2e32
    assert bound_met(evaluate, factorial % 40) == TOO_DEEP


def test_a_long_sum_is_too_deep(evaluate: Any) -> None:
    assert evaluate("+".join(["1"] * 90)) == 90
    assert bound_met(evaluate, "+".join(["1"] * 200)) == TOO_DEEP
    assert bound_met(evaluate, "+".join(["1"] * 20_000)) == TOO_DEEP


def test_a_branch_that_is_not_taken_is_not_deep(evaluate: Any) -> None:
    assert evaluate(f"true ? 'short' : {'+'.join(['1'] * 200)}") == "short"


RUNAWAYS = [
    "($f := function($x){ $f($x + 1) }; $f(1))",
    "($f := function($x){ $g($x) }; $g := function($x){ $f($x) }; $f(1))",
    "$map([1..100000], function($x){ $map([1..100000], function($y){ $x * $y }) })",
    "[1..100000].($sum([1..100000]))",
    "($f := function($a, $n){ $f($append($a, $a), $n + 1) }; $f([1], 0))",
    "($f := function($s){ $f($replace($s, 'a', 'aa')) }; $f('a'))",
    "($f := function($x){ $f([$x]) }; $f(1))",
    "($o := {'a': [1..1000]}; $f := function($n){ $o = $o and [$o] = [$o] and $f($n) }; $f(1))",
]


@pytest.mark.parametrize("text", RUNAWAYS)
def test_what_would_never_end_is_stopped_alike_every_time(evaluate: Any, text: str) -> None:
    limits = Limits(steps_max=50_000)

    assert bound_met(evaluate, text, limits) == bound_met(evaluate, text, limits)


def test_tail_calls_do_not_grow_the_stack(evaluate: Any) -> None:
    loop = "($f := function($n, $sum){ $n = 0 ? $sum : $f($n - 1, $sum + $n) }; $f(20000, 0))"

    assert evaluate(loop) == 200_010_000


def test_a_value_nested_deeper_than_the_stack_is_refused(evaluate: Any) -> None:
    nest = "($f := function($x, $n){ $n = 0 ? $x : $f([[$x]], $n - 1) }; $f(1, 5000))"

    assert bound_met(evaluate, nest) == TOO_DEEP


CATASTROPHES = [
    ("(a+)+$", "a" * 5000 + "b"),
    ("(a|a)*c", "a" * 5000 + "b"),
    ("(a*)*b", "a" * 5000),
    ("^(([a-z])+.)+[A-Z]([a-z])+$", "a" * 5000),
    (".*.*.*=.*", "x" * 5000),
    ("(?:a?){25}a{25}", "a" * 24),
    (r"\s+$", " " * 20_000 + "x"),
    ("((a))*!", "a" * 30_000),
]


@pytest.mark.parametrize(("pattern", "text"), CATASTROPHES, ids=[pattern for pattern, _ in CATASTROPHES])
def test_a_catastrophic_pattern_takes_no_longer_than_its_string(evaluate: Any, pattern: str, text: str) -> None:
    assert evaluate(f"$contains($s, /{pattern}/)", s=text) is False


def test_a_pattern_that_needs_backtracking_and_has_too_much_of_it_is_refused(evaluate: Any) -> None:
    with pytest.raises(JsonataError) as caught:
        evaluate(r"$contains($s, /(a+)+\1$/)", s="a" * 5000 + "b")
    assert caught.value.message == "Regular expression may take too long: Check for nested or repeated quantifiers"


def test_matching_takes_from_the_budget(evaluate: Any) -> None:
    text = r"$count($match($s, /(\w+)\s(\w+)/))"

    assert evaluate(text, s="some words " * 500) == 500
    with pytest.raises(JsonataError) as caught:
        evaluate(text, s="some words " * 500, limits=Limits(steps_max=100))
    assert caught.value.message == TOO_LONG
