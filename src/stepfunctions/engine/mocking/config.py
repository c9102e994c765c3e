"""The mock configuration file of AWS Step Functions Local, read again whenever it changes.

The whole file is checked when it is read, and a fault anywhere refuses every test case: a file that is half right would
mock half of a test. Fields that are not known are let be, as is a test case's state that a state machine does not have.

Shape: ``{"StateMachines": {NAME: {"TestCases": {CASE: {STATE: RESPONSE, ...}}}}, "MockedResponses": {RESPONSE:
{"0": {"Return": ...}, ...}}}``

Source: AWS Developer Guide, "Mocked service integrations configuration file".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from stepfunctions.engine.mocking.responses import check_responses
from stepfunctions.errors import MockError
from stepfunctions.values import Json, JsonError, loads

TestCases = Mapping[str, Mapping[str, Mapping[str, Json]]]
"""By state machine and test case: what each mocked state is answered with."""


class MockConfig:
    """A mock configuration file.

    Args:
        path: of the file; it need not exist before the first test case is asked for.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._version: tuple[int, int, int] | None = None
        self._cases: TestCases = {}

    def test_case(self, machine: str, name: str) -> Mapping[str, Json]:
        """Return what each mocked state of a test case is answered with; see ``responses``.

        Args:
            machine: the name of the state machine.
            name: of the test case.

        Raises:
            MockError: the file cannot be read, is wrong, or has no such test case.
        """
        self._read()
        cases = self._cases.get(machine)
        if cases is None:
            raise MockError(
                f"The mock configuration {self._path} has no state machine '{machine}'. {_known(self._cases)}"
            )
        if name not in cases:
            raise MockError(
                f"The mock configuration {self._path} has no test case '{name}' of '{machine}'. {_known(cases)}"
            )
        return cases[name]

    def _read(self) -> None:
        try:
            status = self._path.stat()
            version = (status.st_mtime_ns, status.st_size, status.st_ino)
            if version == self._version:
                return
            document = loads(self._path.read_bytes().decode("utf-8"))
            self._cases = _cases(document)
        except OSError as error:
            raise MockError(f"The mock configuration {self._path} cannot be read: {error.strerror}.") from None
        except (JsonError, UnicodeDecodeError) as error:
            raise MockError(f"The mock configuration {self._path} is not JSON: {error}.") from None
        except MockError as error:
            raise MockError(f"The mock configuration {self._path} is wrong. {error}") from None
        self._version = version


def _cases(document: Json) -> TestCases:
    responses = _object(_object(document, "The file").get("MockedResponses", {}), "MockedResponses")
    for name, each in responses.items():
        check_responses(each, f"MockedResponses.{name}")
    machines = _object(_required(document, "StateMachines", "The file"), "StateMachines")
    return {name: _machine(each, responses, f"StateMachines.{name}") for name, each in machines.items()}


def _machine(machine: Json, responses: Mapping[str, Json], where: str) -> Mapping[str, Mapping[str, Json]]:
    cases = _object(_required(_object(machine, where), "TestCases", where), f"{where}.TestCases")
    return {name: _case(case, responses, f"{where}.TestCases.{name}") for name, case in cases.items()}


def _case(case: Json, responses: Mapping[str, Json], where: str) -> Mapping[str, Json]:
    mocked: dict[str, Json] = {}
    for state, response in _object(case, where).items():
        if not isinstance(response, str) or response not in responses:
            raise MockError(f"{where}.{state}: MockedResponses has no {response!r}. {_known(responses)}")
        mocked[state] = responses[response]
    return mocked


def _object(value: Json, where: str) -> Mapping[str, Json]:
    if not isinstance(value, dict):
        raise MockError(f"{where} must be an object.")
    return value


def _required(document: Mapping[str, Json], field: str, where: str) -> Json:
    if field not in document:
        raise MockError(f"{where} needs the field '{field}'.")
    return document[field]


def _known(names: Iterable[str]) -> str:
    known = sorted(names)
    return f"There is: {', '.join(known)}." if known else "There is none."
