"""States of the query language JSONata."""

from __future__ import annotations

from typing import Any

import pytest
from player import ACTIVITY, TASK, TOKEN, Player, machine, scope

from stepfunctions.core.events import TaskFailed, TaskStarted, TaskSubmitted, TaskSucceeded
from stepfunctions.errors import DefinitionError
from stepfunctions.query.template import TemplateSyntaxError


def play(definition: dict[str, Any], data: Any = None) -> Player:
    """Run a definition in JSONata as far as it goes by itself."""
    player = Player({**definition, "QueryLanguage": "JSONata"}, data)
    player.resume_to_end()
    return player


def state(**fields: Any) -> dict[str, Any]:
    """Return a definition of one state, ``S``, that ends the machine."""
    ends = {} if fields["Type"] in ("Succeed", "Fail", "Choice") else {"End": True}
    return machine("S", S={**fields, **ends})


def cause(expression: str, field: str, what: str, entered: int = 2) -> str:
    return (
        f"An error occurred while executing the state 'S' (entered at the event id #{entered}). The JSONata "
        f"expression '{expression}' specified for the field '{field}' {what}"
    )


# Output and Assign


def test_output_is_json_with_expressions_anywhere_in_it() -> None:
    output = {"a": ["{% $states.input.n + 1 %}", {"b": "{%$states.context.State.Name%}"}], "c": "{ % no % }", "d": None}
    assert play(state(Type="Pass", Output=output), {"n": 1}).output == {
        "a": [2, {"b": "S"}],
        "c": "{ % no % }",
        "d": None,
    }


def test_without_output_the_input_goes_on() -> None:
    assert play(state(Type="Succeed"), {"n": 1}).output == {"n": 1}


def test_output_of_null_is_null() -> None:
    assert play(state(Type="Pass", Output=None), {"n": 1}).output is None


def test_assign_and_output_see_the_variables_as_they_were() -> None:
    player = play(
        machine(
            "A",
            A={"Type": "Pass", "Assign": {"x": 1}, "Next": "B"},
            B={"Type": "Pass", "Assign": {"x": "{% $x + 1 %}", "y": "{% $x %}"}, "Output": "{% $x %}", "Next": "C"},
            C={"Type": "Pass", "Output": "{% [$x, $y, $states.input] %}", "End": True},
        )
    )
    assert player.output == [2, 1, 1]
    assert player.details("PassStateExited")[1][2] == {"x": "2", "y": "1"}


def test_a_jsonata_state_hands_over_to_a_jsonpath_state_and_back() -> None:
    player = Player(
        machine(
            "A",
            A={"Type": "Pass", "QueryLanguage": "JSONata", "Output": {"v": "{% 1 %}"}, "Assign": {"k": 7}, "Next": "B"},
            B={"Type": "Pass", "Parameters": {"v.$": "$.v", "k.$": "$k"}, "Next": "C"},
            C={"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% $states.input.(v + k) + $k %}", "End": True},
        )
    )
    assert player.output == 15


# Failures of expressions


@pytest.mark.parametrize(
    ("expression", "what"),
    [
        ("$states.input.none", "returned nothing (undefined)."),
        ("$states.input.a()", "threw an error during evaluation. T1006: Attempted to invoke a non-function"),
        ("$sum", "returned an unsupported result type."),
        (
            "($f := function($n) {1 + $f($n)}; $f(1))",
            "threw an error during evaluation: Stack overflow error: Check for non-terminating recursive function. "
            "Consider rewriting as tail-recursive.",
        ),
    ],
)
def test_an_expression_that_fails_names_itself_and_its_place(expression: str, what: str) -> None:
    player = play(state(Type="Pass", Output={"a": {"b": f"{{% {expression} %}}"}}), {"a": 1})
    text = cause(expression, "Output/a/b", what)
    assert (player.end.error, player.end.cause) == ("States.QueryEvaluationError", text)
    assert player.details("EvaluationFailed") == [("States.QueryEvaluationError", text, "Output/a/b", "S")]


def test_evaluation_failed_follows_what_the_entered_state_follows() -> None:
    player = play(
        machine(
            "A",
            A={"Type": "Pass", "Next": "S"},
            S={"Type": "Pass", "Output": "{% $states.input.none %}", "End": True},
        )
    )
    assert player.chain[3:] == [
        (4, "PassStateEntered", 3),
        (5, "EvaluationFailed", 3),
        (6, "ExecutionFailed", 5),
    ]


