"""The seam to JSONata: ``compile(expression) -> Expression``.

JSONata is not available yet: compiling any expression says so. What stands here is what its compiler will provide.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NoReturn, Protocol

from stepfunctions.errors import UnsupportedError
from stepfunctions.values import Json


class Undefined:
    """The type of UNDEFINED."""

    def __repr__(self) -> str:
        return "UNDEFINED"

    def __bool__(self) -> bool:
        return False


UNDEFINED: Final = Undefined()
"""JSONata's "nothing", which is not null."""


class JsonataError(ValueError):
    """An expression that cannot be compiled or evaluated.

    Attributes:
        code: JSONata's code, such as ``T1006``; AWS shows it to users.
        message: JSONata's text.
        position: where in the expression, counted in characters.
    """

    def __init__(self, code: str, message: str, position: int) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.position = position


class Expression(Protocol):
    """A compiled expression."""

    def evaluate(self, bindings: Mapping[str, Json]) -> Json | Undefined:
        """Return the value, or UNDEFINED.

        Args:
            bindings: by name without ``$``; ``states`` and the workflow variables.

        Raises:
            JsonataError: the evaluation failed.
        """
        ...


def compile(expression: str) -> NoReturn:  # noqa: A001 - the seam's name in ARCHITECTURE.md, always called jsonata.compile
    """Refuse *expression*: JSONata is not available yet.

    Args:
        expression: what stands between ``{%`` and ``%}``.

    Raises:
        UnsupportedError: always.
    """
    raise UnsupportedError(
        f"JSONata is not available here yet: cannot evaluate '{{%{expression}%}}'. "
        "Use QueryLanguage JSONPath for this state, or run this state machine on AWS."
    )
