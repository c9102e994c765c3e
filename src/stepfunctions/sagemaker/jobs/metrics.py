"""Metrics scraped from log lines by regular expression.

A definition's pattern is searched in each line; its first group is the value. The patterns that AWS publishes for its
own algorithms expect ``#011`` where the process prints a TAB, because syslog escaped it: each line is tried as it is
and in that form.

Source: SageMaker Developer Guide, "Define metrics using regular expressions".
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from stepfunctions.errors import InvalidRequest
from stepfunctions.values import Instant, Json


@dataclass(frozen=True, slots=True)
class MetricDefinition:
    """A name and the regular expression that finds its value.

    Args:
        literal: text that a line must hold for the expression to match; "" if that is not known. An algorithm has
            dozens of metrics, and a line few: looking for a literal first makes their cost small.
    """

    name: str
    regex: str
    literal: str = ""

    def to_json(self) -> Json:
        """Return ``{"Name": str, "Regex": str}``."""
        return {"Name": self.name, "Regex": self.regex}


class Scraper:
    """Finds the last value of each metric.

    Args:
        definitions: where two have the same name, the earlier one is tried first.
        values: what was found before a crash. Shape: ``{name: {"Value": float, "Timestamp": int}}``

    Raises:
        InvalidRequest: a pattern is not a regular expression. (AWS's own text is not known.)
    """

    def __init__(self, definitions: Iterable[MetricDefinition], values: Json = None) -> None:
        self._finders = [(each.name, each.literal, _compile(each)) for each in definitions]
        self.values: dict[str, dict[str, Json]] = dict(values or {})

    def feed(self, at: Instant, line: str) -> bool:
        """Take one log line; return whether it held a metric."""
        forms = (line, line.replace("\t", "#011")) if "\t" in line else (line,)
        if len(line) > 65_536:
            return False  # no metric is that long, and a pattern may be slow
        found = False
        for name, literal, find in self._finders:
            if literal not in line:
                continue
            value = next((value for form in forms if (value := _value(find(form))) is not None), None)
            if value is not None:
                self.values[name] = {"Value": value, "Timestamp": at}
                found = True
        return found

    def final(self) -> list[Json]:
        """Return FinalMetricDataList: ``[{"MetricName": str, "Value": float, "Timestamp": int}]``."""
        return [{"MetricName": name, **value} for name, value in self.values.items()]


Finder = Callable[[str], "re.Match[str] | None"]


def _compile(definition: MetricDefinition) -> Finder:
    try:
        pattern = re.compile(definition.regex)
        # A leading ".*" finds the same from the start of the line, without trying every other start.
        return pattern.match if definition.regex.startswith(".*") else pattern.search
    except re.error as error:
        raise InvalidRequest(
            f"The regular expression of the metric definition {definition.name!r} is not valid: {error}"
        ) from None


def _value(match: re.Match[str] | None) -> float | None:
    if match is None:
        return None
    try:
        text = match[1] if match.re.groups else match[0]
        value = float(text.partition("#011")[0])  # a greedy group takes the next metric along
    except (AttributeError, ValueError):
        return None  # the group took no part, or is no number
    return value if math.isfinite(value) else None