def test_evaluation_failed_of_a_wait_follows_its_entry() -> None:
    player = play(state(Type="Wait", Timestamp="{% 'soon' %}"))
    assert player.chain[1:3] == [(2, "WaitStateEntered", 0), (3, "EvaluationFailed", 2)]
    assert player.end.cause == (
        "An error occurred while executing the state 'S' (entered at the event id #2). The Timestamp field cannot be "
        "parsed as an ISO-8601 extended offset date-time format string: soon"
    )


@pytest.mark.parametrize(
    ("fields", "field", "wanted", "actual"),
    [
        ({"Type": "Wait", "Seconds": "{% $states.input %}"}, "Seconds", "number", "string"),
        ({"Type": "Fail", "Cause": "{% 1 %}"}, "Cause", "string", "number"),
        ({"Type": "Task", "Resource": TASK, "TimeoutSeconds": "{% [] %}"}, "TimeoutSeconds", "number", "array"),
        (
            {"Type": "Choice", "Choices": [{"Condition": "{% {} %}", "Next": "S"}]},
            "Choices[0]/Condition",
            "boolean",
            "object",
        ),
    ],
)
def test_a_value_of_the_wrong_type_is_refused(fields: dict[str, Any], field: str, wanted: str, actual: str) -> None:
    definition = state(**fields)
    if fields["Type"] == "Choice":
        definition["States"]["End"] = {"Type": "Succeed"}
        fields["Choices"].append({"Condition": False, "Next": "End"})
    player = play(definition, "text")
    assert f"Expected '{wanted}', but was '{actual}' for value: " in (player.end.cause or "")
    assert player.details("EvaluationFailed")[0][2] == field


@pytest.mark.parametrize("seconds", ["-1", "1.5", "1e300"])
def test_seconds_that_cannot_be_waited_are_refused(seconds: str) -> None:
    player = play(state(Type="Wait", Seconds=f"{{% {seconds} %}}"))
    assert player.end.error == "States.QueryEvaluationError"


def test_a_failed_evaluation_is_retried_and_then_caught() -> None:
    player = play(
        machine(
            "S",
            S={
                "Type": "Task",
                "Resource": TASK,
                "Arguments": {"a": "{% $states.input.none %}"},
                "Retry": [{"ErrorEquals": ["States.QueryEvaluationError"], "MaxAttempts": 1, "IntervalSeconds": 1}],
                "Catch": [
                    {
                        "ErrorEquals": ["States.ALL"],
                        "Assign": {"e": "{% $states.errorOutput.Error %}"},
                        "Output": {"in": "{% $states.input %}", "cause": "{% $states.errorOutput.Cause %}"},
                        "Next": "T",
                    }
                ],
                "End": True,
            },
            T={"Type": "Succeed", "Output": {"e": "{% $e %}", "got": "{% $states.input %}"}},
        ),
        {"n": 1},
    )
    player.let_time_pass()
    text = cause("$states.input.none", "Arguments/a", "returned nothing (undefined).")
    assert player.types.count("EvaluationFailed") == 2
    assert player.output == {"e": "States.QueryEvaluationError", "got": {"in": {"n": 1}, "cause": text}}


def test_a_catch_that_cannot_be_evaluated_fails_the_execution() -> None:
    player = play(
        machine(
            "S",
            S={
                "Type": "Task",
                "Resource": TASK,
                "Catch": [{"ErrorEquals": ["States.ALL"], "Output": "{% $states.input.none %}", "Next": "T"}],
                "End": True,
            },
            T={"Type": "Succeed"},
        )
    )
    player.tell(TaskFailed("t1", "Boom", "why"))
    assert player.end.error == "States.QueryEvaluationError"
    assert player.types[-3:] == ["TaskFailed", "EvaluationFailed", "ExecutionFailed"]


# The states


def test_a_task_evaluates_everything_it_is_given() -> None:
    player = play(
        state(
            Type="Task",
            Resource=TOKEN,
            Arguments={"token": "{% $states.context.Task.Token %}", "n": "{% $states.input.n %}"},
            TimeoutSeconds="{% $states.input.n * 60 %}",
            HeartbeatSeconds="{% $states.input.n %}",
            Credentials={"RoleArn": "{% 'arn:aws:iam::123456789012:role/' & $states.input.role %}"},
            Output={"in": "{% $states.input.n %}", "out": "{% $states.result.v %}"},
            Assign={"r": "{% $states.result %}"},
        ),
        {"n": 2, "role": "x"},
    )
    (task,) = player.tasks
    assert f'"token":"{task.token}"' in task.arguments
    assert task.heartbeat_seconds == 2
    assert task.credentials_role_arn == "arn:aws:iam::123456789012:role/x"
    assert player.interpreter.deadline == 120_000
    player.tell(TaskStarted("t1"))
    player.tell(TaskSubmitted("t1", "{}"))
    player.tell(TaskSucceeded("t1", '{"v": 3}'))
    assert player.output == {"in": 2, "out": 3}
    assert player.details("TaskStateExited")[0][2] == {"r": '{"v":3}'}


