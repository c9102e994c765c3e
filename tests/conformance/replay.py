"""Replaying one recorded case over HTTP, as the recordings' README says; the answer is a list of differences."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import Any
from uuid import uuid4

from botocore.exceptions import ClientError
from compare import differences, fill, history_differences, result_differences
from mocked import add_mocks, mocked

Json = Any

PATIENCE_SECONDS = 20
"""How long an execution may take, and a Describe, List or Get step to match."""

_WORD = re.compile(r"\{\{([^{}]+)\}\}")
_REPEATED = ("Describe", "List", "Get")
_ADDED_LATER = ("encryptionConfiguration", "redriveCount")
"""Members, of an answer or of what it lists, that AWS has today and had not when some of the cases were recorded."""
_JSON_TEXTS = ("definition", "input", "variables", "context")
"""Members of TestState's request that hold JSON as text, and that recordings hold decoded."""
_nobody = threading.Event()


class Replay:
    """One case.

    Args:
        client: of Step Functions, from boto3.
        case: the recording.
        account: of the server.
        mock_config: the server's file of test cases, which the case's own are added to.
    """

    def __init__(self, client: Any, case: Json, account: str, mock_config: Path) -> None:
        self._client = client
        self._mock_config = mock_config
        self._case = case
        self._placeholders = tuple(case.get("placeholders", ()))
        self._words = {
            "account": account,
            "region": client.meta.region_name,
            **{f"roleArn{n}": f"arn:aws:iam::{account}:role/machine{n}" for n in ("", "2", "3")},
        }
        self._answers: list[Json] = []

    def run(self) -> list[str]:
        """Replay the case and return how the answers differ from AWS's."""
        kinds: dict[str, Callable[[], list[str]]] = {
            "execution": self._execution,
            "sync_execution": self._sync_execution,
            "mocked_execution": self._mocked_execution,
            "mocked_sync_execution": self._mocked_sync_execution,
            "create_error": self._create_error,
            "validate": self._validate,
            "test_state": self._test_state,
            "api": self._api,
        }
        return kinds[self._case["kind"]]()

    def _execution(self) -> list[str]:
        return self._execution_differences(self._start_params(), self._case["expected"])

    def _mocked_execution(self) -> list[str]:
        return self._execution_differences(self._mocked_start_params(), mocked(self._case["expected"]))

    def _mocked_sync_execution(self) -> list[str]:
        return self._sync_differences(self._mocked_start_params(), mocked(self._case["expected"]))

    def _sync_execution(self) -> list[str]:
        return self._sync_differences(self._start_params(), self._case["expected"])

    def _execution_differences(self, start: Json, expected: Json) -> list[str]:
        arn = self._client.start_execution(**start)["executionArn"]
        ended = self._until_ended(arn)
        found = result_differences(expected, ended, self._placeholders)
        if expected.get("history") is not None:
            events = self._client.get_execution_history(executionArn=arn, maxResults=1000)["events"]
            found += history_differences(expected["history"], _plain(events), self._placeholders)
        if "describe_execution" in expected:
            found += self._response_differences(expected["describe_execution"], ended)
        return found

    def _sync_differences(self, start: Json, expected: Json) -> list[str]:
        ended = _call(self._client, "StartSyncExecution", start)
        found = result_differences(expected, ended, self._placeholders)
        if "response" in expected:
            found += self._response_differences(expected["response"], ended)
        return found

    def _start_params(self) -> Json:
        """Create the case's state machine and return what its execution is started with."""
        case = self._case
        definition = self._filled(case["definition"])
        machine = self._client.create_state_machine(
            name=self._filled(case.get("name")) or f"case-{uuid4()}",
            definition=definition if isinstance(definition, str) else json.dumps(definition),
            roleArn=self._words["roleArn"],
            type=case["type"],
        )
        given = {} if case.get("input") is None else {"input": json.dumps(case["input"])}
        return {"stateMachineArn": machine["stateMachineArn"], **given}

    def _mocked_start_params(self) -> Json:
        """Like ``_start_params``, with the case's mocks in the server's file and the test case in the ARN."""
        params = self._start_params()
        add_mocks(self._mock_config, self._filled(self._case["mock_config"]))
        return {**params, "stateMachineArn": f"{params['stateMachineArn']}#{self._case['test_case']}"}

    def _until_ended(self, arn: str) -> Json:
        answer: Json = {}

        def ended() -> bool:
            nonlocal answer
            answer = _call(self._client, "DescribeExecution", {"executionArn": arn})
            return bool(answer["status"] != "RUNNING")

        _patiently(ended)
        return answer

    def _create_error(self) -> list[str]:
        answer = _call(self._client, "CreateStateMachine", self._filled(self._case["params"]))
        return self._response_differences(self._case["expected"]["error_response"], answer)

    def _validate(self) -> list[str]:
        answer = _call(self._client, "ValidateStateMachineDefinition", self._filled(self._case["params"]))
        expected = self._case["expected"]
        return self._response_differences(expected.get("response") or expected["error_response"], answer)

    def _test_state(self) -> list[str]:
        params = {
            name: json.dumps(value) if name in _JSON_TEXTS and not isinstance(value, str) else value
            for name, value in self._filled(self._case["params"]).items()
        }
        answer = _call(self._client, "TestState", params)
        expected = self._case["expected"]
        return self._response_differences(expected.get("response") or expected["error_response"], answer)

    def _api(self) -> list[str]:
        for number, step in enumerate(self._case["steps"]):
            found = self._step(step)
            if found:
                return [f"step {number} ({step['action']}): {line}" for line in found]
        return []

    def _step(self, step: Json) -> list[str]:
        params = self._filled(step["params"])
        found: list[str] = []

        def matches() -> bool:
            nonlocal found
            answer = _call(self._client, step["action"], params)
            if answers_before < len(self._answers):
                self._answers.pop()
            self._answers.append(answer)
            expected = step.get("expect")
            found = [] if expected is None else self._response_differences(expected, answer)
            return not found

        answers_before = len(self._answers)
        if step["action"].startswith(_REPEATED):
            _patiently(matches)
        else:
            matches()
        return found

    def _response_differences(self, expected: Json, answer: Json) -> list[str]:
        if "exception_typename" in expected:
            answer = {
                "exception_typename": answer.get("Error", {}).get("Code"),
                "exception_value": answer.get("$exception"),
            }
        answer = _as_recorded(expected, {name: value for name, value in answer.items() if name != "$exception"})
        if "events" in expected and "events" in answer:
            return self._events_differences(expected, answer)
        return differences(_sorted(expected), _sorted(answer), self._placeholders)

    def _events_differences(self, expected: Json, answer: Json) -> list[str]:
        found = history_differences(expected["events"], answer["events"], self._placeholders)
        ids = [[event["id"] for event in each["events"]] for each in (expected, answer)]
        if not any(isinstance(each, list) for each in ids[0]) and ids[0] != ids[1]:
            found.append(f"events come in the order {ids[1]}, not {ids[0]}")
        others = [{name: value for name, value in each.items() if name != "events"} for each in (expected, answer)]
        return found + differences(*others, self._placeholders)

    def _filled(self, params: Json) -> Json:
        text = json.dumps(params)
        return fill(params, {word: self._word(word) for word in _WORD.findall(text)})

    def _word(self, word: str) -> str:
        if word.startswith("uid"):
            return self._words.setdefault(word, uuid4().hex[:8])
        if word.startswith("step"):
            step, *keys = word.split(".")
            value = self._answers[int(step.removeprefix("step"))]
            for key in keys:
                value = value[int(key)] if isinstance(value, list) else value[key]
            return str(value)
        return self._words[word]


