"""The core's one door to the query languages: each kind of field of a state, turned into a closure.

A closure raises ``QueryFailed`` with AWS's text for that kind of field; the prefix that names the state is added where
the failure is taken in (``Execution``). JSONata has its place here: another set of makers with the same signatures.

Source: AWS Developer Guide, "Processing input and output"; the texts as recorded from AWS.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from stepfunctions.query.expression import compile_expression
from stepfunctions.query.failure import QueryFailed
from stepfunctions.query.jsonpath import PathNotFound, compile_path
from stepfunctions.query.reference import compile_reference
from stepfunctions.query.scope import Scope
from stepfunctions.query.template import compile_template, missing_path
from stepfunctions.values import Json

Query: TypeAlias = Callable[[Json, Scope], Json]
"""From the data that ``$`` stands for and its surroundings to a value."""

Merge: TypeAlias = Callable[[Json, Json], Json]
"""From the state's raw input and its result to what both make."""

RUNTIME = "States.Runtime"


def selection(path: str | None) -> Query | None:
    """Return InputPath, OutputPath or the like as a closure; None stands for ``$``, which changes nothing."""
    if path == "$":
        return None
    if path is None:
        return lambda data, scope: {}
    read = compile_path(path).read

    def select(data: Json, scope: Scope) -> Json:
        try:
            return read(data, scope)
        except PathNotFound as missing:
            raise QueryFailed(RUNTIME, f"Invalid path '{path}' : {missing.detail}") from None

    return select


def lookup(path: str, complaint: str) -> Query:
    """Return *path* as a closure that fails with *complaint* where nothing is found."""
    read = compile_path(path).read

    def look(data: Json, scope: Scope) -> Json:
        try:
            return read(data, scope)
        except PathNotFound:
            raise QueryFailed(RUNTIME, complaint) from None

    return look


def expression(text: str, field: str) -> Query:
    """Return ErrorPath or CausePath as a closure: a path or an intrinsic function."""
    read = compile_expression(text).read

    def evaluate(data: Json, scope: Scope) -> Json:
        try:
            return read(data, scope)
        except PathNotFound:
            raise missing_path(text, field, data) from None

    return evaluate


def template(value: Json, field: str) -> Query:
    """Return a payload template as a closure."""
    return compile_template(value, field).read


def merger(path: str | None) -> Merge | None:
    """Return ResultPath as a closure; None stands for ``$``: the result replaces the input."""
    if path == "$":
        return None
    if path is None:
        return lambda data, result: data
    return compile_reference(path).put
