"""Every exception that a user of this package can meet.

::

    StepladderError
    ├── DefinitionError          the user's state machine definition is wrong; carries every fault found
    ├── StoreError               the disk: unreadable, unwritable, corrupt, or from a newer version
    ├── InvalidTransition        our bug: the interpreter was fed what cannot happen
    ├── UnsupportedError         AWS has it, we do not: names the thing and what to use instead
    ├── MockError                a test's mock is missing, used up, or returns what is not JSON
    └── RequestError             a caller's request cannot be carried out; the server maps each to an AWS code
        ├── InvalidRequest           malformed or out of range
        ├── NotFound                 names something that does not exist
        ├── AlreadyExists            names something that exists, differently
        ├── Conflict                 not in the present state of the thing
        └── LimitExceeded            a quota

A failure *inside* an execution is not an exception: it is data, ``query.failure.Failure``, which Retry and Catch
route. AWS error codes are not here: ``server/errors.py`` maps these classes to them, once.
"""

from __future__ import annotations

from dataclasses import dataclass


class StepladderError(Exception):
    """Base of all our exceptions."""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One fault of a definition, in the vocabulary of ValidateStateMachineDefinition.

    Args:
        code: AWS's diagnostic code, such as ``SCHEMA_VALIDATION_FAILED``.
        message: AWS's text.
        location: a slash path such as ``/States/Train/Next``; None where AWS gives none.
        severity: ``ERROR`` or ``WARNING``.
        hint: what was probably meant, such as ``did you mean 'Train'?``; ours, never part of AWS's text.
    """

    code: str
    message: str
    location: str | None = None
    severity: str = "ERROR"
    hint: str | None = None

    def __str__(self) -> str:
        return f"{self.code}: {self.message} at {self.location or 'null'}"


class DefinitionError(StepladderError):
    """A definition that AWS would refuse.

    Attributes:
        diagnostics: every fault, in document order; never empty.
    """

    def __init__(self, diagnostics: list[Diagnostic]) -> None:
        super().__init__(", ".join(str(each) for each in diagnostics))
        self.diagnostics = diagnostics


class StoreError(StepladderError):
    """The data folder cannot be read or written; says which file and what to do."""


class InvalidTransition(StepladderError):
    """The interpreter was fed an event that cannot happen now. This is a bug of ours, never of a definition."""


class UnsupportedError(StepladderError):
    """Something AWS offers that is not available here; the text names it and the alternative."""


class MockError(StepladderError):
    """A mock cannot answer for a Task state; names the state and what to give."""


class RequestError(StepladderError):
    """A request that cannot be carried out. ``str()`` is AWS's text where AWS has one."""


class InvalidRequest(RequestError):
    """Malformed, out of range, or contradictory."""


class NotFound(RequestError):
    """Names something that does not exist."""


class AlreadyExists(RequestError):
    """Names something that exists with other settings."""


class Conflict(RequestError):
    """Cannot be done in the present state of the thing."""


class LimitExceeded(RequestError):
    """A quota of the service would be exceeded."""
