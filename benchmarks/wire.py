"""The local cloud against moto over the wire: latency, throughput, cold start, memory. Ratios of the same run.

The workloads are those of ``bench.py`` in the folder that ``STEPLADDER_SHARED`` names, which measures any endpoint that
speaks AWS's wire, several in one run, interleaved. This starts the two servers, each on a port and a folder of its own,
and holds the medians to the floors below. Run it alone on the machine: ``python benchmarks/wire.py [ROUNDS]``.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HOST = "127.0.0.1"
BIN = Path(sys.executable).parent
START_MAX_SECONDS = 30

FLOORS = {"a": 10, "b": 50, "c_path": 30, "f": 12}
"""How many times faster than moto each workload is to be, in the median of the rounds."""

COLD_MAX_SECONDS = 0.5
IDLE_MAX_MB = 60


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(*command: str, port: int) -> Iterator[int]:
    """Run a server until the block ends; yields its process id once it accepts connections."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        give_up_at = time.monotonic() + START_MAX_SECONDS
        while True:
            try:
                socket.create_connection((HOST, port), timeout=1).close()
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > give_up_at:
                    raise SystemExit(f"{command[0]} did not start") from None
                time.sleep(0.05)
        yield process.pid
    finally:
        process.terminate()
        process.wait()


def measure(bench: Path, rounds: int, folder: Path) -> dict[str, dict[str, object]]:
    """Return the summary of ``bench.py``: per workload, what each server did."""
    theirs, ours = free_port(), free_port()
    moto, sfn = str(BIN / "moto_server"), str(BIN / "sfn")
    report = folder / "report.json"
    with (
        serving(moto, "-H", HOST, "-p", str(theirs), port=theirs) as moto_pid,
        serving(sfn, "local", "start", "--port", str(ours), "--data", str(folder / "data"), port=ours) as our_pid,
    ):
        command = [sys.executable, str(bench), "--rounds", str(rounds), "--workloads", ",".join(FLOORS)]
        command += ["--endpoint", f"http://{HOST}:{theirs}", "--label", "moto", "--pid", str(moto_pid)]
        command += ["--endpoint", f"http://{HOST}:{ours}", "--label", "ours", "--pid", str(our_pid)]
        command += ["--moto-config", "moto", "--json", str(report)]
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    cold = folder / "cold.json"
    command = [sys.executable, str(bench), "--rounds", str(rounds), "--workloads", "k", "--json", str(cold)]
    command += ["--cold", f"moto={moto} -H {HOST} -p {{port}}"]
    command += ["--cold", f"ours={sfn} local start --port {{port}} --data {folder / 'cold'}"]
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    summary: dict[str, dict[str, object]] = json.loads(report.read_text())["summary"]
    return summary | json.loads(cold.read_text())["summary"]


def missed(summary: dict[str, dict[str, object]]) -> list[str]:
    """Return what does not reach its floor."""
    ours: dict[str, dict[str, dict[str, float]]] = {
        name: row["labels"]["ours"]  # type: ignore[index]
        for name, row in summary.items()
    }
    faults = [
        f"{name}: {ours[name]['faster_than_baseline']['median']:.1f}x moto, floor {floor}x"
        for name, floor in FLOORS.items()
        if ours[name]["faster_than_baseline"]["median"] < floor
    ]
    cold = ours["k"]["first_ok_s"]["median"]
    idle = ours["k"]["idle_mb"]["median"]
    if cold > COLD_MAX_SECONDS or idle > IDLE_MAX_MB:
        faults.append(f"k: {cold:.2f} s and {idle:.0f} MB, at most {COLD_MAX_SECONDS} s and {IDLE_MAX_MB} MB")
    return faults


def main() -> int:
    """Measure, print, and return 1 if a floor is missed."""
    shared = os.environ.get("STEPLADDER_SHARED")
    if not shared:
        print("STEPLADDER_SHARED names no folder; bench.py lies in its folder bench")
        return 2
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    with tempfile.TemporaryDirectory() as folder:
        faults = missed(measure(Path(shared) / "bench" / "bench.py", rounds, Path(folder)))
    print("\n".join(faults) or "every floor is reached")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
