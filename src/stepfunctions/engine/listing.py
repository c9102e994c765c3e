"""What callers of the engine look at: executions, their histories and definitions. Committed state only."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any, Final

from stepfunctions.core.history import HistoryEvent
from stepfunctions.engine.codec import from_column
from stepfunctions.engine.journal import decode
from stepfunctions.engine.records import DefinitionRecord, ExecutionRecord, Page
from stepfunctions.engine.tables import Tables, journal_id
from stepfunctions.errors import InvalidRequest
from stepfunctions.values import loads

_ENTRIES_KEPT: Final = 8
_CHARACTERS_KEPT: Final = 16 * 1024 * 1024
"""An entry may stand for a thousand payloads of 256 KB that differ in a few characters."""
_END: Final = 1 << 62


class Listing:
    """Reads for callers."""

    def __init__(self, tables: Tables) -> None:
        self._database = tables.database
        self._sql = tables.sql
        self._entries: OrderedDict[int, tuple[list[HistoryEvent], int]] = OrderedDict()

    def id_of(self, execution_arn: str) -> int | None:
        """Return the id of an execution."""
        row = self._database.read_one(self._sql.execution_id, (execution_arn,))
        return None if row is None else row[0]

    def execution(self, execution_arn: str) -> ExecutionRecord | None:
        """Return an execution."""
        row = self._database.read_one(self._sql.execution_by_arn, (execution_arn,))
        return None if row is None else execution_record(row)

    def started_by(self, effect_id: str) -> str | None:
        """Return the ARN of the execution that a task started."""
        row = self._database.read_one(self._sql.execution_by_effect, (effect_id,))
        return None if row is None else row[0]

    def definition_of(self, execution_id: int) -> DefinitionRecord:
        """Return what an execution runs."""
        row = self._database.read_one(self._sql.definition_of_execution, (execution_id,))
        assert row is not None
        text, role_arn, machine_arn, machine_name, version_arn, alias_arn, attributes, map_run_arn, label = row
        return DefinitionRecord(
            definition=text,
            role_arn=role_arn,
            state_machine_arn=machine_arn,
            state_machine_name=machine_name,
            version_arn=version_arn,
            alias_arn=alias_arn,
            attributes=loads(attributes),
            map_run_arn=map_run_arn,
            label=label,
        )

    def executions(
        self,
        state_machine_arn: str,
        version_arn: str | None,
        alias_arn: str | None,
        status: str | None,
        limit: int,
        after: str | None,
    ) -> Page[ExecutionRecord]:
        """Return executions, latest first; an alias or a version narrows the listing.

        One that has ended counts by its end, any other by when it was started or redriven last.

        Raises:
            InvalidRequest: ``after`` is not from a page of ours.
        """
        if alias_arn is not None:
            statement, of = self._sql.list_of_alias, alias_arn
        elif version_arn is not None:
            statement, of = self._sql.list_of_version, version_arn
        elif status is not None:
            statement, of = self._sql.list_of_state_machine_with_status, state_machine_arn
        else:
            statement, of = self._sql.list_of_state_machine, state_machine_arn
        at, before = _last_shown(after)
        parameters = {"of": of, "status": status, "at": at, "before": before, "limit": limit + 1}
        rows = self._database.read(statement, parameters)
        items = tuple(execution_record(row[2:]) for row in rows[:limit])
        return Page(items, "{}.{}".format(*rows[limit - 1]) if len(rows) > limit else None)

    def history(self, execution_id: int, limit: int, after: str | None, reverse: bool) -> Page[HistoryEvent]:
        """Return history events in their order, or in reverse.

        Raises:
            InvalidRequest: ``after`` is not from a page of ours.
        """
        last = self._last_history_id(execution_id)
        if reverse:
            high = min(position_of(after, last + 1) - 1, last)
            low = max(high - limit + 1, 1)
        else:
            low = position_of(after, 0) + 1
            high = min(low + limit - 1, last)
        events = [event for event in self._covering(execution_id, low, high) if low <= event.id <= high]
        if reverse:
            return Page(tuple(reversed(events)), str(low) if low > 1 else None)
        return Page(tuple(events), str(high) if high < last else None)

    def running_count(self, state_machine_arn: str) -> int:
        """Return how many executions of a state machine are open."""
        row = self._database.read_one(self._sql.count_running, (state_machine_arn,))
        assert row is not None
        count: int = row[0]
        return count

    def event_count(self, execution_arn: str) -> int:
        """Return how many events the history of an execution has; 0 if there is none such."""
        execution_id = self.id_of(execution_arn)
        return 0 if execution_id is None else self._last_history_id(execution_id)

    def running_of(self, state_machine_arn: str) -> list[int]:
        """Return the ids of the open executions of a state machine, oldest first."""
        return [row[0] for row in self._database.read(self._sql.running_of_state_machine, (state_machine_arn,))]

    def running_children_of(self, state_machine_arn: str) -> list[int]:
        """Return the ids of the open children of Map Runs of a state machine's executions."""
        rows = self._database.read(self._sql.running_children_of_state_machine, {"of": state_machine_arn})
        return [row[0] for row in rows]

    def _last_history_id(self, execution_id: int) -> int:
        row = self._database.read_one(self._sql.last_entry, (journal_id(execution_id), journal_id(execution_id + 1)))
        return 0 if row is None else row[1]

    def _covering(self, execution_id: int, low: int, high: int) -> list[HistoryEvent]:
        ids = self._database.read(
            self._sql.entries_of_history, (journal_id(execution_id), journal_id(execution_id + 1), low, high)
        )
        return [event for (entry_id,) in ids for event in self._entry(entry_id)]

    def _entry(self, entry_id: int) -> list[HistoryEvent]:
        """Return the history of an entry; the last few are kept, for whoever reads page after page."""
        kept = self._entries.get(entry_id)
        if kept is None:
            row = self._database.read_one(self._sql.read_entry, (entry_id,))
            history = [] if row is None else decode(row[0])[1]
            kept = self._entries[entry_id] = history, _characters(history)
            while len(self._entries) > 1 and self._keeps_too_much():
                self._entries.popitem(last=False)
        return kept[0]

    def _keeps_too_much(self) -> bool:
        entries = self._entries
        return len(entries) > _ENTRIES_KEPT or sum(size for _, size in entries.values()) > _CHARACTERS_KEPT


