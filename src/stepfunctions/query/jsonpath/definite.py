"""Compile a definite path to a closure that walks straight to its one value.

The hot path of the interpreter: no allocation, and a miss costs only when it happens, since its text is then worked
out by walking again. Types are strict: an index never reads a string, a name never an array.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

from stepfunctions.query.java import java_text
from stepfunctions.query.jsonpath.ast import Indexes, Properties, Step
from stepfunctions.query.jsonpath.errors import PathNotFound
from stepfunctions.query.scope import Scope
from stepfunctions.values import Json

Walk: TypeAlias = Callable[[Json, Scope | None], Json]
"""(value, scope). The scope is not read: it is there so that a path from ``$`` is this very function."""

Key: TypeAlias = str | int

# What Python raises where a name or an index does not fit.
_MISMATCHES: Final = (KeyError, IndexError, TypeError)

# Not verified against AWS: which of Jayway's Jackson providers it runs. Objects print as Java maps there, which only
# this one makes.
_PROVIDER: Final = "com.jayway.jsonpath.spi.json.JacksonJsonProvider"
_JAVA_CLASSES: Final = {
    str: "java.lang.String",
    bool: "java.lang.Boolean",
    int: "java.lang.Integer",
    float: "java.lang.Double",
    list: "java.util.ArrayList",
    type(None): "null",
}


def compile_walk(text: str, steps: tuple[Step, ...]) -> Walk:
    """Return a function from a value to what *steps* lead to inside it.

    Args:
        text: the whole path, for the exception.
        steps: definite ones.

    Raises:
        Nothing; the function raises PathNotFound.
    """
    if steps and isinstance(steps[-1], Properties) and len(steps[-1].names) > 1:
        return _merge(text, steps, steps[-1].names)
    if not steps:
        return lambda value, scope: value
    keys = tuple(_key(step) for step in steps)
    if _may_read_a_string(keys):
        return _checked(text, steps, keys)
    if len(keys) == 1:
        return _one(text, steps, keys[0])
    if len(keys) == 2:
        return _two(text, steps, *keys)
    if len(keys) == 4:
        return _four(text, steps, *keys)
    return _many(text, steps, keys)


def _key(step: Step) -> Key:
    if isinstance(step, Properties):
        return step.names[0]
    assert isinstance(step, Indexes)
    return step.positions[0]


def _may_read_a_string(keys: tuple[Key, ...]) -> bool:
    """Return whether an index could take a character out of a string unnoticed.

    Python refuses every other mismatch, a name asked of a character too: so only an index at the end, or before
    another one, needs its array checked.
    """
    return any(type(key) is int and type(after) is int for key, after in zip(keys, (*keys[1:], 0), strict=True))


def _one(text: str, steps: tuple[Step, ...], first: Key) -> Walk:
    def walk(value: Json, scope: Scope | None) -> Json:
        try:
            return value[first]
        except _MISMATCHES:
            raise PathNotFound(text, explain(steps, value)) from None

    return walk


def _two(text: str, steps: tuple[Step, ...], first: Key, second: Key) -> Walk:
    def walk(value: Json, scope: Scope | None) -> Json:
        try:
            return value[first][second]
        except _MISMATCHES:
            raise PathNotFound(text, explain(steps, value)) from None

    return walk


def _four(text: str, steps: tuple[Step, ...], first: Key, second: Key, third: Key, fourth: Key) -> Walk:
    def walk(value: Json, scope: Scope | None) -> Json:
        try:
            return value[first][second][third][fourth]
        except _MISMATCHES:
            raise PathNotFound(text, explain(steps, value)) from None

    return walk


def _many(text: str, steps: tuple[Step, ...], keys: tuple[Key, ...]) -> Walk:
    def walk(value: Json, scope: Scope | None) -> Json:
        found = value
        try:
            for key in keys:
                found = found[key]
        except _MISMATCHES:
            raise PathNotFound(text, explain(steps, value)) from None
        return found

    return walk


def _checked(text: str, steps: tuple[Step, ...], keys: tuple[Key, ...]) -> Walk:
    def walk(value: Json, scope: Scope | None) -> Json:
        found = value
        try:
            for key in keys:
                if type(found) is str:
                    break
                found = found[key]
            else:
                return found
        except _MISMATCHES:
            pass  # explained below
        raise PathNotFound(text, explain(steps, value))

    return walk


def _merge(text: str, steps: tuple[Step, ...], names: tuple[str, ...]) -> Walk:
    parent = compile_walk(text, steps[:-1])

    def walk(value: Json, scope: Scope | None) -> Json:
        try:
            found = parent(value, None)
        except PathNotFound:
            raise PathNotFound(text, explain(steps, value)) from None
        if type(found) is not dict:
            raise PathNotFound(text, explain(steps, value))
        return {name: found[name] for name in names if name in found}

    return walk


def explain(steps: tuple[Step, ...], value: Json) -> str:
    """Return Jayway's text for why *steps* lead nowhere in *value*."""
    walked = "$"
    for position, step in enumerate(steps):
        if isinstance(step, Properties):
            if type(value) is not dict:
                return _not_an_object(step, walked, value)
            if step.names[0] not in value:
                return _missing_property(steps, position, walked)
            value = value[step.names[0]]
        else:
            assert isinstance(step, Indexes)
            if type(value) is not list:
                return _not_an_array(step, walked, value)
            if not -len(value) <= step.positions[0] < len(value):
                break
            value = value[step.positions[0]]
        walked += str(step)
    return f"No results for path: ${''.join(map(str, steps))}"


def _missing_property(steps: tuple[Step, ...], position: int, walked: str) -> str:
    is_last = position == len(steps) - 1
    return f"{'No results for path:' if is_last else 'Missing property in path'} {walked}{steps[position]}"


def _not_an_object(step: Step, walked: str, value: Json) -> str:
    found = _JAVA_CLASSES.get(type(value), "java.lang.Object")
    return (
        f"Expected to find an object with property {step} in path {walked} but found '{found}'. "
        f"This is not a json object according to the JsonProvider: '{_PROVIDER}'."
    )


def _not_an_array(step: Step, walked: str, value: Json) -> str:
    if value is None:
        return f"The path {walked} is null"
    return f"Filter: {step} can only be applied to arrays. Current context is: {java_text(value)}"
