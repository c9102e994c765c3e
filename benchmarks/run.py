"""Every benchmark, one after the other. Run it alone on the machine: ``make bench``."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
BENCHMARKS = ("imports", "core", "s3", "distributed_map", "wire")


def main() -> int:
    """Run all and return how many failed."""
    failed = 0
    for name in BENCHMARKS:
        print(f"== {name}", flush=True)
        failed += subprocess.call([sys.executable, str(HERE / f"{name}.py")]) != 0
    return failed


if __name__ == "__main__":
    sys.exit(main())
