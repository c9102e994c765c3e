"""``sfn graph``: a definition as a picture, in a file or in the terminal."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from stepfunctions.cli.validate import read_definition
from stepfunctions.errors import StepladderError


def add_parser(commands: Any) -> None:
    """Add ``sfn graph`` to the grammar."""
    parser = commands.add_parser("graph", help="draw a definition: SVG into a file, or text")
    parser.add_argument("definition", help="a file of Amazon States Language, or - for standard input")
    parser.add_argument("--output", "-o", type=Path, help="the SVG file; text on standard output without it")
    parser.add_argument("--landscape", action="store_true", help="from left to right")
    parser.set_defaults(run=_run)


def _run(given: argparse.Namespace) -> int:
    from stepfunctions.graph import render_svg, render_text

    text = read_definition(given.definition)
    if given.output is None:
        print(render_text(text))
    else:
        try:
            given.output.write_text(render_svg(text, portrait=not given.landscape), "utf-8")
        except OSError as error:
            raise StepladderError(f"cannot write {given.output}: {error.strerror}") from error
        print(f"wrote {given.output}", file=sys.stderr)
    return 0
