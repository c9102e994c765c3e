"""Copies the log lines of a host into CloudWatch Logs while it runs.

The position is committed together with the lines, so a crash neither loses nor doubles any. The file is looked at on
a timer: it belongs to another process that may outlive us.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from stepfunctions.sagemaker.launcher import LINE_MAX_BYTES, LOG
from stepfunctions.sagemaker.services import Services
from stepfunctions.values import Instant

PIECE_BYTES = LINE_MAX_BYTES + (1 << 17)
"""Read at a time: longer than the longest line, and short enough to keep nobody waiting."""

Listener = Callable[[Instant, str], object]


class LogFollower:
    """Follows one host's ``log.txt``.

    Args:
        folder: the host's.
        group: the log group.
        stream: the log stream.
        listener: is told every line, in order.
    """

    def __init__(
        self, services: Services, folder: Path, group: str, stream: str, listener: Listener | None = None
    ) -> None:
        self._services = services
        self._path = folder / LOG
        self._key = self._path.relative_to(services.folder).as_posix()
        self._group, self._stream = group, stream
        self._listener = listener
        self._position = services.records.log_position(self._key)

    async def follow(self) -> None:
        """Copy until cancelled."""
        while True:
            await self.copy()
            await asyncio.sleep(self._services.settings.log_interval_seconds)

    async def copy(self) -> bool:
        """Copy what is there; return whether there was any."""
        found = False
        while lines := self._read():
            found = True
            self._services.logs.append(self._group, self._stream, lines)
            self._services.records.save_log_position(self._key, self._position)
            for at, line in lines:
                if self._listener is not None:
                    self._listener(at, line)
            await self._services.records.committed()
        return found

    def _read(self) -> list[tuple[Instant, str]]:
        try:
            if self._path.stat().st_size <= self._position:
                return []
            with self._path.open("rb") as stream:
                stream.seek(self._position)
                data = stream.read(PIECE_BYTES)
        except FileNotFoundError:
            return []
        whole = data[: data.rfind(b"\n") + 1]
        self._position += len(whole)
        return [_parse(line) for line in whole.decode("utf-8", "replace").split("\n")[:-1]]


def _parse(line: str) -> tuple[Instant, str]:
    """Return the time and text of ``2026-11-23T20:40:38.123Z text``."""
    stamp, _, text = line.partition(" ")
    return round(datetime.fromisoformat(stamp).timestamp() * 1000), text
