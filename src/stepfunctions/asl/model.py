"""The Amazon States Language as AWS documents it today, as typed data.

Field names are the language's, in snake_case. Paths and expressions stay text: this module knows no query language.
``ABSENT`` marks a field that was not given wherever null means something else. ``Xs_path`` beside ``Xs`` are the two
forms of one setting; at most one is given. What a state's type does not have, its class does not have.

Source: States Language specification; AWS Developer Guide, "Using Amazon States Language".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from stepfunctions.values import ABSENT, Json

JSONPATH = "JSONPath"
JSONATA = "JSONata"


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrier:
    """One entry of ``Retry``, with AWS's defaults filled in."""

    error_equals: tuple[str, ...]
    interval_seconds: int = 1
    max_attempts: int = 3
    backoff_rate: float = 2.0
    max_delay_seconds: int | None = None
    jitter_strategy: str = "NONE"
    comment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Catcher:
    """One entry of ``Catch``."""

    error_equals: tuple[str, ...]
    next: str
    result_path: str | None = "$"
    assign: Json = ABSENT
    output: Json = ABSENT
    comment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A leaf of a JSONPath choice rule: ``{"Variable": variable, operator: operand}``."""

    variable: str
    operator: str
    operand: Json


@dataclass(frozen=True, slots=True, kw_only=True)
class And:
    """All hold."""

    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Or:
    """At least one holds."""

    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    """The rule does not hold."""

    rule: Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A JSONata ``Condition``: a boolean or a ``{% %}`` expression."""

    expression: Json


Rule: TypeAlias = Comparison | And | Or | Not | Condition


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceRule:
    """One entry of ``Choices``: a top-level rule with where it leads."""

    rule: Rule
    next: str
    assign: Json = ABSENT
    output: Json = ABSENT
    comment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What every state has. ``location`` is its slash path in the document, ``/States/Train``."""

    name: str
    location: str
    query_language: str = JSONPATH
    comment: str | None = None
    input_path: str | None = "$"
    output_path: str | None = "$"
    output: Json = ABSENT
    assign: Json = ABSENT

    @property
    def type(self) -> str:
        """The value of ``Type``."""
        return type(self).__name__


@dataclass(frozen=True, slots=True, kw_only=True)
class Succeed(State):
    """Ends its scope well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fail(State):
    """Ends its scope badly. ABSENT error and cause are left out of the failure."""

    error: Json = ABSENT
    cause: Json = ABSENT
    error_path: str | None = None
    cause_path: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(State):
    """Picks the next state. Without a match and without default it fails."""

    choices: tuple[ChoiceRule, ...]
    default: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowState(State):
    """A state that goes on to one next state; ``next`` is None at the end of its scope (``End: true``)."""

    next: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait(FlowState):
    """Waits. Exactly one of the four is given; in JSONata seconds and timestamp may be expressions."""

    seconds: Json = ABSENT
    timestamp: Json = ABSENT
    seconds_path: str | None = None
    timestamp_path: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass(FlowState):
    """Passes its input on, or a fixed result."""

    parameters: Json = ABSENT
    result: Json = ABSENT
    result_path: str | None = "$"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkState(FlowState):
    """Task, Parallel and Map: what they share."""

    parameters: Json = ABSENT
    arguments: Json = ABSENT
    result_selector: Json = ABSENT
    result_path: str | None = "$"
    retry: tuple[Retrier, ...] = ()
    catch: tuple[Catcher, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Task(WorkState):
    """Has work done by a service. In JSONata the two timeouts may be expressions."""

    resource: str
    timeout_seconds: Json = ABSENT
    heartbeat_seconds: Json = ABSENT
    timeout_seconds_path: str | None = None
    heartbeat_seconds_path: str | None = None
    credentials: Json = ABSENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """States that transition among themselves: a machine, a Parallel branch, a Map's processor."""

    start_at: str
    states: dict[str, State]
    comment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parallel(WorkState):
    """Runs branches side by side on the same input."""

    branches: tuple[Scope, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemReader:
    """Where a Distributed Map reads its items from."""

    resource: str
    parameters: Json = ABSENT
    arguments: Json = ABSENT
    reader_config: dict[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemBatcher:
    """How a Distributed Map groups items; each number may be a JSONata expression."""

    batch_input: Json = ABSENT
    max_items_per_batch: Json = ABSENT
    max_items_per_batch_path: str | None = None
    max_input_bytes_per_batch: Json = ABSENT
    max_input_bytes_per_batch_path: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultWriter:
    """Where a Distributed Map writes its results. ``resource`` None: WriterConfig formats the state's result."""

    resource: str | None = None
    parameters: Json = ABSENT
    arguments: Json = ABSENT
    writer_config: dict[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemProcessor(Scope):
    """What runs for each item. ``legacy``: written as ``Iterator``."""

    mode: str = "INLINE"
    execution_type: str | None = None
    legacy: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Map(WorkState):
    """Runs its processor for every item. ``item_selector`` holds the legacy ``Parameters`` too."""

    processor: ItemProcessor
    items_path: str | None = None
    items: Json = ABSENT
    item_selector: Json = ABSENT
    item_reader: ItemReader | None = None
    item_batcher: ItemBatcher | None = None
    result_writer: ResultWriter | None = None
    max_concurrency: Json = ABSENT
    max_concurrency_path: str | None = None
    tolerated_failure_count: Json = ABSENT
    tolerated_failure_count_path: str | None = None
    tolerated_failure_percentage: Json = ABSENT
    tolerated_failure_percentage_path: str | None = None
    label: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StateMachine(Scope):
    """A whole definition. AWS takes a TimeoutSeconds of 0; what it means there is not verified, here no limit."""

    query_language: str = JSONPATH
    version: str = "1.0"
    timeout_seconds: int | None = None
