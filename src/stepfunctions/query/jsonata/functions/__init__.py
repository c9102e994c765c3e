"""The library: every function an expression can call, by name without ``$``.

``$eval`` is not among them, as on AWS.

Source: JSONata 2.0.6; AWS Developer Guide, "Transforming data", for Step Functions' own.
"""

from __future__ import annotations

from typing import Final

from stepfunctions.query.jsonata.callables import Builtin
from stepfunctions.query.jsonata.functions import (
    aws,
    collections,
    encoding,
    higher_order,
    integers,
    numeric,
    strings,
    times,
)

BUILTINS: Final[dict[str, Builtin]] = {
    builtin.name: builtin
    for module in (strings, numeric, collections, higher_order, encoding, integers, times, aws)
    for builtin in module.FUNCTIONS
}
