"""The Wait state: holds its frame until a time.

Source: States Language, "Wait State"; the texts as recorded from AWS. A time that has come already is not waited for.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeAlias

from stepfunctions.asl import model
from stepfunctions.core import expressions
from stepfunctions.core.frame import WAITING, Frame
from stepfunctions.core.queries import RUNTIME, lookup
from stepfunctions.core.states.state import CompiledState
from stepfunctions.query.failure import QueryFailed
from stepfunctions.query.scope import Scope
from stepfunctions.query.timestamps import parse_timestamp
from stepfunctions.values import ABSENT, Instant, Json, dumps

if TYPE_CHECKING:
    from stepfunctions.core.execution import Execution

Until: TypeAlias = Callable[[Json, Scope, Instant], Instant]
"""From the effective input, its surroundings and the time of entry to the time to wait for."""

_LONG: Final = re.compile(r"-?[0-9]{1,19}")

SECONDS_MAX: Final = 99_999_999
"""AWS's limit for Seconds."""


class Wait(CompiledState):
    """A compiled Wait state."""

    is_evaluated_entered = True

    def __init__(self, state: model.Wait) -> None:
        super().__init__(state)
        self._until = _evaluated_until(state) if state.query_language == model.JSONATA else _until(state)

    def attempt(self, execution: Execution, frame: Frame) -> None:
        """Wait, counted from when the state was entered, unless the time has come."""
        scope = execution.surroundings
        until = self._until(self.flow.effective_input(frame.payload, scope).value, scope, frame.entered_at)
        if until > execution.now:
            execution.sleep(frame, WAITING, until)
        else:
            self.resume(execution, frame)

    def resume(self, execution: Execution, frame: Frame) -> None:
        """Leave with the effective input."""
        self.finish(execution, frame, self.flow.effective_input(frame.payload, execution.surroundings))


def _evaluated_until(state: model.Wait) -> Until:
    """Return the one setting that a JSONata *state* has as a closure."""
    timestamp = expressions.typed(state.timestamp, "Timestamp", "string")
    seconds = expressions.whole_number(state.seconds, "Seconds", 0)

    def until(data: Json, scope: Scope, entered_at: Instant) -> Instant:
        if timestamp is None:
            return entered_at + (0 if seconds is None else seconds(data, scope) * 1000)
        text = timestamp(data, scope)
        at = parse_timestamp(text)
        if at is None:
            raise expressions.EvaluationFailed(
                f"The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string: {text}",
                "Timestamp",
            )
        return at

    return until


def _until(state: model.Wait) -> Until:
    """Return the one setting that *state* has as a closure."""
    if state.seconds_path is not None:
        return _seconds_path(state.seconds_path)
    if state.timestamp_path is not None:
        return _timestamp_path(state.timestamp_path)
    if state.timestamp is not ABSENT:
        text = state.timestamp
        return lambda data, scope, entered_at: _parsed(text, f"The Timestamp is not in ISO-8601 format: {text}")
    seconds = 0 if state.seconds is ABSENT else state.seconds
    return lambda data, scope, entered_at: entered_at + int(seconds * 1000)


def _seconds_path(path: str) -> Until:
    look = lookup(path, f"The SecondsPath parameter does not reference an input value: {path}")

    def until(data: Json, scope: Scope, entered_at: Instant) -> Instant:
        value = look(data, scope)
        text = value if isinstance(value, str) else dumps(value)
        if not _LONG.fullmatch(text):
            raise QueryFailed(RUNTIME, f"The SecondsPath parameter cannot be parsed as a long value: {path} == {text}")
        if (seconds := int(text)) < 0:
            raise QueryFailed(RUNTIME, f"The SecondsPath parameter references a negative value: {path} == {text}")
        if seconds > SECONDS_MAX:
            # That AWS holds its limit against a path's value is not verified, nor is the text.
            raise QueryFailed(
                RUNTIME, f"The SecondsPath parameter references a value greater than {SECONDS_MAX}: {path} == {text}"
            )
        return entered_at + seconds * 1000

    return until


def _timestamp_path(path: str) -> Until:
    look = lookup(path, f"The TimestampPath parameter does not reference an input value: {path}")

    def until(data: Json, scope: Scope, entered_at: Instant) -> Instant:
        value = look(data, scope)
        text = value if isinstance(value, str) else dumps(value)
        return _parsed(
            text,
            "The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format string: "
            f"{path} == {text}",
        )

    return until


def _parsed(text: str, complaint: str) -> Instant:
    at = parse_timestamp(text)
    if at is None:
        raise QueryFailed(RUNTIME, complaint)
    return at
