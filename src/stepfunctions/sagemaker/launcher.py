"""The program that runs one host of one job, in a session of its own: ``launcher.py FOLDER``.

It reads ``launch.json`` and starts the program named there. Everything it says goes into files of the same folder, so
that whoever started it may die and another may pick the work up where it is:

- ``process.json``: who runs here. It is linked into place before anything is started, which can succeed once only: a
  second launcher in the same folder leaves with ``ALREADY_LAUNCHED``. So a host is launched exactly once.
- ``log.txt``: each line of the program's output, after the time at which it arrived.
- ``exit.json``: how the program ended, written atomically when it has.

SIGTERM stops the program: SIGTERM to its process group, and SIGKILL once the grace period is over; SIGQUIT ends the
grace period at once. Both wait, blocked by whoever starts the launcher, until it can take them. The longest run time is
kept here too, so that it holds while nobody else is alive. A program whose folder is removed is killed: nobody can want
its result. When the program has ended, whatever it left running is killed. If the launcher itself is killed, the kernel
kills the program (Linux).

It deliberately knows nothing of SageMaker and imports nothing but light parts of the standard library: it must start
in tens of milliseconds, with no package installed.

Source: AWS SageMaker Developer Guide, "How Amazon SageMaker AI runs your training image" (the signals and the grace).
"""

from __future__ import annotations

import errno
import json
import os
import select
import signal
import subprocess
import sys
import time
from typing import Any

ALREADY_LAUNCHED = 75
"""Exit status of a launcher that found its folder taken."""

LAUNCH = "launch.json"
PROCESS = "process.json"
LOG = "log.txt"
EXIT = "exit.json"

LINE_MAX_BYTES = 256 * 1024
"""CloudWatch Logs' limit for one event; longer lines are split."""

EXITED, STOPPED, MAX_RUNTIME, NOT_STARTED = "Exited", "Stopped", "MaxRuntimeExceeded", "NotStarted"

END_SIGNALS = frozenset({signal.SIGTERM, signal.SIGQUIT})
"""What ends the program; to be blocked when the launcher is started, or they would end it before it can tell."""

_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36


def identity(pid: int) -> dict[str, Any]:
    """Return what tells process *pid* from every other one, also from a later one with the same number.

    Returns:
        Shape: ``{"pid": int, "started": str | None, "boot": str | None}``; None where the system has no /proc.

    Raises:
        OSError: there is no such process.
    """
    if not os.path.exists("/proc/self/stat"):
        os.kill(pid, 0)
        return {"pid": pid, "started": None, "boot": None}
    with open(f"/proc/{pid}/stat", "rb") as stream:
        fields = stream.read().rpartition(b")")[2].split()
    with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as stream:
        boot = stream.read().strip()
    return {"pid": pid, "started": fields[19].decode(), "boot": boot}


def write_json(path: str, value: Any) -> None:
    """Write *value* to *path* so that a reader sees all of it or nothing."""
    part = f"{path}.{os.getpid()}"
    with open(part, "w", encoding="utf-8") as stream:
        json.dump(value, stream)
    os.replace(part, path)


def claim(folder: str) -> bool:
    """Take *folder* for this process, once and for all. Return whether it was free."""
    part = os.path.join(folder, f"{PROCESS}.{os.getpid()}")
    with open(part, "w", encoding="utf-8") as stream:
        json.dump(identity(os.getpid()), stream)
    try:
        os.link(part, os.path.join(folder, PROCESS))
    except FileExistsError:
        return False
    finally:
        os.unlink(part)
    return True


