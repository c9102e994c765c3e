"""One timer for all: who is due, when the loop is to call, and that nothing drifts."""

from __future__ import annotations

import asyncio

import pytest

from stepfunctions.engine.timer import LOOK_SECONDS_MAX, Timer


class Stage:
    """A timer on a clock that is set by hand, and what it fired."""

    def __init__(self) -> None:
        self.now = 1_000
        self.fired: list[int] = []
        self.timer = Timer(lambda: self.now, self.fired.append)

    def at(self, now: int) -> list[int]:
        """Set the clock, look, and return who was fired by that."""
        self.now = now
        self.timer.look()
        fired, self.fired[:] = list(self.fired), []
        return fired


@pytest.fixture
async def stage() -> Stage:
    return Stage()


async def test_a_key_fires_once_when_its_deadline_is_reached(stage: Stage) -> None:
    stage.timer.arm(1, 2_000)
    assert [stage.at(1_999), stage.at(2_000), stage.at(3_000)] == [[], [1], []]


async def test_keys_fire_in_the_order_of_their_deadlines(stage: Stage) -> None:
    for key, deadline in ((1, 3_000), (2, 1_500), (3, 2_000)):
        stage.timer.arm(key, deadline)
    assert stage.at(5_000) == [2, 3, 1]


async def test_a_later_deadline_replaces_an_earlier_one(stage: Stage) -> None:
    stage.timer.arm(1, 2_000)
    stage.timer.arm(1, 3_000)
    assert [stage.at(2_500), stage.at(3_000), stage.at(4_000)] == [[], [1], []]


async def test_an_earlier_deadline_replaces_a_later_one(stage: Stage) -> None:
    stage.timer.arm(1, 3_000)
    stage.timer.arm(1, 2_000)
    assert [stage.at(2_000), stage.at(3_000)] == [[1], []]


async def test_a_key_can_be_disarmed_and_armed_again(stage: Stage) -> None:
    stage.timer.arm(1, 2_000)
    stage.timer.arm(1, None)
    assert stage.at(2_000) == []
    stage.timer.arm(1, 2_500)
    assert stage.at(2_500) == [1]


async def test_heartbeats_do_not_grow_the_heap(stage: Stage) -> None:
    for deadline in range(2_000, 3_000):
        stage.timer.arm(1, deadline)
    assert len(stage.timer._heap) == 1


async def test_keys_that_were_disarmed_long_before_their_deadlines_leave_nothing_behind(stage: Stage) -> None:
    for key in range(1_000):
        stage.timer.arm(key, 10**12)
        stage.timer.arm(key, None)
    assert len(stage.timer._heap) == len(stage.timer._queued) < 100


async def test_tidying_up_forgets_nobody_who_waits(stage: Stage) -> None:
    stage.timer.arm(1, 2_000)
    stage.timer.arm(1, 2_500)
    stage.timer.arm(2, 1_500)
    for key in range(10, 200):
        stage.timer.arm(key, 10**12)
        stage.timer.arm(key, None)
    assert [stage.at(2_000), stage.at(2_500)] == [[2], [1]]


async def test_the_loop_is_asked_for_the_next_deadline_only(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[float] = []
    loop = asyncio.get_running_loop()
    call_later = loop.call_later
    monkeypatch.setattr(loop, "call_later", lambda delay, callback: asked.append(delay) or call_later(delay, callback))
    stage.timer.arm(1, 31_000)
    stage.timer.arm(2, 5_000)
    stage.timer.schedule()
    stage.timer.schedule()
    assert asked == [4.0]
    stage.timer.close()


async def test_a_long_wait_is_looked_at_again_and_again(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[float] = []
    loop = asyncio.get_running_loop()
    call_later = loop.call_later
    monkeypatch.setattr(loop, "call_later", lambda delay, callback: asked.append(delay) or call_later(delay, callback))
    stage.timer.arm(1, 1_000 + 30 * 86_400_000)
    stage.timer.schedule()
    assert stage.at(61_000) == []
    assert asked == [LOOK_SECONDS_MAX, LOOK_SECONDS_MAX]
    stage.timer.close()


async def test_the_loop_fires_what_is_due(stage: Stage) -> None:
    fired = asyncio.Event()
    timer = Timer(lambda: stage.now, lambda key: fired.set())
    timer.arm(1, stage.now)
    timer.schedule()
    await asyncio.wait_for(fired.wait(), 1)
