"""Hyperparameters as a table: type, range, alias; and the check of what a user gave, with AWS's texts.

Shared by all algorithms; each has a table of its own. Rules between hyperparameters are functions of that table's
module. Values are text, as in hyperparameters.json.

Source: the texts are those of the XGBoost container's toolkit.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from stepfunctions.sagemaker.algorithms.errors import UserError


@dataclass(frozen=True)
class Interval(Container[float]):
    """A range of numbers; ``at_least`` and ``at_most`` are closed ends, ``above`` and ``below`` open ones."""

    at_least: float | None = None
    at_most: float | None = None
    above: float | None = None
    below: float | None = None

    def __contains__(self, value: object) -> bool:
        number = float(value)  # type: ignore[arg-type]
        return (
            (self.at_least is None or number >= self.at_least)
            and (self.at_most is None or number <= self.at_most)
            and (self.above is None or number > self.above)
            and (self.below is None or number < self.below)
        )

    def __str__(self) -> str:
        low = f"[{self.at_least}, " if self.at_least is not None else "(-inf, "
        high = f"{self.at_most}]" if self.at_most is not None else "+inf)"
        low = f"({self.above}, " if self.above is not None else low
        return low + (f"{self.below})" if self.below is not None else high)


Range = Container[Any] | None


@dataclass(frozen=True)
class Parameter:
    """One hyperparameter: how its text becomes a value, and which values it may have."""

    name: str
    parse: Callable[[str], Any]
    range: Range = None
    required: bool = False
    elements: Callable[[Any], Sequence[Any]] | None = None
    """For lists: the elements that must lie in the range."""

    def value(self, text: str) -> Any:
        """Return the value of *text*.

        Raises:
            UserError: it cannot be read.
        """
        try:
            return self.parse(text)
        except (ValueError, SyntaxError, TypeError) as error:
            raise UserError(
                f"Hyperparameter {self.name}: could not parse value (caused by {type(error).__name__})"
            ) from error

    def check(self, value: Any) -> None:
        """Refuse a value outside the range.

        Raises:
            UserError: AWS's text.
        """
        if self.range is None:
            return
        if self.elements is None:
            if value not in self.range:
                raise UserError(f"Hyperparameter {self.name}: {value} is not in {self.range}")
        elif any(element not in self.range for element in self.elements(value)):
            raise UserError(f"Hyperparameter {self.name}: value {value} not in range {self.range}")


def integer(name: str, *, required: bool = False, **ends: float) -> Parameter:
    """Return a whole-number hyperparameter."""
    return Parameter(name, int, Interval(**ends), required)


def real(name: str, **ends: float) -> Parameter:
    """Return a hyperparameter that is a number."""
    return Parameter(name, float, Interval(**ends))


def choice(name: str, *values: str) -> Parameter:
    """Return a hyperparameter that is one of a few words."""
    return Parameter(name, str, list(values))


def words(name: str, allowed: Range) -> Parameter:
    """Return a hyperparameter that is a comma-separated list of words."""
    return Parameter(name, lambda text: text.split(","), allowed, elements=list)


def whole_tuple(name: str, *values: int) -> Parameter:
    """Return a hyperparameter written as ``(1, -1)``."""
    return Parameter(name, _literal(tuple), list(values), elements=list)


def nested_list(name: str, **ends: float) -> Parameter:
    """Return a hyperparameter written as ``[[1, 2], [3, 4]]``."""
    return Parameter(
        name, _literal(list), Interval(**ends), elements=lambda value: [element for inner in value for element in inner]
    )


def _literal(kind: type) -> Callable[[str], Any]:
    def parse(text: str) -> Any:
        value = ast.literal_eval(text)
        if not isinstance(value, kind):
            raise ValueError(f"{text} is not a {kind.__name__}")
        return value

    return parse


@dataclass(frozen=True)
class ParameterTable:
    """Every hyperparameter of an algorithm, in the order in which they are checked."""

    parameters: Mapping[str, Parameter]
    aliases: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, *parameters: Parameter, **aliases: str) -> ParameterTable:
        """Return the table of *parameters*; *aliases* name the parameter that each stands for."""
        return cls({parameter.name: parameter for parameter in parameters}, aliases)

    def check(self, given: Mapping[str, str]) -> dict[str, Any]:
        """Return the values of what was given.

        Raises:
            UserError: a required one is missing, one is not known, one cannot be read or lies outside its range.
        """
        texts = {self.aliases.get(name, name): text for name, text in given.items()}
        for parameter in self.parameters.values():
            if parameter.required and parameter.name not in texts:
                raise UserError(f"Missing required hyperparameter: {parameter.name}")
        for name in texts:
            if name not in self.parameters:
                raise UserError(f"Extraneous hyperparameter found: {name}")
        values = {name: self.parameters[name].value(text) for name, text in texts.items()}
        for name, value in values.items():
            self.parameters[name].check(value)
        return values

    def unknown(self, given: Mapping[str, str]) -> list[str]:
        """Return the names in *given* that are not in the table."""
        return [name for name in given if self.aliases.get(name, name) not in self.parameters]
