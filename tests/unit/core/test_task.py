"""The Task state: what it schedules, and what becomes of it."""

from __future__ import annotations

import pytest
from player import ACTIVITY, ARN, LAMBDA, SYNC, TASK, TOKEN, Player, machine, match, scope, single

from stepfunctions.asl.parse import parse
from stepfunctions.core.ambient import Ambient
from stepfunctions.core.commands import CancelTask, CompleteExecution, ScheduleTask
from stepfunctions.core.events import (
    HeartbeatReceived,
    TaskFailed,
    TaskStarted,
    TaskSubmitted,
    TaskSucceeded,
    TimeReached,
)
from stepfunctions.core.execution import STANDARD_SECONDS_MAX
from stepfunctions.core.interpreter import Interpreter
from stepfunctions.core.program import compile as compile_program
from stepfunctions.core.resources import parse_resource


def test_a_task_is_scheduled_with_its_rendered_arguments() -> None:
    player = Player(single(Type="Task", Resource=TASK, Parameters={"q.$": "$.queue"}), {"queue": "here"})
    assert player.commands == [
        match(ScheduleTask, task_id="t1", state="S", resource=TASK, arguments='{"q":"here"}', timeout_at=None)
    ]
    assert player.details("TaskScheduled") == [
        ("sqs", "sendMessage", ARN.split(":")[3], '{"q":"here"}', None, None, None)
    ]


def test_an_integration_writes_its_family_of_events() -> None:
    player = Player(single(Type="Task", Resource=TASK))
    player.tell(TaskStarted("t1"))
    player.tell(TaskSucceeded("t1", '{"a": 1}'))
    assert player.output == {"a": 1}
    assert player.chain[2:] == [
        (3, "TaskScheduled", 2),
        (4, "TaskStarted", 3),
        (5, "TaskSucceeded", 4),
        (6, "TaskStateExited", 5),
        (7, "ExecutionSucceeded", 6),
    ]
    assert player.details("TaskSucceeded") == [("sqs", "sendMessage", '{"a":1}')]


def test_a_lambda_function_writes_the_old_family() -> None:
    player = Player(single(Type="Task", Resource=LAMBDA, TimeoutSeconds=9), {"x": 1})
    player.tell(TaskStarted("t1"))
    player.tell(TaskFailed("t1", "Oops", "why"))
    assert player.types[2:5] == ["LambdaFunctionScheduled", "LambdaFunctionStarted", "LambdaFunctionFailed"]
    assert player.details("LambdaFunctionScheduled") == [(LAMBDA, '{"x":1}', 9, None)]
    assert player.details("LambdaFunctionFailed") == [("Oops", "why")]
    assert (player.end.error, player.end.cause) == ("Oops", "why")


def test_an_activity_shows_who_works() -> None:
    player = Player(single(Type="Task", Resource=ACTIVITY))
    player.tell(TaskStarted("t1", "bob"))
    player.tell(TaskSucceeded("t1", "null"))
    assert player.details("ActivityStarted") == [("bob",)]
    assert player.output is None


def test_a_result_goes_through_selector_path_and_assignment() -> None:
    player = Player(
        machine(
            "A",
            A={
                "Type": "Task",
                "Resource": TASK,
                "ResultSelector": {"id.$": "$.MessageId"},
                "ResultPath": "$.sent",
                "Assign": {"message.$": "$.MessageId"},
                "Next": "B",
            },
            B={"Type": "Pass", "Parameters": {"message.$": "$message", "input.$": "$"}, "End": True},
        ),
        {"kept": 1},
    )
    player.tell(TaskSucceeded("t1", '{"MessageId":"m","Other":2}'))
    assert player.output == {"message": "m", "input": {"kept": 1, "sent": {"id": "m"}}}


def test_a_role_that_is_no_text_fails_the_state() -> None:
    player = Player(single(Type="Task", Resource=TASK, Credentials={"RoleArn.$": "$.role"}), {"role": 1})
    assert (player.end.error, player.tasks) == ("States.Runtime", [])
    assert player.end.cause.endswith("The RoleArn of the field 'Credentials' must be a string but was: 1")


