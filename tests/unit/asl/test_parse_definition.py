"""What parse makes of a definition, and every fault that it finds, with AWS's text and place."""

from __future__ import annotations

import json
from typing import Any

import pytest

from stepfunctions.asl import parse, parse_state, validate
from stepfunctions.asl.choice_rules import OPERATORS
from stepfunctions.asl.model import Comparison, Condition, Fail, Map, Not, Parallel, Pass, Succeed, Task, Wait
from stepfunctions.errors import DefinitionError
from stepfunctions.values import ABSENT

LAMBDA = "arn:aws:lambda:us-east-1:123456789012:function:f"
PASS = {"Type": "Pass", "End": True}
OPERATOR_NAMES = ", ".join(OPERATORS)
ONE_FORM = "The object must have only one of the following fields, [And, Or, Not, Variable, Condition]"


def machine(first: str = "A", /, **states: Any) -> dict[str, Any]:
    return {"StartAt": first, "States": states}


def faults(definition: Any, **options: Any) -> list[str]:
    return [str(each) for each in validate(definition, **options) if each.severity == "ERROR"]


def fault_of(state: dict[str, Any]) -> list[str]:
    """The faults of one last state, named A, each without its code."""
    return [each.partition(": ")[2] for each in faults(machine(A={"End": True, **state}))]


def test_a_chain_is_read_with_its_defaults() -> None:
    read = parse(json.dumps(machine(A={"Type": "Pass", "Next": "B"}, B={"Type": "Succeed"})))
    assert read.states == {
        "A": Pass(name="A", location="/States/A", next="B"),
        "B": Succeed(name="B", location="/States/B"),
    }


def test_null_paths_differ_from_absent_ones() -> None:
    state = parse_state({**PASS, "InputPath": None, "ResultPath": None})
    assert isinstance(state, Pass)
    assert (state.input_path, state.output_path, state.result_path) == (None, "$", None)
    assert state.result is ABSENT


def test_result_null_is_a_result() -> None:
    state = parse_state({**PASS, "Result": None})
    assert isinstance(state, Pass)
    assert state.result is None


LOOP: dict[str, Any] = {}
LOOP["again"] = LOOP


@pytest.mark.parametrize("value", [float("inf"), float("nan"), {1}, b"x", LOOP])
def test_what_json_does_not_have_is_refused_in_a_decoded_definition(value: Any) -> None:
    state = {"Type": "Pass", "Parameters": {"x": value}, "End": True}
    (fault,) = validate({"StartAt": "A", "States": {"A": state}})
    assert fault.code == "INVALID_JSON_DESCRIPTION"
    with pytest.raises(DefinitionError, match="INVALID_JSON_DESCRIPTION"):
        parse_state(state)


def test_a_machine_does_not_change_with_the_dict_it_was_read_from() -> None:
    result = {"x": (1, 2)}
    machine = parse({"StartAt": "A", "States": {"A": {"Type": "Pass", "Result": result, "End": True}}})
    result["x"] = ()
    state = machine.states["A"]
    assert isinstance(state, Pass)
    assert state.result == {"x": [1, 2]}


def test_a_state_has_either_next_or_end() -> None:
    assert "This object should have only one of the following fields: [Next, End] at /States/A" in fault_of(
        {"Type": "Pass", "End": False}
    )
    assert fault_of({"Type": "Pass", "Next": "A"}) == [
        "There should only be one of the following fields: [Next, End] at /States/A"
    ]


def test_a_legacy_map_is_read_as_a_map() -> None:
    state = parse_state({"Type": "Map", "Iterator": machine("X", X=PASS), "Parameters": {"a": 1}, "End": True})
    assert isinstance(state, Map)
    assert state.processor.legacy
    assert state.item_selector == {"a": 1}
    assert state.processor.mode == "INLINE"


