"""What stands in for the work of Task states in virtual time, and how long it takes.

A mock is one of:

- a function of the task's arguments, which returns a result or an ``Answer``, or raises ``TaskError``;
- an ``Answer``: ``succeeds(...)``, ``fails(...)`` or ``never()``;
- ``in_turn(first, second, ...)``: one mock per attempt;
- any other JSON value: the result.

What a mock answers is checked as soon as it is known: a result that is not JSON, or a time that is none, is a
``MockError``. An exception of a mock function goes to whoever runs the test, with the state's name noted.

Mocks are found by the state's name, by its Resource ARN, or by what follows ``:::`` in it, in this order::

    tasks = {
        "Train": in_turn(fails("SageMaker.AmazonSageMakerException"), succeeds({"Status": "Done"}, after_seconds=900)),
        "lambda:invoke": lambda arguments: {"Payload": arguments["Payload"]},
    }

The mock of a Map state with an ItemReader, found by the state's name alone, gives the array of its items, or fails.

This module checks nothing against the services' API shapes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from math import isfinite
from typing import Any, TypeAlias

from stepfunctions.asl.suggest import suggest
from stepfunctions.core.commands import ReadItems, ScheduleTask
from stepfunctions.engine.handler import TaskError
from stepfunctions.errors import MockError
from stepfunctions.query.failure import Failure
from stepfunctions.values import Json, loads

Mock: TypeAlias = Any
"""See the module's docstring; a type that tells a JSON value from a mock does not exist."""

