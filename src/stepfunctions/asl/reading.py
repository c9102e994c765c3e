"""The state of one reading of a definition: faults found so far, and what the whole document shares.

Every reader of this package takes ``(value, location, reading)``, reports what is wrong to ``reading`` and returns
what the model holds. It never raises: one reading finds every fault. Deliberately no knowledge of ASL's fields here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from stepfunctions.asl.model import JSONPATH, Scope
from stepfunctions.errors import Diagnostic
from stepfunctions.values import Json

SCHEMA = "SCHEMA_VALIDATION_FAILED"


class ScopeReader(Protocol):
    """Reads the ``StartAt`` and ``States`` of an object; injected, because scopes contain states contain scopes."""

    def __call__(self, value: dict[str, Json], location: str, reading: Reading) -> Scope: ...


@dataclass(slots=True, kw_only=True)
class Reading:
    """One reading of one document.

    Attributes:
        machine_language: the QueryLanguage of the machine, which every nested state inherits.
        language: the QueryLanguage of the state being read.
        express: whether the machine is EXPRESS.
        creating: whether the machine is about to be created: what integrations demand of a Task is checked then.
        states: the members that ``$states`` has in the field that is being read.
        depth: how many scopes are being read, one inside the other.
        locations: state name to the location where it was first seen, over all scopes.
        labels: Map label to the location where it was first seen.
        diagnostics: in the order found.
        transition_faults: faults between states; AWS prints them after those of single states.
    """

    read_scope: ScopeReader
    express: bool = False
    creating: bool = False
    machine_language: str = JSONPATH
    language: str = JSONPATH
    states: frozenset[str] = frozenset(("input", "context"))
    depth: int = 0
    locations: dict[str, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    transition_faults: list[Diagnostic] = field(default_factory=list)

    def error(self, message: str, location: str | None, code: str = SCHEMA, hint: str | None = None) -> None:
        """Report a fault of one value; the document as a whole is at ``/``."""
        self.diagnostics.append(Diagnostic(code, message, "/" if location == "" else location, hint=hint))

    def warn(self, code: str, message: str, location: str) -> None:
        """Report what works but is probably not meant."""
        self.diagnostics.append(Diagnostic(code, message, location, severity="WARNING"))

    def transition_error(self, code: str, message: str, location: str | None, hint: str | None = None) -> None:
        """Report a fault in how states lead to each other."""
        self.transition_faults.append(Diagnostic(code, message, location, hint=hint))


Kind: TypeAlias = Callable[[Json, str, Reading], Json]
"""Reads one field's value."""
