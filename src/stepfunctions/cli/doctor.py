"""``sfn doctor``: what is installed, what is missing, and what stands in the way."""

from __future__ import annotations

import argparse
import platform
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from typing import Any, NamedTuple

from stepfunctions.cli.main import EXIT_BAD
from stepfunctions.distributions import REMEDY, predecessor_folder
from stepfunctions.endpoints import endpoint_is_local

MARKS = {"ok": "✓", "note": "·", "bad": "✗"}

EXTRAS = {
    "local": ("uvicorn", "httptools", "orjson", "moto", "numpy", "scipy", "scikit-learn", "xgboost-cpu"),
    "notebook": ("ipython",),
    "parquet": ("pyarrow",),
}


class Finding(NamedTuple):
    """One line of the report; *grade* is a key of MARKS."""

    grade: str
    text: str


def add_parser(commands: Any) -> None:
    """Add ``sfn doctor`` to the grammar."""
    parser = commands.add_parser("doctor", help="say what is installed, what is missing and what is in the way")
    parser.set_defaults(run=_run)


def _run(given: argparse.Namespace) -> int:
    findings = list(examine())
    for grade, text in findings:
        print(f"{MARKS[grade]} {text}")
    return EXIT_BAD if any(finding.grade == "bad" for finding in findings) else 0


def examine() -> Iterator[Finding]:
    """Yield what is worth knowing about this installation."""
    from stepfunctions import __version__

    yield Finding("ok", f"stepladder {__version__} on Python {platform.python_version()} ({sys.executable})")
    yield from _predecessor()
    for extra, distributions in EXTRAS.items():
        yield _extra(extra, distributions)
    yield _sagemaker()
    yield from _xgboost()
    yield Finding(
        "note", f"AWS_ENDPOINT_URL is {'on this machine' if endpoint_is_local() else 'not set to this machine'}"
    )


def _version(distribution: str) -> str | None:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return None


def _predecessor() -> Iterator[Finding]:
    found = predecessor_folder()
    if found is not None:
        yield Finding(
            "bad",
            f"AWS's own {found.name.removesuffix('.dist-info')} is installed too. It is abandoned and shares our "
            f"package folder: the one installed last owns each file. Mend it with: {REMEDY}",
        )


def _extra(extra: str, distributions: tuple[str, ...]) -> Finding:
    missing = [each for each in distributions if _version(each) is None]
    if missing:
        return Finding("note", f"extra [{extra}]: {', '.join(missing)} missing. pip install 'stepladder[{extra}]'")
    return Finding("ok", f"extra [{extra}] is complete")


def _sagemaker() -> Finding:
    installed = _version("sagemaker")
    if installed is None:
        return Finding("note", "the SageMaker SDK is not installed; steps take plain requests without it")
    return Finding("ok", f"the SageMaker SDK is version {installed}")


def _xgboost() -> Iterator[Finding]:
    if _version("xgboost") is not None and _version("xgboost-cpu") is not None:
        yield Finding("bad", "xgboost and xgboost-cpu share an import name. Keep one: pip uninstall xgboost")
