"""Compile an indefinite path to a closure that gathers every value it leads to, in document order.

It never fails: what is missing or of another type adds nothing. Each step is compiled to a function which hands what
it selects to the function of the next step; the last one appends to the result.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import TypeAlias

from stepfunctions.query.jsonpath.ast import (
    And,
    Comparison,
    Condition,
    Descent,
    Exists,
    Filter,
    Indexes,
    Not,
    Operand,
    Or,
    PathNode,
    Pattern,
    Properties,
    Root,
    Slice,
    Step,
    Wildcard,
    is_definite,
)
from stepfunctions.query.jsonpath.comparison import OPERATORS, matchable
from stepfunctions.query.jsonpath.regex import whole_match
from stepfunctions.query.jsonpath.visit import Visit
from stepfunctions.values import ABSENT, Json

Select: TypeAlias = Callable[[Json, Visit, list[Json]], None]
"""(value, visit, found): add to *found* what the rest of the path selects in *value*."""

Test: TypeAlias = Callable[[Json, Visit], bool]
"""(value, visit): whether a filter lets *value* pass. ``@`` is the value, ``$`` the document that is visited."""

Get: TypeAlias = Callable[[Json, Visit], Json]
"""(value, visit): an operand, ABSENT if there is none."""


def compile_select(steps: tuple[Step, ...]) -> Select:
    """Return the function that gathers what *steps* lead to."""
    if not steps:
        return lambda value, visit, found: found.append(value)
    step, rest = steps[0], steps[1:]
    if isinstance(step, Descent):
        return _descend(rest)
    return _select_step(step, rest)


def _select_step(step: Step, rest: tuple[Step, ...]) -> Select:
    proceed = compile_select(rest)
    if isinstance(step, Properties):
        return _property(step.names, proceed) if len(step.names) == 1 else _properties(step.names, rest, proceed)
    if isinstance(step, Indexes):
        return _at(lambda length: step.positions, proceed)
    if isinstance(step, Slice):
        return _at(lambda length: _sliced(step, length), proceed)
    if isinstance(step, Wildcard):
        return _children(proceed)
    assert isinstance(step, Filter)
    return _filtered(compile_condition(step.condition), proceed)


def _property(names: tuple[str, ...], proceed: Select) -> Select:
    (name,) = names

    def select(value: Json, visit: Visit, found: list[Json]) -> None:
        if type(value) is dict and name in value:
            proceed(value[name], visit, found)

    return select


def _properties(names: tuple[str, ...], rest: tuple[Step, ...], proceed: Select) -> Select:
    def merged(value: Json, visit: Visit, found: list[Json]) -> None:
        if type(value) is dict:
            found.append({name: value[name] for name in names if name in value})

    def each(value: Json, visit: Visit, found: list[Json]) -> None:
        if type(value) is dict:
            visit.spend(len(names))
            for name in names:
                if name in value:
                    proceed(value[name], visit, found)

    return each if rest else merged


def _at(positions: Callable[[int], Iterable[int]], proceed: Select) -> Select:
    def select(value: Json, visit: Visit, found: list[Json]) -> None:
        if type(value) is list:
            for position in positions(len(value)):
                visit.spend(1)
                if -len(value) <= position < len(value):
                    proceed(value[position], visit, found)

    return select


def _sliced(step: Slice, length: int) -> range:
    """Return the positions of a slice; negative ones count from the end when they are looked up.

    With both bounds given Jayway counts from the one to the other as they are written: ``[-2:1]`` is the last two
    elements and then the first.
    """
    if step.stop is None:
        start = step.start or 0
        return range(max(0, start + length if start < 0 else start), length)
    if step.start is None:
        return range(min(length, step.stop + length if step.stop < 0 else step.stop))
    return range(max(step.start, -length), min(length, step.stop))


def _children(proceed: Select) -> Select:
    def select(value: Json, visit: Visit, found: list[Json]) -> None:
        children = _inside(value)
        visit.spend(len(children))
        for child in children:
            proceed(child, visit, found)

    return select


def _inside(value: Json) -> Collection[Json]:
    if type(value) is dict:
        return value.values()
    return value if type(value) is list else ()


def _filtered(passes: Test, proceed: Select) -> Select:
    """Select the elements of an array that pass; an object is tested as a whole, not its members."""

    def select(value: Json, visit: Visit, found: list[Json]) -> None:
        candidates = value if type(value) is list else [value] if type(value) is dict else ()
        visit.spend(len(candidates))
        for candidate in candidates:
            if passes(candidate, visit):
                proceed(candidate, visit, found)

    return select


def _descend(steps: tuple[Step, ...]) -> Select:
    """Try the next step everywhere, outer before inner.

    As in Jayway, an array on which the next step may be tried hands *all* its elements to the step after that one,
    so that ``$..[0].a`` is the ``a`` of every element of every array.
    """
    select_here = compile_select(steps)
    applies = _applies(steps)
    beyond = compile_select(steps[1:])
    is_last = len(steps) == 1

    def select(value: Json, visit: Visit, found: list[Json]) -> None:
        pending = [value]
        while pending:
            here = pending.pop()
            if type(here) is not dict and type(here) is not list:
                continue
            if applies(here, visit):
                if is_last or type(here) is dict:
                    select_here(here, visit, found)
                else:
                    visit.spend(len(here))
                    for element in here:
                        beyond(element, visit, found)
            inside = _inside(here)
            visit.spend(1 + len(inside))
            pending.extend(reversed(list(inside)))

    return select


def _applies(steps: tuple[Step, ...]) -> Test:
    step = steps[0]
    if isinstance(step, Properties):
        if len(step.names) > 1 and len(steps) > 1:
            return lambda value, visit: type(value) is dict
        return lambda value, visit: type(value) is dict and all(name in value for name in step.names)
    if isinstance(step, Indexes | Slice):
        return lambda value, visit: type(value) is list
    if isinstance(step, Filter):
        return compile_condition(step.condition)
    return lambda value, visit: True


def compile_condition(condition: Condition) -> Test:
    """Return the test that a filter's condition stands for."""
    if isinstance(condition, Or):
        either = [compile_condition(each) for each in condition.conditions]
        return lambda value, visit: any(test(value, visit) for test in either)
    if isinstance(condition, And):
        every = [compile_condition(each) for each in condition.conditions]
        return lambda value, visit: all(test(value, visit) for test in every)
    if isinstance(condition, Not):
        negated = compile_condition(condition.condition)
        return lambda value, visit: not negated(value, visit)
    if isinstance(condition, Exists):
        target = _path_operand(condition.path)
        return lambda value, visit: target(value, visit) is not ABSENT
    return _comparison(condition)


