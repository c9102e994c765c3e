"""JSONata, compiled to closures: ``compile(expression) -> Expression``.

::

    text ── lexer ── parser ── link ──> tree ── compiler ──> closures
                                          └── static: references, and what AWS refuses

JSONata 2.0.6 less ``$eval``, with AWS's own functions. Input is neither changed nor copied; results share it. Time and
chance come from the Scope of an evaluation, and its budgets are counted: evaluated again, it ends the same way.

Source: JSONata 2.0.6 (jsonata-js), to its error codes; AWS Developer Guide, "Transforming data".
"""

from __future__ import annotations

from stepfunctions.query.jsonata.errors import BOUND, JsonataError
from stepfunctions.query.jsonata.expression import Expression, compile  # noqa: A004 - the seam's name
from stepfunctions.query.jsonata.runtime import DEFAULT_LIMITS, Limits
from stepfunctions.query.jsonata.static import Static, analyse, is_expression, strip_delimiters
from stepfunctions.query.jsonata.values import UNDEFINED, Function, Undefined

__all__ = [
    "BOUND",
    "DEFAULT_LIMITS",
    "UNDEFINED",
    "Expression",
    "Function",
    "JsonataError",
    "Limits",
    "Static",
    "Undefined",
    "analyse",
    "compile",
    "is_expression",
    "strip_delimiters",
]
