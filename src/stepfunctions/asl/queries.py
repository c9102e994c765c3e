"""Fields that hold paths, payload templates and JSONata expressions: their syntax, checked by the query languages.

Whether a path finds anything, and what an expression makes of its data, is known only at run time.

Source: States Language, "Paths", "Reference Paths", "Payload Template"; AWS Developer Guide, "Transforming data"; texts
as measured on AWS by others (cfn-lint issue 4078, ts2asl issue 912).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import TypeAlias

from stepfunctions.asl.model import JSONATA
from stepfunctions.asl.reading import Kind, Reading
from stepfunctions.query import jsonata
from stepfunctions.query.expression import compile_expression
from stepfunctions.query.jsonpath import compile_path
from stepfunctions.query.reference import compile_reference
from stepfunctions.values import Json

_INTRINSIC = "States."
_BRACKET = re.compile(r"\[(?!['\"\d-])")
_CACHED_QUERIES = 4096


Fault: TypeAlias = tuple[str, str | None]
"""AWS's text, and what exactly is wrong in our words."""


def _syntax_fault(compile_query: Callable[[str], object], text: str) -> str | None:
    try:
        compile_query(text)
    except ValueError as error:
        return str(error)
    return None


@lru_cache(_CACHED_QUERIES)
def _path_fault(text: str) -> Fault | None:
    hint = _syntax_fault(compile_path, text)
    return None if hint is None else ("Value must be a valid JSONPath.", hint)


@lru_cache(_CACHED_QUERIES)
def _variable_fault(text: str) -> Fault | None:
    hint = _syntax_fault(compile_path, text)
    return None if hint is None else (_not_a_reference(text), hint)


@lru_cache(_CACHED_QUERIES)
def _reference_fault(text: str) -> Fault | None:
    hint = _syntax_fault(compile_reference, text)
    return None if hint is None else (_not_a_reference(text), hint)


def _not_a_reference(text: str) -> str:
    """Return AWS's text; how it goes on is known of two faults. That it names the bracket twice is AWS's."""
    reference = "Value is not a Reference Path"
    if not text.startswith("$"):
        return f"{reference}: Reference path didn't start with '$'"
    return f"{reference}: '[' must be followed by ' or '['" if _BRACKET.search(text) else reference


@lru_cache(_CACHED_QUERIES)
def _data_fault(text: str) -> Fault | None:
    if text.startswith("$$"):
        # AWS's text goes on after a colon; how is not verified.
        return "Value is not a Reference Path", "the context object is not allowed here"
    return _path_fault(text)


def query_fault(text: str) -> str | None:
    """Return why *text* is neither a valid path nor a valid call of an intrinsic function; None if it is one."""
    return _syntax_fault(compile_expression, text)


def is_query(text: str) -> bool:
    """Return whether *text* is a valid path or a valid call of an intrinsic function."""
    return query_fault(text) is None


def _checked(fault_of: Callable[[str], Fault | None]) -> Kind:
    def read(value: Json, location: str, reading: Reading) -> Json:
        fault = fault_of(value) if isinstance(value, str) else ("Expected value of type String", None)
        if fault is not None:
            message, hint = fault
            reading.error(message, location, hint=hint)
        return value

    return read


def _or_null(kind: Kind) -> Kind:
    def read(value: Json, location: str, reading: Reading) -> Json:
        return None if value is None else kind(value, location, reading)

    return read


path = _checked(_path_fault)
"""A path that must be there: ``$.a``, ``$$.Execution.Id``, ``$variable``."""

path_or_null = _or_null(path)
"""A path, or null for an empty object."""

reference = _checked(_variable_fault)
"""The variable of a choice rule, or what it is compared with."""

data_path = _checked(_data_fault)
"""A path into the state's data or a variable; the context object is not allowed."""

reference_or_null = _or_null(_checked(_reference_fault))
"""Where a result goes; null drops the result."""


def path_or_intrinsic(value: Json, location: str, reading: Reading) -> Json:
    """A path or a call of an intrinsic function."""
    if isinstance(value, str) and value.startswith(_INTRINSIC) and is_query(value):
        return value
    return path(value, location, reading)