def test_choice_rules_become_a_tree() -> None:
    rule = {"Not": {"Variable": "$.a", "IsNull": True}, "Next": "A"}
    state = parse_state({"Type": "Choice", "Choices": [rule]})
    assert state.choices[0].rule == Not(rule=Comparison(variable="$.a", operator="IsNull", operand=True))  # type: ignore[attr-defined]


def test_a_jsonata_choice_has_conditions() -> None:
    state = parse_state(
        {"Type": "Choice", "QueryLanguage": "JSONata", "Choices": [{"Condition": "{% true %}", "Next": "A"}]}
    )
    assert state.choices[0].rule == Condition(expression="{% true %}")  # type: ignore[attr-defined]


def test_states_in_a_map_inherit_the_machines_language_not_the_maps() -> None:
    inner = {"Type": "Pass", "Output": 1, "End": True}
    outer = {"Type": "Map", "QueryLanguage": "JSONata", "ItemProcessor": machine("P", P=inner), "End": True}
    assert faults(machine(A=outer)) == [
        "SCHEMA_VALIDATION_FAILED: The QueryLanguage is set to 'JSONPath', but field 'Output' is only supported "
        "for the 'JSONata' QueryLanguage at /States/A/ItemProcessor/States/P"
    ]
    assert faults({"QueryLanguage": "JSONata", **machine(A=outer)}) == []


def test_a_query_language_may_be_raised_to_jsonata_but_not_lowered() -> None:
    assert faults(machine(A={**PASS, "QueryLanguage": "JSONata"})) == []
    assert faults({"QueryLanguage": "JSONata", **machine(A={**PASS, "QueryLanguage": "JSONPath"})}) == [
        "SCHEMA_VALIDATION_FAILED: 'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine"
        " at /States/A"
    ]


def test_a_processor_may_not_set_the_language() -> None:
    processor = {"QueryLanguage": "JSONata", **machine("P", P=PASS)}
    assert fault_of({"Type": "Map", "ItemProcessor": processor}) == [
        "Field 'QueryLanguage' is not supported at /States/A/ItemProcessor"
    ]


def test_every_fault_is_found_in_one_reading() -> None:
    definition = machine(
        A={"Type": "Wait", "Seconds": -1, "Next": "B"},
        B={"Type": "Task", "Next": "Nowhere"},
        C={"Type": "Pass", "End": "yes"},
    )
    assert faults(definition) == [
        "SCHEMA_VALIDATION_FAILED: Minimum value is 0 at /States/A/Seconds",
        "SCHEMA_VALIDATION_FAILED: These fields are required: [Resource] at /States/B",
        "SCHEMA_VALIDATION_FAILED: Expected value of type Boolean at /States/C/End",
        "SCHEMA_VALIDATION_FAILED: This object should have only one of the following fields: [Next, End] at /States/C",
        "MISSING_TRANSITION_TARGET: Missing 'Next' target: Nowhere at /States/B/Next",
        "MISSING_END_STATE: Workflow has no terminal state at null",
    ]


def test_parse_raises_with_every_error_and_no_warning() -> None:
    with pytest.raises(DefinitionError) as raised:
        parse(machine(A={"Type": "Pass", "Result": "$.a", "Next": "B"}, B={"Type": "Succeed", "End": True}))
    assert str(raised.value) == "SCHEMA_VALIDATION_FAILED: Field 'End' is not supported at /States/B"


@pytest.mark.parametrize(
    ("state", "place"),
    [
        ({"Type": "Pass", "Next": "X"}, "/States/A/Next"),
        (
            {"Type": "Choice", "Choices": [{"Variable": "$", "IsNull": True, "Next": "X"}], "Default": "B"},
            "/States/A/Choices[0]/Next",
        ),
        (
            {"Type": "Choice", "Choices": [{"Variable": "$", "IsNull": True, "Next": "B"}], "Default": "X"},
            "/States/A/Default",
        ),
        (
            {"Type": "Task", "Resource": LAMBDA, "Catch": [{"ErrorEquals": ["E"], "Next": "X"}], "Next": "B"},
            "/States/A/Catch[0]/Next",
        ),
    ],
)
def test_a_missing_target_is_always_called_next(state: dict[str, Any], place: str) -> None:
    found = faults(machine(A=state, B={"Type": "Succeed"}))
    assert f"MISSING_TRANSITION_TARGET: Missing 'Next' target: X at {place}" in found


