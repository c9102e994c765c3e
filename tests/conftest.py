"""What every tier of tests shares: the folder of recordings and data, and the rule about it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

VARIABLE = "STEPLADDER_SHARED"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of recordings and data; the test is skipped without it."""
    folder = os.environ.get(VARIABLE)
    if not folder:
        pytest.skip(f"{VARIABLE} names no folder")
    return Path(folder)


@pytest.hookimpl(wrapper=True)
def pytest_sessionfinish(session: pytest.Session) -> Iterator[None]:
    """Fail the run if the folder is there and a test was skipped for want of it."""
    yield
    if os.environ.get("STEPLADDER_SHARED_REQUIRED") and os.environ.get(VARIABLE):
        reporter = session.config.pluginmanager.get_plugin("terminalreporter")
        skipped = [] if reporter is None else reporter.stats.get("skipped", [])
        missing = [report.nodeid for report in skipped if VARIABLE in str(report.longrepr)]
        if missing:
            print(f"\n{VARIABLE} is set, and yet skipped for want of it: {', '.join(missing)}")
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
