"""CloudWatch Logs as boto3 and the SageMaker SDK's tail use it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.planes_server import ACCOUNT, REGION, PlanesServer

GROUP = "/aws/sagemaker/TrainingJobs"


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with PlanesServer(tmp_path_factory.mktemp("cloud")) as server:
        yield server.client("logs")


@pytest.fixture(scope="module")
def now(logs: Any) -> int:
    """Ten lines in each of two streams, starting now."""
    now = int(time.time() * 1000)
    logs.create_log_group(logGroupName=GROUP, tags={"a": "b"})
    for number, name in enumerate(("job/algo-1", "job/algo-2")):
        logs.create_log_stream(logGroupName=GROUP, logStreamName=name)
        events = [{"timestamp": now + 2 * line + number, "message": f"{name} line {line}"} for line in range(10)]
        logs.put_log_events(logGroupName=GROUP, logStreamName=name, logEvents=events)
    return now


def refused(call: Any, **params: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call(**params)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def lines(answer: dict[str, Any]) -> list[str]:
    return [event["message"].rpartition(" ")[2] for event in answer["events"]]


def test_a_tail_reads_on_with_the_forward_token_which_stays_the_same_at_the_end(logs: Any, now: int) -> None:
    where = {"logGroupName": GROUP, "logStreamName": "job/algo-1", "startFromHead": True}
    first = logs.get_log_events(**where, limit=4)
    rest = logs.get_log_events(**where, nextToken=first["nextForwardToken"])
    end = logs.get_log_events(**where, nextToken=rest["nextForwardToken"])
    assert (lines(first), lines(rest), lines(end)) == (list("0123"), list("456789"), [])
    assert end["nextForwardToken"] == rest["nextForwardToken"]
    back = logs.get_log_events(**where, nextToken=end["nextBackwardToken"], limit=2)
    assert lines(back) == ["8", "9"]


def test_without_start_from_head_the_last_events_come_first(logs: Any, now: int) -> None:
    where = {"logGroupName": GROUP, "logStreamName": "job/algo-1"}
    last = logs.get_log_events(**where, limit=3)
    before = logs.get_log_events(**where, limit=3, nextToken=last["nextBackwardToken"])
    assert (lines(last), lines(before)) == (list("789"), list("456"))
    assert last["events"][0]["timestamp"] == now + 14


def test_a_window_of_time_includes_its_start_and_not_its_end(logs: Any, now: int) -> None:
    answer = logs.get_log_events(
        logGroupName=GROUP, logStreamName="job/algo-1", startTime=now + 2, endTime=now + 6, startFromHead=True
    )
    assert lines(answer) == ["1", "2"]


def test_an_empty_stream_has_tokens_that_find_what_comes_later(logs: Any, now: int) -> None:
    logs.create_log_stream(logGroupName=GROUP, logStreamName="later")
    where = {"logGroupName": GROUP, "logStreamName": "later", "startFromHead": True}
    empty = logs.get_log_events(**where)
    logs.put_log_events(logGroupName=GROUP, logStreamName="later", logEvents=[{"timestamp": now, "message": "a 1"}])
    assert lines(logs.get_log_events(**where, nextToken=empty["nextForwardToken"])) == ["1"]
    logs.delete_log_stream(logGroupName=GROUP, logStreamName="later")


def test_streams_are_found_by_prefix_and_ordered(logs: Any, now: int) -> None:
    found = logs.describe_log_streams(logGroupName=GROUP, logStreamNamePrefix="job/", orderBy="LogStreamName", limit=1)
    assert [each["logStreamName"] for each in found["logStreams"]] == ["job/algo-1"]
    found = logs.describe_log_streams(logGroupName=GROUP, limit=1, nextToken=found["nextToken"])
    stream = found["logStreams"][0]
    assert stream["logStreamName"] == "job/algo-2"
    assert (stream["firstEventTimestamp"], stream["lastEventTimestamp"]) == (now + 1, now + 19)
    assert stream["arn"] == f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{GROUP}:log-stream:job/algo-2"
    latest = logs.describe_log_streams(logGroupName=GROUP, orderBy="LastEventTime", descending=True)
    assert [each["logStreamName"] for each in latest["logStreams"]] == ["job/algo-2", "job/algo-1"]


def test_filtering_interleaves_the_streams(logs: Any, now: int) -> None:
    some = logs.filter_log_events(logGroupName=GROUP, filterPattern='"line 3"')
    assert [event["message"] for event in some["events"]] == ["job/algo-1 line 3", "job/algo-2 line 3"]
    pages = logs.get_paginator("filter_log_events").paginate(
        logGroupName=GROUP, startTime=now + 1, endTime=now + 6, PaginationConfig={"PageSize": 4}
    )
    found = [event["timestamp"] - now for page in pages for event in page["events"]]
    assert found == [1, 2, 3, 4, 5, 6]
    one = logs.filter_log_events(logGroupName=GROUP, logStreamNames=["job/algo-2"])
    assert {event["logStreamName"] for event in one["events"]} == {"job/algo-2"}


def test_groups_are_described_tagged_and_retained(logs: Any, now: int) -> None:
    arn = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{GROUP}"
    logs.put_retention_policy(logGroupName=GROUP, retentionInDays=7)
    group = logs.describe_log_groups(logGroupNamePrefix="/aws/sage")["logGroups"][0]
    assert (group["arn"], group["logGroupArn"], group["retentionInDays"]) == (f"{arn}:*", arn, 7)
    logs.tag_resource(resourceArn=arn, tags={"c": "d"})
    logs.untag_resource(resourceArn=arn, tagKeys=["a"])
    assert logs.list_tags_for_resource(resourceArn=arn)["tags"] == {"c": "d"}
    assert refused(logs.put_retention_policy, logGroupName=GROUP, retentionInDays=8)[0] == "InvalidParameterException"


def test_what_does_not_exist_has_awss_texts(logs: Any, now: int) -> None:
    assert refused(logs.describe_log_streams, logGroupName="/nope") == (
        "ResourceNotFoundException",
        "The specified log group does not exist.",
    )
    assert refused(logs.get_log_events, logGroupName=GROUP, logStreamName="nope") == (
        "ResourceNotFoundException",
        "The specified log stream does not exist.",
    )
    assert refused(logs.create_log_group, logGroupName=GROUP) == (
        "ResourceAlreadyExistsException",
        "The specified log group already exists",
    )
    assert refused(logs.start_query, logGroupName=GROUP, startTime=0, endTime=1, queryString="x")[0] == "NotImplemented"


def test_bad_batches_are_refused_and_old_events_are_named(logs: Any, now: int) -> None:
    def put(*times: int) -> Any:
        events = [{"timestamp": at, "message": "x"} for at in times]
        return {"logGroupName": GROUP, "logStreamName": "job/algo-1", "logEvents": events}

    assert refused(logs.put_log_events, **put(now, now - 1)) == (
        "InvalidParameterException",
        "Log events in a single PutLogEvents request must be in chronological order.",
    )
    assert refused(logs.put_log_events, **put(now - 90_000_000, now))[0] == "InvalidParameterException"
    month = 30 * 24 * 3_600_000
    assert logs.put_log_events(**put(now - month))["rejectedLogEventsInfo"] == {"tooOldLogEventEndIndex": 1}
    assert logs.put_log_events(**put(now + month))["rejectedLogEventsInfo"] == {"tooNewLogEventStartIndex": 0}


def test_logs_are_there_after_a_restart(tmp_path: Path) -> None:
    now = int(time.time() * 1000)
    with PlanesServer(tmp_path) as first:
        logs = first.client("logs")
        logs.create_log_group(logGroupName="/kept")
        logs.create_log_stream(logGroupName="/kept", logStreamName="s")
        logs.put_log_events(logGroupName="/kept", logStreamName="s", logEvents=[{"timestamp": now, "message": "a 1"}])
    with PlanesServer(tmp_path) as second:
        assert lines(second.client("logs").get_log_events(logGroupName="/kept", logStreamName="s")) == ["1"]
