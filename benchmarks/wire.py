"""The local cloud against its peers over the wire: latency, throughput, cold start, memory. Ratios of the same run.

The workloads are those of ``bench.py`` in the folder that ``STEPLADDER_SHARED`` names, which measures any endpoint that
speaks AWS's wire, several in one run, interleaved. This starts moto, ministack and the local cloud, each on a port of
its own, and holds the medians of the rounds to the floors below. Run it alone on the machine:
``python benchmarks/wire.py [ROUNDS [WORKLOADS]]``. ministack is left out, and said to be, where ``make bench`` has not
installed it: it has an environment of its own (``requirements/peers.txt``).
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from servers import HOST, free_port, serving

BIN = Path(sys.executable).parent
MINISTACK = Path(__file__).parent.parent / ".venv-peers" / "bin" / "ministack"

FASTER_THAN = {
    "moto": {
        "a": 10, "b": 80, "c_path": 45, "d0": 35, "d40": 35, "e": 40, "f": 14, "g1": 6, "h": 6, "i": 25, "j": 28,
    },
    "ministack": {"a": 50, "c_jsonata": 4},
}  # fmt: skip
"""How many times faster than a peer each workload is to be, in the median of the rounds."""

LEAST = (("g", "items_per_s", 15_000),)
"""What no peer can do: at least so much, in the median of the rounds."""

MOST = (("f", "peak_mb", 160), ("k", "first_ok_s", 0.5), ("k", "idle_mb", 60))
"""At most so much, likewise."""

Runs = dict[str, dict[str, list[dict[str, Any]]]]
"""Of each workload and server, what each round measured: ``runs`` in the report of ``bench.py``."""


def serve_all(stack: ExitStack, folder: Path) -> dict[str, tuple[int, int]]:
    """Start every server that is there; return the port and process id of each."""
    ports = {name: free_port() for name in ("moto", "ours", "ministack")}
    commands = {
        "moto": [str(BIN / "moto_server"), "-H", HOST, "-p", str(ports["moto"])],
        "ours": [str(BIN / "sfn"), "local", "start", "--port", str(ports["ours"]), "--data", str(folder / "data")],
        "ministack": [str(MINISTACK)],
    }
    if not MINISTACK.exists():
        print("ministack is not measured: `make bench` installs it")
        del commands["ministack"]
    where = {"BIND_HOST": HOST, "GATEWAY_PORT": str(ports["ministack"])}
    return {
        name: (ports[name], stack.enter_context(serving(*command, port=ports[name], **where)))
        for name, command in commands.items()
    }


def run_bench(bench: Path, report: Path, *arguments: str) -> Runs:
    """Run ``bench.py``, show its table, and return what each round measured."""
    command = [sys.executable, str(bench), *arguments, "--json", str(report)]
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    runs: Runs = json.loads(report.read_text())["runs"]
    return runs


def measure(bench: Path, rounds: int, workloads: list[str], folder: Path) -> Runs:
    """Measure the servers side by side, then their cold starts."""
    runs: Runs = {}
    warm = [name for name in workloads if name != "k"]
    if warm:
        with ExitStack() as stack:
            arguments = ["--rounds", str(rounds), "--workloads", ",".join(warm), "--moto-config", "moto"]
            for name, (port, pid) in serve_all(stack, folder).items():
                arguments += ["--endpoint", f"http://{HOST}:{port}", "--label", name, "--pid", str(pid)]
            runs |= run_bench(bench, folder / "report.json", *arguments)
    if "k" in workloads:
        colds = [
            f"moto={BIN / 'moto_server'} -H {HOST} -p {{port}}",
            f"ours={BIN / 'sfn'} local start --port {{port}} --data {folder / 'cold'}",
        ]
        arguments = ["--rounds", str(rounds), "--workloads", "k"]
        runs |= run_bench(bench, folder / "cold.json", *arguments, *(f"--cold={cold}" for cold in colds))
    return runs


def median(rounds: list[dict[str, Any]], metric: str) -> float | None:
    """Return the median of *metric*; None if any round failed."""
    return statistics.median(each[metric] for each in rounds) if all(each["ok"] for each in rounds) else None


def times_faster(ours: list[dict[str, Any]], theirs: list[dict[str, Any]]) -> float | None:
    """Return the median of the ratios within each round; None if ours failed, infinity if theirs did."""
    if not all(each["ok"] for each in ours):
        return None
    metric = next(name for name in ours[0] if name != "ok")
    if not all(each["ok"] for each in theirs):
        return float("inf")
    ratios = [mine[metric] / other[metric] for mine, other in zip(ours, theirs, strict=True)]
    ratio = statistics.median(ratios)
    return 1 / ratio if metric.endswith(("_ms", "_s")) and not metric.endswith("per_s") else ratio


def faults(runs: Runs) -> Iterator[str]:
    """Yield what does not reach its floor, or exceeds its ceiling."""
    for peer, floors in FASTER_THAN.items():
        for name, floor in floors.items():
            if name not in runs or peer not in runs[name]:
                continue
            ratio = times_faster(runs[name]["ours"], runs[name][peer])
            if ratio is None or ratio < floor:
                yield f"{name}: {'failed' if ratio is None else f'{ratio:.1f}x {peer}'}, at least {floor}x"
    for name, metric, least in LEAST:
        if name in runs and ((figure := median(runs[name]["ours"], metric)) is None or figure < least):
            yield f"{name}: {metric} {figure}, at least {least}"
    for name, metric, most in MOST:
        if name in runs and ((figure := median(runs[name]["ours"], metric)) is None or figure > most):
            yield f"{name}: {metric} {figure}, at most {most}"


def main() -> int:
    """Measure, print, and return 1 if a figure is missed."""
    shared = os.environ.get("STEPLADDER_SHARED")
    if not shared:
        print("STEPLADDER_SHARED names no folder; bench.py lies in its folder bench")
        return 2
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    limited = [name for name, _, _ in (*LEAST, *MOST)]
    everything = list(dict.fromkeys([*FASTER_THAN["moto"], *FASTER_THAN["ministack"], *limited]))
    workloads = sys.argv[2].split(",") if len(sys.argv) > 2 else everything
    with tempfile.TemporaryDirectory() as folder:
        missed = list(faults(measure(Path(shared) / "bench" / "bench.py", rounds, workloads, Path(folder))))
    print("\n".join(missed) or "every figure is reached")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
