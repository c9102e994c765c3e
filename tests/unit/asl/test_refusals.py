"""What AWS refuses beyond the shape of single fields: combinations of fields, and what integrations demand."""

from __future__ import annotations

from typing import Any

import pytest

from stepfunctions.asl import parse, validate
from stepfunctions.errors import DefinitionError

PASS = {"Type": "Pass", "End": True}
ACTIVITY = "arn:aws:states:us-east-1:123456789012:activity:a"
INNER = {"StartAt": "P", "States": {"P": PASS}}
DISTRIBUTED = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, **INNER}


def faults(state: dict[str, Any], language: str = "JSONPath", *, express: bool = False) -> list[str]:
    """The faults of a machine of one state, A, each without SCHEMA_VALIDATION_FAILED."""
    definition = {"QueryLanguage": language, "StartAt": "A", "States": {"A": {"End": True, **state}}}
    found = validate(definition, express=express)
    return [str(each).removeprefix("SCHEMA_VALIDATION_FAILED: ") for each in found if each.severity == "ERROR"]


def distributed(**fields: Any) -> dict[str, Any]:
    return {"Type": "Map", "ItemProcessor": DISTRIBUTED, **fields}


def reader(**config: Any) -> dict[str, Any]:
    item_reader = {
        "Resource": "arn:aws:states:::s3:getObject",
        "Parameters": {"Bucket": "b", "Key": "k"},
        "ReaderConfig": config,
    }
    return distributed(ItemReader=item_reader)


CONFIG = "/States/A/ItemReader/ReaderConfig"


@pytest.mark.parametrize(
    ("definition", "text"),
    [({"StartAt": "P"}, "These fields are required: [States]"), ({**INNER, "Foo": 1}, "Field 'Foo' is not supported")],
)
def test_the_document_as_a_whole_is_at_the_slash(definition: dict[str, Any], text: str) -> None:
    (found,) = validate(definition)
    assert (found.message, found.location) == (text, "/")


@pytest.mark.parametrize(
    ("state", "text"),
    [
        ({"Type": "Map"}, "This object should have only one of the following fields: [ItemProcessor, Iterator]"),
        (
            {"Type": "Map", "ItemProcessor": INNER, "Iterator": {"StartAt": "Q", "States": {"Q": PASS}}},
            "There should only be one of the following fields: [ItemProcessor, Iterator]",
        ),
        (
            distributed(MaxConcurrency=1, MaxConcurrencyPath="$.n"),
            "There should only be one of the following fields: [MaxConcurrency, MaxConcurrencyPath]",
        ),
        (
            {"Type": "Wait", "Seconds": 1, "Timestamp": "2024-01-01T00:00:00Z"},
            "There should only be one of the following fields: [SecondsPath, Seconds, TimestampPath, Timestamp]",
        ),
    ],
)
def test_fields_that_exclude_each_other_are_listed(state: dict[str, Any], text: str) -> None:
    assert faults(state) == [f"{text} at /States/A"]


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"MaxConcurrency": -1}, "Minimum value is 0 at /States/A/MaxConcurrency"),
        ({"ToleratedFailureCount": -1}, "Minimum value is 0 at /States/A/ToleratedFailureCount"),
        ({"ToleratedFailureCount": 2**63}, f"Maximum value is {2**63 - 1} at /States/A/ToleratedFailureCount"),
        ({"ToleratedFailurePercentage": -0.5}, "Minimum value is 0.0 at /States/A/ToleratedFailurePercentage"),
        ({"ToleratedFailurePercentage": 101}, "Maximum value is 100.0 at /States/A/ToleratedFailurePercentage"),
        (
            {"ItemBatcher": {"MaxItemsPerBatch": -1}},
            "Minimum value is 0 at /States/A/ItemBatcher/MaxItemsPerBatch",
        ),
        (
            {"ItemBatcher": {"MaxInputBytesPerBatch": 262_145}},
            "Maximum value is 262144 at /States/A/ItemBatcher/MaxInputBytesPerBatch",
        ),
        (
            {"ItemBatcher": {"MaxItemsPerBatchPath": "$$.Execution.Input.n"}},
            "Value is not a Reference Path at /States/A/ItemBatcher/MaxItemsPerBatchPath",
        ),
        (
            {"ToleratedFailureCountPath": "$$.Execution.Input.n"},
            "Value is not a Reference Path at /States/A/ToleratedFailureCountPath",
        ),
        (
            {"ItemReader": {"Resource": "arn:aws:states:::s3:getObjects", "Parameters": {}}},
            "The field 'Resource' does not match any of the allowed values at /States/A/ItemReader/Resource",
        ),
        (
            {"ResultWriter": {"Resource": "arn:aws:states:::s3:putObject"}},
            "These fields are required: [Parameters] at /States/A/ResultWriter",
        ),
        ({"ResultWriter": {}}, "Value cannot be empty at /States/A/ResultWriter"),
    ],
)
def test_the_settings_of_a_distributed_map_are_checked(fields: dict[str, Any], text: str) -> None:
    assert faults(distributed(**fields)) == [text]