def test_a_missing_start_is_a_missing_target_and_leaves_the_first_state_unreachable() -> None:
    definition = machine(
        "Not sure", **{"Pass One": {"Type": "Pass", "Next": "Success"}, "Success": {"Type": "Succeed"}}
    )
    assert faults(definition) == [
        "MISSING_TRANSITION_TARGET: Missing 'Next' target: Not sure at /StartAt",
        'MISSING_TRANSITION_TARGET: State "Pass One" is not reachable. at /States/Pass One',
    ]


def test_without_a_terminal_state_reachability_is_not_reported() -> None:
    loop = {"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Pass", "Next": "A"}}
    assert faults(machine(**loop, C={"Type": "Pass", "Next": "A"})) == [
        "MISSING_END_STATE: Workflow has no terminal state at null"
    ]
    assert faults(machine(**loop, C=PASS)) == ['MISSING_TRANSITION_TARGET: State "C" is not reachable. at /States/C']


def test_a_near_name_is_hinted_beside_the_text() -> None:
    [fault] = validate(machine(A={"Type": "Pass", "Next": "Trian"}, Train={"Type": "Succeed"}))[:1]
    assert str(fault) == "MISSING_TRANSITION_TARGET: Missing 'Next' target: Trian at /States/A/Next"
    assert fault.hint == "did you mean 'Train'?"


def test_names_are_unique_over_all_scopes() -> None:
    definition = machine(A={"Type": "Parallel", "Branches": [machine("A", A=PASS)], "End": True})
    assert faults(definition) == ["DUPLICATE_STATE_NAME: Duplicate State name: A at /States/A/Branches[0]/States/A"]


def test_a_name_of_81_characters_is_refused() -> None:
    name = "n" * 81
    assert [each.code for each in validate(machine(name, **{name: PASS}))] == ["INVALID_STATE_NAME"]
    assert faults(machine("n" * 80, **{"n" * 80: PASS})) == []


@pytest.mark.parametrize("kind", ["Pass", "Wait", "Map", "Parallel", "Succeed", "Fail", "Choice"])
def test_only_a_task_has_a_timeout(kind: str) -> None:
    found = faults(machine(A={"Type": kind, "TimeoutSeconds": 1}))
    assert "SCHEMA_VALIDATION_FAILED: Field 'TimeoutSeconds' is not supported at /States/A" in found


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        ("Retry", [{"ErrorEquals": []}], "Value cannot be empty at /States/A/Retry[0]/ErrorEquals"),
        ("Retry", [{}], "These fields are required: [ErrorEquals] at /States/A/Retry[0]"),
        (
            "Retry",
            [{"ErrorEquals": ["States.ALL", "E"]}],
            "States.ALL must appear alone and at end of list at /States/A/Retry[0]/ErrorEquals[0]",
        ),
        (
            "Retry",
            [{"ErrorEquals": ["States.ALL"]}, {"ErrorEquals": ["E"]}],
            "States.ALL must appear alone and at end of list at /States/A/Retry[0]/ErrorEquals[0]",
        ),
        (
            "Retry",
            [{"ErrorEquals": ["E"], "BackoffRate": 0.5}],
            "Minimum value is 1.0 at /States/A/Retry[0]/BackoffRate",
        ),
        (
            "Retry",
            [{"ErrorEquals": ["E"], "JitterStrategy": "SOME"}],
            "Value should be one of the following: [NONE, FULL] at /States/A/Retry[0]/JitterStrategy",
        ),
        ("Catch", [{"ErrorEquals": ["E"]}], "These fields are required: [Next] at /States/A/Catch[0]"),
        ("Credentials", {"RoleArn": 1}, "Expected value of type String at /States/A/Credentials/RoleArn"),
        ("Credentials", {}, "The field 'RoleArn' is required but was missing at /States/A/Credentials"),
        ("OutputPath", "Test", "Value must be a valid JSONPath. at /States/A/OutputPath"),
        (
            "Parameters",
            {"a.$": "b"},
            "The value for the field 'a.$' must be a valid JSONPath or a valid intrinsic function call"
            " at /States/A/Parameters",
        ),
        ("TimeoutSeconds", 100_000_000, "Maximum value is 99999999 at /States/A/TimeoutSeconds"),
        ("TimeoutSeconds", "1", "Expected value of type Integer at /States/A/TimeoutSeconds"),
        ("Resource", "createToken", "Value is not a valid resource ARN at /States/A/Resource"),
    ],
)
def test_a_faulty_field_of_a_task_is_named(field: str, value: Any, text: str) -> None:
    assert fault_of({"Type": "Task", "Resource": LAMBDA, field: value}) == [text]


