"""Which workflow variables each state refers to: ``variableReferences`` of DescribeStateMachine.

References are found by their spelling in the fields that are evaluated: whether a variable is assigned is not asked. In
JSONata, names that an expression binds itself (``$x := ...``, function parameters) and function calls do not count.

Source: AWS API reference, DescribeStateMachine; recordings of AWS.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from stepfunctions.asl.model import JSONATA, JSONPATH
from stepfunctions.values import Json, loads

_QUOTED: Final = re.compile(r"'(?:\\.|[^'\\])*'")
_VARIABLE: Final = re.compile(r"(?<![\w$])\$([^\W\d]\w*)")

_JSONATA_LITERALS: Final = re.compile(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|/\*.*?\*/|`[^`]*`', re.DOTALL)
_JSONATA_REFERENCE: Final = re.compile(r"(?<![\w$])\$([^\W\d]\w*)(?!\s*(?:\(|\w|:=))")
_JSONATA_BINDING: Final = re.compile(r"\$([^\W\d]\w*)\s*:=")
_JSONATA_PARAMETERS: Final = re.compile(r"(?:function|λ)\s*\(([^)]*)\)")

_NOT_OWN: Final = frozenset({"Branches", "ItemProcessor", "Iterator", "Result", "ResultPath"})
"""Fields of a state that hold states with references of their own, or nothing that is evaluated."""


def variable_references(text: str) -> dict[str, list[str]]:
    """Return the variables of a faultless definition by the state that refers to them, sorted; states without
    references are left out.

    Args:
        text: the definition as JSON text.
    """
    definition = loads(text)
    found: dict[str, list[str]] = {}
    for name, state, language in _states(definition, definition.get("QueryLanguage", JSONPATH)):
        evaluated = {key: value for key, value in state.items() if key not in _NOT_OWN}
        names = set(_jsonata(evaluated) if language == JSONATA else _jsonpath(evaluated))
        if names:
            found[name] = sorted(names)
    return found


def _states(scope: dict[str, Json], inherited: str) -> Iterator[tuple[str, dict[str, Json], str]]:
    for name, state in scope["States"].items():
        yield name, state, state.get("QueryLanguage", inherited)
        for inner in (*state.get("Branches", ()), state.get("ItemProcessor"), state.get("Iterator")):
            if inner is not None:
                yield from _states(inner, inherited)


def _jsonpath(value: Json) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _jsonpath(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if isinstance(item, str) and (key.endswith((".$", "Path")) or key == "Variable"):
                yield from _VARIABLE.findall(_QUOTED.sub("''", item))
            else:
                yield from _jsonpath(item)


def _jsonata(value: Json) -> Iterator[str]:
    if isinstance(value, str) and value.startswith("{%"):
        yield from _of_expression(value)
    elif isinstance(value, list):
        for item in value:
            yield from _jsonata(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _jsonata(item)


def _of_expression(text: str) -> Iterator[str]:
    text = _JSONATA_LITERALS.sub(" ", text)
    bound = set(_JSONATA_BINDING.findall(text))
    for parameters in _JSONATA_PARAMETERS.findall(text):
        bound.update(name.strip(" $") for name in parameters.split(","))
    yield from (name for name in _JSONATA_REFERENCE.findall(text) if name != "states" and name not in bound)
