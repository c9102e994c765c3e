"""Where the hosts of jobs run: the one seam for scaling out, and its default, processes of this machine.

``HostLauncher.launch`` runs one host of one job. It may be called again for the same folder, by this process or by one
that was started after a crash: it then finds the host that is there, running or ended, and never starts a second one
(``launcher.py`` holds that). The end of a process is an event of the kernel (pidfd), never polled for; only where the
system has no pidfd is a timer used.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from stepfunctions.sagemaker import launcher
from stepfunctions.values import Instant

FALLBACK_TIMER_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class HostSpec:
    """One host of one job.

    Args:
        folder: laid out as ``/opt/ml``; the launcher's own files are put beside.
        argv: the program.
        environment: all of it.
        grace_seconds: between SIGTERM and SIGKILL when the host is stopped.
        max_runtime_seconds: after which it is stopped; None for never.
        folder_check_seconds: how often it looks whether its folder is still there; it ends when that is removed.
    """

    folder: Path
    argv: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    grace_seconds: float = 120
    max_runtime_seconds: float | None = None
    folder_check_seconds: float = 5


@dataclass(frozen=True, slots=True)
class Exit:
    """How a host ended.

    Args:
        cause: ``Exited``, ``Stopped``, ``MaxRuntimeExceeded``, ``NotStarted``, or ``Lost``: it vanished without a
            word, as when the machine went down.
        exit_code: of the program; None if it was killed or never ran.
        signal: that killed it.
        error: why it did not start.
        ended_at: None if it was lost.
    """

    cause: str
    exit_code: int | None = None
    signal: int | None = None
    error: str | None = None
    ended_at: Instant | None = None


LOST = "Lost"


class HostHandle(Protocol):
    """A host that was launched."""

    @property
    def running(self) -> bool:
        """Whether it has not ended, as far as is known now."""
        ...

    async def ended(self) -> Exit:
        """Return once the host has ended. May be awaited often, and cancelled."""
        ...

    def stop(self) -> None:
        """Ask the host to end; it is killed after its grace period. Does nothing if it has ended."""
        ...

    def kill(self) -> None:
        """End the host at once, without grace."""
        ...

    def release(self) -> None:
        """Watch the host no longer; it runs on."""
        ...


class HostLauncher(Protocol):
    """Runs hosts somewhere."""

    async def launch(self, spec: HostSpec) -> HostHandle:
        """Run the host, or find it if its folder was launched before."""
        ...

    def find(self, folder: Path) -> HostHandle | None:
        """Return the host that was launched in *folder*, running or ended; None if none ever was."""
        ...


class LocalHosts:
    """Runs each host as a process of this machine, in a session of its own."""

    async def launch(self, spec: HostSpec) -> HostHandle:
        """Run the host, or find it if its folder was launched before."""
        found = self.find(spec.folder)
        if found is not None:
            return found
        launcher.write_json(str(spec.folder / launcher.LAUNCH), _launch_json(spec))
        with open(spec.folder / "launcher.log", "ab") as log, _blocked(launcher.END_SIGNALS):
            process = subprocess.Popen(
                [sys.executable, "-I", "-S", launcher.__file__, str(spec.folder)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        return LocalHandle(spec.folder, process.pid, process)

    def find(self, folder: Path) -> HostHandle | None:
        """Return the host that was launched in *folder*, running or ended; None if none ever was."""
        record = _read_json(folder / launcher.PROCESS)
        return None if record is None else LocalHandle(folder, _living(record))


@contextmanager
def _blocked(signals: Iterable[signal.Signals]) -> Iterator[None]:
    """Block *signals* in this thread, and in the processes that it starts meanwhile."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def forget(folder: Path) -> None:
    """Make *folder* free for another launch. Its last host must have ended."""
    for name in (launcher.EXIT, launcher.PROCESS):
        (folder / name).unlink(missing_ok=True)


_given: deque[int] = deque(maxlen=256)


def free_port() -> int:
    """Return a loopback port that is free now, and that was not given to another host just before.

    Another program may take it first; a server is then started again with another one.
    """
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        if port not in _given:
            _given.append(port)
            return port


