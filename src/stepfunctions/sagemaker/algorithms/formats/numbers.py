"""Decimal text to float32, in bulk, with the rounding of XGBoost's own text parser.

XGBoost adds the integer and the fractional part as two float32 numbers and scales by powers of ten in float32, so that
its result can differ from the nearest float32 in the last bit. Training on other bits gives other trees; this module
gives the same bits. It does not judge what is a number: callers name file and line of a token that is none.

Follows dmlc-core's ``ParseFloat``; equality is tested against XGBoost.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]
Floats = npt.NDArray[np.float32]

EXPONENT_MAX = 38
MANTISSA_MIN, MANTISSA_MAX = np.float32(1.17549435), np.float32(3.4028235)


def read_doubles(text: bytes) -> Doubles:
    """Return the white-space separated numbers of *text*.

    Raises:
        ValueError: something in it is not a number. Which one is for the caller to find.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("error", DeprecationWarning)
        try:
            numbers: Doubles = np.fromstring(text, dtype=np.float64, sep=" ")
        except DeprecationWarning as warning:
            raise ValueError(str(warning)) from warning
    return numbers


def is_number(token: bytes) -> bool:
    """Tell whether *token* is a number for the readers (``nan`` and ``inf`` are not)."""
    try:
        return bool(np.isfinite(float(token)))
    except ValueError:
        return False


def round_decimals(numbers: Doubles) -> Floats:
    """Return numbers written without an exponent as XGBoost reads them."""
    magnitude = np.abs(numbers)
    whole = np.trunc(magnitude)
    with np.errstate(invalid="ignore", over="ignore"):
        total = whole.astype(np.float32) + (magnitude - whole).astype(np.float32)
    return np.copysign(total, numbers).astype(np.float32)


def round_scientific(tokens: Iterable[bytes]) -> Floats:
    """Return numbers written with an exponent (``1.5e-05``) as XGBoost reads them."""
    parts = [token.lower().split(b"e") for token in tokens]
    mantissas = round_decimals(np.array([float(part[0]) for part in parts]))
    exponents = np.array([int(part[1]) for part in parts])
    sizes = np.minimum(np.abs(exponents), EXPONENT_MAX)
    at_limit = sizes == EXPONENT_MAX
    magnitudes = np.abs(mantissas)
    # At the ends of float32's range the parser moves the mantissa to the nearest normal number: it knows no denormals.
    magnitudes = np.where(at_limit & (exponents < 0), np.maximum(magnitudes, MANTISSA_MIN), magnitudes)
    magnitudes = np.where(at_limit & (exponents > 0), np.minimum(magnitudes, MANTISSA_MAX), magnitudes)
    scales = _SCALES[sizes]
    with np.errstate(over="ignore", under="ignore"):
        scaled = np.where(exponents < 0, magnitudes / scales, magnitudes * scales)
    floats: Floats = np.copysign(scaled, mantissas).astype(np.float32)
    return floats


def _scale(exponent: int) -> np.float32:
    scale = np.float32(1)
    for factor in [np.float32(1e8)] * (exponent // 8) + [np.float32(10)] * (exponent % 8):
        scale *= factor
    return scale


_SCALES = np.array([_scale(exponent) for exponent in range(EXPONENT_MAX + 1)], dtype=np.float32)
