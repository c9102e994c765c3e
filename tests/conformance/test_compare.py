"""The comparison itself: what it lets pass, and what it does not."""

from __future__ import annotations

from typing import Any

import pytest
from compare import differences, fill, history_differences, result_differences


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        ({"a": 1}, {"a": 1.0}),
        ({"a": 1}, '{"a": 1}'),
        ("[1, 2]", "[1,2]"),
        (42, "42"),
        ("arn:<partition>:states:<region>:111111111111:x", "arn:aws:states:eu-west-1:123456789012:x"),
        ("snf_role_arn", "arn:aws:iam::1:role/r"),
        ("before date after", "before 2024-01-01 after"),
        ({"output": '{"t":"<uuid:1>"}'}, {"output": '{"t":"0-1-2"}'}),
        ("timestamp", 1700000000.5),
    ],
)
def test_what_differs_only_in_form_or_was_masked_is_the_same(expected: Any, actual: Any) -> None:
    assert differences(expected, actual, ["snf_role_arn", "date"]) == []


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        ({"a": 1}, {"a": 1, "b": None}),
        ({"a": 1, "b": 2}, {"a": 1}),
        (True, 1),
        (0, False),
        (None, ""),
        ("a", "b"),
        ([1, 2], [2, 1]),
        ([1], [1, 1]),
        ("x <y> z", "x z"),
        ({"a": "1.5"}, {"a": "1.6"}),
    ],
)
def test_what_differs_in_content_is_told(expected: Any, actual: Any) -> None:
    assert differences(expected, actual)


def test_what_was_not_recorded_must_not_be_there() -> None:
    assert result_differences({"status": "FAILED"}, {"status": "FAILED", "error": "E"})
    assert result_differences({"status": "FAILED"}, {"status": "FAILED", "error": None}) == []


def event(number: Any, kind: str, previous: int = 0) -> dict[str, Any]:
    return {"id": number, "type": kind, "previousEventId": previous}


def test_events_of_a_parallel_block_may_come_in_any_order() -> None:
    expected = [event(1, "ParallelStateStarted"), event([0], "B"), event([0], "A"), event(5, "ParallelStateExited", 3)]
    actual = [
        event(1, "ParallelStateStarted"),
        event(2, "A", 1),
        event(3, "B", 1),
        event(4, "ParallelStateSucceeded", 3),
        event(5, "ParallelStateExited", 3),
    ]
    assert history_differences(expected, actual) == []


def test_a_missing_and_a_surplus_event_are_told() -> None:
    assert history_differences([event(1, "A"), event(2, "B")], [event(1, "A")]) == ["event 2 (B) is missing"]
    (line,) = history_differences([event(1, "A")], [event(1, "A"), event(2, "B")])
    assert line.startswith("event 2 is one too many")


def test_what_is_sent_gets_the_callers_own_words() -> None:
    assert fill({"r": "arn:{{region}}:{{account}}"}, {"region": "here", "account": "me"}) == {"r": "arn:here:me"}
