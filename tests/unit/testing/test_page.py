"""docs/testing.md: every snippet runs, and every test in it holds."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from stepfunctions import testing

PAGE = (Path(__file__).parents[3] / "docs" / "testing.md").read_text("utf-8")
SNIPPETS = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def _tests() -> dict[str, Callable[[], None]]:
    """Return the tests of the page by name, with the whole page's snippets around each."""
    names: dict[str, Any] = {"__name__": "docs.testing"}
    for snippet in SNIPPETS:
        exec(compile(snippet, "docs/testing.md", "exec"), names)
    return {
        name: each for name, each in names.items() if name.startswith("test_") and each.__module__ == "docs.testing"
    }


TESTS = _tests()


@pytest.mark.parametrize("name", TESTS)
def test_a_test_of_the_page_holds(name: str) -> None:
    TESTS[name]()


def test_every_test_of_the_page_is_run() -> None:
    assert list(TESTS) == re.findall(r"^def (test_\w+)\(", PAGE, re.MULTILINE)


def test_every_word_of_the_test_rung_is_on_the_page() -> None:
    records = {"Answer", "TaskCall", "StateTest", "VirtualChild", "VirtualExecution"}  # what the words return
    assert [name for name in testing.__all__ if name not in records and name not in PAGE] == []


def test_every_setting_of_a_mock_is_on_the_page() -> None:
    settings = {
        setting
        for word in (testing.succeeds, testing.fails, testing.never)
        for setting, parameter in inspect.signature(word).parameters.items()
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY
    }
    assert {setting for setting in settings if f"{setting}=" not in PAGE} == set()
