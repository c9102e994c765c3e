"""Open executions in memory: taken up from the tables when needed, put back when there are too many.

Too many are so many, or those that together weigh so much: a payload takes ten times its JSON's room as a value. For
their weight only those are put back that have been idle for a while: one that is big and busy would be written again
and again.

An execution that cannot be taken up, because its definition, snapshot or journal is not understood any more or does
not lead where it led, is condemned: it fails with the reason in its cause. That is logged, and nobody else suffers.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable
from itertools import islice
from typing import Final

from stepfunctions.engine.execution import SNAPSHOT_EVENTS, Execution
from stepfunctions.engine.programs import Programs
from stepfunctions.engine.tables import Tables
from stepfunctions.errors import Conflict, StoreError
from stepfunctions.values import Instant

SNAPSHOT_BYTES_PER_EVENT: Final = 1024
"""A big snapshot is written less often: at least one event for so many of its bytes."""

WEIGHT_MAX_BYTES: Final = 64 * 1024 * 1024
"""What executions in memory may weigh together, as JSON."""

IDLE_MILLISECONDS: Final = 2_000

_LOOKED_AT: Final = 100
"""No more are put back at once, so that nobody waits long."""

_log = logging.getLogger(__name__)


class Loaded:
    """The executions in memory, least recently used first.

    Args:
        tables: where they come from and go to.
        programs: compiles their definitions.
        clock: gives the time.
        kept_max: more than so many idle executions are not kept.
        weight_max_bytes: nor those that weigh more together.
    """

    def __init__(
        self,
        tables: Tables,
        programs: Programs,
        clock: Callable[[], Instant],
        kept_max: int,
        weight_max_bytes: int = WEIGHT_MAX_BYTES,
    ) -> None:
        self._tables = tables
        self._programs = programs
        self._clock = clock
        self._kept_max = kept_max
        self._weight_max_bytes = weight_max_bytes
        self._kept: OrderedDict[int, Execution] = OrderedDict()
        self._weights: dict[int, int] = {}
        self._weight_bytes = 0

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, execution_id: int) -> Execution | None:
        """Return an execution; it may have come back condemned. None if it is not open.

        Raises:
            StoreError: the disk.
        """
        return self._kept.get(execution_id) or self._take_up(execution_id)

    def reopen(self, execution_id: int) -> Execution | None:
        """Return an execution that has ended, to be redriven; None if it is none such.

        Raises:
            StoreError: the disk.
            Conflict: what led to its end cannot be told again.
        """
        execution = self._tables.load(execution_id, redrives=True)
        if execution is None:
            return None
        try:
            self._tables.restore(execution, self._programs)
        except StoreError:
            raise
        except Exception as error:
            _log.exception("the execution %s cannot be taken up for a redrive", execution.owner.execution_arn)
            raise Conflict(f"The execution cannot be taken up again. {type(error).__name__}: {error}") from error
        return execution

    def keep(self, execution: Execution) -> None:
        """Keep an execution with nothing uncommitted, as the most recently used."""
        execution_id = execution.owner.id
        self._kept[execution_id] = execution
        self._kept.move_to_end(execution_id)
        if execution.unsaved_count >= execution.snapshot_interval:
            self._save(execution)
        self._weight_bytes += execution.weight_bytes - self._weights.get(execution_id, 0)
        self._weights[execution_id] = execution.weight_bytes

    def drop(self, execution_id: int) -> None:
        """Forget an execution that has ended, or whose commit failed."""
        if self._kept.pop(execution_id, None) is not None:
            self._weight_bytes -= self._weights.pop(execution_id)

    def trim(self) -> None:
        """Put the least recently used executions back until there is room again."""
        too_many = len(self._kept) - self._kept_max
        if too_many <= 0 and self._weight_bytes <= self._weight_max_bytes:
            return
        idle_since = self._clock() - IDLE_MILLISECONDS
        for execution_id, execution in list(islice(self._kept.items(), max(too_many, _LOOKED_AT))):
            too_heavy = self._weight_bytes > self._weight_max_bytes and execution.last_at <= idle_since
            if not too_heavy and len(self._kept) <= self._kept_max:
                return
            if not execution.yielded and self._save(execution):
                self.drop(execution_id)

    def save_all(self) -> None:
        """Put everything back."""
        for execution in self._kept.values():
            self._save(execution)
        self._kept.clear()
        self._weights.clear()
        self._weight_bytes = 0

    def _take_up(self, execution_id: int) -> Execution | None:
        execution = self._tables.load(execution_id)
        if execution is None:
            return None
        try:
            self._tables.restore(execution, self._programs)
        except StoreError:
            raise
        except Exception as error:
            _log.exception("the execution %s cannot be taken up", execution.owner.execution_arn)
            cause = f"The execution cannot be taken up after a restart. {type(error).__name__}: {error}"
            execution.condemn(cause, self._clock())
        return execution

    def _save(self, execution: Execution) -> bool:
        """Queue a snapshot if there is something new; return False if it could not be taken.

        A snapshot means that nothing is left to do but to wait, so one that has yielded has none; but for one with Map
        Runs, which is taken up after a restart in any case, and may yield at every commit of a long life.
        """
        if execution.yielded and not execution.has_map_runs:
            return False
        if execution.unsaved_count == 0:
            return True
        try:
            size_bytes = self._tables.write_snapshot(execution)
        except Exception:
            _log.exception("no snapshot of the execution %s", execution.owner.execution_arn)
            execution.snapshot_interval *= 2
            return False
        execution.weight_bytes = size_bytes
        execution.snapshot_interval = max(SNAPSHOT_EVENTS, size_bytes // SNAPSHOT_BYTES_PER_EVENT)
        return True
