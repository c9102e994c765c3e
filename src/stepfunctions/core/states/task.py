"""The Task state: has work done, and keeps the time for it.

It renders what the work needs and schedules it; what becomes of the work is taken in by ``progress``. Each attempt is a
task of its own, with its own id, token and timeouts, and renders its arguments anew.

Source: States Language, "Task State"; AWS Developer Guide for credentials and timeouts.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from stepfunctions.asl import model
from stepfunctions.core import expressions, routing
from stepfunctions.core.commands import ScheduleTask
from stepfunctions.core.failures import data_limit_exceeded, is_oversize
from stepfunctions.core.frame import WORKING, Flight, Frame
from stepfunctions.core.queries import RUNTIME, Query, selection, template
from stepfunctions.core.resources import ACTIVITY, Resource, Schedule
from stepfunctions.core.states.state import CompiledState, compile_catchers
from stepfunctions.query.failure import QueryFailed
from stepfunctions.query.scope import Scope
from stepfunctions.values import ABSENT, Json, Payload, dumps

if TYPE_CHECKING:
    from stepfunctions.core.execution import Execution

_POSITIVE: Final = re.compile(r"[1-9][0-9]{0,8}")


class Task(CompiledState):
    """A compiled Task state."""

    is_retriable = True
    is_task = True

    def __init__(self, state: model.Task, resource: Resource) -> None:
        super().__init__(state)
        self.resource = resource
        self.retriers = state.retry
        self.catchers = compile_catchers(state)
        self._role_arn: Query | None
        if state.query_language == model.JSONATA:
            self._timeout = expressions.whole_number(state.timeout_seconds, "TimeoutSeconds", 1)
            self._heartbeat = expressions.whole_number(state.heartbeat_seconds, "HeartbeatSeconds", 1)
            role_arn = ABSENT if state.credentials is ABSENT else state.credentials.get("RoleArn", ABSENT)
            self._role_arn = expressions.typed(role_arn, "Credentials/RoleArn", "string")
        else:
            self._timeout = _seconds(state.timeout_seconds, state.timeout_seconds_path, "TimeoutSecondsPath")
            self._heartbeat = _seconds(state.heartbeat_seconds, state.heartbeat_seconds_path, "HeartbeatSecondsPath")
            self._role_arn = None if state.credentials is ABSENT else _role_arn(state.credentials)

    def attempt(self, execution: Execution, frame: Frame) -> None:
        """Schedule one attempt."""
        if self.resource.arn in execution.missing:
            raise QueryFailed(RUNTIME, f"The activity {self.resource.arn} does not exist.")
        scope = execution.surroundings
        task_id = execution.new_task_id()
        token = execution.new_token(task_id)
        if self.resource.is_submitted:
            scope.look_from(frame, token=token)
        arguments, timeout, heartbeat, role_arn = self.evaluate(frame.payload, scope)
        if is_oversize(arguments):
            # AWS's text for an over-long input is not known; this is the one for an over-long result.
            routing.fail(execution, frame, data_limit_exceeded(self.resource.label))
            return
        self._schedule(execution, frame, arguments, Flight(task_id, None, heartbeat), token, timeout, role_arn)

    def evaluate(self, raw: Payload, scope: Scope) -> tuple[Payload, int | None, int | None, str | None]:
        """Return the arguments, the two timeouts in seconds and the role to assume, for one attempt on *raw*."""
        effective = self.flow.effective_input(raw, scope)
        arguments = self.flow.arguments(effective, scope)
        timeout = None if self._timeout is None else self._timeout(effective.value, scope)
        heartbeat = None if self._heartbeat is None else self._heartbeat(effective.value, scope)
        role_arn = None if self._role_arn is None else self._role_arn(effective.value, scope)
        return arguments, timeout, heartbeat, role_arn

    def _schedule(
        self,
        execution: Execution,
        frame: Frame,
        arguments: Payload,
        flight: Flight,
        token: str,
        timeout: int | None,
        role_arn: str | None,
    ) -> None:
        """Write that the task is scheduled, have it started, and keep its time."""
        shown = None if role_arn is None else {"roleArn": role_arn}
        heartbeat = None if flight.heartbeat_seconds is None else int(flight.heartbeat_seconds)
        schedule = Schedule(arguments.text, execution.region, timeout, heartbeat, shown)
        execution.record(frame, f"{self.resource.family}Scheduled", self.resource.scheduled(schedule))
        frame.phase = WORKING
        frame.task = flight
        execution.tasks[flight.id] = frame
        if self.resource.family == ACTIVITY:
            flight.timeout_seconds = timeout
        elif timeout is not None:
            flight.timeout_at = execution.now + timeout * 1000
            execution.timers.arm(frame, flight.timeout_at)
        execution.commands.append(
            ScheduleTask(
                flight.id,
                self.name,
                self.resource.arn,
                arguments.text,
                token,
                flight.timeout_at,
                flight.heartbeat_seconds,
                role_arn,
            )
        )


def _role_arn(credentials: Json) -> Query:
    """Return the role that Credentials, a payload template, names. The text for what is none is not AWS's."""
    evaluate = template(credentials, "Credentials")

    def role_arn(data: Json, scope: Scope) -> Json:
        value = evaluate(data, scope)["RoleArn"]
        if not isinstance(value, str):
            cause = f"The RoleArn of the field 'Credentials' must be a string but was: {dumps(value)}"
            raise QueryFailed(RUNTIME, cause)
        return value

    return role_arn


def _seconds(fixed: Json, path: str | None, field: str) -> Query | None:
    """Return a timeout as a closure to whole seconds; None if it is not given."""
    if path is None:
        return None if fixed is ABSENT else lambda data, scope: fixed
    select = selection(path)

    def seconds(data: Json, scope: Scope) -> Json:
        value = data if select is None else select(data, scope)
        text = value if isinstance(value, str) else dumps(value)
        if not _POSITIVE.fullmatch(text):
            # The text follows that of Wait's SecondsPath; it is not verified against AWS.
            raise QueryFailed(
                RUNTIME, f"The {field} parameter cannot be parsed as a positive long value: {path} == {text}"
            )
        return int(text)

    return seconds
