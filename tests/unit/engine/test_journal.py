"""A journal entry: complete, and small where values repeat."""

from __future__ import annotations

import pytest

from stepfunctions.core.ambient import Ambient
from stepfunctions.core.events import ExecutionStarted, TaskFailed, TaskSucceeded, TimeReached
from stepfunctions.core.history import HistoryEvent
from stepfunctions.engine.codec import pack
from stepfunctions.engine.journal import Heard, decode, encode

HEARD: list[Heard] = [
    (
        ExecutionStarted(
            input="{}",
            execution_arn="arn:aws:states:us-east-1:123456789012:execution:machine:" + "long" * 20,
            name="long",
            role_arn="arn:aws:iam::123456789012:role/r",
            state_machine_arn="arn:aws:states:us-east-1:123456789012:stateMachine:machine",
            state_machine_name="machine",
            started_at=1_700_000_000_123,
        ),
        Ambient(1_700_000_000_123, 2**64 - 1),
    ),
    (TaskSucceeded("1", '"' + "x" * 100 + '"'), Ambient(1_700_000_000_124, 0)),
    (TaskFailed("2", None, None, submitted=False), Ambient(1_700_000_000_125, 1)),
    (TimeReached(), Ambient(1_700_000_000_126, 2)),
]
HISTORY = [
    HistoryEvent(1, "ExecutionStarted", 1_700_000_000_123, 0, ("{}", "role", None, None)),
    HistoryEvent(2, "PassStateEntered", 1_700_000_000_123, 0, ("A", "é" * 65)),
    HistoryEvent(3, "PassStateExited", 1_700_000_000_123, 2, ("A", "é" * 65, {"variable": '"' + "v" * 80 + '"'})),
    HistoryEvent(4, "MapStateStarted", 1_700_000_000_124, 3, (7,)),
]


def test_an_entry_comes_back_as_it_was() -> None:
    assert decode(encode(HEARD, HISTORY)) == (HEARD, HISTORY)


def test_an_entry_without_history_comes_back() -> None:
    assert decode(encode(HEARD[3:], [])) == (HEARD[3:], [])


def test_a_text_that_travels_through_many_states_is_written_once() -> None:
    payload = '"' + "x" * 250_000 + '"'
    history = [HistoryEvent(number, "PassStateEntered", 0, number - 1, ("A", payload)) for number in range(1, 101)]
    started = ExecutionStarted(payload, "arn", "name", "role", "machine", "machine", 0)
    entry = encode([(started, Ambient(0, 0))], history)
    assert len(entry) < 260_000
    assert decode(entry) == ([(started, Ambient(0, 0))], history)


def test_an_entry_of_a_later_version_is_refused() -> None:
    with pytest.raises(ValueError, match="a journal entry has version 2; this one knows 1"):
        decode(pack([2, [], [], []]))


def test_an_event_that_is_not_known_is_refused() -> None:
    with pytest.raises(KeyError, match="Prophesied"):
        decode(pack([1, [], [[0, 0, {"event": "Prophesied", "version": 1}]], []]))