def _patiently(condition: Callable[[], bool]) -> None:
    """Return when *condition* holds or patience is at its end, asking less and less often."""
    end, pause = monotonic() + PATIENCE_SECONDS, 0.01
    while not condition() and monotonic() < end:
        _nobody.wait(pause)
        pause = min(pause * 2, 0.25)


def _call(client: Any, action: str, params: Json) -> Json:
    """Return the answer, or the error as the recordings write it; ``$status`` is the HTTP status of both."""
    method = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in action).lstrip("_")
    try:
        answer = getattr(client, method)(**params)
    except ClientError as error:
        fault = error.response["Error"]
        text = f"An error occurred ({fault['Code']}) when calling the {action} operation: {fault['Message']}"
        answer = {**error.response, "$exception": text}
    metadata = answer.pop("ResponseMetadata")
    return {**_plain(answer), "$status": metadata["HTTPStatusCode"]}


def _plain(value: Json) -> Json:
    """Return *value* with timestamps as text, so that it is JSON."""
    return json.loads(json.dumps(value, default=lambda each: each.isoformat()))


def _sorted(value: Json) -> Json:
    """Return *value* with the lists of ``variableReferences``, which are sets, in order."""
    if not isinstance(value, dict) or "variableReferences" not in value:
        return value
    references = {state: sorted(names) for state, names in value["variableReferences"].items()}
    return {**value, "variableReferences": references}


def _as_recorded(expected: Json, answer: Json) -> Json:
    """Return *answer* without what AWS added since *expected* was recorded."""
    kept: Json = {}
    for name, value in answer.items():
        if name in _ADDED_LATER and name not in expected:
            continue
        listed = expected.get(name)
        if isinstance(value, list) and isinstance(listed, list) and len(value) == len(listed):
            pairs = zip(listed, value, strict=True)
            value = [_as_recorded(*pair) if all(isinstance(each, dict) for each in pair) else pair[1] for pair in pairs]
        kept[name] = value
    return kept
