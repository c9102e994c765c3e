"""Rendering is the inverse of parsing, for every definition that hypothesis can think of."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from stepfunctions.asl import parse, render

LAMBDA = "arn:aws:lambda:us-east-1:123456789012:function:f"
LITERAL = (
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["", "text"]) | st.just({"a": [1, {"b": None}]})
)
PATH = st.sampled_from(["$", "$.a", "$$.Execution.Id", "$v"])
SECONDS = st.integers(1, 99)


def some(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=fields)


IN_OUT = some(InputPath=st.none() | PATH, OutputPath=st.none() | PATH, Comment=st.just("c"))
RESULT = some(ResultPath=st.none() | st.just("$.r"), ResultSelector=st.just({"x.$": "$.y"}), Assign=st.just({"v": 1}))
RETRY = some(
    IntervalSeconds=SECONDS,
    MaxAttempts=st.integers(0, 5),
    BackoffRate=st.sampled_from([1, 1.5, 2.0]),
    MaxDelaySeconds=SECONDS,
    JitterStrategy=st.sampled_from(["NONE", "FULL"]),
)
HANDLERS = some(
    Retry=st.lists(RETRY.map(lambda each: {"ErrorEquals": ["E"], **each}), max_size=2),
    Catch=st.lists(
        some(ResultPath=st.none() | st.just("$.e")).map(lambda each: {"ErrorEquals": ["E"], "Next": "End", **each}),
        max_size=2,
    ),
)
PARAMETERS = some(Parameters=LITERAL)


def state(kind: str, *parts: st.SearchStrategy[dict[str, Any]], **fixed: Any) -> st.SearchStrategy[dict[str, Any]]:
    def joined(found: tuple[dict[str, Any], ...]) -> dict[str, Any]:
        merged: dict[str, Any] = {"Type": kind, **fixed}
        for part in found:
            merged |= part
        return merged

    return st.tuples(*parts).map(joined)


LEAF = st.one_of(
    state("Pass", IN_OUT, PARAMETERS, some(Result=LITERAL, ResultPath=st.none())),
    state("Wait", IN_OUT, Seconds=3),
    state("Wait", IN_OUT, TimestampPath="$.t"),
    state(
        "Task",
        IN_OUT,
        PARAMETERS,
        RESULT,
        HANDLERS,
        some(TimeoutSeconds=SECONDS, HeartbeatSecondsPath=PATH),
        Resource=LAMBDA,
    ),
    state("Pass", some(Output=LITERAL, Assign=st.just({"v": "{% 1 %}"})), QueryLanguage="JSONata"),
)


def scoped(states: list[dict[str, Any]]) -> dict[str, Any]:
    """A chain of *states* that ends in the state End; names are made unique afterwards."""
    return {"chain": states}


def scope_strategy(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.lists(inner, min_size=1, max_size=3).map(scoped)


def nested(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    config = st.sampled_from([{"Mode": "INLINE"}, {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}])
    scope = scope_strategy(inner)
    settings_of_map = some(MaxConcurrency=st.integers(0, 3), ToleratedFailurePercentage=st.sampled_from([0, 12.5]))
    return st.one_of(
        state(
            "Parallel",
            IN_OUT,
            PARAMETERS,
            RESULT,
            HANDLERS,
            st.lists(scope, min_size=1, max_size=2).map(lambda s: {"Branches": s}),
        ),
        state(
            "Map",
            IN_OUT,
            RESULT,
            settings_of_map,
            some(ItemSelector=LITERAL),
            st.tuples(scope, config).map(lambda s: {"ItemProcessor": {**s[0], "ProcessorConfig": s[1]}}),
        ),
        state("Map", IN_OUT, PARAMETERS, scope.map(lambda s: {"Iterator": s})),
    )


def named(scope: dict[str, Any], prefix: str) -> dict[str, Any]:
    """Give the states of a scope, and of the scopes in it, names that are unique in the document."""
    rest = {key: value for key, value in scope.items() if key != "chain"}
    names = [f"{prefix}{index}" for index in range(len(scope["chain"]))] + [f"{prefix}End"]
    states: dict[str, Any] = {}
    for index, definition in enumerate(scope["chain"]):
        made = {**definition, "Next": names[index + 1]}
        if "Assign" in made:
            made["Assign"] = {f"v_{len(states)}_{prefix.replace('-', '_')}": made["Assign"]["v"]}
        if "Branches" in made:
            made["Branches"] = [named(each, f"{names[index]}b{at}-") for at, each in enumerate(made["Branches"])]
        for key in ("ItemProcessor", "Iterator"):
            if key in made:
                made[key] = named(made[key], f"{names[index]}i-")
        if "Catch" in made:
            made["Catch"] = [{**each, "Next": names[-1]} for each in made["Catch"]]
        states[names[index]] = made
    return {**rest, "StartAt": names[0], "States": {**states, names[-1]: {"Type": "Succeed"}}}


MACHINE = st.tuples(
    scope_strategy(st.recursive(LEAF, nested, max_leaves=6)).map(lambda scope: named(scope, "S")),
    some(Comment=st.just("c"), TimeoutSeconds=SECONDS, Version=st.just("1.0")),
).map(lambda parts: {**parts[0], **parts[1]})


@settings(max_examples=60, deadline=None)
@given(MACHINE)
def test_parsing_what_was_rendered_gives_the_same_machine(definition: dict[str, Any]) -> None:
    machine = parse(definition)
    assert parse(render(machine)) == machine


def test_keys_come_in_the_predecessors_order() -> None:
    definition = {"States": {"A": {"Type": "Pass", "End": True}}, "StartAt": "A", "Comment": "c", "TimeoutSeconds": 9}
    assert list(render(parse(definition))) == ["TimeoutSeconds", "Comment", "Version", "StartAt", "States"]


def test_defaults_are_left_out_and_nulls_are_kept() -> None:
    state = {"Type": "Pass", "InputPath": "$", "OutputPath": None, "Result": None, "End": True}
    rendered = render(parse({"StartAt": "A", "States": {"A": state}}))
    assert rendered["States"]["A"] == {"Type": "Pass", "OutputPath": None, "Result": None, "End": True}


def test_a_legacy_map_stays_legacy() -> None:
    inner = {"StartAt": "B", "States": {"B": {"Type": "Pass", "End": True}}}
    state = {"Type": "Map", "Iterator": inner, "Parameters": {"a": 1}, "End": True}
    rendered = render(parse({"StartAt": "A", "States": {"A": state}}))
    assert set(rendered["States"]["A"]) == {"Type", "Iterator", "ItemSelector", "End"}
    assert rendered["States"]["A"]["Iterator"] == inner
