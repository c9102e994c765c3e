"""Stand-ins for placeholders while foreign code builds a request.

The SageMaker SDK joins, checks and prints names and addresses, which a placeholder is not. So it is given an unlikely
string instead, and afterwards that string is found in the request and replaced: alone by the placeholder, inside a
longer string by ``States.Format``.
"""

from __future__ import annotations

import re
from typing import Any

from stepfunctions.inputs import Placeholder
from stepfunctions.steps.rendering import quote_string


class FormatString(Placeholder):
    """A string with placeholders in it: the intrinsic ``States.Format``."""

    def __init__(self, template: str, arguments: list[Placeholder]) -> None:
        super().__init__()
        self.template = template
        self.arguments = arguments

    def to_jsonpath(self) -> str:
        """Return the call of ``States.Format``."""
        return f"States.Format({', '.join([self.template, *(each.to_jsonpath() for each in self.arguments)])})"


class Sentinels:
    """Makes sentinels and finds them again; one object for one request."""

    _PATTERN = re.compile(r"stepladder-placeholder-(\d+)-")

    def __init__(self) -> None:
        self._values: list[Any] = []

    def stand_in(self, value: Any, *, address: bool = False) -> Any:
        """Return *value*, or a sentinel for it if the SDK would not take it.

        Args:
            value: a placeholder, or anything.
            address: it is an S3 address. The service takes ``https://`` ones too, the SDK's checks do not.
        """
        hidden = isinstance(value, Placeholder) or (address and isinstance(value, str) and value.startswith("https://"))
        if not hidden:
            return value
        self._values.append(value)
        sentinel = f"stepladder-placeholder-{len(self._values) - 1}-"
        return f"s3://{sentinel}" if address else sentinel

    def restore(self, value: Any) -> Any:
        """Return *value* with every sentinel replaced by what it stands for."""
        if isinstance(value, dict):
            return {key: self.restore(each) for key, each in value.items()}
        if isinstance(value, list | tuple):
            return [self.restore(each) for each in value]
        return self._restore_text(value) if isinstance(value, str) else value

    def _restore_text(self, text: str) -> Any:
        whole = self._PATTERN.fullmatch(text.removeprefix("s3://"))
        if whole is not None:
            return self._values[int(whole[1])]
        pieces = self._PATTERN.split(text)
        if len(pieces) == 1:
            return text
        template = "{}".join(quote_string(piece)[1:-1] for piece in pieces[::2])
        return FormatString(f"'{template}'", [self._values[int(number)] for number in pieces[1::2]])
