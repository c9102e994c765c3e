"""A crash between any two writes loses no child of a Map Run, doubles none, and tells every end to its parent once.

As in ``test_crash_points``: one calm life, then one with a death at each commit. Children that end at once, that wait,
that work and that fail; items from a reader in several pages; results through a writer; a second Map of batches for
EXPRESS children; then a redrive of what had failed.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

import pytest
from tests.property.test_crash_points import ARN, MODES, PLAIN, Life, work

from stepfunctions.engine.engine import Engine
from stepfunctions.engine.handler import TaskHandler
from stepfunctions.engine.items import ChildResult, ItemPage, ItemRequest, ResultRequest
from stepfunctions.values import Json, dumps

ITEMS = list(range(7))


def each(execution_type: str, states: Json, **fields: Json) -> Json:
    processor = {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": execution_type},
        "StartAt": next(iter(states)),
        "States": states,
    }
    return {"Type": "Map", "ItemProcessor": processor, **fields}


def leads_to(number: int, state: str) -> Json:
    return {"Variable": "$", "NumericEquals": number, "Next": state}


MACHINE: Json = {
    "StartAt": "Orders",
    "States": {
        "Orders": each(
            "STANDARD",
            {
                "Kind": {
                    "Type": "Choice",
                    "Choices": [leads_to(1, "Nap"), leads_to(3, "Work"), leads_to(4, "Last"), leads_to(6, "Nap")],
                    "Default": "Done",
                },
                "Nap": {"Type": "Wait", "Seconds": 7, "Next": "Done"},
                **work("Work"),
                **work("Last"),
                "Done": {"Type": "Pass", "End": True},
            },
            Label="orders",
            MaxConcurrency=2,
            ItemReader={"Resource": "arn:aws:states:::s3:getObject", "Parameters": {"Bucket": "b", "Key": "k"}},
            ResultWriter={"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket": "b"}},
            Next="Batches",
        ),
        "Batches": each(
            "EXPRESS",
            {"Count": {"Type": "Pass", "Parameters": {"n.$": "States.ArrayLength($.Items)"}, "End": True}},
            Label="batches",
            ItemsPath="$.outputs",
            ItemBatcher={"MaxItemsPerBatch": 2},
            End=True,
        ),
    },
}


class Shelf:
    """Where items come from and results go, which outlives every crash: two items a page, one result."""

    async def read(self, request: ItemRequest, position: int, count_max: int, bytes_max: int) -> ItemPage:
        await asyncio.sleep(0)
        page = tuple(ITEMS[position : position + 2])
        return ItemPage(page, position + 2 >= len(ITEMS), "S3://b/k")

    async def close(self, key: str) -> None:
        """Nothing is open."""

    async def write(self, request: ResultRequest, results: Iterable[ChildResult]) -> Json:
        await asyncio.sleep(0)
        return {"outputs": [json.loads(each.output) for each in results if each.output is not None]}


class MapLife(Life):
    """The life of an execution with Map Runs."""

    definition = dumps(MACHINE)
    shelf = Shelf()

    def make_engine(self) -> Engine:
        def resolve(resource: str) -> TaskHandler | None:
            return self.outside if resource == PLAIN else None

        return Engine(
            self.database,
            resolve,
            clock=lambda: self.now,
            entropy=self.entropy.bits,
            item_source=self.shelf,
            result_sink=self.shelf,
        )

    async def see(self) -> tuple[list[Json], list[Json]]:
        """Run the execution to its end; return its history, and its runs with every child and its history."""
        await self.run_to_end()
        history = list(self.engine.history(ARN, limit=1000).items)
        runs, names = [], {}
        for number, run in enumerate(reversed(self.engine.map_runs.list(ARN).items)):
            names[run.map_run_arn] = f"RUN {number}"
            children = reversed(self.engine.map_runs.children(run.map_run_arn, limit=1000).items)
            counts = asdict(self.engine.map_runs.describe(run.map_run_arn).item_counts)
            runs.append({"status": run.status, "counts": counts, "children": (kept := [])})
            for position, child in enumerate(children):
                record = self.engine.describe(child.execution_arn)
                names[child.name] = f"CHILD {number}.{position}"
                types = [event["type"] for event in self.engine.history(child.execution_arn).items]
                kept.append([record.status, child.item_count, record.input, record.output, types])
        text = json.dumps([[{**event, "timestamp": 0} for event in history], runs])
        for name, stands_for in names.items():
            text = text.replace(name, stands_for)
        await self.close()
        told, seen = json.loads(text)
        return told, seen


async def test_a_crash_at_any_commit_loses_no_child_and_doubles_none(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)  # Died comes out of callbacks
    calm = MapLife(tmp_path / "calm.db", None, "")
    expected = await calm.see()
    commits = calm.database.commits
    assert [event["type"] for event in expected[0]][-1] == "ExecutionSucceeded"
    assert [len(run["children"]) for run in expected[1]] == [7, 4]
    assert commits > 10
    for number in range(1, commits + 1):
        for mode in MODES:
            life = MapLife(tmp_path / f"{number}-{mode}.db", number, mode)
            died = life.database
            found = await life.see()
            where = f"death {mode} commit {number}"
            assert died.dead, where
            assert found == expected, where
            assert len({run.effect_id for run in life.outside.runs}) == 3, where
