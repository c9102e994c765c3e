"""JSONPath in the dialect that AWS speaks: Jayway's, as Step Functions behaves.

A path is compiled once to a closure and called often. ``$`` is the input, ``$$`` the context object and ``$name`` a
workflow variable; each may be followed by further steps. Functions such as ``length()`` are no part of it: AWS takes
them for property names that nothing has.
"""

from __future__ import annotations

from stepfunctions.query.jsonpath.errors import PathNotFound, PathSyntaxError
from stepfunctions.query.jsonpath.path import Path, compile_path

__all__ = ["Path", "PathNotFound", "PathSyntaxError", "compile_path"]
