"""The picture in a terminal."""

from __future__ import annotations

from typing import Any

import pytest

from stepfunctions.graph import render_text


def test_a_chain_is_one_line_per_state(named: dict[str, dict[str, Any]]) -> None:
    assert render_text(named["sagemaker chain"]).splitlines() == [
        "● Start",
        "▣ Train Step  [Task: sagemaker:createTrainingJob.sync]",
        "▣ Save model  [Task: sagemaker:createModel]",
        "▣ Transform Input Dataset  [Task: sagemaker:createTransformJob.sync]",
        "▣ Create Endpoint Config  [Task: sagemaker:createEndpointConfig]",
        "▣ Create Endpoint  [Task: sagemaker:createEndpoint]",
        "◉ End",
    ]


def test_branches_of_choice_and_catch_name_their_targets(named: dict[str, dict[str, Any]]) -> None:
    assert render_text(named["polling loop"]).splitlines() == [
        "● Start",
        "▣ Submit  [Task: lambda:invoke]",
        "◷ Wait  [Wait: 30 s]",
        "▣ Ask  [Task: lambda:invoke]",
        "└─ ⚠ States.ALL → Failed",
        "◇ Done?  [Choice]",
        '├─ $.s == "FAILED" → Failed',
        '├─ $.s == "SUCCEEDED" → Report',
        "└─ otherwise → Wait",
        "✓ Report  [Succeed]  → End",
        "✗ Failed  [Fail: JobFailed]",
        "◉ End",
    ]


def test_regions_are_indented(named: dict[str, dict[str, Any]]) -> None:
    lines = render_text(named["map in parallel"]).splitlines()
    assert lines[1:6] == [
        "∥ Fan out  [Parallel]",
        "├─ ⚠ States.TaskFailed, States.Timeout → Clean up",
        "├─ branch 1",
        "│  ▷ Left one  [Pass]",
        "│  ◷ Left two  [Wait: 2 s]",
    ]
    assert "      ◇ Good?  [Choice]" in lines


def test_statuses_have_marks_and_a_legend(named: dict[str, dict[str, Any]]) -> None:
    statuses = {"Train Step": "Succeeded", "Save model": "In Progress"}
    lines = render_text(named["sagemaker chain"], statuses=statuses).splitlines()
    assert lines[:4] == [
        "  ● Start",
        "✔ ▣ Train Step  [Task: sagemaker:createTrainingJob.sync]",
        "▶ ▣ Save model  [Task: sagemaker:createModel]",
        "  ▣ Transform Input Dataset  [Task: sagemaker:createTransformJob.sync]",
    ]
    assert lines[-1] == "✔ Succeeded   ✘ Failed   ⊘ Cancelled   ▶ In Progress   ! Caught Error"


def test_ascii_only_is_ascii_only(named: dict[str, dict[str, Any]]) -> None:
    for name in ("polling loop", "map in parallel", "self loops"):
        assert render_text(named[name], statuses={"Ask": "Failed"}, ascii_only=True).isascii()


def test_a_word_that_is_no_status_is_refused(named: dict[str, dict[str, Any]]) -> None:
    with pytest.raises(ValueError, match="the statuses are: Succeeded, Failed"):
        render_text(named["one state"], statuses={"Only": "Done"})


def test_every_definition_can_be_written(definition: dict[str, Any]) -> None:
    assert render_text(definition).startswith("● Start")
