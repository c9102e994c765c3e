"""A state does on its own what it does in an execution, whatever its fields, its input and its work's outcome."""

from __future__ import annotations

import json
import re
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from stepfunctions.engine.mocks import fails, in_turn, succeeds
from stepfunctions.engine.virtual import VirtualExecution, run
from stepfunctions.testing import StateTest, test_state

MANY = settings(max_examples=100, deadline=None)
RESOURCE = "arn:aws:lambda:us-east-1:123456789012:function:f"
PASSING = {"StartAt": "P", "States": {"P": {"Type": "Pass", "Result": 0, "End": True}}}

PREFIX = re.compile(r"An error occurred while executing the state 'S' \(entered at the event id #\d+\)\. ")
"""What a cause begins with in an execution, and not in a test."""

PATHS = st.sampled_from(("$", "$.a", "$.b.c", "$.l", "$.missing"))
JSONPATH: dict[str, st.SearchStrategy[Any]] = {
    "InputPath": st.one_of(PATHS, st.none()),
    "ResultPath": st.sampled_from(("$", "$.a", "$.b.c", "$.new")),
    "OutputPath": st.one_of(PATHS, st.none()),
}
TEMPLATES = st.sampled_from(
    ({"x.$": "$.a"}, {"x.$": "$"}, {"x.$": "$.missing"}, {"x.$": "$$.State.RetryCount"}, {"y": [1]})
)
EXPRESSIONS = st.sampled_from(
    ("{% $states.input.a %}", "{% $states.input %}", {"x": "{% $states.input.missing %}"}, {"x": "{% 1 + 'a' %}"}, [1])
)
RESULTS = st.sampled_from(({"a": 1}, {"MessageId": "m"}, {}))
INPUTS = st.sampled_from(({"a": 1, "b": {"c": 2}, "l": [1, 2]}, {"a": {"b": 1}}, {"l": []}, {}))
FAILURES = st.sampled_from(("E1", "E2", "States.Timeout", "States.TaskFailed"))
ROUTES = {
    "Retry": st.sampled_from(
        ([{"ErrorEquals": ["E1"], "MaxAttempts": 1, "IntervalSeconds": 2}], [{"ErrorEquals": ["States.TaskFailed"]}])
    ),
    "Catch": st.sampled_from(
        (
            [{"ErrorEquals": ["E2"], "Next": "Caught"}, {"ErrorEquals": ["States.Timeout"], "Next": "Caught"}],
            [{"ErrorEquals": ["States.ALL"], "Next": "Caught"}],
        )
    ),
}


def fields(table: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """Some of the fields of *table*."""
    return st.fixed_dictionaries({}, optional=table)


@st.composite
def states(draw: st.DrawFn) -> dict[str, Any]:
    """A Pass, Task or Map state of either language."""
    kind = draw(st.sampled_from(("Pass", "Task", "Map")))
    own: dict[str, Any] = {
        "Pass": {},
        "Task": {"Resource": RESOURCE},
        "Map": {"ItemProcessor": PASSING},
    }[kind]
    routes = {} if kind == "Pass" else draw(fields(ROUTES))
    if draw(st.booleans()):
        table = {"Output": EXPRESSIONS, **({"Arguments": EXPRESSIONS} if kind == "Task" else {})}
        given_fields = {"QueryLanguage": "JSONata", **draw(fields(table))}
        items = {"Items": draw(st.sampled_from(("{% $states.input.l %}", [1, 2])))}
    else:
        templates = {"Parameters": TEMPLATES} if kind != "Map" else {"ItemSelector": TEMPLATES}
        selector = {} if kind == "Pass" else {"ResultSelector": TEMPLATES}
        given_fields = draw(fields({**JSONPATH, **templates, **selector}))
        items = {"ItemsPath": draw(PATHS)}
    return {"Type": kind, **own, **given_fields, **routes, **(items if kind == "Map" else {}), "Next": "After"}


def machine(state: dict[str, Any]) -> dict[str, Any]:
    """Return a machine that goes on from *state* to one state, or from its catchers to another."""
    others = {"After": {"Type": "Succeed"}}
    if "Catch" in state:
        others["Caught"] = {"Type": "Succeed"}
    return {"StartAt": "S", "States": {"S": state, **others}}


def agree(tried: StateTest, execution: VirtualExecution) -> None:
    """Check that a state led where the execution went, with the same data."""
    if tried.status == "FAILED":
        assert (execution.status, set(execution.states) - {"P"}) == ("FAILED", {"S"})
        assert execution.error == tried.error
        assert PREFIX.sub("", execution.cause or "") == (tried.cause or "")
    else:
        assert tried.status in ("SUCCEEDED", "CAUGHT_ERROR")
        assert execution.states[-1] == tried.next_state
        assert (tried.next_state == "Caught") == (tried.status == "CAUGHT_ERROR")
        assert PREFIX.sub("", json.dumps(execution.output)) == json.dumps(tried.output)


def in_place(state: dict[str, Any], result: Any) -> Any:
    """Return the mock of a state whose work results in *result*; a Map's is what its processor makes."""
    return None if state["Type"] == "Pass" else {"result": result, "fieldValidationMode": "NONE"}


@MANY
@given(states(), INPUTS, RESULTS)
def test_what_a_state_does_alone_it_does_in_an_execution(state: dict[str, Any], data: Any, result: Any) -> None:
    definition = machine(state)
    execution = run(definition, data, tasks={"S": result})
    iterations = execution.states.count("P")
    mock = in_place(state, [0] * iterations if state["Type"] == "Map" else result)
    tried = test_state(definition, data, state_name="S", mock=mock)
    if tried.status == "RETRIABLE":
        assert execution.elapsed_seconds >= tried.inspection_data["errorDetails"]["retryBackoffIntervalSeconds"]
    else:
        agree(tried, execution)


@MANY
@given(fields(ROUTES), FAILURES, st.integers(0, 3))
def test_a_failure_is_routed_as_it_is_in_an_execution(routes: dict[str, Any], error: str, retried: int) -> None:
    definition = machine({"Type": "Task", "Resource": RESOURCE, **routes, "Next": "After"})
    mock, configuration = {"errorOutput": {"error": error, "cause": "c"}}, {"retrierRetryCount": retried}
    tried = test_state(definition, state_name="S", mock=mock, state_configuration=configuration)
    execution = run(definition, tasks={"S": in_turn(*[fails(error, "c")] * (retried + 1), succeeds({}))})
    if tried.status == "RETRIABLE":
        assert len(execution.calls) == retried + 2
    else:
        assert len(execution.calls) <= retried + 1
        agree(tried, execution)
