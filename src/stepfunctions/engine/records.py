"""What callers of the engine hand in and get back: plain records, no behaviour.

They carry what the engine keeps about an execution and nothing of the wire: the server makes AWS's shapes of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

from stepfunctions.values import Instant, Json

RUNNING: Final = "RUNNING"

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True, kw_only=True)
class StartExecution:
    """All that an execution needs for its whole life: the engine never asks for its state machine again.

    Args:
        definition: the state machine's definition, as text.
        execution_arn: of the new execution.
        name: of the new execution.
        input: the caller's JSON text, verbatim.
        role_arn: of the state machine.
        state_machine_arn: unqualified.
        state_machine_name: of the state machine.
        version_arn: the version it is started through, if any.
        alias_arn: the alias it is started through, if any.
        trace_header: the caller's X-Ray header, kept for DescribeExecution.
        attributes: what else DescribeStateMachineForExecution shows (revisionId, updateDate, loggingConfiguration...);
            kept and given back as it is, by ``Engine.definition_of``.
        express: run without durability, and for five minutes at most.
        synchronous: started by StartSyncExecution; only with ``express``.
        effect_id: of the task that starts it; None if no task does. A task starts one execution, however often it asks.
        mocks: what its states are answered with instead of work, by state; see ``engine.mocking.responses``.
    """

    definition: str
    execution_arn: str
    name: str
    input: str
    role_arn: str
    state_machine_arn: str
    state_machine_name: str
    version_arn: str | None = None
    alias_arn: str | None = None
    trace_header: str | None = None
    attributes: dict[str, Json] = field(default_factory=dict)
    express: bool = False
    synchronous: bool = False
    effect_id: str | None = None
    mocks: Mapping[str, Json] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionRecord:
    """An execution as DescribeExecution sees it. ``status`` is AWS's; what is not set is None.

    ``map_run_arn`` and ``item_count`` are set for the children of Map Runs; in the listing of one, only the count is.
    """

    execution_arn: str
    name: str
    state_machine_arn: str
    version_arn: str | None
    alias_arn: str | None
    status: str
    input: str
    output: str | None
    error: str | None
    cause: str | None
    started_at: Instant
    stopped_at: Instant | None
    redrive_count: int
    redriven_at: Instant | None
    trace_header: str | None
    map_run_arn: str | None = None
    item_count: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DefinitionRecord:
    """What an execution runs, as it was when it started; ``attributes`` are those of ``StartExecution``.

    ``map_run_arn`` and ``label``, of the Map state, are set for the children of Map Runs.
    """

    definition: str
    role_arn: str
    state_machine_arn: str
    state_machine_name: str
    version_arn: str | None
    alias_arn: str | None
    attributes: dict[str, Json]
    map_run_arn: str | None = None
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """One page of a listing. ``next`` goes into ``after`` for the page that follows; None at the end."""

    items: tuple[Item, ...]
    next: str | None