def test_credentials_are_shown_and_handed_on() -> None:
    role = "arn:aws:iam::123456789012:role/other"
    player = Player(single(Type="Task", Resource=TASK, Credentials={"RoleArn.$": "$.role"}), {"role": role})
    assert player.tasks == [match(ScheduleTask, credentials_role_arn=role)]
    assert player.details("TaskScheduled")[0][-1] == {"roleArn": role}


def test_a_sync_task_submits_before_it_ends() -> None:
    player = Player(single(Type="Task", Resource=SYNC))
    player.tell(TaskStarted("t1"))
    player.tell(TaskSubmitted("t1", '{"TrainingJobArn":"a"}'))
    player.tell(TaskSucceeded("t1", "{}"))
    assert player.types[2:6] == ["TaskScheduled", "TaskStarted", "TaskSubmitted", "TaskSucceeded"]
    assert player.details("TaskSubmitted") == [("sagemaker", "createTrainingJob.sync", '{"TrainingJobArn":"a"}')]


@pytest.mark.parametrize("final", [TaskSucceeded("t1", "1"), TaskFailed("t1", "E", None)])
def test_a_callback_that_is_faster_than_the_submission_waits_for_it(final: TaskSucceeded | TaskFailed) -> None:
    player = Player(single(Type="Task", Resource=TOKEN))
    player.tell(TaskStarted("t1"))
    assert player.tell(final) == ()
    assert player.tell(TaskSucceeded("t1", "2")) == ()
    (end,) = player.tell(TaskSubmitted("t1", "{}"))
    assert end == match(CompleteExecution, status="SUCCEEDED" if isinstance(final, TaskSucceeded) else "FAILED")
    assert player.types[4] == "TaskSubmitted"


@pytest.mark.parametrize(
    ("resource", "event_type"),
    [
        (SYNC, "TaskSubmitFailed"),
        (TASK, "TaskFailed"),
        (LAMBDA, "LambdaFunctionStartFailed"),
        (ACTIVITY, "ActivityScheduleFailed"),
    ],
)
def test_a_refused_request_is_recorded_as_what_it_is(resource: str, event_type: str) -> None:
    player = Player(single(Type="Task", Resource=resource))
    player.tell(TaskFailed("t1", "E", "refused", submitted=False))
    assert event_type in player.types
    assert player.end.error == "E"


def test_a_task_that_could_not_be_started_is_recorded_as_that() -> None:
    player = Player(single(Type="Task", Resource=TASK))
    player.tell(TaskFailed("t1", "States.Runtime", "unknown", submitted=False))
    assert "TaskStartFailed" in player.types


@pytest.mark.parametrize("resource", [TOKEN, "arn:aws:states:::sagemaker:createTrainingJob.sync"])
def test_the_token_is_in_the_context_and_the_command(resource: str) -> None:
    player = Player(single(Type="Task", Resource=resource, Parameters={"t.$": "$$.Task.Token"}))
    (task,) = player.tasks
    assert task.arguments == f'{{"t":"{task.token}"}}'
    assert len(task.token) > 80


def test_a_request_response_task_has_no_token_in_its_context() -> None:
    player = Player(single(Type="Task", Resource=TASK, Parameters={"t.$": "$$.Task.Token"}))
    assert player.end.error == "States.Runtime"


def test_finals_for_unknown_and_finished_tasks_are_dropped() -> None:
    player = Player(
        machine("A", A={"Type": "Task", "Resource": TASK, "Next": "W"}, W={"Type": "Wait", "Seconds": 1, "End": True})
    )
    assert player.tell(TaskSucceeded("t9", "{}")) == ()
    player.tell(TaskSucceeded("t1", "{}"))
    length = len(player.history)
    for late in (TaskSucceeded("t1", "1"), TaskFailed("t1", "E", None), TaskStarted("t1"), HeartbeatReceived("t1")):
        assert player.tell(late) == ()
    assert len(player.history) == length
    assert player.let_time_pass() == (match(CompleteExecution, status="SUCCEEDED"),)


