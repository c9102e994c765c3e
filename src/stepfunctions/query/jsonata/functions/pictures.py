"""Numbers by picture: ``$formatNumber``.

Source: XPath Functions 3.1, ``fn:format-number``; JSONata 2.0.6 where it differs.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any, Final

from stepfunctions.query.jsonata.errors import Fault
from stepfunctions.query.jsonata.functions.integers import regular_interval
from stepfunctions.query.jsonata.functions.memo import remembered
from stepfunctions.query.jsonata.functions.rounding import round_half_even
from stepfunctions.query.jsonata.numbers import js_text
from stepfunctions.query.jsonata.operations import double
from stepfunctions.query.jsonata.values import UNDEFINED

_DEFAULTS: Final = {
    "decimal-separator": ".", "grouping-separator": ",", "exponent-separator": "e", "minus-sign": "-",
    "percent": "%", "per-mille": "‰", "zero-digit": "0", "digit": "#", "pattern-separator": ";",
}  # fmt: skip
_CONTEXT: Final = Context(prec=1000, rounding=ROUND_HALF_UP)


class _Signs:
    """The characters that mean something in a picture."""

    def __init__(self, options: tuple[tuple[str, str], ...]) -> None:
        signs = {**_DEFAULTS, **dict(options)}
        self.decimal, self.grouping = signs["decimal-separator"], signs["grouping-separator"]
        self.exponent, self.minus = signs["exponent-separator"], signs["minus-sign"]
        self.percent, self.per_mille = signs["percent"], signs["per-mille"]
        self.zero, self.digit, self.pattern = signs["zero-digit"], signs["digit"], signs["pattern-separator"]
        first = ord(self.zero[0]) if self.zero else 0x30
        self.digits = [chr(first + index) for index in range(10)]
        self.active = {*self.digits, self.decimal, self.exponent, self.grouping, self.digit, self.pattern}

    def count(self, text: str, optional: bool = False) -> int:
        """Return how many digits, and optional ones if asked, are in *text*."""
        return sum(sign in self.digits or (optional and sign == self.digit) for sign in text)


@dataclass(frozen=True, slots=True)
class _Parts:
    """A sub-picture cut into its parts; ``exponent`` is None if it has none."""

    whole: str
    prefix: str
    suffix: str
    active: str
    mantissa: str
    exponent: str | None
    integer: str
    fraction: str


@dataclass(frozen=True, slots=True)
class _Layout:
    """What a sub-picture asks for."""

    picture: str
    prefix: str
    suffix: str
    integer_groups: list[int]
    regular: int
    fraction_groups: list[int]
    integer_min: int
    scaling: int
    fraction_min: int
    fraction_max: int
    exponent_min: int


def format_number(value: Any, picture: Any, options: Any) -> Any:
    """Return *value* as *picture* asks."""
    if value is UNDEFINED or picture is UNDEFINED:
        return UNDEFINED
    given = () if options is UNDEFINED else tuple((name, str(sign)) for name, sign in options.items())
    signs, layouts = _analysed(picture, given)
    if len(layouts) == 1:
        layout, sign = layouts[0], "" if value >= 0 else signs.minus
    else:
        layout, sign = layouts[0 if value >= 0 else 1], ""
    return sign + layout.prefix + _written(double(value), layout, signs) + layout.suffix


@remembered
def _analysed(picture: str, options: tuple[tuple[str, str], ...]) -> tuple[_Signs, list[_Layout]]:
    signs = _Signs(options)
    pictures = picture.split(signs.pattern) if signs.pattern else [picture]
    if len(pictures) > 2:
        raise Fault("D3080")
    parts = [_cut(each, signs) for each in pictures]
    for each in parts:
        _validate(each, signs)
    return signs, [_layout(each, signs) for each in parts]


def _cut(picture: str, signs: _Signs) -> _Parts:
    places = [at for at, sign in enumerate(picture) if sign in signs.active and sign != signs.exponent]
    if not places:
        # JavaScript fails here without a code; AWS, for one, answers with this one.
        raise Fault("D3086" if picture else "D3085")
    prefix, suffix = picture[: places[0]], picture[places[-1] + 1 :]
    active = picture[len(prefix) : len(picture) - len(suffix)]
    exponent_at = picture.find(signs.exponent, len(prefix))
    mantissa, exponent = active, None
    if exponent_at >= 0 and exponent_at <= len(picture) - len(suffix):
        mantissa, exponent = active[:exponent_at], active[exponent_at + 1 :]
    integer, point, fraction = mantissa.partition(signs.decimal)
    return _Parts(picture, prefix, suffix, active, mantissa, exponent, integer, fraction if point else suffix)


def _validate(parts: _Parts, signs: _Signs) -> None:
    """Fail with the last of the rules that the sub-picture breaks."""
    whole, integer, fraction, exponent = parts.whole, parts.integer, parts.fraction, parts.exponent
    point = whole.find(signs.decimal)
    scaled = signs.percent in whole or signs.per_mille in whole
    first_optional, last_optional = integer.find(signs.digit), fraction.rfind(signs.digit)
    rules = (
        ("D3081", whole.count(signs.decimal) > 1),
        ("D3082", whole.count(signs.percent) > 1),
        ("D3083", whole.count(signs.per_mille) > 1),
        ("D3084", signs.percent in whole and signs.per_mille in whole),
        ("D3085", signs.count(parts.mantissa, optional=True) == 0),
        ("D3086", any(sign not in signs.active for sign in parts.active)),
        ("D3087", point >= 0 and signs.grouping in (whole[point - 1 : point], whole[point + 1 : point + 2])),
        ("D3088", point < 0 and integer[-1:] == signs.grouping),
        ("D3089", signs.grouping * 2 in whole),
        ("D3090", first_optional >= 0 and signs.count(integer[:first_optional]) > 0),
        ("D3091", last_optional >= 0 and signs.count(fraction[last_optional:]) > 0),
        ("D3092", bool(exponent) and scaled),
        ("D3093", exponent is not None and (not exponent or signs.count(exponent) < len(exponent))),
    )
    broken = [code for code, breaks in rules if breaks]
    if broken:
        raise Fault(broken[-1])


def _groups(part: str, integer: str, signs: _Signs, to_left: bool) -> list[int]:
    """Return how many digits lie to the right (to the left in a fraction) of each grouping separator."""
    positions: list[int] = []
    at = part.find(signs.grouping) if signs.grouping else -1
    while at >= 0:
        positions.append(signs.count(part[:at] if to_left else part[at:], optional=True))
        # JSONata goes on in the integer part whichever part it started with.
        at = integer.find(signs.grouping, at + 1)
    return positions


def _layout(parts: _Parts, signs: _Signs) -> _Layout:
    integer_groups = _groups(parts.integer, parts.integer, signs, to_left=False)
    integer_min = scaling = signs.count(parts.integer)
    fraction_min, fraction_max = signs.count(parts.fraction), signs.count(parts.fraction, optional=True)
    has_exponent = parts.exponent is not None
    if integer_min == 0 and fraction_max == 0:
        if has_exponent:
            fraction_min = fraction_max = 1
        else:
            integer_min = 1
    if has_exponent and integer_min == 0 and signs.digit in parts.integer:
        integer_min = 1
    if integer_min == 0 and fraction_min == 0:
        fraction_min = 1
    return _Layout(
        picture=parts.whole,
        prefix=parts.prefix,
        suffix=parts.suffix,
        integer_groups=integer_groups,
        regular=regular_interval(integer_groups) if 0 not in integer_groups else 0,
        fraction_groups=_groups(parts.fraction, parts.integer, signs, to_left=True),
        integer_min=integer_min,
        scaling=scaling,
        fraction_min=fraction_min,
        fraction_max=fraction_max,
        exponent_min=signs.count(parts.exponent or ""),
    )


def _written(value: float, layout: _Layout, signs: _Signs) -> str:
    if signs.percent in layout.picture:
        value *= 100
    elif signs.per_mille in layout.picture:
        value *= 1000
    exponent: int | None = None
    if layout.exponent_min:
        value, exponent = _scaled(value, layout.scaling)
    text = _digits(round_half_even(value, layout.fraction_max), layout.fraction_max, signs)
    text = _grouped(_padded(text, layout, signs), layout, signs)
    if signs.decimal not in layout.picture or text.endswith(signs.decimal):
        text = text[:-1]
    if exponent is not None:
        digits = _digits(exponent, 0, signs).rjust(layout.exponent_min, signs.zero)
        text += signs.exponent + (signs.minus if exponent < 0 else "") + digits
    return text


def _scaled(value: float, scaling: int) -> tuple[float, int]:
    """Return mantissa and exponent; JSONata would scale zero and negative numbers for ever."""
    high, low, exponent = 10.0**scaling, 10.0 ** (scaling - 1), 0
    if value == 0 or math.isinf(value):
        return value, exponent
    while abs(value) < low:
        value *= 10
        exponent -= 1
    while abs(value) > high:
        value /= 10
        exponent += 1
    return value, exponent


def _digits(value: float, places: int, signs: _Signs) -> str:
    """Return the number without its sign, with *places* decimals, in the picture's digits."""
    if abs(value) >= 1e21:
        text = js_text(abs(value))
    else:
        exact = Decimal(abs(double(value))).quantize(Decimal(1).scaleb(-min(places, 100)), context=_CONTEXT)
        text = format(exact, "f")
    if signs.zero == "0":
        return text
    return "".join(signs.digits[int(sign)] if sign in "0123456789" else sign for sign in text)


def _padded(text: str, layout: _Layout, signs: _Signs) -> str:
    text = text.replace(".", signs.decimal, 1) if "." in text else text + signs.decimal
    if signs.zero:
        while text.startswith(signs.zero):
            text = text.removeprefix(signs.zero)
        while text.endswith(signs.zero):
            text = text.removesuffix(signs.zero)
    point = text.find(signs.decimal)
    left = max(0, layout.integer_min - point)
    right = max(0, layout.fraction_min - (len(text) - point - 1))
    return signs.zero * left + text + signs.zero * right


def _grouped(text: str, layout: _Layout, signs: _Signs) -> str:
    point = text.find(signs.decimal)
    if layout.regular > 0:
        for group in range(1, (point - 1) // layout.regular + 1):
            text = _inserted(text, point - group * layout.regular, signs.grouping)
    else:
        for position in layout.integer_groups:
            text = _inserted(text, point - position, signs.grouping)
            point += 1
    point = text.find(signs.decimal)
    for position in layout.fraction_groups:
        text = _inserted(text, position + point + 1, signs.grouping)
    return text


def _inserted(text: str, at: int, sign: str) -> str:
    return text[:at] + sign + text[at:]
