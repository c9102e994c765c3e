"""What is nested deeper than Python's stack is refused, and crashes nothing."""

from __future__ import annotations

from typing import Any

import pytest

from stepfunctions.query.failure import QueryFailed
from stepfunctions.query.intrinsics import compile_intrinsic
from stepfunctions.query.jsonpath import PathSyntaxError, compile_path
from stepfunctions.query.template import TemplateSyntaxError, compile_template

DEPTH = 20_000


def deep_list() -> Any:
    value: Any = 1
    for _ in range(DEPTH):
        value = [value]
    return value


def test_a_filter_is_refused() -> None:
    with pytest.raises(PathSyntaxError, match="parentheses"):
        compile_path("$[?" + "(" * DEPTH + "@.a" + ")" * DEPTH + "]")


def test_a_template_is_refused() -> None:
    with pytest.raises(TemplateSyntaxError, match="deeply nested"):
        compile_template(deep_list(), "Parameters")


def test_an_argument_fails_the_call(scope: Any) -> None:
    with pytest.raises(QueryFailed, match="nested too deeply"):
        compile_intrinsic("States.Format('{}', $)")(deep_list(), scope)


def test_a_descent_goes_as_deep_as_the_value(scope: Any) -> None:
    assert len(compile_path("$..*")(deep_list(), scope)) == DEPTH
