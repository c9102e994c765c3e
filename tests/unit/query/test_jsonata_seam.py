"""JSONata is not there yet, and says so."""

from __future__ import annotations

import pytest

from stepfunctions.errors import UnsupportedError
from stepfunctions.query import jsonata


def test_an_expression_is_refused_by_name_with_what_to_do_instead() -> None:
    with pytest.raises(UnsupportedError, match=r"JSONata is not available.*\{% 1 \+ 1 %\}.*JSONPath"):
        jsonata.compile(" 1 + 1 ")


def test_undefined_is_false_and_not_null() -> None:
    assert not jsonata.UNDEFINED
    assert jsonata.UNDEFINED is not None


def test_an_error_carries_its_code_and_position() -> None:
    error = jsonata.JsonataError("T1006", "Attempted to invoke a non-function", 3)
    assert (str(error), error.position) == ("T1006: Attempted to invoke a non-function", 3)
