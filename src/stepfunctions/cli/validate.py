"""``sfn validate``: say what AWS would say of a definition, without AWS."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from stepfunctions.cli.main import EXIT_BAD
from stepfunctions.errors import Diagnostic, StepladderError


def add_parser(commands: Any) -> None:
    """Add ``sfn validate`` to the grammar."""
    parser = commands.add_parser("validate", help="check a definition as CreateStateMachine would")
    parser.add_argument("definition", help="a file of Amazon States Language, or - for standard input")
    parser.add_argument("--express", action="store_true", help="as the definition of an EXPRESS state machine")
    parser.add_argument("--json", action="store_true", help="answer as ValidateStateMachineDefinition does")
    parser.set_defaults(run=_run)


def _run(given: argparse.Namespace) -> int:
    from stepfunctions.asl.validate import validate

    diagnostics = validate(read_definition(given.definition), express=given.express)
    failed = any(each.severity == "ERROR" for each in diagnostics)
    if given.json:
        print(json.dumps({"result": "FAIL" if failed else "OK", "diagnostics": [_shape(each) for each in diagnostics]}))
    else:
        for each in diagnostics:
            hint = f" ({each.hint})" if each.hint else ""
            print(f"{each.severity} {each.code} at {each.location or 'the document'}: {each.message}{hint}")
        if not diagnostics:
            print("ok", file=sys.stderr)
    return EXIT_BAD if failed else 0


def read_definition(source: str) -> str:
    """Return the text of a definition file; ``-`` is standard input.

    Raises:
        StepladderError: the file cannot be read.
    """
    try:
        return sys.stdin.read() if source == "-" else Path(source).read_text("utf-8")
    except OSError as error:
        raise StepladderError(f"cannot read {source}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise StepladderError(
            f"cannot read {source}: it is not UTF-8 ({error.reason} at byte {error.start})"
        ) from error


def _shape(diagnostic: Diagnostic) -> dict[str, Any]:
    shape = {"severity": diagnostic.severity, "code": diagnostic.code, "message": diagnostic.message}
    return shape if diagnostic.location is None else {**shape, "location": diagnostic.location}
