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

TEXT = "stepladder-placeholder-"
ADDRESS = "s3://stepladder-address-"
ROLE = "role/stepladder-role-"
"""The SDK takes a role with a slash for an ARN, and asks IAM for the ARN of any other."""

_KIND_OF = {
    **dict.fromkeys(
        (
            "output_path",
            "s3_output_path",
            "checkpoint_s3_uri",
            "code_location",
            "model_uri",
            "model_data",
            "source_dir",
        ),
        ADDRESS,
    ),
    "role": ROLE,
}
"""What the SDK's attributes of these names hold; the others hold texts."""


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

    _PATTERN = re.compile(rf"(?:{TEXT}|{ADDRESS}|{ROLE})(\d+)-")

    def __init__(self) -> None:
        self._values: list[Any] = []

    def stand_in(self, value: Any, kind: str = TEXT) -> Any:
        """Return *value*, or a sentinel for it if the SDK would not take it.

        Args:
            value: a placeholder, or anything.
            kind: what the SDK is to take it for. The service takes ``https://`` addresses too, the SDK's checks do not.
        """
        hidden = isinstance(value, Placeholder) or (
            kind == ADDRESS and isinstance(value, str) and value.startswith("https://")
        )
        if not hidden:
            return value
        self._values.append(value)
        return f"{kind}{len(self._values) - 1}-"

    def stand_in_for(self, attribute: str, value: Any) -> Any:
        """Return *value*, or a sentinel for a placeholder in an attribute of this name."""
        kind = _KIND_OF.get(attribute, TEXT)
        return self.stand_in(value, kind) if isinstance(value, Placeholder) or attribute == "model_data" else value

    def hides(self, text: str) -> bool:
        """Return whether a sentinel is in *text*."""
        return self._PATTERN.search(text) is not None

    def replaced(self, text: str, replacement: str) -> str:
        """Return *text* with *replacement* for every sentinel."""
        return self._PATTERN.sub(replacement, text)

    def restore(self, value: Any) -> Any:
        """Return a copy of *value* with every sentinel replaced by what it stands for."""
        if isinstance(value, dict):
            return {key: self.restore(each) for key, each in value.items()}
        if isinstance(value, list | tuple):
            return [self.restore(each) for each in value]
        return self._restore_text(value) if isinstance(value, str) else value

    def _restore_text(self, text: str) -> Any:
        whole = self._PATTERN.fullmatch(text)
        if whole is not None:
            return self._values[int(whole[1])]
        pieces = self._PATTERN.split(text)
        if len(pieces) == 1:
            return text
        values = [self._values[int(number)] for number in pieces[1::2]]
        if not any(isinstance(each, Placeholder) for each in values):
            return pieces[0] + "".join(f"{value}{after}" for value, after in zip(values, pieces[2::2], strict=True))
        template = quote_string(pieces[0])[1:-1]
        for value, after in zip(values, pieces[2::2], strict=True):
            template += "{}" if isinstance(value, Placeholder) else quote_string(value)[1:-1]
            template += quote_string(after)[1:-1]
        return FormatString(f"'{template}'", [each for each in values if isinstance(each, Placeholder)])
