"""What the driver knows of an open Map Run, and what a child knows of the run that it belongs to."""

from __future__ import annotations

from dataclasses import dataclass

from stepfunctions.core.program import Program
from stepfunctions.values import Instant


@dataclass(frozen=True, slots=True)
class Kinship:
    """What ties a child execution to its Map Run.

    Args:
        parent_id: the execution whose Map state has the run.
        run_id: the interpreter's name for the run.
        map_run_id: the run's row.
        position: the child's place among its siblings.
        item_count: how many items it has.
    """

    parent_id: int
    run_id: str
    map_run_id: int
    position: int
    item_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRun:
    """An open Map Run: all that its children are born with.

    Args:
        id: its row.
        arn: of the run.
        label: of the Map state.
        state: the Map state's name.
        program: the hash of the children's definition, and it compiled.
        definition: its text.
        express: the children are EXPRESS executions.
        role_arn: of the parent.
        state_machine_arn: of the children.
        state_machine_name: likewise.
        attributes: of the parent, as JSON text: the children have the same logging and revision.
    """

    id: int
    arn: str
    label: str
    state: str
    program: tuple[str, Program]
    definition: str
    express: bool
    role_arn: str
    state_machine_arn: str
    state_machine_name: str
    attributes: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many children, or items in them, are in each status; ``total`` with those that never started.

    ``results_written`` is the total of a run that succeeded, with a ResultWriter or without, as recorded from AWS. That
    it is what has ended in one that failed, and 0 in any other, is not verified.
    """

    pending: int = 0
    running: int = 0
    succeeded: int = 0
    failed: int = 0
    timed_out: int = 0
    aborted: int = 0
    pending_redrive: int = 0
    results_written: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class MapRunRecord:
    """A Map Run as ListMapRuns sees it. ``status`` is AWS's; what is not set is None."""

    map_run_arn: str
    execution_arn: str
    state_machine_arn: str
    status: str
    started_at: Instant
    stopped_at: Instant | None
    max_concurrency: int
    tolerated_failure_count: int
    tolerated_failure_percentage: float
    redrive_count: int
    redriven_at: Instant | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MapRunDetails(MapRunRecord):
    """A Map Run as DescribeMapRun sees it: with counts, which look at every child."""

    item_counts: Counts
    execution_counts: Counts
