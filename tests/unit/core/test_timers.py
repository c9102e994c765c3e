"""The heap of deadlines."""

from __future__ import annotations

from player import single

from stepfunctions.asl.parse import parse
from stepfunctions.core.frame import Frame
from stepfunctions.core.program import compile as compile_program
from stepfunctions.core.timers import Timers
from stepfunctions.values import Payload

STATE = compile_program(parse(single(Type="Succeed"))).start


def frames(count: int) -> list[Frame]:
    return [Frame(number, None, 0, STATE, Payload({}), {}, 0) for number in range(count)]


def test_the_earliest_is_taken_first_and_ties_go_by_frame() -> None:
    timers, (a, b, c) = Timers(), frames(3)
    timers.arm(c, 5)
    timers.arm(b, 5)
    timers.arm(a, 9)
    assert [timers.take_due(9) for _ in range(4)] == [b, c, a, None]


def test_nothing_is_due_before_its_time() -> None:
    timers, (a,) = Timers(), frames(1)
    timers.arm(a, 5)
    assert timers.take_due(4) is None
    assert timers.earliest() == 5


def test_a_disarmed_frame_is_not_heard_of() -> None:
    timers, (a, b) = Timers(), frames(2)
    timers.arm(a, 5)
    timers.arm(b, 6)
    timers.disarm(a)
    assert timers.earliest() == 6
    assert a.deadline is None
    assert a not in timers


def test_a_deadline_can_move_both_ways() -> None:
    timers, (a,) = Timers(), frames(1)
    timers.arm(a, 5)
    timers.arm(a, 8)
    assert timers.earliest() == 8
    timers.arm(a, 3)
    assert timers.take_due(3) is a
    assert timers.earliest() is None


def test_what_is_forgotten_does_not_pile_up() -> None:
    timers, (a,) = Timers(), frames(1)
    for instant in range(10_000):
        timers.arm(a, 1_000_000 - instant)
        timers.disarm(a)
    assert len(timers._heap) < 100