Mocks: TypeAlias = Mapping[str, Mock] | Callable[[str, Json], Mock]
"""Mocks by name, or a function of (resource, arguments) that answers for every task."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """How a task ends.

    Args:
        result: its result, if it succeeds.
        failure: how it fails; None if it succeeds.
        after_seconds: how long it takes, in virtual time; None for ever.
        submitted: what the request of a ``.sync`` or ``.waitForTaskToken`` task is answered at once.
        heartbeat_every_seconds: how often the worker is heard of; None for never.
        is_refused: the request itself fails, so that nothing is submitted.
        worker: the name of an activity's worker.

    Raises:
        MockError: a time that is negative or not finite, or no time between heartbeats.
    """

    result: Json = None
    failure: Failure | None = None
    after_seconds: float | None = 0
    submitted: Json = None
    heartbeat_every_seconds: float | None = None
    is_refused: bool = False
    worker: str | None = None

    def __post_init__(self) -> None:
        seconds, every = self.after_seconds, self.heartbeat_every_seconds
        if seconds is not None and not (isfinite(seconds) and seconds >= 0):
            raise MockError(f"after_seconds is {seconds}: give 0 or more, or use never() for a task that never ends.")
        if every is not None and not (isfinite(every) and every > 0):
            raise MockError(f"heartbeat_every_seconds is {every}: give more than 0, or None for no heartbeats.")


@dataclass(frozen=True, slots=True)
class InTurn:
    """One mock per attempt."""

    mocks: tuple[Mock, ...]


def succeeds(
    result: Json = None,
    *,
    after_seconds: float = 0,
    submitted: Json = None,
    heartbeat_every_seconds: float | None = None,
) -> Answer:
    """Return the answer of a task that succeeds; see ``Answer``."""
    return Answer(
        result=result,
        after_seconds=after_seconds,
        submitted=submitted,
        heartbeat_every_seconds=heartbeat_every_seconds,
    )


def fails(
    error: str | None = None,
    cause: str | None = None,
    *,
    after_seconds: float = 0,
    is_refused: bool = False,
) -> Answer:
    """Return the answer of a task that fails; see ``Answer``."""
    return Answer(failure=Failure(error, cause), after_seconds=after_seconds, is_refused=is_refused)


def never(*, heartbeat_every_seconds: float | None = None) -> Answer:
    """Return the answer of a task that does not end by itself."""
    return Answer(after_seconds=None, heartbeat_every_seconds=heartbeat_every_seconds)


def in_turn(*mocks: Mock) -> InTurn:
    """Return a mock that answers each attempt with the next of *mocks*; one attempt more is an error."""
    return InTurn(mocks)


class Stage:
    """The mocks of one run; it counts the attempts.

    Args:
        mocks: as given to ``virtual.run``; None for none.

    Raises:
        MockError: neither mocks by name nor a function.
    """

    def __init__(self, mocks: Mocks | None) -> None:
        if mocks is not None and not callable(mocks) and not isinstance(mocks, Mapping):
            raise MockError(
                f"tasks is a {type(mocks).__name__}: give mocks by name, or a function that answers for all."
            )
        self._answer_all = mocks if callable(mocks) else None
        self._by_name: Mapping[str, Mock] = mocks if isinstance(mocks, Mapping) else {}
        self._attempts: dict[str, int] = {}

    def answer(self, task: ScheduleTask) -> Answer:
        """Return how *task* ends.

        Raises:
            MockError: no mock for it, one attempt too many, or a result that is not JSON.
        """
        arguments = loads(task.arguments)
        if self._answer_all is not None:
            return _play(partial(self._answer_all, task.resource), arguments, task.state)
        key = self._key(task)
        mock = self._by_name[key]
        if isinstance(mock, InTurn):
            mock = self._next(key, mock, task.state)
        return _play(mock, arguments, task.state)

    def items(self, reading: ReadItems) -> Answer:
        """Return what the ItemReader of a Map state reads: an answer whose result is an array.

        Raises:
            MockError: no mock for it, or a result that is no array.
        """
        if self._answer_all is not None:
            answer = _play(partial(self._answer_all, reading.resource), reading.arguments, reading.state)
        elif reading.state in self._by_name:
            answer = _play(self._by_name[reading.state], reading.arguments, reading.state)
        else:
            raise MockError(
                f"The Map state '{reading.state}' reads items from {reading.resource}, and no mock has them: "
                f"give tasks={{'{reading.state}': [...]}}."
            )
        if answer.failure is None and not isinstance(answer.result, list | tuple):
            raise MockError(f"The mock of the Map state '{reading.state}' returned no array of items.")
        return answer

    def _key(self, task: ScheduleTask) -> str:
        integration = task.resource.partition(":::")[2]
        for key in (task.state, task.resource, integration):
            if key in self._by_name:
                return key
        near = suggest(task.state, self._by_name)
        raise MockError(
            f"The Task state '{task.state}' calls {task.resource}, and no mock answers for it: "
            f"give tasks={{'{task.state}': ...}} or tasks={{'{integration or task.resource}': ...}}."
            + (f" There is a mock for '{near}'." if near else "")
        )

    def _next(self, key: str, mock: InTurn, state: str) -> Mock:
        attempt = self._attempts.get(key, 0)
        self._attempts[key] = attempt + 1
        if attempt >= len(mock.mocks):
            count = f"{len(mock.mocks)} answer{'' if len(mock.mocks) == 1 else 's'}"
            raise MockError(f"in_turn(...) of '{key}' has {count}, and the state '{state}' asks for one more.")
        return mock.mocks[attempt]


def _play(mock: Mock, arguments: Json, state: str) -> Answer:
    try:
        value = mock(arguments) if callable(mock) else mock
    except TaskError as error:
        return Answer(failure=error.failure, is_refused=not error.submitted)
    except Exception as error:
        error.add_note(f"in the mock of the state '{state}', which was called with {arguments!r:.200}")
        raise
    if isinstance(value, Failure):
        return Answer(failure=value)
    answer = value if isinstance(value, Answer) else Answer(result=value)
    for each in (answer.result, answer.submitted):
        _check_json(each, state)
    return answer


def _check_json(value: object, state: str) -> None:
    """Refuse what JSON does not have; also a datetime or a dataclass, which faster writers of JSON would take."""
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise MockError(f"The mock of the state '{state}' answered what is not JSON: {error}.") from None
