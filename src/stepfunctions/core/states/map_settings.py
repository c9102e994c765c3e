"""A Map's settings, each as a closure over the state's effective input; what both modes have, and TestState shows.

Nothing here runs anything. A setting that is not given is None, or the closure of its default.

Source: States Language, "Map State"; AWS Developer Guide, "Map state"; the texts as recorded from AWS.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from stepfunctions.asl import model
from stepfunctions.core import expressions
from stepfunctions.core.queries import RUNTIME, Query, selection, template
from stepfunctions.query.failure import QueryFailed
from stepfunctions.query.scope import Scope
from stepfunctions.values import ABSENT, Json, dumps

_Number = TypeVar("_Number", int, float)

_INTEGER: Final = re.compile(r"-?[0-9]{1,18}")
"""As many digits as a long always holds."""
_FLOAT: Final = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")


@dataclass(frozen=True, slots=True)
class MapSettings:
    """The compiled settings of a Map state.

    Args:
        items: ItemsPath or Items: an array, in the distributed mode also an object.
        selector: ItemSelector, over the state's effective input and the iteration that the scope shows.
        concurrency: MaxConcurrency; 0 for as many as possible.
        tolerated_count: ToleratedFailureCount.
        tolerated_percentage: ToleratedFailurePercentage, from 0 to 100.
    """

    items: Query
    selector: Query | None
    concurrency: Query
    tolerated_count: Query | None
    tolerated_percentage: Query | None


def map_settings(state: model.Map) -> MapSettings:
    """Return the settings of *state*, in its query language."""
    return _jsonata_settings(state) if state.query_language == model.JSONATA else _jsonpath_settings(state)


def _jsonpath_settings(state: model.Map) -> MapSettings:
    count = path_setting(
        state.tolerated_failure_count, state.tolerated_failure_count_path, "ToleratedFailureCount", integer
    )
    percentage = path_setting(
        state.tolerated_failure_percentage,
        state.tolerated_failure_percentage_path,
        "ToleratedFailurePercentage",
        _float,
    )
    concurrency = path_setting(state.max_concurrency, state.max_concurrency_path, "MaxConcurrency", integer)
    return MapSettings(
        items=_path_items(state.items_path or "$", _takes(state)),
        selector=None if state.item_selector is ABSENT else template(state.item_selector, "ItemSelector"),
        concurrency=_unbounded if concurrency is None else _not_negative(concurrency, "MaxConcurrency"),
        tolerated_count=None if count is None else _not_negative(count, "ToleratedFailureCount"),
        tolerated_percentage=None if percentage is None else _percentage(percentage),
    )


def _jsonata_settings(state: model.Map) -> MapSettings:
    percentage = expressions.typed(state.tolerated_failure_percentage, "ToleratedFailurePercentage", "number")
    return MapSettings(
        items=_evaluated_items(state.items, _takes(state)),
        selector=expressions.argument(state.item_selector, "ItemSelector"),
        concurrency=expressions.whole_number(state.max_concurrency, "MaxConcurrency", 0) or _unbounded,
        tolerated_count=expressions.whole_number(state.tolerated_failure_count, "ToleratedFailureCount", 0),
        tolerated_percentage=None if percentage is None else _percentage(percentage),
    )


def _takes(state: model.Map) -> tuple[type, ...]:
    """Return the types that the items of *state* may have."""
    return (list, dict) if state.processor.mode == "DISTRIBUTED" else (list,)


def _unbounded(data: Json, scope: Scope) -> Json:
    return 0


def _whole_input(data: Json, scope: Scope) -> Json:
    return data


def _evaluated_items(items: Json, takes: tuple[type, ...]) -> Query:
    """Return Items of a JSONata Map, which is the state's input if it is absent."""
    if expressions.is_expression_text(items):
        return expressions.typed(items, "Items", "array", takes) or _whole_input
    read = expressions.argument(items, "Items") or _whole_input

    def array(data: Json, scope: Scope) -> Json:
        value = read(data, scope)
        if not isinstance(value, takes):
            raise expressions.EvaluationFailed(f"Map state input must be an array but was: {dumps(value)}", None)
        return value

    return array


def _path_items(path: str, takes: tuple[type, ...]) -> Query:
    select = selection(path)

    def items(data: Json, scope: Scope) -> Json:
        value = data if select is None else select(data, scope)
        if not isinstance(value, takes):
            raise QueryFailed(RUNTIME, f'Reference path "{path}" must point to array.')
        return value

    return items


def path_setting(fixed: Json, path: str | None, field: str, read: Callable[[str, str, str], _Number]) -> Query | None:
    """Return a number that is fixed or that *read* makes of what *path* leads to; None if it is neither."""
    if path is None:
        return None if fixed is ABSENT else lambda data, scope: fixed
    select = selection(path)

    def setting(data: Json, scope: Scope) -> Json:
        value = data if select is None else select(data, scope)
        return read(value if isinstance(value, str) else dumps(value), f"{field}Path", path)

    return setting


def integer(text: str, field: str, path: str) -> int:
    """Return the integer that *path*, in *field*, has led to as *text*.

    Raises:
        QueryFailed: States.Runtime.
    """
    if not _INTEGER.fullmatch(text):
        raise QueryFailed(RUNTIME, f'The {field} field refers to value "{text}" which is not a valid integer: {path}')
    return int(text)


def _float(text: str, field: str, path: str) -> float:
    if not _FLOAT.fullmatch(text):
        raise QueryFailed(RUNTIME, f'The {field} field refers to value "{text}" which is not a valid float: {path}')
    return float(text)


def _not_negative(read: Query, field: str) -> Query:
    """Return *read* with AWS's text for ToleratedFailureCount; that MaxConcurrency's is alike is not verified."""

    def number(data: Json, scope: Scope) -> Json:
        value = read(data, scope)
        if value < 0:
            raise QueryFailed(RUNTIME, f"{field} cannot be negative.")
        return value

    return number


def _percentage(read: Query) -> Query:
    def percentage(data: Json, scope: Scope) -> Json:
        value = read(data, scope)
        if not 0 <= value <= 100:
            raise QueryFailed(RUNTIME, "ToleratedFailurePercentage must be between 0 and 100.")
        return value

    return percentage
