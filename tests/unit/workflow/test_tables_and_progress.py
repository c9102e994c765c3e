"""What notebooks show of histories: tables and the status of each state."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from stepfunctions.workflow.display import Html, Picture
from stepfunctions.workflow.progress import statuses
from stepfunctions.workflow.tables import EventsList, ExecutionsList, WorkflowList, format_time

START = datetime(2026, 11, 23, 20, 7, 37, 123_000, tzinfo=UTC)


def event(number: int, kind: str, previous: int, **details: Any) -> dict[str, Any]:
    made = {
        "id": number,
        "type": kind,
        "previousEventId": previous,
        "timestamp": START + timedelta(milliseconds=100 * (number - 1)),
    }
    return {**made, f"{kind[0].lower()}{kind[1:]}EventDetails": details} if details else made


def task(number: int, state: str, kind: str, previous: int, **details: Any) -> dict[str, Any]:
    return event(number, kind, previous, resourceType="sagemaker", resource="createModel", **details)


HISTORY = [
    event(1, "ExecutionStarted", 0, input='{"a": "<b>"}', inputDetails={"truncated": False}),
    event(2, "TaskStateEntered", 0, name="Save", input="{}", inputDetails={"truncated": False}),
    task(3, "Save", "TaskScheduled", 2, parameters='{"Flag": true, "None": null}', timeoutInSeconds=5),
    task(4, "Save", "TaskStarted", 3),
    task(5, "Save", "TaskFailed", 4, error="E", cause="c"),
    event(6, "TaskStateExited", 5, name="Save", output="{}", outputDetails={"truncated": False}),
    event(7, "PassStateEntered", 6, name="Next", input="{}", inputDetails={"truncated": False}),
]


def test_the_table_of_events_has_a_row_for_each_and_escapes_what_they_hold() -> None:
    text = EventsList(HISTORY).to_html()
    assert text.count("<tr class=") == len(HISTORY)
    assert "&lt;b&gt;" in text
    assert "<b>" not in text
    assert "<script" not in text


def test_an_event_belongs_to_the_step_and_resource_before_it() -> None:
    rows = [row.split("</td>") for row in EventsList(HISTORY).to_html().split("<tr ")[1:]]
    assert [row[2].rpartition(">")[2] for row in rows] == ["-", "Save", "Save", "Save", "Save", "Save", "Next"]
    assert rows[4][3].endswith(">sagemaker:createModel")
    assert rows[5][3].endswith(">-")
    assert rows[6][3].endswith(">-")


def test_elapsed_time_counts_whole_seconds_too() -> None:
    late = {**HISTORY[1], "timestamp": START + timedelta(seconds=61, milliseconds=5)}
    assert ">61005<" in EventsList([HISTORY[0], late]).to_html()


def test_the_table_does_not_change_the_events() -> None:
    before = [dict(each) for each in HISTORY]
    EventsList(HISTORY).to_html()
    assert before == HISTORY


def test_events_newest_first_stay_so() -> None:
    text = EventsList(reversed(HISTORY)).to_html()
    assert text.index("PassStateEntered") < text.index("TaskFailed") < text.index("ExecutionStarted")


def test_times_are_written_as_people_of_the_predecessor_know_them() -> None:
    assert format_time(START) == "Nov 23, 2026 08:07:37.123 PM"
    assert format_time(None) == "-"


def test_other_tables() -> None:
    assert ">w&amp;w<" in WorkflowList([{"name": "w&w", "creationDate": START}]).to_html()
    assert "<tbody></tbody>" in ExecutionsList([]).to_html()


def test_the_status_of_each_state_follows_from_the_history() -> None:
    assert statuses(HISTORY) == {"Save": "Caught Error", "Next": "In Progress"}
    assert statuses(HISTORY[:4]) == {"Save": "In Progress"}


def test_a_state_under_way_ends_with_its_execution() -> None:
    failed = [*HISTORY[:5], event(6, "ExecutionFailed", 5, error="E", cause="c")]
    assert statuses(failed) == {"Save": "Failed"}
    assert statuses([*HISTORY[:4], event(5, "ExecutionAborted", 0)]) == {"Save": "Cancelled"}


def test_a_retry_that_succeeds_leaves_no_caught_error() -> None:
    retried = [
        *HISTORY[:5],
        task(6, "Save", "TaskScheduled", 5),
        task(7, "Save", "TaskSucceeded", 6, output="{}"),
        event(8, "TaskStateExited", 7, name="Save", output="{}"),
    ]
    assert statuses(retried) == {"Save": "Succeeded"}


def test_pictures_and_html_show_themselves_without_ipython(tmp_path: Any) -> None:
    picture = Picture("<svg/>", "a graph")
    assert picture._repr_mimebundle_() == {"image/svg+xml": "<svg/>", "text/plain": "a graph"}
    assert picture.save(tmp_path / "x.svg").read_text() == "<svg/>"
    assert Html("<p>")._repr_html_() == "<p>"