def test_a_task_without_arguments_gets_the_input_and_hands_its_result_on() -> None:
    player = play(state(Type="Task", Resource=ACTIVITY), {"n": 2})
    assert player.tasks[0].arguments == '{"n":2}'
    player.tell(TaskSucceeded("t1", "[1]"))
    assert player.output == [1]


def test_output_that_fails_after_the_work_follows_the_work() -> None:
    player = play(state(Type="Task", Resource=TASK, Output="{% $states.result.none %}"))
    player.tell(TaskSucceeded("t1", "{}"))
    assert player.chain[-2:] == [(6, "EvaluationFailed", 5), (7, "ExecutionFailed", 6)]


def test_a_choice_takes_the_first_condition_with_its_own_assign_and_output() -> None:
    definition = machine(
        "C",
        C={
            "Type": "Choice",
            "Choices": [
                {"Condition": "{% $states.input.n > 10 %}", "Next": "End"},
                {
                    "Condition": "{% $states.input.n > 5 %}",
                    "Assign": {"size": "{% 'middle' %}"},
                    "Output": {"was": "{% $states.input.n %}"},
                    "Next": "End",
                },
            ],
            "Default": "End",
            "Assign": {"size": "small"},
            "Output": "{% 'none' %}",
        },
        End={"Type": "Pass", "Output": "{% [$size, $states.input] %}", "End": True},
    )
    assert play(definition, {"n": 7}).output == ["middle", {"was": 7}]
    assert play(definition, {"n": 1}).output == ["small", "none"]


def test_a_condition_may_be_a_constant() -> None:
    choices = [{"Condition": False, "Next": "No"}, {"Condition": True, "Next": "Yes"}]
    definition = machine("C", C={"Type": "Choice", "Choices": choices}, No={"Type": "Fail"}, Yes={"Type": "Succeed"})
    assert play(definition, 1).output == 1


def test_a_wait_ends_at_the_time_that_its_expression_names() -> None:
    player = play(state(Type="Wait", Timestamp="{% $states.input %}"), "1970-01-01T00:00:05Z")
    assert player.interpreter.deadline == 5_000
    player = play(state(Type="Wait", Seconds="{% $states.input.s %}", Output="{% $states.input.s %}"), {"s": 3})
    assert player.interpreter.deadline == 3_000
    player.let_time_pass()
    assert player.output == 3


def test_a_failure_is_told_by_expressions() -> None:
    player = play(state(Type="Fail", Error="{% 'E' & $states.input %}", Cause="{% $states.context.State.Name %}"), 1)
    assert (player.end.error, player.end.cause) == ("E1", "S")


def test_a_map_evaluates_items_selector_and_concurrency() -> None:
    player = play(
        state(
            Type="Map",
            Items="{% $states.input.list %}",
            MaxConcurrency="{% $states.input.limit %}",
            ItemSelector={
                "at": "{% $states.context.Map.Item.Index %}",
                "v": "{% $states.context.Map.Item.Value * $states.input.limit %}",
            },
            ItemProcessor=scope("I", I={"Type": "Pass", "Output": "{% $states.input %}", "End": True}),
            Output="{% $states.result.v %}",
        ),
        {"list": [1, 2], "limit": 1},
    )
    assert player.output == [1, 2]
    starts = [previous for _, kind, previous in player.chain if kind == "MapIterationStarted"]
    assert starts == [3, 6]


def test_items_may_be_written_out() -> None:
    definition = state(
        Type="Map",
        Items=["{% $states.input %}", 2],
        ItemProcessor=scope("I", I={"Type": "Pass", "End": True}),
    )
    assert play(definition, 1).output == [1, 2]


@pytest.mark.parametrize("fields", [{}, {"Items": "text"}, {"Items": {"a": "{% 1 %}"}}])
def test_items_that_are_no_array_have_no_location(fields: dict[str, Any]) -> None:
    player = play(
        state(Type="Map", **fields, ItemProcessor=scope("I", I={"Type": "Pass", "End": True})), {"not": "an array"}
    )
    assert "Map state input must be an array but was: " in (player.end.cause or "")
    assert player.types[2:] == ["EvaluationFailed", "MapStateFailed", "ExecutionFailed"]
    assert player.details("EvaluationFailed")[0][2:] == (None, "S")


