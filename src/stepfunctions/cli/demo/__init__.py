"""``sfn demo``: the founding notebook's workflow, for real, on this machine."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any


def add_parser(commands: Any) -> None:
    """Add ``sfn demo`` to the grammar."""
    parser = commands.add_parser(
        "demo",
        help="train, save, transform, deploy and ask a model, in a local cloud of its own",
        description="Runs the founding notebook's workflow on this machine: XGBoost trains on a real dataset, the "
        "model is saved, a batch is transformed, an endpoint is deployed and asked. Nothing leaves the machine.",
    )
    parser.add_argument("--data", type=Path, metavar="FILE", help="a libsvm or csv file, label first; diabetes without")
    parser.add_argument(
        "--folder", type=Path, default=Path(".stepfunctions/demo"), help="where it is kept (%(default)s)"
    )
    parser.set_defaults(run=_run)


def _run(given: argparse.Namespace) -> int:
    from stepfunctions.cli.demo.show import run

    return run(given.data, given.folder)