@pytest.mark.parametrize(
    ("config", "text"),
    [
        ({"InputType": "CSV"}, f"The field 'CSVHeaderLocation' is required at {CONFIG}"),
        (
            {"InputType": "JSON", "CSVHeaderLocation": "FIRST_ROW"},
            f"Field 'CSVHeaderLocation' is not supported at {CONFIG}",
        ),
        (
            {"InputType": "CSV", "CSVHeaderLocation": "GIVEN"},
            f"These fields are required: [CSVHeaders] at {CONFIG}",
        ),
        (
            {"InputType": "TSV"},
            f"Value should be one of the following: [CSV, JSON, JSONL, PARQUET, MANIFEST] at {CONFIG}/InputType",
        ),
        ({"InputType": "JSON", "MaxItems": 100_000_001}, f"Maximum value is 100000000 at {CONFIG}/MaxItems"),
        (
            {"InputType": "JSON", "MaxItems": 1, "MaxItemsPath": "$.n"},
            f"There should only be one of the following fields: [MaxItems, MaxItemsPath] at {CONFIG}",
        ),
    ],
)
def test_the_configuration_of_a_reader_is_checked(config: dict[str, Any], text: str) -> None:
    assert faults(reader(**config)) == [text]


@pytest.mark.parametrize(
    ("config", "text"),
    [
        ({"Mode": "DISTRIBUTED"}, "These fields are required: [ExecutionType]"),
        ({"Mode": "INLINE", "ExecutionType": "STANDARD"}, "Field 'ExecutionType' is not supported"),
    ],
)
def test_the_execution_type_belongs_to_the_distributed_mode(config: dict[str, Any], text: str) -> None:
    processor = {"ProcessorConfig": config, **INNER}
    assert faults({"Type": "Map", "ItemProcessor": processor}) == [f"{text} at /States/A/ItemProcessor/ProcessorConfig"]


def test_an_express_machine_may_not_have_a_distributed_map() -> None:
    assert faults(distributed(), express=True) == [
        "The field 'Mode' with value 'DISTRIBUTED' is not supported inside 'EXPRESS' state machines"
        " at /States/A/ItemProcessor/ProcessorConfig/Mode"
    ]


def test_path_fields_are_of_jsonpath_only() -> None:
    assert faults(distributed(ToleratedFailureCountPath="$.n"), "JSONata") == [
        "The QueryLanguage is set to 'JSONata', but field 'ToleratedFailureCountPath' is only supported for the "
        "'JSONPath' QueryLanguage at /States/A"
    ]


def test_a_field_that_no_machine_has_is_refused_at_the_root() -> None:
    [fault] = validate({"Startat": "A", "StartAt": "A", "States": {"A": PASS}})
    assert (str(fault), fault.hint) == (
        "SCHEMA_VALIDATION_FAILED: Field 'Startat' is not supported at /",
        "did you mean 'StartAt'?",
    )


def test_an_expression_must_begin_and_end_with_its_marks() -> None:
    assert faults({"Type": "Pass", "Output": {"a": "{% 1"}}, "JSONata") == [
        "JSONata string must start with {% and end with %} at /States/A/Output/a"
    ]


@pytest.mark.parametrize(
    ("resource", "parameters", "text"),
    [
        ("lambda:invoke", {}, "The field 'FunctionName' is required but was missing at /States/A/Parameters"),
        ("sqs:sendMessage", {"QueueUrl": "u"}, "The field 'MessageBody' is required but was missing"),
        ("dynamodb:getItem", {"TableName.$": "$.t"}, "The field 'Key' is required but was missing"),
        ("states:startExecution.sync:2", {"Name": "n"}, "The field 'StateMachineArn' is required but was missing"),
        ("ecs:runTask.waitForTaskToken", {}, "The field 'TaskDefinition' is required but was missing"),
    ],
)
def test_an_integration_demands_its_parameters(resource: str, parameters: Any, text: str) -> None:
    state = {"Type": "Task", "Resource": f"arn:aws:states:::{resource}", "Parameters": parameters}
    [fault] = faults(state)
    assert text in fault
    assert faults({**state, "Parameters": {f"{text.split(chr(39))[1]}.$": "$.x", **parameters}}) == []