def test_a_selector_that_fails_is_the_failure_of_the_map() -> None:
    player = play(
        machine(
            "M",
            M={
                "Type": "Map",
                "ItemSelector": {"v": "{% $states.input.none %}"},
                "ItemProcessor": scope("I", I={"Type": "Pass", "End": True}),
                "Catch": [{"ErrorEquals": ["States.QueryEvaluationError"], "Next": "T"}],
                "End": True,
            },
            T={"Type": "Succeed", "Output": "{% $states.input.Error %}"},
        ),
        [1, 2],
    )
    assert player.output == "States.QueryEvaluationError"


def test_branches_read_the_variables_and_get_the_arguments() -> None:
    branch = scope("B", B={"Type": "Pass", "Output": "{% [$x, $states.input.a] %}", "End": True})
    player = play(
        machine(
            "A",
            A={"Type": "Pass", "Assign": {"x": 1}, "Next": "P"},
            P={
                "Type": "Parallel",
                "Arguments": {"a": "{% $states.input.n %}"},
                "Branches": [branch],
                "Output": {"r": "{% $states.result %}", "in": "{% $states.input.n %}"},
                "End": True,
            },
        ),
        {"n": 5},
    )
    assert player.output == {"r": [[1, 5]], "in": 5}


# Definitions


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{% 1 + %}", "INVALID_JSONATA_EXPRESSION"),
        ("{% $ %}", "UNSUPPORTED_JSONATA_EXPRESSION"),
        ("{% name %}", "UNSUPPORTED_JSONATA_EXPRESSION"),
    ],
)
def test_a_faulty_expression_is_refused_with_its_place(text: str, code: str) -> None:
    with pytest.raises(DefinitionError, match=f"{code}.* at /States/S/Output/v"):
        play(state(Type="Pass", Output={"v": text}))


def test_output_nested_deeper_than_the_stack_is_refused() -> None:
    output: Any = "{% 1 %}"
    for _ in range(700):
        output = {"a": output}
    with pytest.raises(TemplateSyntaxError, match="too deeply nested at /Output"):
        play(state(Type="Pass", Output=output))


def test_a_role_that_an_expression_makes_must_be_a_text() -> None:
    player = play(state(Type="Task", Resource=TASK, Credentials={"RoleArn": "{% 1 %}"}))
    assert player.end.error == "States.QueryEvaluationError"
    assert player.end.cause.endswith(
        "The JSONata expression '1' specified for the field 'Credentials/RoleArn' returned an unexpected result type. "
        "Expected 'string', but was 'number' for value: 1"
    )


def test_an_expression_in_credentials_is_checked_too() -> None:
    with pytest.raises(DefinitionError, match=r"INVALID_JSONATA_EXPRESSION.* at /States/S/Credentials/RoleArn"):
        play(state(Type="Task", Resource=TASK, Credentials={"RoleArn": "{% ( %}"}))


# What expressions may take

COSTLY = "$count([1..30000].($ + 1)) > 0"


def test_an_execution_yields_after_so_much_work_that_others_would_wait() -> None:
    rules = [{"Condition": f"{{% {COSTLY} and $n < 40 %}}", "Next": "Add"}]
    definition = machine(
        "Begin",
        Begin={"Type": "Pass", "Assign": {"n": 0}, "Next": "More"},
        More={"Type": "Choice", "Choices": rules, "Default": "Done"},
        Add={"Type": "Pass", "Assign": {"n": "{% $n + 1 %}"}, "Next": "More"},
        Done={"Type": "Succeed", "Output": "{% $n %}"},
    )
    player = Player({**definition, "QueryLanguage": "JSONata"})

    assert player.last.yielded
    assert len(player.history) < 80
    player.resume_to_end()
    assert player.output == 40


def test_the_expressions_of_one_state_are_bounded_together() -> None:
    often = {f"k{number}": f"{{% {COSTLY} %}}" for number in range(100)}

    player = play(state(Type="Pass", Output=often))

    assert player.end.error == "States.QueryEvaluationError"
    assert (player.end.cause or "").endswith("evaluation: Expression evaluation timeout: Check for infinite loop")


def test_the_paths_of_one_state_are_bounded_together() -> None:
    many = {f"k{number}.$": "$..a..a" for number in range(60)}
    nested: Any = 1
    for _ in range(300):
        nested = {"a": nested}
    player = Player(state(Type="Pass", Parameters=many), nested)
    player.resume_to_end()

    assert player.end.error == "States.Runtime"
    assert (player.end.cause or "").endswith("leads to too many values")
