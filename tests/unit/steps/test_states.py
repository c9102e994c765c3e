"""The plain states, chains and graphs: what they write."""

from __future__ import annotations

import json
from typing import Any

import pytest

from stepfunctions.exceptions import DuplicateStatesInChain
from stepfunctions.inputs import ExecutionInput, StepInput
from stepfunctions.steps import (
    Catch,
    Chain,
    Choice,
    ChoiceRule,
    Fail,
    FrozenGraph,
    Graph,
    Map,
    Parallel,
    Pass,
    Retry,
    Succeed,
    Task,
    Wait,
)

ERRORS = ["States.TaskFailed"]


def test_a_chain_becomes_a_definition_in_its_order() -> None:
    graph = Graph(Chain([Pass("A", result={"x": 1}), Wait("B", seconds=0), Succeed("C")]), comment="three")
    assert graph.to_dict() == {
        "Comment": "three",
        "StartAt": "A",
        "States": {
            "A": {"Result": {"x": 1}, "Type": "Pass", "Next": "B"},
            "B": {"Seconds": 0, "Type": "Wait", "Next": "C"},
            "C": {"Type": "Succeed"},
        },
    }
    assert list(graph.to_dict()["States"]) == ["A", "B", "C"]


def test_the_top_of_a_definition_is_in_the_language_s_order() -> None:
    graph = Graph(Pass("A"), timeout_seconds=5, comment="c", version="1.0")
    assert list(graph.to_dict()) == ["TimeoutSeconds", "Comment", "Version", "StartAt", "States"]


def test_null_paths_are_written_and_other_nones_are_not() -> None:
    assert Pass("A", result_path=None, comment=None).to_dict() == {"ResultPath": None, "Type": "Pass", "End": True}


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(TypeError, match=r"Field 'reslt' is not supported\."):
        Pass("A", reslt=1)


def test_an_attribute_that_was_not_given_reads_as_none() -> None:
    state = Pass("A", comment="c")
    assert state.comment == "c"
    assert state.result is None


@pytest.mark.parametrize("state", [Succeed("S"), Fail("F")])
def test_nothing_follows_an_end(state: Any) -> None:
    with pytest.raises(ValueError, match="does not support method `next`"):
        state.next(Pass("A"))


def test_placeholders_become_paths() -> None:
    given = ExecutionInput()
    state = Pass("A", parameters={"a": given["x"], "b": {"c": given["y"]}, "d": [{"e": given["z"]}], "f": 1})
    assert state.to_dict()["Parameters"] == {
        "a.$": "$$.Execution.Input['x']",
        "b": {"c.$": "$$.Execution.Input['y']"},
        "d": [{"e.$": "$$.Execution.Input['z']"}],
        "f": 1,
    }


def test_placeholders_in_lists_become_arrays() -> None:
    given = ExecutionInput()
    state = Pass("A", parameters={"arguments": ["--rate", given["rate"], 3, True, "it's {x}"]})
    assert state.to_dict()["Parameters"] == {
        "arguments.$": "States.Array('--rate', $$.Execution.Input['rate'], 3, true, 'it\\'s \\{x\\}')"
    }


def test_a_placeholder_stands_for_a_path() -> None:
    given = ExecutionInput()
    assert (
        Map("M", iterator=Pass("A"), items_path=given["items"]).to_dict()["ItemsPath"] == "$$.Execution.Input['items']"
    )
    assert Pass("A", input_path=given["a"]).to_dict()["InputPath"] == "$$.Execution.Input['a']"


def test_what_the_language_cannot_say_is_refused() -> None:
    given = ExecutionInput()
    with pytest.raises(ValueError, match="needs a key"):
        Pass("A", parameters=given["a"]).to_dict()
    with pytest.raises(ValueError, match="the language has no way to say it"):
        Pass("A", parameters={"a": [given["a"], {"b": 1}]}).to_dict()


def test_a_wait_waits_in_one_way() -> None:
    with pytest.raises(ValueError, match="exactly ONE"):
        Wait("W")
    with pytest.raises(ValueError, match="exactly ONE"):
        Wait("W", seconds=1, seconds_path="$.s")


def test_a_choice_leads_to_its_steps() -> None:
    choice = Choice("C")
    yes, no = Succeed("Yes"), Fail("No", error="E", cause="why")
    choice.add_choice(ChoiceRule.And([ChoiceRule.IsPresent("$.a", True), ChoiceRule.NumericLessThan("$.a", 5)]), yes)
    choice.default_choice(no)
    graph = Graph(Chain([Pass("Start"), choice]))
    assert list(graph.states) == ["Start", "C", "Yes", "No"]
    assert graph.to_dict()["States"]["C"] == {
        "Type": "Choice",
        "Choices": [
            {
                "And": [{"Variable": "$.a", "IsPresent": True}, {"Variable": "$.a", "NumericLessThan": 5}],
                "Next": "Yes",
            }
        ],
        "Default": "No",
    }


