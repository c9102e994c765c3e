"""The mock configuration file: which response answers which invocation, and what is said of a file that is wrong."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from stepfunctions.engine.mocking.config import MockConfig
from stepfunctions.engine.mocking.responses import response_to
from stepfunctions.errors import MockError

THROWN = {"Throw": {"Error": "Lambda.TimeoutException", "Cause": "late"}}
RESPONSES = {"0": THROWN, "1-2": THROWN, "3": {"Return": {"StatusCode": 200}}}


def document(responses: Any = RESPONSES, cases: Any = None) -> dict[str, Any]:
    return {
        "StateMachines": {"machine": {"TestCases": cases or {"Retry": {"Call": "flaky"}}}},
        "MockedResponses": {"flaky": responses},
    }


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "MockConfigFile.json"


def test_a_test_case_has_the_responses_of_its_states(path: Path) -> None:
    path.write_text(json.dumps(document()))
    assert MockConfig(path).test_case("machine", "Retry") == {"Call": RESPONSES}


@pytest.mark.parametrize(
    ("number", "expected"), [(0, THROWN), (1, THROWN), (2, THROWN), (3, RESPONSES["3"]), (4, None)]
)
def test_an_invocation_is_answered_by_its_number_or_range(number: int, expected: Any) -> None:
    assert response_to(RESPONSES, number) == expected


def test_the_file_is_read_again_when_it_has_changed(path: Path) -> None:
    path.write_text(json.dumps(document()))
    config = MockConfig(path)
    config.test_case("machine", "Retry")
    path.write_text(json.dumps(document({"0": {"Return": "new"}})))
    assert config.test_case("machine", "Retry") == {"Call": {"0": {"Return": "new"}}}


def test_a_file_that_became_wrong_is_refused_until_it_is_right(path: Path) -> None:
    path.write_text(json.dumps(document()))
    config = MockConfig(path)
    config.test_case("machine", "Retry")
    path.write_text("{")
    for _ in range(2):
        with pytest.raises(MockError, match="is not JSON"):
            config.test_case("machine", "Retry")
    path.write_text(json.dumps(document()))
    assert config.test_case("machine", "Retry") == {"Call": RESPONSES}


def test_a_file_that_has_not_changed_is_not_read_again(path: Path) -> None:
    path.write_text(json.dumps(document()))
    config = MockConfig(path)
    first = config.test_case("machine", "Retry")
    assert config.test_case("machine", "Retry") is first


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"MockedResponses": {}}, "The file needs the field 'StateMachines'"),
        ({"StateMachines": {"m": {}}}, "StateMachines.m needs the field 'TestCases'"),
        ([], "The file must be an object"),
        (document(cases={"Retry": {"Call": "flakey"}}), "TestCases.Retry.Call: MockedResponses has no 'flakey'"),
        (document({}), r'MockedResponses.flaky must be an object such as {"0": {"Return": ...}}'),
        (document({"first": THROWN}), "the key 'first' is neither a number such as 0 nor a range such as 1-2"),
        (document({"2-1": THROWN}), "the range '2-1' ends before it begins"),
        (document({"0-2": THROWN, "2": THROWN}), "'0-2' and '2' answer for the same invocation"),
        (document({"0": {}}), "MockedResponses.flaky.0 must be an object with exactly one of 'Return' and 'Throw'"),
        (document({"0": {**THROWN, "Return": 1}}), "exactly one of 'Return' and 'Throw'"),
        (document({"0": {"Throw": {"Error": "E"}}}), "MockedResponses.flaky.0.Throw: 'Cause' is required"),
    ],
)
def test_a_fault_is_named_with_its_place(path: Path, content: Any, message: str) -> None:
    path.write_text(json.dumps(content))
    with pytest.raises(MockError) as refused:
        MockConfig(path).test_case("machine", "Retry")
    assert message in str(refused.value)
    assert os.fspath(path) in str(refused.value)


def test_what_is_not_there_is_named_with_what_is(path: Path) -> None:
    with pytest.raises(MockError, match="cannot be read: No such file"):
        MockConfig(path).test_case("machine", "Retry")
    path.write_text(json.dumps(document()))
    config = MockConfig(path)
    with pytest.raises(MockError, match=r"no state machine 'other'. There is: machine\."):
        config.test_case("other", "Retry")
    with pytest.raises(MockError, match=r"no test case 'Happy' of 'machine'. There is: Retry\."):
        config.test_case("machine", "Happy")
