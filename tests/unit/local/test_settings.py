"""Settings that come from the environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from stepfunctions.local.settings import MOCK_CONFIG_VARIABLES, default_mock_config


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in MOCK_CONFIG_VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("name", MOCK_CONFIG_VARIABLES)
def test_the_mock_configuration_is_named_by_the_environment(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "mocks.json")
    assert default_mock_config() == Path.cwd() / "mocks.json"


def test_there_is_no_mock_configuration_unless_it_is_named() -> None:
    assert default_mock_config() is None


def test_the_variable_of_aws_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SFN_MOCK_CONFIG", "/aws.json")
    monkeypatch.setenv("LOCALSTACK_SFN_MOCK_CONFIG", "/other.json")
    assert default_mock_config() == Path("/aws.json")