class Log:
    """Cuts the program's output into lines and writes each with its time of arrival."""

    def __init__(self, path: str) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        self._rest = b""

    def feed(self, data: bytes) -> None:
        """Take the next bytes of output."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        while len(self._rest) >= LINE_MAX_BYTES:
            lines.append(self._rest[:LINE_MAX_BYTES])
            self._rest = self._rest[LINE_MAX_BYTES:]
        self._write(lines)

    def end(self) -> None:
        """Write a last line that had no end."""
        if self._rest:
            self._write([self._rest])
        self._rest = b""

    def _write(self, lines: list[bytes]) -> None:
        stamp = _timestamp(time.time()).encode()
        data = b"".join(b"%b %b\n" % (stamp, line.rstrip(b"\r")) for line in lines)
        while data:
            data = data[os.write(self._file, data) :]


def _timestamp(seconds: float) -> str:
    whole = int(seconds)
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(whole)) + f".{int((seconds - whole) * 1000):03}Z"


class Launcher:
    """One program from its start to its end.

    Args:
        folder: the host's folder.
        launch: Shape: ``{"argv": [str], "environment": {str: str}, "working_folder": str, "grace_seconds": number,
            "max_runtime_seconds": number | None, "folder_check_seconds": number}``
    """

    def __init__(self, folder: str, launch: dict[str, Any]) -> None:
        self._folder = folder
        self._launch = launch
        self._log = Log(os.path.join(folder, LOG))
        self._cause = EXITED
        self._kill_at: float | None = None
        self._program: subprocess.Popen[bytes] | None = None
        self._wakeup = os.pipe()

    def run(self) -> dict[str, Any]:
        """Run the program and return what goes into ``exit.json``.

        Returns:
            Shape: ``{"cause": str, "exit_code": int | None, "signal": int | None, "error": str | None,
            "started_at": int, "ended_at": int}``, times in milliseconds.
        """
        started_at = int(time.time() * 1000)
        self._watch_signals()
        error = self._start()
        if self._program is not None:
            self._follow(self._program)
            self._reap(self._program)
        self._log.end()
        status = self._program.returncode if self._program else None
        return {
            "cause": NOT_STARTED if error else self._cause,
            "exit_code": status if status is not None and status >= 0 else None,
            "signal": -status if status is not None and status < 0 else None,
            "error": error,
            "started_at": started_at,
            "ended_at": int(time.time() * 1000),
        }

    def _watch_signals(self) -> None:
        for end in self._wakeup:
            os.set_blocking(end, False)
        signal.set_wakeup_fd(self._wakeup[1], warn_on_full_buffer=False)
        signal.signal(signal.SIGTERM, lambda *_: self._stop(STOPPED))
        signal.signal(signal.SIGQUIT, lambda *_: self._kill())
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for ignored in (signal.SIGINT, signal.SIGHUP):
            signal.signal(ignored, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, END_SIGNALS)

    def _start(self) -> str | None:
        if self._cause != EXITED:
            return None  # it was stopped before it started
        libc = _libc()
        if libc is not None:
            libc.prctl(_PR_SET_CHILD_SUBREAPER, 1)
        try:
            self._program = subprocess.Popen(
                self._launch["argv"],
                env=self._launch["environment"],
                cwd=self._launch["working_folder"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                process_group=0,
                preexec_fn=None if libc is None else lambda: _before_program(libc),
            )
        except OSError as error:
            return f"{self._launch['argv'][0]}: {error.strerror or error}"
        if self._cause != EXITED:
            self._terminate(self._program)  # the signal came while it was being started
        return None

    def _follow(self, program: subprocess.Popen[bytes]) -> None:
        assert program.stdout is not None
        output, limit = program.stdout.fileno(), self._launch["max_runtime_seconds"]
        os.set_blocking(output, False)
        runs_out_at = None if limit is None else time.monotonic() + limit
        watched = [output, self._wakeup[0]]
        while True:
            ready, _, _ = select.select(watched, [], [], self._wait_seconds(runs_out_at))
            if output in ready and not self._drain(output):
                watched.remove(output)
            if self._wakeup[0] in ready:
                _read(self._wakeup[0])
            if program.poll() is not None:
                break
            self._keep_time(program, runs_out_at)
        if output in watched:
            self._drain(output)

    def _wait_seconds(self, runs_out_at: float | None) -> float:
        deadline = self._kill_at if self._kill_at is not None else runs_out_at
        check: float = self._launch["folder_check_seconds"]
        return check if deadline is None else min(check, max(0.0, deadline - time.monotonic()))

    def _keep_time(self, program: subprocess.Popen[bytes], runs_out_at: float | None) -> None:
        now = time.monotonic()
        if not os.path.exists(os.path.join(self._folder, PROCESS)):
            self._kill()
        if self._kill_at is not None:
            if now >= self._kill_at:
                _signal_group(program.pid, signal.SIGKILL)
                self._kill_at = now + 1
        elif runs_out_at is not None and now >= runs_out_at:
            self._stop(MAX_RUNTIME)

    def _stop(self, cause: str) -> None:
        if self._cause != EXITED:
            return
        self._cause = cause
        if self._program is not None:
            self._terminate(self._program)

    def _terminate(self, program: subprocess.Popen[bytes]) -> None:
        self._kill_at = time.monotonic() + self._launch["grace_seconds"]
        _signal_group(program.pid, signal.SIGTERM)

    def _kill(self) -> None:
        self._stop(STOPPED)
        if self._kill_at is not None:
            self._kill_at = 0.0

    def _drain(self, output: int) -> bool:
        """Take what is there; return False at the end of the output."""
        while data := _read(output):
            self._log.feed(data)
        return data is None

    def _reap(self, program: subprocess.Popen[bytes]) -> None:
        """Kill what the program left running, so that nothing outlives its job."""
        _signal_group(program.pid, signal.SIGKILL)
        for _ in range(100):  # each round may orphan further generations to us
            children = _children()
            for child in children:
                try:
                    os.kill(child, signal.SIGKILL)
                    os.waitpid(child, 0)
                except OSError:
                    pass  # it ended by itself
            if not children:
                return


def _read(file: int) -> bytes | None:
    """Return available bytes, b"" at the end, None if there is nothing now."""
    try:
        return os.read(file, 65_536)
    except BlockingIOError:
        return None


def _signal_group(pid: int, number: int) -> None:
    try:
        os.killpg(pid, number)
    except ProcessLookupError:
        pass  # all of it has ended


def _children() -> list[int]:
    try:
        with open(f"/proc/self/task/{os.getpid()}/children", encoding="ascii") as stream:
            return [int(word) for word in stream.read().split()]
    except OSError:
        return []


def _libc() -> Any:
    if sys.platform != "linux":
        return None
    import ctypes

    return ctypes.CDLL(None, use_errno=True)


def _before_program(libc: Any) -> None:
    """Between fork and exec: the program dies with its launcher, and has default signals."""
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM, signal.SIGQUIT):
        signal.signal(number, signal.SIG_DFL)


def main(arguments: list[str]) -> int:
    """Run the host whose folder is the only argument."""
    (folder,) = arguments
    with open(os.path.join(folder, LAUNCH), encoding="utf-8") as stream:
        launch = json.load(stream)
    if not claim(folder):
        return ALREADY_LAUNCHED
    try:
        write_json(os.path.join(folder, EXIT), Launcher(folder, launch).run())
    except OSError as error:
        if error.errno != errno.ENOENT:
            raise
        return 1  # the folder was removed: nobody wants the result
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