@pytest.mark.parametrize(("language", "field"), [("JSONPath", "Parameters"), ("JSONata", "Arguments")])
def test_an_integration_demands_parameters_at_all(language: str, field: str) -> None:
    arn = "arn:aws:states:::aws-sdk:s3:listBuckets"
    assert faults({"Type": "Task", "Resource": arn}, language) == [
        f"{field} field is required for resource ARN: {arn} at /States/A"
    ]
    assert faults({"Type": "Task", "Resource": arn, field: {}}, language) == []


def test_arguments_that_are_one_expression_are_not_looked_into() -> None:
    state = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Arguments": "{% $states.input %}"}
    assert faults(state, "JSONata") == []


def test_an_activity_takes_no_credentials() -> None:
    state = {"Type": "Task", "Resource": ACTIVITY, "Credentials": {"RoleArn": "arn:aws:iam::123456789012:role/r"}}
    assert faults(state) == ["The field 'Credentials' is not supported for activities at /States/A/Credentials"]


def test_what_integrations_demand_is_checked_when_a_machine_is_created_and_not_when_it_is_read() -> None:
    task = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": True}
    definition = {"StartAt": "A", "States": {"A": task}}
    assert parse(definition).start_at == "A"
    with pytest.raises(DefinitionError, match="Parameters field is required"):
        parse(definition, creating=True)


def test_a_condition_is_no_rule_of_jsonpath() -> None:
    rules = [{"Condition": "", "Next": "A"}]

    assert faults({"Type": "Choice", "Choices": rules, "Default": "A"})


LAMBDA = "arn:aws:lambda:us-east-1:123456789012:function:f"
CATCH = {"ErrorEquals": ["States.ALL"], "Next": "A"}
ABSENT = "UNSUPPORTED_JSONATA_EXPRESSION: Field '$states.{}' does not exist. at /States/A/{}"


@pytest.mark.parametrize(
    ("state", "member", "place"),
    [
        ({"Type": "Pass", "Output": "{% $states.result %}"}, "result", "Output"),
        ({"Type": "Wait", "Seconds": 1, "Assign": {"x": "{% $states.result.a %}"}}, "result", "Assign/x"),
        ({"Type": "Task", "Resource": LAMBDA, "Arguments": "{% $states.result %}"}, "result", "Arguments"),
        ({"Type": "Task", "Resource": LAMBDA, "Output": "{% $states.errorOutput %}"}, "errorOutput", "Output"),
        (
            {"Type": "Task", "Resource": LAMBDA, "Catch": [{**CATCH, "Output": "{% $states.result %}"}]},
            "result",
            "Catch[0]/Output",
        ),
        ({"Type": "Pass", "Output": "{% $states.inputs %}"}, "inputs", "Output"),
    ],
)
def test_what_states_does_not_have_where_it_is_read_is_refused(state: Any, member: str, place: str) -> None:
    assert ABSENT.format(member, place) in faults(state, "JSONata")


@pytest.mark.parametrize(
    "state",
    [
        {"Type": "Task", "Resource": LAMBDA, "Output": "{% $states.result %}", "Assign": {"x": "{% $states.result %}"}},
        {"Type": "Parallel", "Branches": [INNER], "Output": ["{% $states.result[0] %}", "{% $states.input %}"]},
        {"Type": "Map", "ItemProcessor": INNER, "Assign": {"x": "{% $states %}"}},
    ],
)
def test_a_state_with_a_result_sees_it(state: Any) -> None:
    assert faults(state, "JSONata") == []


def test_the_root_of_an_expression_is_refused_wherever_it_stands() -> None:
    assert faults({"Type": "Pass", "Output": {"v": "{% $states.input.a[$ = $$] %}"}}, "JSONata") == [
        "UNSUPPORTED_JSONATA_EXPRESSION: Reference to '$$' is not supported. at /States/A/Output/v"
    ]


def test_a_variable_that_nothing_assigns_is_warned_of() -> None:
    states = {
        "A": {"Type": "Pass", "Assign": {"a": 1, "b.$": "$c"}, "Next": "M"},
        "M": {
            "Type": "Map",
            "ItemProcessor": {"StartAt": "I", "States": {"I": {**PASS, "Parameters": {"x.$": "$a", "y.$": "$d"}}}},
            "End": True,
        },
    }
    assert [(each.severity, str(each)) for each in validate({"StartAt": "A", "States": states})] == [
        ("WARNING", "POSSIBLY_UNDEFINED_VARIABLE: Variable 'c' is possibly not defined. at /States/A"),
        (
            "WARNING",
            "POSSIBLY_UNDEFINED_VARIABLE: Variable 'd' is possibly not defined. at /States/M/ItemProcessor/States/I",
        ),
    ]
