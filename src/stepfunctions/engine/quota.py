"""AWS's quota of open executions, which is seldom counted.

As many executions can be open as were open when they were last counted, and as were opened since: only when that
reaches the quota are they counted again. The quota is AWS's for an account and region; here it is one for all.

Source: AWS Developer Guide, "Quotas related to state machine executions".
"""

from __future__ import annotations

from typing import Final

from stepfunctions.engine.tables import Tables
from stepfunctions.errors import LimitExceeded

OPEN_MAX: Final = 1_000_000


class OpenExecutions:
    """Says whether one more execution may be open.

    Args:
        tables: where they are.
        open_max: how many may be.
    """

    def __init__(self, tables: Tables, open_max: int = OPEN_MAX) -> None:
        self._tables = tables
        self._open_max = open_max
        self._redrive_count = 0
        self._count()

    def check(self, *, redrives: bool = False) -> None:
        """Refuse one more.

        Args:
            redrives: it is an execution that was closed.

        Raises:
            LimitExceeded: there are too many; the text is not verified against AWS.
        """
        if self._bound() >= self._open_max:
            self._count()
            if self._counted >= self._open_max:
                raise LimitExceeded(f"The maximum number of running executions ({self._open_max}) has been reached.")
        self._redrive_count += redrives

    def _bound(self) -> int:
        return self._counted + self._tables.last_id - self._last_id + self._redrive_count

    def _count(self) -> None:
        row = self._tables.database.read_one(self._tables.sql.count_open)
        assert row is not None
        self._counted: int = row[0]
        self._last_id = self._tables.last_id
        self._redrive_count = 0