def test_progress_that_is_told_twice_is_written_once() -> None:
    player = Player(single(Type="Task", Resource=SYNC))
    for event in (TaskStarted("t1"), TaskStarted("t1"), TaskSubmitted("t1", "{}"), TaskSubmitted("t1", "{}")):
        player.tell(event)
    assert player.types[2:] == ["TaskScheduled", "TaskStarted", "TaskSubmitted"]


def test_a_task_times_out_is_cancelled_and_tells_no_cause() -> None:
    player = Player(single(Type="Task", Resource=TASK, TimeoutSeconds=5))
    player.tell(TaskStarted("t1"), at=1_000)
    assert player.interpreter.deadline == 5_000
    commands = player.let_time_pass()
    assert commands == (
        CancelTask("t1"),
        match(CompleteExecution, status="FAILED", error="States.Timeout", cause=None),
    )
    assert player.details("TaskTimedOut") == [("sqs", "sendMessage", "States.Timeout", None)]


def test_the_time_of_an_activity_begins_with_its_worker() -> None:
    player = Player(single(Type="Task", Resource=ACTIVITY, TimeoutSeconds=5, HeartbeatSeconds=3))
    assert player.details("ActivityScheduled") == [(ACTIVITY, "{}", 5, 3)]
    assert player.interpreter.deadline == STANDARD_SECONDS_MAX * 1000
    player.tell(TaskStarted("t1", "worker"), at=60_000)
    assert player.interpreter.deadline == 63_000
    player.tell(HeartbeatReceived("t1"), at=62_500)
    assert player.interpreter.deadline == 65_000
    commands = player.let_time_pass()
    assert commands == (
        CancelTask("t1"),
        match(CompleteExecution, status="FAILED", error="States.Timeout", cause=None),
    )
    assert player.details("ActivityTimedOut") == [("States.Timeout", None)]


def test_the_time_of_an_activity_that_has_not_begun_outlives_a_snapshot() -> None:
    player = Player(single(Type="Task", Resource=ACTIVITY, TimeoutSeconds=5))
    restored = Interpreter.restore(
        compile_program(parse(single(Type="Task", Resource=ACTIVITY, TimeoutSeconds=5))), player.interpreter.snapshot()
    )
    restored.handle(TaskStarted("t1"), Ambient(60_000, 1))
    assert restored.deadline == 65_000


