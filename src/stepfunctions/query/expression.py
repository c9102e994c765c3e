"""Text that is a path or a call of an intrinsic function, as ErrorPath, CausePath and ``"key.$"`` take it."""

from __future__ import annotations

from typing import TypeAlias

from stepfunctions.query.intrinsics import Intrinsic, compile_intrinsic
from stepfunctions.query.jsonpath import Path, compile_path

Expression: TypeAlias = Path | Intrinsic
"""Called with (data, scope); has ``text``, ``variables`` and ``read``."""


def compile_expression(text: str) -> Expression:
    """Return *text* as a compiled path if it starts with ``$``, else as a compiled call.

    Raises:
        PathSyntaxError: a path that is none.
        IntrinsicSyntaxError: neither a path nor a call of an intrinsic function.
    """
    return compile_path(text) if text.startswith("$") else compile_intrinsic(text)