def test_a_heartbeat_must_be_shorter_than_the_timeout() -> None:
    state = {"Type": "Task", "Resource": LAMBDA, "TimeoutSeconds": 5, "HeartbeatSeconds": 5}
    assert fault_of(state) == ["HeartbeatSeconds must be smaller than TimeoutSeconds at /States/A/HeartbeatSeconds"]


def test_both_forms_of_one_setting_are_refused() -> None:
    state = {"Type": "Task", "Resource": LAMBDA, "TimeoutSeconds": 5, "TimeoutSecondsPath": "$.t"}
    assert fault_of(state) == [
        "There should only be one of the following fields: [TimeoutSeconds, TimeoutSecondsPath] at /States/A"
    ]


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (
            {"Variable": "$.a", "Next": "B"},
            f"This object should have only one of the following fields: [{OPERATOR_NAMES}] at /States/A/Choices[0]",
        ),
        (
            {"Variable": "$.a", "IsNull": True, "IsString": True, "Next": "B"},
            f"There should only be one of the following fields: [{OPERATOR_NAMES}] at /States/A/Choices[0]",
        ),
        ({"IsNull": True, "Next": "B"}, f"{ONE_FORM} at /States/A/Choices[0]"),
        ({"Variable": "$.a", "IsNull": True, "And": [], "Next": "B"}, f"{ONE_FORM} at /States/A/Choices[0]"),
        (
            {"Variable": "$.a[$$.Execution.Id]S", "IsNull": True, "Next": "B"},
            "Value is not a Reference Path: '[' must be followed by ' or '[' at /States/A/Choices[0]/Variable",
        ),
        (
            {"Variable": "$.a", "StringEqualsPath": "b", "Next": "B"},
            "Value is not a Reference Path: Reference path didn't start with '$'"
            " at /States/A/Choices[0]/StringEqualsPath",
        ),
        (
            {"Variable": "$.a", "StringEquals": 1, "Next": "B"},
            "Expected value of type String at /States/A/Choices[0]/StringEquals",
        ),
        (
            {"Variable": "$.a", "NumericEquals": True, "Next": "B"},
            "Expected value of type Number at /States/A/Choices[0]/NumericEquals",
        ),
        (
            {"Variable": "$.a", "TimestampEquals": "now", "Next": "B"},
            "String does not match RFC3339 timestamp at /States/A/Choices[0]/TimestampEquals",
        ),
        (
            {"Variable": "a", "IsNull": True, "Next": "B"},
            "Value is not a Reference Path: Reference path didn't start with '$' at /States/A/Choices[0]/Variable",
        ),
        ({"Variable": "$.a", "IsNull": True}, "These fields are required: [Next] at /States/A/Choices[0]"),
        (
            {"Not": {"Variable": "$.a", "IsNull": True, "Next": "B"}, "Next": "B"},
            "Field 'Next' is not supported at /States/A/Choices[0]/Not",
        ),
        ({"And": [], "Next": "B"}, "Value cannot be empty at /States/A/Choices[0]/And"),
        (
            {"Variable": "$.a", "StringEqual": "x", "Next": "B"},
            "Field 'StringEqual' is not supported at /States/A/Choices[0]",
        ),
    ],
)
def test_a_faulty_choice_rule_is_named(rule: dict[str, Any], text: str) -> None:
    found = faults(machine(A={"Type": "Choice", "Choices": [rule], "Default": "B"}, B={"Type": "Succeed"}))
    assert f"SCHEMA_VALIDATION_FAILED: {text}" in found