def _launch_json(spec: HostSpec) -> dict[str, Any]:
    return {
        "argv": list(spec.argv),
        "environment": dict(spec.environment),
        "working_folder": str(spec.folder),
        "grace_seconds": spec.grace_seconds,
        "max_runtime_seconds": spec.max_runtime_seconds,
        "folder_check_seconds": spec.folder_check_seconds,
    }


def _living(record: dict[str, Any]) -> int | None:
    """Return the process of a ``process.json`` if it is that very process, else None."""
    pid: int = record["pid"]
    try:
        return pid if launcher.identity(pid) == record else None
    except OSError:
        return None


def _read_json(path: Path) -> dict[str, Any] | None:
    try:
        value: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return None
    return value


class LocalHandle:
    """A launcher process of this machine, started by us or found.

    Args:
        folder: the host's folder.
        pid: of the launcher; None if it has ended.
        process: the launcher, if it is our child, which must be reaped.
    """

    def __init__(self, folder: Path, pid: int | None, process: subprocess.Popen[bytes] | None = None) -> None:
        self._folder = folder
        self._pid = pid
        self._process = process
        self._loop = asyncio.get_running_loop()
        self._end: asyncio.Future[None] = self._loop.create_future()
        self._pidfd: int | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._successor: HostHandle | None = None
        self._watch()

    @property
    def running(self) -> bool:
        """Whether it has not ended, as far as is known now."""
        return not self._end.done()

    async def ended(self) -> Exit:
        """Return once the host has ended."""
        await asyncio.shield(self._end)
        if self._successor is not None:
            return await self._successor.ended()
        record = _read_json(self._folder / launcher.EXIT)
        if record is None:
            return Exit(LOST, error=self._last_words())
        return Exit(record["cause"], record["exit_code"], record["signal"], record["error"], record["ended_at"])

    def stop(self) -> None:
        """Ask the host to end."""
        if self._successor is not None:
            self._successor.stop()
        elif not self._end.done():
            self._send(signal.SIGTERM)

    def kill(self) -> None:
        """End the host at once."""
        if self._successor is not None:
            self._successor.kill()
        elif not self._end.done():
            self._send(signal.SIGQUIT)

    def release(self) -> None:
        """Watch the host no longer."""
        if self._pidfd is not None:
            self._loop.remove_reader(self._pidfd)
            os.close(self._pidfd)
            self._pidfd = None
        if self._timer is not None:
            self._timer.cancel()
        if self._successor is not None:
            self._successor.release()
        if self._process is not None and self._process.returncode is None and self._process.poll() is None:
            self._process.returncode = 0  # it is left running on purpose: no ResourceWarning

    def _watch(self) -> None:
        if self._pid is None:
            self._end.set_result(None)
            return
        try:
            self._pidfd = os.pidfd_open(self._pid)
        except (AttributeError, OSError):
            self._look()  # no pidfd here, or it has ended just now
            return
        if self._process is None and _living(_read_json(self._folder / launcher.PROCESS) or {"pid": -1}) is None:
            self._finish()  # the number was given to another process in between
            return
        self._loop.add_reader(self._pidfd, self._finish)

    def _look(self) -> None:
        alive = (
            self._process.poll() is None
            if self._process is not None
            else _living(_read_json(self._folder / launcher.PROCESS) or {"pid": -1}) is not None
        )
        if alive:
            self._timer = self._loop.call_later(FALLBACK_TIMER_SECONDS, self._look)
        else:
            self._finish()

    def _finish(self) -> None:
        status = self._process.wait() if self._process is not None else None
        self.release()
        if status == launcher.ALREADY_LAUNCHED:
            record = _read_json(self._folder / launcher.PROCESS)
            self._successor = LocalHandle(self._folder, _living(record) if record else None)
        if not self._end.done():
            self._end.set_result(None)

    def _send(self, number: int) -> None:
        try:
            if self._pidfd is not None:
                signal.pidfd_send_signal(self._pidfd, number)
            elif self._pid is not None:
                os.kill(self._pid, number)
        except ProcessLookupError:
            pass  # it ended just now, which was the wish

    def _last_words(self) -> str | None:
        try:
            words = (self._folder / "launcher.log").read_text("utf-8", "replace").strip()
        except FileNotFoundError:
            return None
        return words[-500:] or None
