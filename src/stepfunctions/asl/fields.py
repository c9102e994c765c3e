"""Which fields each state type has, per query language: the language's reference tables as data.

Source: States Language, "State Types"; AWS Developer Guide, the page of each state.
"""

from __future__ import annotations

from stepfunctions.asl.choice_rules import choices
from stepfunctions.asl.containers import (
    branches,
    item_batcher,
    item_processor,
    item_reader,
    iterator,
    result_writer,
)
from stepfunctions.asl.kinds import (
    SECONDS_MAX,
    anything,
    integer,
    number,
    string,
    target,
    true_or_false,
)
from stepfunctions.asl.model import Choice, Fail, Map, Parallel, Pass, State, Succeed, Task, Wait
from stepfunctions.asl.names import label
from stepfunctions.asl.objects import Field, Tables, tables
from stepfunctions.asl.queries import (
    data_path,
    fixed_result,
    or_expression,
    path,
    path_or_intrinsic,
    path_or_null,
    reference_or_null,
    seeing,
    template,
)
from stepfunctions.asl.resources import credentials, resource
from stepfunctions.asl.retries import catchers, retriers
from stepfunctions.asl.timestamps import timestamp
from stepfunctions.asl.variables import assignment

_EVERY = {
    "Type": Field(None, anything, object),
    "Comment": Field("comment", string, str),
    "QueryLanguage": Field(None, anything, object),
}
_FLOW = {"Next": Field("next", target, str), "End": Field(None, true_or_false, bool)}
_ASSIGN = {"Assign": Field("assign", assignment)}
_HANDLERS = {"Retry": Field("retry", retriers), "Catch": Field("catch", catchers)}

_IN_OUT = {"InputPath": Field("input_path", path_or_null), "OutputPath": Field("output_path", path_or_null)}
_PARAMETERS = {"Parameters": Field("parameters", template)}
_RESULT_PATH = {"ResultPath": Field("result_path", reference_or_null)}
_RESULT = {"ResultSelector": Field("result_selector", template), **_RESULT_PATH}

_OUTPUT = {"Output": Field("output", template)}
_RESULT_OUTPUT = {"Output": Field("output", seeing("result", template))}
_RESULT_ASSIGN = {"Assign": Field("assign", seeing("result", assignment))}
_ARGUMENTS = {"Arguments": Field("arguments", template)}

_SECONDS = or_expression(integer(1, SECONDS_MAX))
_COUNT = or_expression(integer(0))

FIELDS: dict[type[State], Tables] = {
    Pass: tables(
        {**_EVERY, **_FLOW, **_ASSIGN},
        jsonpath={**_IN_OUT, **_PARAMETERS, **_RESULT_PATH, "Result": Field("result", fixed_result)},
        jsonata=_OUTPUT,
    ),
    Wait: tables(
        {
            **_EVERY,
            **_FLOW,
            **_ASSIGN,
            "Seconds": Field("seconds", or_expression(integer(0, SECONDS_MAX))),
            "Timestamp": Field("timestamp", or_expression(timestamp)),
        },
        jsonpath={
            **_IN_OUT,
            "SecondsPath": Field("seconds_path", path),
            "TimestampPath": Field("timestamp_path", path),
        },
        jsonata=_OUTPUT,
    ),
    Choice: tables(
        {**_EVERY, **_ASSIGN, "Choices": Field("choices", choices), "Default": Field("default", target, str)},
        jsonpath=_IN_OUT,
        jsonata=_OUTPUT,
    ),
    Succeed: tables(_EVERY, jsonpath=_IN_OUT, jsonata=_OUTPUT),
    Fail: tables(
        {**_EVERY, "Error": Field("error", or_expression(string)), "Cause": Field("cause", or_expression(string))},
        jsonpath={
            "ErrorPath": Field("error_path", path_or_intrinsic),
            "CausePath": Field("cause_path", path_or_intrinsic),
        },
    ),
    Task: tables(
        {
            **_EVERY,
            **_FLOW,
            **_RESULT_ASSIGN,
            **_HANDLERS,
            "Resource": Field("resource", resource),
            "TimeoutSeconds": Field("timeout_seconds", _SECONDS),
            "HeartbeatSeconds": Field("heartbeat_seconds", _SECONDS),
            "Credentials": Field("credentials", credentials),
        },
        jsonpath={
            **_IN_OUT,
            **_PARAMETERS,
            **_RESULT,
            "TimeoutSecondsPath": Field("timeout_seconds_path", path),
            "HeartbeatSecondsPath": Field("heartbeat_seconds_path", path),
        },
        jsonata={**_RESULT_OUTPUT, **_ARGUMENTS},
    ),
    Parallel: tables(
        {**_EVERY, **_FLOW, **_RESULT_ASSIGN, **_HANDLERS, "Branches": Field("branches", branches)},
        jsonpath={**_IN_OUT, **_PARAMETERS, **_RESULT},
        jsonata={**_RESULT_OUTPUT, **_ARGUMENTS},
    ),
    Map: tables(
        {
            **_EVERY,
            **_FLOW,
            **_RESULT_ASSIGN,
            **_HANDLERS,
            "ItemProcessor": Field("processor", item_processor),
            "ItemSelector": Field("item_selector", template),
            "ItemReader": Field("item_reader", item_reader),
            "ItemBatcher": Field("item_batcher", item_batcher),
            "ResultWriter": Field("result_writer", result_writer),
            "MaxConcurrency": Field("max_concurrency", _COUNT),
            "ToleratedFailureCount": Field("tolerated_failure_count", _COUNT),
            "ToleratedFailurePercentage": Field("tolerated_failure_percentage", or_expression(number(0.0, 100.0))),
            "Label": Field("label", label),
            "Iterator": Field("processor", iterator),
        },
        jsonpath={
            **_IN_OUT,
            **_RESULT,
            "Parameters": Field("item_selector", template),
            "ItemsPath": Field("items_path", path),
            "MaxConcurrencyPath": Field("max_concurrency_path", data_path),
            "ToleratedFailureCountPath": Field("tolerated_failure_count_path", data_path),
            "ToleratedFailurePercentagePath": Field("tolerated_failure_percentage_path", data_path),
        },
        jsonata={**_RESULT_OUTPUT, "Items": Field("items", template)},
    ),
}

REQUIRED: dict[type[State], tuple[str, ...]] = {
    Task: ("Resource",),
    Choice: ("Choices",),
    Parallel: ("Branches",),
}

TWO_FORMS: dict[type[State], tuple[tuple[str, ...], ...]] = {
    Fail: (("Error", "ErrorPath"), ("Cause", "CausePath")),
    Task: (("TimeoutSeconds", "TimeoutSecondsPath"), ("HeartbeatSeconds", "HeartbeatSecondsPath")),
    Map: (
        ("ItemProcessor", "Iterator"),
        ("ItemSelector", "Parameters"),
        ("ItemsPath", "ItemReader"),
        ("Items", "ItemReader"),
        ("MaxConcurrency", "MaxConcurrencyPath"),
        ("ToleratedFailureCount", "ToleratedFailureCountPath"),
        ("ToleratedFailurePercentage", "ToleratedFailurePercentagePath"),
    ),
}
"""Fields of which at most one may be given."""

STATE_TYPES: dict[str, type[State]] = {
    each.__name__: each for each in (Task, Wait, Pass, Succeed, Fail, Choice, Parallel, Map)
}
"""In AWS's order, which its text about an unknown Type shows."""
