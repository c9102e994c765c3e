"""Compile a definite path to a closure that walks straight to its one value.

The hot path of the interpreter: no allocation, and a miss costs only when it happens, since its text is then worked
out by walking again. Types are checked, so that an index never reads a string and a name never an array.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeAlias

from stepfunctions.query.java import java_text
from stepfunctions.query.jsonpath.ast import Indexes, Properties, Step
from stepfunctions.query.jsonpath.errors import PathNotFound
from stepfunctions.query.scope import Scope
from stepfunctions.values import Json

Walk: TypeAlias = Callable[[Json, Scope | None], Json]
"""(value, scope). The scope is not read: it is there so that a path from ``$`` is this very function."""

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
    keys = tuple(_kind_and_key(step) for step in steps)
    if len(keys) == 1 and keys[0][0] is dict:
        return _one_property(text, steps, keys[0][1])
    if len(keys) == 2 and keys[0][0] is keys[1][0] is dict:
        return _two_properties(text, steps, keys[0][1], keys[1][1])
    return _walk(text, steps, keys)


def _kind_and_key(step: Step) -> tuple[type, Json]:
    if isinstance(step, Properties):
        return dict, step.names[0]
    assert isinstance(step, Indexes)
    return list, step.positions[0]


def _one_property(text: str, steps: tuple[Step, ...], name: str) -> Walk:
    def walk(value: Json, scope: Scope | None) -> Json:
        if type(value) is dict and name in value:
            return value[name]
        raise PathNotFound(text, explain(steps, value))

    return walk


def _two_properties(text: str, steps: tuple[Step, ...], outer: str, inner: str) -> Walk:
    def walk(value: Json, scope: Scope | None) -> Json:
        if type(value) is dict and outer in value:
            found = value[outer]
            if type(found) is dict and inner in found:
                return found[inner]
        raise PathNotFound(text, explain(steps, value))

    return walk


def _walk(text: str, steps: tuple[Step, ...], keys: tuple[tuple[Any, Json], ...]) -> Walk:
    def walk(value: Json, scope: Scope | None) -> Json:
        found = value
        try:
            for kind, key in keys:
                if type(found) is not kind:
                    break
                found = found[key]
            else:
                return found
        except (KeyError, IndexError):
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