def test_an_activity_that_does_not_exist_is_not_scheduled() -> None:
    task = {"Resource": ACTIVITY, "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "S"}]}
    player = Player(single(Type="Task", **task), missing=(ACTIVITY,))
    assert player.chain == [(1, "ExecutionStarted", 0), (2, "TaskStateEntered", 0), (3, "ExecutionFailed", 2)]
    assert (player.end.error, player.end.cause) == (
        "States.Runtime",
        "An error occurred while executing the state 'S' (entered at the event id #2). "
        f"The activity {ACTIVITY} does not exist.",
    )


def test_a_program_knows_its_activities_wherever_they_stand() -> None:
    task = {"Type": "Task", "Resource": ACTIVITY, "End": True}
    branch = scope("B", B=task)
    player = Player(
        machine(
            "A",
            A={**task, "End": False, "Next": "P"},
            P={"Type": "Parallel", "Branches": [branch], "Next": "M"},
            M={"Type": "Map", "ItemProcessor": scope("C", C=task), "End": True},
        )
    )
    assert player.interpreter.activities == (("A", ACTIVITY), ("B", ACTIVITY), ("C", ACTIVITY))


def test_timeouts_come_from_paths_too() -> None:
    player = Player(
        single(Type="Task", Resource=TASK, TimeoutSecondsPath="$.t", HeartbeatSecondsPath="$.h"), {"t": 30, "h": 4}
    )
    assert player.details("TaskScheduled")[0][4:6] == (30, 4)
    assert player.interpreter.deadline == 30_000
    player.tell(TaskStarted("t1"), at=1_000)
    assert player.interpreter.deadline == 5_000


def test_a_timeout_path_must_lead_to_a_positive_number() -> None:
    player = Player(single(Type="Task", Resource=TASK, TimeoutSecondsPath="$.t"), {"t": 0})
    assert player.end.error == "States.Runtime"
    assert player.commands == [player.end]


def test_a_heartbeat_restarts_its_clock_and_never_extends_the_timeout() -> None:
    player = Player(single(Type="Task", Resource=TOKEN, TimeoutSeconds=20, HeartbeatSeconds=8))
    player.tell(TaskStarted("t1"))
    player.tell(TaskSubmitted("t1", "{}"))
    assert player.interpreter.deadline == 8_000
    player.tell(HeartbeatReceived("t1"), at=6_000)
    assert player.tell(TimeReached(), at=8_000) == ()
    assert player.interpreter.deadline == 14_000
    player.tell(HeartbeatReceived("t1"), at=13_000)
    assert player.tell(TimeReached(), at=14_000) == ()
    assert player.interpreter.deadline == 20_000
    assert match(CompleteExecution, status="FAILED") in player.let_time_pass()


def test_each_token_is_another() -> None:
    player = Player(
        machine(
            "A", A={"Type": "Task", "Resource": TASK, "Next": "B"}, B={"Type": "Task", "Resource": TASK, "End": True}
        )
    )
    player.tell(TaskSucceeded("t1", "{}"))
    first, second = player.tasks
    assert (first.task_id, second.task_id) == ("t1", "t2")
    assert first.token != second.token


@pytest.mark.parametrize(
    ("arn", "family", "identity", "is_submitted", "is_callback", "label"),
    [
        (LAMBDA, "LambdaFunction", (), False, False, LAMBDA),
        (ACTIVITY, "Activity", (), False, False, ACTIVITY),
        ("arn:aws:states:::lambda:invoke", "Task", ("lambda", "invoke"), False, False, "lambda"),
        (SYNC, "Task", ("sagemaker", "createTrainingJob.sync"), True, False, "sagemaker"),
        (TOKEN, "Task", ("sqs", "sendMessage.waitForTaskToken"), True, True, "sqs"),
        (
            "arn:aws-cn:states:::states:startExecution.sync:2",
            "Task",
            ("states", "startExecution.sync:2"),
            True,
            False,
            "states",
        ),
        (
            "arn:aws:states:::aws-sdk:dynamodb:putItem",
            "Task",
            ("aws-sdk:dynamodb", "putItem"),
            False,
            False,
            "aws-sdk:dynamodb",
        ),
    ],
)
def test_a_resource_means(
    arn: str, family: str, identity: tuple[str, ...], is_submitted: bool, is_callback: bool, label: str
) -> None:
    resource = parse_resource(arn)
    assert resource is not None
    assert (resource.family, resource.identity, resource.label) == (family, identity, label)
    assert (resource.is_submitted, resource.is_callback) == (is_submitted, is_callback)


@pytest.mark.parametrize(
    "arn",
    ["", "lambda", "arn:aws:s3:::bucket", "arn:aws:states:::", "arn:aws:states:::sqs", "arn:aws:states:::aws-sdk:s3"],
)
def test_what_no_task_can_name_is_no_resource(arn: str) -> None:
    assert parse_resource(arn) is None


def test_arguments_that_are_too_large_schedule_nothing_and_can_be_caught() -> None:
    catch = [{"ErrorEquals": ["States.DataLimitExceeded"], "ResultPath": None, "Next": "C"}]
    task = {"Type": "Task", "Resource": TASK, "Parameters": {"a.$": "$", "b.$": "$"}, "Catch": catch, "End": True}
    player = Player(machine("T", T=task, C={"Type": "Pass", "Result": "caught", "End": True}), "x" * 200_000)
    assert player.output == "caught"
    assert player.tasks == []
