"""The 18 intrinsic functions of JSONPath states: ``States.Format('Hello {}', $.name)`` and its like.

A call is compiled once, with its arguments and nested calls, to a closure.
"""

from __future__ import annotations

from stepfunctions.query.intrinsics.intrinsic import Intrinsic, compile_intrinsic
from stepfunctions.query.intrinsics.parser import IntrinsicSyntaxError

__all__ = ["Intrinsic", "IntrinsicSyntaxError", "compile_intrinsic"]