def _characters(history: list[HistoryEvent]) -> int:
    """Return how long the texts of *history* are together, each counted once."""
    return sum({id(each): len(each) for event in history for each in event.details if isinstance(each, str)}.values())


def _last_shown(after: str | None) -> tuple[int, int]:
    """Return the time and the id of the execution that a listing goes on below."""
    if after is None:
        return _END, _END
    at, _, execution_id = after.partition(".")
    return position_of(at, _END), position_of(execution_id, _END)


def position_of(after: str | None, default: int) -> int:
    """Return the number that a cursor is; *default* for none.

    Raises:
        InvalidRequest: it is not one of ours.
    """
    if after is None:
        return default
    if not after.isascii() or not after.isdigit() or len(after) > 18:
        raise InvalidRequest(f"'{after}' does not continue a listing")
    return int(after)


def execution_record(row: tuple[Any, ...]) -> ExecutionRecord:
    """Return the record of a row of executions, as the statements for callers have it."""
    (
        arn, name, machine_arn, version_arn, alias_arn, status, input_, output, error, cause, started_at, stopped_at,
        redrive_count, redriven_at, trace_header, map_run_arn, item_count,
    ) = row  # fmt: skip
    return ExecutionRecord(
        execution_arn=arn,
        name=name,
        state_machine_arn=machine_arn,
        version_arn=version_arn,
        alias_arn=alias_arn,
        status=status,
        input=from_column(input_) or "",
        output=from_column(output),
        error=from_column(error),
        cause=from_column(cause),
        started_at=started_at,
        stopped_at=stopped_at,
        redrive_count=redrive_count,
        redriven_at=redriven_at,
        trace_header=trace_header,
        map_run_arn=map_run_arn,
        item_count=item_count,
    )
