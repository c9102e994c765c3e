"""A crash between any two writes starts no child execution twice and loses none: ``states:startExecution.sync``.

The child gets another name whenever it is asked for, so that only the task's effect id can tell that it is there.
"""

from __future__ import annotations

import asyncio
import json
from itertools import count
from pathlib import Path

from tests.property.test_crash_points import ARN, MODES, Life

from stepfunctions.engine.engine import Engine
from stepfunctions.engine.records import StartExecution
from stepfunctions.integrations.nested_executions import SyncHandler
from stepfunctions.values import Json

PREFIX = "arn:aws:states:us-east-1:123456789012"
CHILD = json.dumps(
    {"StartAt": "Nap", "States": {"Nap": {"Type": "Wait", "Seconds": 3, "Next": "S"}, "S": {"Type": "Succeed"}}}
)
PARENT = {
    "StartAt": "Nest",
    "States": {
        "Nest": {
            "Type": "Task",
            "Resource": "arn:aws:states:::states:startExecution.sync:2",
            "Parameters": {"StateMachineArn": f"{PREFIX}:stateMachine:child", "Input": {"n": 1}},
            "OutputPath": "$.Output",
            "End": True,
        }
    },
}


class NestedLife(Life):
    """Its one task starts a child."""

    definition = json.dumps(PARENT)
    names = count()

    def make_engine(self) -> Engine:
        handler = SyncHandler(self.call, lambda: self.engine, parses=True)
        return Engine(self.database, lambda resource: handler, clock=lambda: self.now, entropy=self.entropy.bits)

    async def call(self, operation: str, params: Json, account: str, region: str, effect_id: str) -> Json:
        """Start the child, as the API would."""
        name = f"child{next(self.names)}"
        record = await self.engine.start(
            StartExecution(
                definition=CHILD,
                execution_arn=f"{PREFIX}:execution:child:{name}",
                name=name,
                input=params["input"],
                role_arn="arn:aws:iam::123456789012:role/role",
                state_machine_arn=params["stateMachineArn"],
                state_machine_name="child",
                effect_id=effect_id,
            )
        )
        return {"executionArn": record.execution_arn, "startDate": record.started_at / 1000}

    async def ways(self) -> list[list[str]]:
        """Run the parent to its end and return the types of its history, then of each child's."""
        await self.run_to_end()
        children = self.engine.list(f"{PREFIX}:stateMachine:child").items
        arns = [ARN, *(child.execution_arn for child in children)]
        types = [[event["type"] for event in self.engine.history(arn).items] for arn in arns]
        assert self.engine.describe(ARN).output == '{"n":1}'
        await self.close()
        return types


async def test_a_crash_at_any_commit_starts_no_child_twice(tmp_path: Path) -> None:
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)  # Died comes out of callbacks
    calm = NestedLife(tmp_path / "calm.db", None, "")
    expected = await calm.ways()
    assert len(expected) == 2
    for number in range(1, calm.database.commits + 1):
        for mode in MODES:
            life = NestedLife(tmp_path / f"{number}-{mode}.db", number, mode)
            died = life.database
            assert await life.ways() == expected, f"death {mode} commit {number}"
            assert died.dead