def test_a_wait_has_exactly_one_time() -> None:
    forms = "[SecondsPath, Seconds, TimestampPath, Timestamp] at /States/A"
    assert fault_of({"Type": "Wait"}) == [f"This object should have only one of the following fields: {forms}"]
    both = {"Type": "Wait", "Seconds": 0, "SecondsPath": "$.s"}
    assert fault_of(both) == [f"There should only be one of the following fields: {forms}"]
    assert isinstance(parse_state({"Type": "Wait", "Seconds": 0, "End": True}), Wait)


def test_an_unknown_integration_is_refused_with_what_was_meant() -> None:
    arn = "arn:aws:states:::sagemaker:createTraningJob.sync"
    [fault] = validate(machine(A={"Type": "Task", "Resource": arn, "End": True}))
    assert fault.message == (
        f"The resource provided {arn} is not recognized. The value is not a valid resource ARN, or the resource is not "
        "available in this region."
    )
    assert fault.hint == "did you mean 'sagemaker:createTrainingJob.sync'?"


@pytest.mark.parametrize(
    "resource",
    [
        "arn:aws:states:::sagemaker:createModel",
        "arn:aws-cn:states:::states:startExecution.sync:2",
        "arn:aws:states:::aws-sdk:s3:listBuckets",
        "arn:aws:states:::aws-sdk:sfn:sendTaskSuccess.waitForTaskToken",
        "arn:aws:states:us-east-1:123456789012:activity:a",
        LAMBDA,
    ],
)
def test_a_resource_that_aws_knows_is_taken(resource: str) -> None:
    assert isinstance(parse_state({"Type": "Task", "Resource": resource, "End": True}), Task)


def test_an_express_machine_may_not_use_activities() -> None:
    state = {"Type": "Task", "Resource": "arn:aws:states:us-east-1:123456789012:activity:a", "End": True}
    assert faults(machine(A=state), express=True) == [
        "SCHEMA_VALIDATION_FAILED: Express state machine does not support Activity ARN at /States/A/Resource"
    ]


def test_express_children_of_a_distributed_map_are_held_to_the_rules_of_express() -> None:
    job = {"Resource": "arn:aws:states:::glue:startJobRun.sync", "Parameters": {"JobName": "J"}}
    task = {"Type": "Task", **job, "End": True}
    config = {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}
    processor = {"ProcessorConfig": config, **machine("T", T=task)}
    assert fault_of({"Type": "Map", "ItemProcessor": processor}) == [
        "Express state machine does not support '.sync' service integration at "
        "/States/A/ItemProcessor/States/T/Resource"
    ]


def test_labels_are_unique() -> None:
    def labelled(name: str) -> dict[str, Any]:
        config = {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}
        return {
            "Type": "Map",
            "Label": "L",
            "ItemProcessor": {"ProcessorConfig": config, **machine(name, **{name: PASS})},
        }

    definition = machine(A={**labelled("X"), "Next": "B"}, B={**labelled("Y"), "End": True})
    assert faults(definition) == ["DUPLICATE_LABEL_NAME: Duplicate Label name: L at /States/B/Label"]


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("states", "RESERVED_VARIABLE_NAME: Cannot assign to reserved variable '$states'."),
        ("1a", "INVALID_VARIABLE_NAME: Invalid variable name '1a': the variable name contains invalid characters."),
        ("a.b", "INVALID_VARIABLE_NAME: Invalid variable name 'a.b': the variable name contains invalid characters."),
    ],
)
def test_a_variable_name_must_be_an_identifier(name: str, fault: str) -> None:
    assert faults(machine(A={**PASS, "Assign": {name: 1}})) == [f"{fault} at /States/A/Assign"]
    assert faults(machine(A={**PASS, "Assign": {f"{name}.$": "$.a"}})) == [f"{fault} at /States/A/Assign"]


