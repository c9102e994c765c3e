"""Logging: a library's quiet by default, one coloured stream on request."""

from __future__ import annotations

import logging
import sys

_COLOURS = {
    logging.DEBUG: "\x1b[38;5;244m",
    logging.INFO: "\x1b[32m",
    logging.WARNING: "\x1b[33m",
    logging.ERROR: "\x1b[31m",
    logging.CRITICAL: "\x1b[31;1m",
}
_RESET = "\x1b[0m"

logger = logging.getLogger("stepfunctions")
logger.addHandler(logging.NullHandler())


class _ColouredFormatter(logging.Formatter):
    """``[LEVEL] message``, coloured by level."""

    def format(self, record: logging.LogRecord) -> str:
        colour = _COLOURS.get(record.levelno, "")
        return f"{colour}[{record.levelname}] {super().format(record)}{_RESET if colour else ''}"


def set_stream_logger(level: int = logging.INFO) -> None:
    """Send the package's log to standard output, in colours. Calling it again changes the level only.

    Args:
        level: the lowest level shown, such as ``logging.DEBUG``.
    """
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(_ColouredFormatter("%(message)s"))
    logger.handlers = [handler]
    logger.propagate = False
    logger.setLevel(level)
