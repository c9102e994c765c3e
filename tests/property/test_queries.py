"""Paths and intrinsic functions against models of them that are too simple to be wrong."""

from __future__ import annotations

import math
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from stepfunctions.query.failure import QueryFailed
from stepfunctions.query.intrinsics import compile_intrinsic
from stepfunctions.query.jsonpath import PathNotFound, compile_path
from stepfunctions.query.reference import compile_reference
from stepfunctions.values import dumps

NAMES = st.sampled_from(("a", "b", "c d", "e'f", "é", "1"))
SCALARS = st.none() | st.booleans() | st.integers(-9, 9) | st.sampled_from((0.5, -1.5, "", "x", "7"))
DATA = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4), max_leaves=25
)
STEPS = st.lists(
    NAMES
    | st.integers(-3, 3)
    | st.just("*")
    | st.tuples(st.none() | st.integers(-3, 3), st.none())
    | st.tuples(st.none(), st.integers(-3, 3)),
    max_size=4,
)
Step = Any


class NoScope:
    """Surroundings without anything in them."""

    variables: Any = {}  # noqa: RUF012
    context: Any = None
    now = 0

    def random(self) -> float:
        return 0.5

    def uuid(self) -> str:
        return ""

    def spend(self, steps: int) -> bool:
        """Let it go on."""
        return True


def written(steps: list[Step]) -> str:
    """Return the path that *steps* are, every name quoted."""
    text = "$"
    for step in steps:
        if step == "*":
            text += "[*]"
        elif isinstance(step, str):
            escaped = step.replace("'", "\\'")
            text += f"['{escaped}']"
        elif isinstance(step, int):
            text += f"[{step}]"
        else:
            low, high = ("" if bound is None else str(bound) for bound in step)
            text += f"[{low}:{high}]"
    return text


def selected(value: Any, steps: list[Step]) -> list[Any]:
    """Return every value that *steps* lead to."""
    if not steps:
        return [value]
    step, rest = steps[0], steps[1:]
    inside: list[Any] = []
    if step == "*":
        inside = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    elif isinstance(step, str):
        inside = [value[step]] if isinstance(value, dict) and step in value else []
    elif isinstance(value, list):
        if isinstance(step, int):
            inside = [value[step]] if -len(value) <= step < len(value) else []
        else:
            inside = value[slice(*step)]
    return [found for each in inside for found in selected(each, rest)]


@given(DATA, STEPS.filter(lambda steps: (None, None) not in steps))
def test_a_path_leads_where_its_steps_lead(data: Any, steps: list[Step]) -> None:
    path = compile_path(written(steps))
    wanted = selected(data, steps)
    definite = all(isinstance(step, int) or (isinstance(step, str) and step != "*") for step in steps)

    try:
        found = path(data, NoScope())
    except PathNotFound:
        assert definite
        assert wanted == []
    else:
        assert path.definite is definite
        assert found == (wanted[0] if definite else wanted)


@given(DATA, st.lists(NAMES, min_size=1, max_size=4), SCALARS)
def test_what_a_reference_path_puts_is_what_its_path_finds(data: Any, names: list[str], value: Any) -> None:
    text, before = written(list(names)), dumps(data)
    try:
        changed = compile_reference(text).put(data, value)
    except QueryFailed:
        passed = [each for at in range(len(names)) for each in selected(data, list(names[:at]))]
        assert not all(isinstance(each, dict) for each in passed)
    else:
        assert compile_path(text)(changed, NoScope()) == value
    assert dumps(data) == before


def called(call: str, **data: Any) -> Any:
    return compile_intrinsic(f"States.{call}")(data, NoScope())


@given(st.lists(SCALARS, max_size=9), st.integers(1, 4))
def test_partitions_joined_are_the_array(values: list[Any], size: int) -> None:
    parts = called("ArrayPartition($.values, $.size)", values=values, size=size)

    assert [item for part in parts for item in part] == values
    assert all(len(part) == size for part in parts[:-1])
    assert all(0 < len(part) <= size for part in parts)


@given(st.integers(-50, 50), st.integers(-50, 50), st.integers(-7, 7).filter(bool))
def test_a_range_goes_from_the_first_to_the_last_by_steps(first: int, last: int, step: int) -> None:
    numbers = called("ArrayRange($.first, $.last, $.step)", first=first, last=last, step=step)

    wanted, number = [], first
    while number <= last if step > 0 else number >= last:
        wanted.append(number)
        number += step
    assert numbers == wanted


@given(st.lists(DATA, max_size=8))
def test_unique_elements_are_those_not_seen_before(values: list[Any]) -> None:
    kept: list[str] = []
    for value in values:
        if canonical(value) not in kept:
            kept.append(canonical(value))

    assert [canonical(value) for value in called("ArrayUnique($.values)", values=values)] == kept


def canonical(value: Any) -> str:
    """Return the same text for the same value, whatever the order of members and the form of numbers."""
    if isinstance(value, dict):
        return "{" + ",".join(sorted(f"{name!r}:{canonical(member)}" for name, member in value.items())) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    return repr(value) if isinstance(value, bool | str) or value is None else repr(float(value))


@given(st.text("ab,;x", max_size=12), st.text(",;", min_size=1, max_size=2))
def test_a_split_text_has_none_of_the_delimiters_and_nothing_empty(text: str, delimiters: str) -> None:
    parts = called("StringSplit($.text, $.delimiters)", text=text, delimiters=delimiters)

    assert "".join(parts) == "".join(sign for sign in text if sign not in delimiters)
    assert all(part and not set(part) & set(delimiters) for part in parts)


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_a_sum_is_of_rounded_numbers(first: float, second: float) -> None:
    def rounded(number: float) -> int:
        whole = math.floor(number)
        return whole + (number - whole >= 0.5)

    assert called("MathAdd($.first, $.second)", first=first, second=second) == rounded(first) + rounded(second)


@given(st.text(max_size=20))
def test_what_is_encoded_is_decoded_and_what_is_written_is_read(text: str) -> None:
    assert called("Base64Decode(States.Base64Encode($.text))", text=text) == text
    assert called("StringToJson(States.JsonToString($.text))", text=text) == text
    assert called("Format('{}-{}', $.text, 'x')", text=text) == f"{text}-x"