def test_a_variable_name_has_80_characters_at_most() -> None:
    assert faults(machine(A={**PASS, "Assign": {"x" * 80: 1}})) == []
    assert [each.code for each in validate(machine(A={**PASS, "Assign": {"x" * 81: 1}}))] == ["INVALID_VARIABLE_NAME"]


def assigning(name: str, *, mode: str = "INLINE") -> dict[str, Any]:
    """A machine that assigns x, and *name* within a Map."""
    config = {"Mode": mode} | ({"ExecutionType": "STANDARD"} if mode == "DISTRIBUTED" else {})
    inner = machine("P", P={**PASS, "Assign": {f"{name}.$": "$.a"}})
    mapped = {"Type": "Map", "ItemProcessor": {"ProcessorConfig": config, **inner}, "End": True}
    return machine(A={"Type": "Pass", "Assign": {"x": 1}, "Next": "M"}, M=mapped)


def test_an_inner_scope_may_not_assign_an_outer_variable() -> None:
    assert faults(assigning("y")) == []
    assert faults(assigning("x")) == [
        "DUPLICATE_VARIABLE_NAME: The variable name 'x' was already defined in a parent scope. at "
        "/States/M/ItemProcessor/States/P/Assign"
    ]


def test_children_of_a_distributed_map_have_names_of_their_own() -> None:
    assert faults(assigning("x", mode="DISTRIBUTED")) == []


def test_parallel_branches_are_scopes_of_their_own() -> None:
    state = parse_state({"Type": "Parallel", "Branches": [machine("X", X=PASS), machine("Y", Y=PASS)], "End": True})
    assert isinstance(state, Parallel)
    assert [branch.states[branch.start_at].location for branch in state.branches] == [
        "/States/StateName/Branches[0]/States/X",
        "/States/StateName/Branches[1]/States/Y",
    ]


def test_states_nested_without_end_are_refused_and_do_not_overflow() -> None:
    scope: dict[str, Any] = machine("S0", S0=PASS)
    for level in range(1, 120):
        scope = machine(f"S{level}", **{f"S{level}": {"Type": "Parallel", "Branches": [scope], "End": True}})
    assert [each.code for each in validate(scope)] == ["TOO_DEEPLY_NESTED"]


def test_constants_that_look_like_paths_are_warned_of() -> None:
    states = {
        "A": {"Type": "Pass", "Parameters": {"x": "$.a"}, "Next": "B"},
        "B": {"Type": "Pass", "Result": {"x.$": "$.a"}, "Next": "C"},
        "C": {"Type": "Choice", "Choices": [{"Variable": "$.a", "StringEquals": "$.b", "Next": "D"}], "Default": "D"},
        "D": {"Type": "Fail", "Cause": "no", "Error": "E"},
    }
    found = validate(machine(**states))
    assert [(each.severity, each.code, each.location) for each in found] == [
        ("WARNING", "NO_DOLLAR", "/States/A/Parameters"),
        ("WARNING", "PASS_RESULT_IS_STATIC", "/States/B/Result"),
        ("WARNING", "NO_PATH", "/States/C/Choices[0]/StringEquals"),
    ]
    assert isinstance(parse(machine(**states)).states["D"], Fail)


@pytest.mark.parametrize("text", ["", " ", "[]", "1", "null", '"States"'])
def test_a_definition_is_an_object(text: str) -> None:
    assert faults(text) == ["SCHEMA_VALIDATION_FAILED: Definition must be a valid JSON object at null"]


def test_an_empty_object_lacks_both_fields() -> None:
    assert faults("{}") == ["SCHEMA_VALIDATION_FAILED: These fields are required: [States, StartAt] at /"]
