"""The log lines of an algorithm's process: standard output, one line at a time, in the containers' format."""

from __future__ import annotations

import logging
import sys
import warnings
from typing import Any

logger = logging.getLogger(__name__)


def write_to_stdout() -> None:
    """Send the log to standard output as ``[2024-05-09:17:27:43:INFO] text``."""
    logging.basicConfig(
        stream=sys.stdout,
        level=logging.INFO,
        format="[%(asctime)s:%(levelname)s] %(message)s",
        datefmt="%Y-%m-%d:%H:%M:%S",
        force=True,
    )
    warnings.showwarning = _log_warning


def _log_warning(message: Warning | str, *where: Any, **more: Any) -> None:
    # A library's warning as one line, without the line of our code that it came through.
    logger.warning("%s", message)


def print_line(text: str) -> None:
    """Print one bare line at once: metrics are scraped while the job runs."""
    sys.stdout.write(text.rstrip("\n") + "\n")
    sys.stdout.flush()
