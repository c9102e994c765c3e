"""Function signatures such as ``<s-nn?:s>``: which arguments a function takes, and what stands in for missing ones.

The return type is not looked at, as in JSONata. Which arguments match depends on their types alone, so the answer is
worked out once for each combination of types and remembered.

Source: JSONata 2.0.6, "Function signature syntax".
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from stepfunctions.query.jsonata.errors import Fault
from stepfunctions.query.jsonata.values import UNDEFINED, Array, Function, NonFinite

_PLURALS: Final = {
    "a": "arrays", "b": "booleans", "f": "functions", "n": "numbers", "o": "objects", "s": "strings",
}  # fmt: skip
_PATTERNS: Final = {
    **{letter: f"[{letter}m]" for letter in "snblo"},
    "a": "[asnblfom]", "f": "f", "j": "[asnblom]", "x": "[asnblfom]",
}  # fmt: skip
_ITEM_TYPES: Final = {str: "s", int: "n", float: "n", NonFinite: "n", bool: "b", type(None): "l"}
_REMEMBERED: Final = 256

Arguments = list[Any]
Fit = Callable[[Arguments, Any], Arguments]
"""From the arguments given and the context value to the arguments meant."""


class _Parameter:
    __slots__ = ("context", "pattern", "plain_pattern", "subtype", "type")

    def __init__(self, type_: str, pattern: str) -> None:
        self.type = type_
        self.pattern = pattern
        self.plain_pattern = pattern
        self.context = False
        self.subtype: str | None = None


def symbol(value: Any) -> str:
    """Return the letter of the type of *value*; ``m`` for a missing one."""
    letter = _ITEM_TYPES.get(type(value))
    if letter is not None:
        return letter
    if isinstance(value, list):
        return "a"
    if isinstance(value, dict):
        return "o"
    return "f" if isinstance(value, Function) else "m"


class Signature:
    """A parsed signature.

    Attributes:
        text: as written.
        takes_context: a missing argument may be replaced by the context value.
        count: how many parameters there are.
        fits: what ``fit`` has answered, by the types of the arguments.
    """

    __slots__ = ("_parameters", "_pattern", "count", "fits", "takes_context", "text")

    def __init__(self, text: str) -> None:
        """Parse *text*, from ``<`` to ``>``.

        Raises:
            Fault: S0401 or S0402, with the offset as position.
        """
        self.text = text
        self._parameters = _parse(text)
        self._pattern = re.compile("^" + "".join(f"({each.pattern})" for each in self._parameters) + "$")
        self.takes_context = any(each.context for each in self._parameters)
        self.count = len(self._parameters)
        self.fits: dict[tuple[type, ...], Fit | None] = {}

    def fit(self, types: tuple[type, ...], arguments: Arguments) -> Fit | None:
        """Return how arguments of these types are brought into form; None if they stay as they are.

        Raises:
            Fault: T0410: they do not match.
        """
        try:
            return self.fits[types]
        except KeyError:
            made = self._fit(arguments)
            if len(self.fits) < _REMEMBERED:
                self.fits[types] = made
            return made

    def validate(self, arguments: Arguments, context: Any) -> Arguments:
        """Return the arguments meant.

        Raises:
            Fault: T0410, T0411 or T0412.
        """
        made = self.fit(tuple(map(type, arguments)), arguments)
        return arguments if made is None else made(arguments, context)

    def _fit(self, arguments: Arguments) -> Fit | None:
        supplied = "".join(map(symbol, arguments))
        match = self._pattern.match(supplied)
        if match is None:
            raise self._mismatch(arguments, supplied)
        actions: list[Callable[[Any, int], Any] | None] = []
        for parameter, given in zip(self._parameters, match.groups(), strict=True):
            if given == "":
                actions.append(_from_context(parameter) if parameter.context else None)
            else:
                actions.extend(_argument(parameter, letter, given) for letter in given)
        if not any(actions) and len(actions) == len(arguments):
            return None
        return _fitter(actions)

    def _mismatch(self, arguments: Arguments, supplied: str) -> Fault:
        pattern, good = "^", 0
        for parameter in self._parameters:
            pattern += parameter.pattern
            match = re.match(pattern, supplied)
            if match is None:
                break
            good = match.end()
        value = arguments[good] if good < len(arguments) else UNDEFINED
        return Fault("T0410", value=value, index=good + 1)


def _parse(text: str) -> list[_Parameter]:
    parameters: list[_Parameter] = []
    previous = _Parameter("", "")
    position = 1
    while position < len(text) and text[position] != ":":
        letter = text[position]
        if letter in _PATTERNS:
            previous = _Parameter(letter, _PATTERNS[letter])
            parameters.append(previous)
        elif letter == "-":
            previous.context = True
            previous.plain_pattern = previous.pattern
            previous.pattern += "?"
        elif letter in "?+":
            previous.pattern += letter
        elif letter == "(":
            end = _closing(text, position, "(", ")")
            choice = text[position + 1 : end]
            if "<" in choice:
                raise Fault("S0402", position, value=choice)
            previous = _Parameter(f"({choice})", "[" + re.sub(r"[^a-z]", "", choice) + "m]")
            parameters.append(previous)
            position = end
        elif letter == "<":
            if previous.type not in ("a", "f"):
                raise Fault("S0401", position, value=previous.type or UNDEFINED)
            end = _closing(text, position, "<", ">")
            previous.subtype = text[position + 1 : end]
            position = end
        position += 1
    for parameter in parameters:
        # Two marks after one letter, as in "n?+", mean nothing; JavaScript would refuse them one by one.
        parameter.pattern = re.sub(r"\][?+]*([?+])$", r"]\1", parameter.pattern)
        parameter.pattern = re.sub(r"^f[?+]*([?+])$", r"f\1", parameter.pattern)
    return parameters


def _closing(text: str, start: int, opening: str, closing: str) -> int:
    depth, position = 1, start
    while position < len(text):
        position += 1
        sign = text[position : position + 1]
        if sign == closing:
            depth -= 1
            if depth == 0:
                break
        elif sign == opening:
            depth += 1
    return position


class _Context:
    """Puts the context value in the place of a missing argument."""

    __slots__ = ("_pattern",)

    def __init__(self, parameter: _Parameter) -> None:
        self._pattern = re.compile(parameter.plain_pattern or "")

    def __call__(self, context: Any, index: int) -> Any:
        if self._pattern.match(symbol(context)):
            return context
        raise Fault("T0411", value=context, index=index)


def _from_context(parameter: _Parameter) -> Callable[[Any, int], Any]:
    return _Context(parameter)


def _argument(parameter: _Parameter, letter: str, given: str) -> Callable[[Any, int], Any] | None:
    if parameter.type != "a" or letter == "m":
        return None
    subtype = parameter.subtype
    kind = _PLURALS.get(subtype or "", UNDEFINED)
    if letter == "a":
        return None if subtype is None else _items_checker(subtype[:1], kind)
    if subtype is not None and given != subtype:

        def refuse(value: Any, index: int) -> Any:
            raise Fault("T0412", value=value, index=index, type=kind)

        return refuse
    return lambda value, index: Array((value,))


def _items_checker(letter: str, kind: Any) -> Callable[[Any, int], Any]:
    types = tuple(each for each, its in _ITEM_TYPES.items() if its == letter)
    fast = frozenset(types)

    def check(values: Any, index: int) -> Any:
        if values is UNDEFINED:
            return values
        if set(map(type, values)) <= fast or all(symbol(value) == letter for value in values):
            return values
        raise Fault("T0412", value=values, index=index, type=kind)

    return check


def _fitter(actions: list[Callable[[Any, int], Any] | None]) -> Fit:
    def fit(arguments: Arguments, context: Any) -> Arguments:
        fitted: Arguments = []
        at = 0
        for action in actions:
            if isinstance(action, _Context):
                fitted.append(action(context, at + 1))
                continue
            value = arguments[at] if at < len(arguments) else UNDEFINED
            at += 1
            fitted.append(value if action is None else action(value, at))
        return fitted

    return fit
