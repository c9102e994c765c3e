"""A cloud's process that kills itself at one of its commits, when a test asks for that.

This folder comes first on the path of the process. ``DYING_ORDER`` names a file; as long as it is there, commits are
counted, and at the one that it names the process removes the file and sends itself SIGKILL: no handler runs, nothing is
flushed.

Shape of the file: ``{"commit": int, "done": bool}``; with ``done`` the commit itself is made first.
"""

from __future__ import annotations

import json
import os
import signal
import sqlite3
from typing import Any

_ORDER = os.environ.get("DYING_ORDER", "")
_connect = sqlite3.connect


class DyingConnection(sqlite3.Connection):
    """Counts its commits while there is an order."""

    count = 0

    def execute(self, sql: str, *parameters: Any) -> sqlite3.Cursor:
        """Execute *sql*, and die before or after the commit that was ordered."""
        if sql != "COMMIT" or not os.path.exists(_ORDER):
            return super().execute(sql, *parameters)
        with open(_ORDER) as stream:
            order = json.load(stream)
        self.count += 1
        if self.count < order["commit"]:
            return super().execute(sql, *parameters)
        if order["done"]:
            super().execute(sql, *parameters)
        os.unlink(_ORDER)
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError("nothing comes after SIGKILL")


def connect(*arguments: Any, **options: Any) -> sqlite3.Connection:
    """Open a database as ``sqlite3.connect`` does."""
    return _connect(*arguments, **{"factory": DyingConnection, **options})


if _ORDER:
    sqlite3.connect = connect  # type: ignore[assignment]
