"""The command ``sfn``: its grammar, and how it ends.

Each command lives in a module of its own that is imported when it is used. Data goes to standard output, everything
else to standard error. Exit codes: 0 done; 1 the thing that was checked is bad; 2 the command cannot be carried out as
given; 130 interrupted.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

from stepfunctions.errors import StepladderError

EXIT_BAD = 1
EXIT_USAGE = 2
EXIT_INTERRUPTED = 130

COMMANDS = ("demo", "local", "validate", "graph", "doctor")

_LOCAL_EXTRA = frozenset(
    {"uvicorn", "httptools", "uvloop", "orjson", "moto", "numpy", "scipy", "sklearn", "xgboost", "werkzeug"}
)


def build_parser(names: Sequence[str] = COMMANDS) -> argparse.ArgumentParser:
    """Return the grammar of ``sfn``; every command's own module adds its part.

    Args:
        names: the commands to know. A module that is not used need not be imported.
    """
    parser = argparse.ArgumentParser(
        prog="sfn",
        description="Step Functions and SageMaker workflows: in process, on this machine, on AWS.",
        epilog="Exit codes: 0 done, 1 what was checked is bad, 2 cannot be carried out as given, 130 interrupted.",
    )
    parser.add_argument("--version", action="store_true", help="print the version and exit")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    for name in names:
        importlib.import_module(f"stepfunctions.cli.{name}").add_parser(commands)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``sfn`` and return its exit code."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    parser = build_parser(words[:1] if words[:1] and words[0] in COMMANDS else COMMANDS)
    given = parser.parse_args(words)
    if given.version:
        from stepfunctions import __version__

        print(f"sfn {__version__}")
        return 0
    if given.command is None:
        parser.print_help()
        return EXIT_USAGE
    try:
        return int(given.run(given) or 0)
    except StepladderError as error:
        return _fail(str(error))
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _LOCAL_EXTRA:
            raise
        return _fail(f"{error.name} is not installed. The local cloud needs: pip install 'stepladder[local]'")
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # The reader of our output has gone: say nothing more, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _fail(message: str) -> int:
    print(f"sfn: {message}", file=sys.stderr)
    return EXIT_USAGE
