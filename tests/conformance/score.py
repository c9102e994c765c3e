"""How many recordings hold, area by area: what ``docs/conformance.md`` publishes, counted by the tests' own replay."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from replay import Replay
from test_jsonata_suite import NOT_ON_AWS, failures, suite
from tests.wire_server import ACCOUNT, WireServer
from unsupported import reason

CONCURRENCY = 8
SUITE = "JSONata 2.0.6"


@dataclass
class Score:
    """One area: its cases by what became of them.

    Args:
        area: the name of its file of recordings.
        kinds: how many cases of each kind it has.
        passed: how many answered as AWS did.
        excepted: case to the reason why it cannot hold.
        different: the cases that answered otherwise, with how.
    """

    area: str
    kinds: Counter[str] = field(default_factory=Counter)
    passed: int = 0
    excepted: dict[str, str] = field(default_factory=dict)
    different: dict[str, list[str]] = field(default_factory=dict)

    @property
    def cases(self) -> int:
        """How many cases there are."""
        return sum(self.kinds.values())


def areas(folder: Path) -> dict[str, list[Any]]:
    """Return the recorded cases by area."""
    files = sorted((folder / "conformance").glob("*.json"))
    return {path.stem: json.loads(path.read_text())["cases"] for path in files}


def recordings(folder: Path, only: Collection[str] = ()) -> list[Score]:
    """Replay the recordings over the wire and return the score of every area, or of those in *only*."""
    with TemporaryDirectory() as data, WireServer(Path(data)) as server, ThreadPoolExecutor(CONCURRENCY) as pool:
        client = server.client()

        def found(case: Any) -> list[str]:
            try:
                return Replay(client, case, ACCOUNT, server.mock_config).run()
            except Exception as error:
                return [f"{type(error).__name__}: {error}"]

        scores = []
        for area, cases in areas(folder).items():
            if only and area not in only:
                continue
            score = Score(area, Counter(case["kind"] for case in cases))
            score.excepted = {case["id"]: why for case in cases if (why := reason(case)) is not None}
            replayed = [case for case in cases if case["id"] not in score.excepted]
            for case, differences in zip(replayed, pool.map(found, replayed), strict=True):
                if differences:
                    score.different[case["id"]] = differences
                else:
                    score.passed += 1
            scores.append(score)
    return scores


def jsonata(folder: Path) -> Score:
    """Return the score of the official JSONata suite."""
    groups, datasets = suite(folder)
    score = Score(SUITE, Counter({"expression": sum(map(len, groups.values()))}))
    for name, group in sorted(groups.items()):
        if name in NOT_ON_AWS:
            score.excepted |= {case["id"]: "$eval, which AWS does not have" for case in group}
            continue
        wrong = {each.partition(": ")[0]: [each] for each in failures(group, datasets)}
        score.different |= wrong
        score.passed += len(group) - len(wrong)
    return score
