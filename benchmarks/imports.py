"""What ``import stepfunctions`` costs with everything public reached, beyond starting the interpreter.

Processor time, best of ten: ``python benchmarks/imports.py``. Ceiling: 0.1 s.
"""

from __future__ import annotations

import os
import subprocess
import sys

CEILING_SECONDS = 0.1
ROUNDS = 10
PUBLIC = "import stepfunctions; from stepfunctions import steps, workflow, template, inputs, exceptions"


def seconds(code: str) -> float:
    """Return the processor time of a process that runs *code*, in the best of the rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        before = os.times()
        subprocess.run([sys.executable, "-c", code], check=True)
        after = os.times()
        best = min(best, after.children_user + after.children_system - before.children_user - before.children_system)
    return best


def main() -> int:
    """Measure, print, and return 1 if the ceiling is exceeded."""
    floor = seconds("pass")
    cost = seconds(PUBLIC) - floor
    print(f"import: {cost:.3f} s beyond the interpreter's {floor:.3f} s (at most {CEILING_SECONDS} s)")
    return 1 if cost > CEILING_SECONDS else 0


if __name__ == "__main__":
    sys.exit(main())