def template(value: Json, location: str, reading: Reading) -> Json:
    """A payload template (JSONPath), or JSON with ``{% %}`` strings in it (JSONata)."""
    if reading.language == JSONATA:
        check_expressions(value, location, reading)
        return value
    for name, item in _fields(value):
        if name.endswith(".$") and not (isinstance(item, str) and is_query(item)):
            message = f"The value for the field '{name}' must be a valid JSONPath or a valid intrinsic function call"
            reading.error(message, location, hint=query_fault(item) if isinstance(item, str) else None)
        elif isinstance(item, str) and not name.endswith(".$") and looks_like_query(item):
            reading.warn("NO_DOLLAR", f"No .$ on a field that appears to be a JSONPath: '{name}'", location)
    return value


def looks_like_query(text: str) -> bool:
    """Return whether a literal string was probably meant as a path or an intrinsic function call."""
    return text.startswith(("$.", "$$.", "$[")) or (text.startswith(_INTRINSIC) and text.endswith(")"))


def warn_of_path(value: str, location: str, reading: Reading) -> None:
    """Warn of a constant that looks like a path."""
    if looks_like_query(value):
        reading.warn("NO_PATH", "Field value looks like a path, but field name does not end with 'Path'.", location)


def fixed_result(value: Json, location: str, reading: Reading) -> Json:
    """``Result`` of a Pass state: literal, so a path in it is probably not meant."""
    for name, item in (("", value), *_fields(value)):
        if isinstance(item, str) and (name.endswith(".$") or looks_like_query(item)):
            reading.warn("PASS_RESULT_IS_STATIC", "Attempt to use a path in the result of a pass state.", location)
            break
    return value


def _fields(value: Json) -> Iterator[tuple[str, Json]]:
    """Yield every field of *value* at any depth, without recursion: data may be nested deeper than Python's stack."""
    pending = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, dict):
            yield from item.items()
            pending.extend(item.values())
        elif isinstance(item, list):
            pending.extend(item)


def is_expression(value: Json) -> bool:
    """Return whether *value* is a string between ``{%`` and ``%}``."""
    return isinstance(value, str) and jsonata.is_expression(value)


def check_expressions(value: Json, location: str, reading: Reading) -> None:
    """Report every faulty expression inside *value*, at its own location: ``/States/E/Output/v``."""
    pending = [(value, location)]
    while pending:
        item, at = pending.pop()
        if isinstance(item, dict):
            pending += [(inner, f"{at}/{name}") for name, inner in item.items()][::-1]
        elif isinstance(item, list):
            pending += [(inner, f"{at}[{index}]") for index, inner in enumerate(item)][::-1]
        elif isinstance(item, str) and (item.startswith("{%") or item.endswith("%}")):
            check_expression(item, at, reading)


def check_expression(value: str, location: str, reading: Reading) -> None:
    """Report what is wrong with a JSONata expression that can be told without evaluating it.

    Source: texts and codes as measured on AWS by others (floci issues 2670 and 2745; a CloudFormation linter).
    """
    if not is_expression(value):
        reading.error("JSONata string must start with {% and end with %}", location)
        return
    try:
        known = jsonata.analyse(jsonata.strip_delimiters(value))
    except jsonata.JsonataError as error:
        reading.error(error.message, location, "INVALID_JSONATA_EXPRESSION")
        return
    absent = [f"Field '$states.{name}' does not exist." for name in known.states if name not in reading.states]
    for message in (*known.unsupported, *absent):
        reading.error(message, location, "UNSUPPORTED_JSONATA_EXPRESSION")


def seeing(member: str, kind: Kind) -> Kind:
    """Read as *kind* does, where ``$states`` has *member* too."""

    def read(value: Json, location: str, reading: Reading) -> Json:
        outer, reading.states = reading.states, reading.states | {member}
        value = kind(value, location, reading)
        reading.states = outer
        return value

    return read


def or_expression(constant: Kind) -> Kind:
    """What *constant* reads or, in a JSONata state, an expression."""

    def read(value: Json, location: str, reading: Reading) -> Json:
        if reading.language == JSONATA and is_expression(value):
            check_expression(value, location, reading)
            return value
        return constant(value, location, reading)

    return read
