"""Every recording, replayed through boto3 against a real server on a real port; but those that unsupported.py lists."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from replay import Replay
from tests.wire_server import ACCOUNT, WireServer
from unsupported import reason

CONCURRENCY = 8

Results = dict[str, "Future[list[str]]"]


def _cases() -> list[Any]:
    folder = os.environ.get("STEPLADDER_SHARED")
    if not folder:
        return [pytest.param(None, marks=pytest.mark.skip(reason="STEPLADDER_SHARED names no folder"))]
    files = sorted((Path(folder) / "conformance").glob("*.json"))
    cases = [(path.stem, case) for path in files for case in json.loads(path.read_text())["cases"]]
    return [pytest.param(case, id=f"{name}: {case['id']}") for name, case in cases if reason(case) is None]


@pytest.fixture(scope="module")
def results(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Results]:
    """The differences of every case that was selected: they run side by side, most of their time they wait."""
    selected = [
        item.callspec.params["case"]
        for item in request.session.items
        if item.path == request.path and not item.get_closest_marker("skip")
    ]
    with WireServer(tmp_path_factory.mktemp("wire")) as server, ThreadPoolExecutor(CONCURRENCY) as pool:
        client = server.client()
        yield {case["id"]: pool.submit(Replay(client, case, ACCOUNT, server.mock_config).run) for case in selected}


@pytest.mark.shared
@pytest.mark.parametrize("case", _cases())
def test_the_wire_answers_as_aws_did(case: Any, results: Results) -> None:
    found = results[case["id"]].result()
    assert not found, "\n".join(found)