def _comparison(comparison: Comparison) -> Test:
    if comparison.operator == "=~":
        return _matching(comparison)
    left, right = _operand(comparison.left), _operand(comparison.right)
    holds = OPERATORS[comparison.operator]

    def test(value: Json, visit: Visit) -> bool:
        one, other = left(value, visit), right(value, visit)
        if type(other) is list:
            visit.spend(len(other) * (len(one) if type(one) is list else 1) >> 1)
        elif type(one) is list:
            visit.spend(len(one) >> 1)
        return holds(one, other)

    return test


def _matching(comparison: Comparison) -> Test:
    """Return the test whether a value, or one of an array, is matched by a regular expression as a whole."""
    one, other = comparison.left, comparison.right
    if isinstance(one, Pattern) is isinstance(other, Pattern):
        return lambda value, visit: False
    pattern, operand = (one, other) if isinstance(one, Pattern) else (other, one)
    assert isinstance(pattern, Pattern)
    matches, get = whole_match(pattern), _operand(operand)

    def test(value: Json, visit: Visit) -> bool:
        found = get(value, visit)
        return any(matches(matchable(each), visit) for each in (found if type(found) is list else [found]))

    return test


def _operand(operand: Operand) -> Get:
    if isinstance(operand, PathNode):
        return _path_operand(operand)
    constant: Json = ABSENT if isinstance(operand, Pattern) else operand.value
    return lambda value, visit: constant


def _path_operand(path: PathNode) -> Get:
    select = compile_select(path.steps)
    definite = is_definite(path.steps)
    from_current = path.root is Root.CURRENT

    def get(value: Json, visit: Visit) -> Json:
        found: list[Json] = []
        select(value if from_current else visit.document, visit, found)
        if definite:
            return found[0] if found else ABSENT
        return found

    return get
