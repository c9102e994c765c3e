"""``Retry`` and ``Catch``.

Source: States Language, "Errors"; AWS Developer Guide, "Handling errors"; texts and ranges as measured on AWS
(aws-cdk issue 10530; a CloudFormation linter's rules of 2026-09-05: an IntervalSeconds of 0 is taken).
"""

from __future__ import annotations

from typing import Any

from stepfunctions.asl.kinds import SECONDS_MAX, expected, integer, number, one_of, string, target
from stepfunctions.asl.model import Catcher, Retrier
from stepfunctions.asl.objects import Field, Tables, read_fields, require, tables
from stepfunctions.asl.queries import reference_or_null, seeing, template
from stepfunctions.asl.reading import Reading
from stepfunctions.asl.variables import assignment
from stepfunctions.values import Json

ALL = "States.ALL"
DELAY_MAX = 31_622_400


def error_names(value: Json, location: str, reading: Reading) -> Json:
    """``ErrorEquals``: one name or more."""
    if not isinstance(value, list):
        expected("Array", location, reading)
        return ()
    if not value:
        reading.error("Value cannot be empty", location)
    for index, name in enumerate(value):
        string(name, f"{location}[{index}]", reading)
    return tuple(value)


RETRIER = tables(
    {
        "ErrorEquals": Field("error_equals", error_names),
        "IntervalSeconds": Field("interval_seconds", integer(0, SECONDS_MAX)),
        "MaxAttempts": Field("max_attempts", integer(0, SECONDS_MAX)),
        "BackoffRate": Field("backoff_rate", number(1.0)),
        "MaxDelaySeconds": Field("max_delay_seconds", integer(1, DELAY_MAX)),
        "JitterStrategy": Field("jitter_strategy", one_of("NONE", "FULL")),
        "Comment": Field("comment", string, str),
    }
)

CATCHER = tables(
    {
        "ErrorEquals": Field("error_equals", error_names),
        "Next": Field("next", target, str),
        "Assign": Field("assign", seeing("errorOutput", assignment)),
        "Comment": Field("comment", string, str),
    },
    jsonpath={"ResultPath": Field("result_path", reference_or_null)},
    jsonata={"Output": Field("output", seeing("errorOutput", template))},
)


def retriers(value: Json, location: str, reading: Reading) -> Json:
    """The whole ``Retry`` array."""
    return _handlers(value, RETRIER, Retrier, ("ErrorEquals",), location, reading)


def catchers(value: Json, location: str, reading: Reading) -> Json:
    """The whole ``Catch`` array."""
    return _handlers(value, CATCHER, Catcher, ("ErrorEquals", "Next"), location, reading)


def _handlers(
    value: Json, of: Tables, model: Any, required: tuple[str, ...], location: str, reading: Reading
) -> tuple[Json, ...]:
    if not isinstance(value, list):
        expected("Array", location, reading)
        return ()
    handlers = []
    for index, item in enumerate(value):
        at = f"{location}[{index}]"
        if not isinstance(item, dict):
            expected("Object", at, reading)
            continue
        arguments = read_fields(item, of, at, reading)
        if require(item, required, at, reading):
            handlers.append(model(**arguments))
        _check_all(arguments.get("error_equals", ()), is_last=index == len(value) - 1, location=at, reading=reading)
    return tuple(handlers)


def _check_all(names: tuple[Json, ...], *, is_last: bool, location: str, reading: Reading) -> None:
    if ALL in names and not (is_last and len(names) == 1):
        at = f"{location}/ErrorEquals[{names.index(ALL)}]"
        reading.error(f"{ALL} must appear alone and at end of list", at)
