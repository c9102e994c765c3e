"""Bugs of ours, and a disk that cannot be read: whom they harm, and what is left of the rest."""

from __future__ import annotations

from typing import Any

import pytest

from stepfunctions.core.interpreter import Interpreter
from stepfunctions.engine import execution as executions
from stepfunctions.errors import StoreError

CALL = "arn:aws:states:::lambda:invoke"
WAIT = {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 60, "End": True}}}


def passing(name: str) -> Any:
    return {"StartAt": name, "States": {name: {"Type": "Pass", "End": True}}}


@pytest.fixture
def unwritable(monkeypatch: pytest.MonkeyPatch) -> None:
    """No history can be written in which a state ``Bad`` is left."""
    encode = executions.encode

    def refuse(heard: Any, history: Any) -> bytes:
        if any(event.type.endswith("Exited") and event.details[0] == "Bad" for event in history):
            raise ZeroDivisionError
        return encode(heard, history)

    monkeypatch.setattr(executions, "encode", refuse)


@pytest.mark.usefixtures("unwritable")
async def test_an_execution_whose_history_cannot_be_written_fails_and_no_other(world: Any) -> None:
    bad, good = await world.start(passing("Bad")), await world.start(passing("Good"))
    record = world.engine.describe(bad)
    assert (record.status, record.error) == ("FAILED", "States.Runtime")
    assert record.cause == "Its history cannot be written. ZeroDivisionError: "
    assert world.engine.describe(good).status == "SUCCEEDED"
    await world.restart()
    assert world.engine.describe(bad) == record


@pytest.mark.usefixtures("unwritable")
async def test_what_was_written_of_its_history_before_stays(world: Any) -> None:
    states = {
        "Rest": {"Type": "Wait", "Seconds": 5, "Next": "Bad"},
        "Bad": {"Type": "Pass", "Next": "Call"},
        "Call": {"Type": "Task", "Resource": CALL, "End": True},
    }
    arn = await world.start({"StartAt": "Rest", "States": states})
    await world.pass_time(5)
    assert world.engine.describe(arn).status == "FAILED"
    assert world.types(arn) == ["ExecutionStarted", "WaitStateEntered", "ExecutionFailed"]
    assert world.ids(arn) == [1, 2, 3]
    assert world.work.runs == []
    assert world.database.read("SELECT * FROM tasks") == []


async def test_a_bug_in_finding_a_handler_fails_the_state(
    world: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def break_down(resource: str) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(world.engine._driver._dispatcher, "_resolver", break_down)
    record = await world.run({"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": CALL, "End": True}}})
    assert record.error == "States.Runtime"
    assert f"looking for the handler of {CALL} failed" in caplog.text
    assert "ZeroDivisionError" in caplog.text


async def test_an_execution_of_which_no_snapshot_can_be_taken_stays_in_memory_and_goes_on(
    world: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def break_down(self: Interpreter) -> Any:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(Interpreter, "snapshot", break_down)
        world.engine._driver._loaded._kept_max = 0
        arn = await world.start(WAIT)
        assert len(world.engine._driver._loaded) == 1
        assert f"no snapshot of the execution {arn}" in caplog.text
        await world.restart()
        await world.pass_time(60)
    assert world.engine.describe(arn).status == "SUCCEEDED"
    assert world.ids(arn) == [1, 2, 3, 4]


async def test_whoever_asks_while_the_disk_cannot_be_read_is_told_and_time_is_not_lost(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    arn = await world.start(WAIT)
    world.engine._driver._loaded._kept_max = 0
    await world.start(WAIT)
    world.engine._driver._retry_seconds = 0
    assert len(world.engine._driver._loaded) == 0
    with monkeypatch.context() as patch:

        def refuse(*_: Any, **__: Any) -> Any:
            raise StoreError("the disk is gone")

        patch.setattr(world.engine._driver._tables, "load", refuse)
        with pytest.raises(StoreError, match="the disk is gone"):
            await world.engine.stop(arn)
        await world.pass_time(60)
        assert world.engine.describe(arn).status == "RUNNING"
    await world.until(lambda: world.engine.describe(arn).status == "SUCCEEDED")