def test_loops_end() -> None:
    choice = Choice("Again?")
    again = Pass("Again")
    choice.add_choice(ChoiceRule.BooleanEquals("$.again", True), again)
    choice.default_choice(Succeed("Done"))
    again.next(choice)
    assert set(Graph(again).states) == {"Again", "Again?", "Done"}


def test_a_long_chain_is_no_problem() -> None:
    graph = Graph(Chain([Pass(f"S{number}") for number in range(3000)]))
    assert len(graph.to_dict()["States"]) == 3000


def test_branches_and_items_have_definitions_of_their_own() -> None:
    parallel = Parallel("P", retry=Retry(error_equals=ERRORS, max_attempts=2))
    parallel.add_branch(Pass("A"))
    parallel.add_branch(Chain([Pass("B"), Pass("C")]))
    assert parallel.to_dict() == {
        "Type": "Parallel",
        "Retry": [{"ErrorEquals": ERRORS, "MaxAttempts": 2}],
        "End": True,
        "Branches": [
            {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}},
            {"StartAt": "B", "States": {"B": {"Type": "Pass", "Next": "C"}, "C": {"Type": "Pass", "End": True}}},
        ],
    }
    with pytest.raises(ValueError, match="has no iterator"):
        Map("M").to_dict()


def test_a_caught_error_leads_to_its_step() -> None:
    handler = Fail("Handler")
    task = Task("T", resource="arn:aws:lambda:us-east-1:000000000000:function:f")
    task.add_catch(Catch(error_equals=ERRORS, next_step=handler, result_path="$.error"))
    task.add_retry([Retry(error_equals=ERRORS, interval_seconds=1, jitter_strategy="FULL")])
    definition = Graph(task).to_dict()
    assert definition["States"]["T"]["Catch"] == [{"ErrorEquals": ERRORS, "ResultPath": "$.error", "Next": "Handler"}]
    assert definition["States"]["T"]["Retry"][0]["JitterStrategy"] == "FULL"
    assert "Handler" in definition["States"]


def test_states_that_cannot_retry_say_so() -> None:
    with pytest.raises(ValueError, match="Retry is not supported by a state of type Pass"):
        Pass("A").add_retry(Retry(error_equals=ERRORS))


def test_a_timeout_is_a_number_or_a_path() -> None:
    with pytest.raises(ValueError, match="one of 'timeout_seconds' and 'timeout_seconds_path'"):
        Task("T", timeout_seconds=1, timeout_seconds_path="$.t")


def test_chains_are_taken_apart_and_refuse_repetition() -> None:
    first, second, third = Pass("1"), Pass("2"), Pass("3")
    chain = Chain([first, Chain([second]), third])
    assert [state.state_id for state in chain] == ["1", "2", "3"]
    with pytest.raises(DuplicateStatesInChain):
        chain.append(first)
    with pytest.raises(TypeError, match="list"):
        Chain(first)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="empty Chain"):
        _ = Chain([]).state_id


def test_two_states_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="unique state id"):
        Graph(Chain([Pass("A"), Pass("A")]))


def test_a_step_s_output_is_at_hand_right_after_it_only() -> None:
    first, second = Pass("A"), Pass("B")
    third = Pass("C", parameters={"x": [first.output()["y"]]})
    with pytest.raises(ValueError, match=r"'C' is using an illegal placeholder for the 'x' parameter"):
        Graph(Chain([first, second, third]))
    fine = Pass("D", parameters={"x": second.output()["y"]})
    assert Graph(Chain([second, fine])).to_dict()["States"]["D"]["Parameters"] == {"x.$": "$['y']"}


def test_a_frozen_graph_is_passed_through() -> None:
    text = Graph(Pass("A")).to_json()
    assert FrozenGraph.from_json(text).to_dict() == json.loads(text)


@pytest.mark.parametrize(
    ("operator", "value"),
    [("StringEquals", 1), ("NumericEquals", "1"), ("BooleanEquals", 1), ("TimestampEquals", 1), ("IsNull", "yes")],
)
def test_an_operator_takes_values_of_its_type(operator: str, value: object) -> None:
    with pytest.raises(ValueError, match=f"{operator} takes a value of type"):
        getattr(ChoiceRule, operator)("$.a", value)


def test_a_path_operator_takes_paths_and_placeholders() -> None:
    rule = ChoiceRule.StringEqualsPath(StepInput()["a"], ExecutionInput()["b"])
    assert rule.to_dict() == {"Variable": "$['a']", "StringEqualsPath": "$$.Execution.Input['b']"}
    with pytest.raises(ValueError, match="takes a path"):
        ChoiceRule.NumericEqualsPath("$.a", 5)
    with pytest.raises(ValueError, match=r"starts with '\$'"):
        ChoiceRule.StringEquals("a", "b")


def test_there_is_a_factory_for_each_operator_of_the_language() -> None:
    factories = [name for name in dir(ChoiceRule) if not name.startswith("_")]
    assert len(factories) == 42
