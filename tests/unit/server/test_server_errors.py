"""Every exception a request can end in has a code of AWS."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from stepfunctions.errors import NotFound, RequestError, StepladderError
from stepfunctions.server.errors import CODES, DEFAULT, STATUSES, to_aws
from stepfunctions.shapes import load

SERVICES = ("stepfunctions", "sagemaker", "logs")
COMMON = set(STATUSES) | {"ValidationException"}


def subclasses(kind: type[StepladderError]) -> Iterator[type[StepladderError]]:
    for each in kind.__subclasses__():
        yield each
        yield from subclasses(each)


def make(kind: type[StepladderError]) -> StepladderError:
    error = kind.__new__(kind)
    Exception.__init__(error, "text")
    return error


@pytest.mark.parametrize("service", SERVICES)
def test_every_request_error_has_a_code_its_service_has(service: str) -> None:
    model = load(service)
    for kind in subclasses(RequestError):
        code = to_aws(make(kind), service).code
        assert code in model.shapes or code in COMMON, (kind, code)


def test_every_exception_of_ours_is_mapped_by_itself_or_a_base_below_the_root() -> None:
    for kind in RequestError.__subclasses__():
        assert kind in CODES[DEFAULT]


def test_a_subclass_has_the_code_of_its_base() -> None:
    class Missing(NotFound):
        pass

    assert to_aws(Missing("gone"), "sagemaker").code == "ResourceNotFound"
    assert to_aws(Missing("gone"), "stepfunctions").code == "ExecutionDoesNotExist"
    assert to_aws(Missing("gone"), "logs").code == "ResourceNotFoundException"


def test_the_text_of_an_exception_is_the_message() -> None:
    assert to_aws(NotFound("Execution Does Not Exist: 'a'"), "stepfunctions").message == "Execution Does Not Exist: 'a'"
