"""The data folder of a local cloud: who owns it, and where its cloud answers.

``cloud.lock`` is held for as long as a cloud runs on the folder, so two never share one; the lock goes with its
process, however that ends. ``cloud.json`` says where the cloud answers. Shape:
``{"pid": int, "url": str, "region": str, "account": str}``
"""

from __future__ import annotations

import fcntl
import json
import os
from pathlib import Path
from typing import IO, Any

from stepfunctions.errors import StoreError


class DataFolder:
    """A data folder, locked by this process.

    Raises:
        StoreError: it cannot be made or written, or another cloud runs on it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.mkdir(parents=True, exist_ok=True)
            self._lock: IO[str] = open(path / "cloud.lock", "w")  # noqa: SIM115 - held while the cloud runs
        except OSError as error:
            raise StoreError(
                f"cannot write to the data folder {path}: {error.strerror}. Choose another folder with --data."
            ) from error
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._lock.close()
            running = read_address(path) or {}
            raise StoreError(
                f"a local cloud already runs on {path} (process {running.get('pid', 'unknown')}, "
                f"{running.get('url', 'address unknown')}). Stop it with: sfn local stop --data {path}"
            ) from None
        (path / ".gitignore").write_text("*\n")

    def announce(self, **address: Any) -> None:
        """Write where the cloud answers; readers see the whole file or none."""
        partial = self.path / "cloud.json.partial"
        partial.write_text(json.dumps(address))
        partial.replace(self.path / "cloud.json")

    def close(self) -> None:
        """Withdraw the address and release the folder."""
        (self.path / "cloud.json").unlink(missing_ok=True)
        self._lock.close()


def read_address(path: Path) -> dict[str, Any] | None:
    """Return what ``cloud.json`` in *path* says, or None if no cloud runs there."""
    try:
        address: dict[str, Any] = json.loads((path / "cloud.json").read_text())
        os.kill(address["pid"], 0)
    except (OSError, ValueError, KeyError):
        return None
    return address if _is_locked(path) else None


def _is_locked(path: Path) -> bool:
    """Return whether some process holds the folder: a file left by a killed cloud proves nothing."""
    try:
        with open(path / "cloud.lock") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
