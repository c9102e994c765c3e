"""Whatever the definition and however its tasks go: both drivers tell the same story, and no crash changes it."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from definitions import INPUT, definitions, examples
from drivers import DurableRun, Script, in_virtual_time
from hypothesis import assume, given
from hypothesis import strategies as st

from stepfunctions.asl.parse import parse
from stepfunctions.core.history import HistoryEvent
from stepfunctions.core.interpreter import Interpreter
from stepfunctions.core.program import compile as compile_program
from stepfunctions.engine.journal import decode

JOURNAL = "SELECT entry FROM journal WHERE id < 2 << 32 ORDER BY id"  # of the first execution, not of its children
RUN = re.compile(r"(:mapRun:[^:\"]*):[-0-9a-f]{36}")
DEFINITIONS = definitions(entropic=False)
SCRIPTS = st.integers(0, 2**32 - 1).map(Script)
DISTURBANCES = st.lists(st.sampled_from((None, None, "crash", "restart", "evict")), max_size=12)


def told(record: Any, history: list[Any]) -> list[Any]:
    """Return how an execution ended and what its history says, as plain JSON, without what differs: names of runs."""
    said = json.dumps([record.status, record.error, record.cause, history])
    answer: list[Any] = json.loads(RUN.sub(r"\1:RUN", said))
    return answer


def expected(definition: Any, script: Script) -> list[Any]:
    execution = in_virtual_time(definition, INPUT, script)
    return told(execution, execution.history)


@examples(60)
@given(DEFINITIONS, SCRIPTS, DISTURBANCES)
def test_both_drivers_give_the_same_history_whatever_is_done_to_the_engine(
    definition: Any, script: Script, disturbances: list[str | None]
) -> None:
    async def live() -> None:
        durable = DurableRun(definition, INPUT, script)
        record = await durable.to_end(lambda step: disturbances[step] if step < len(disturbances) else None)
        assert told(record, durable.history()) == expected(definition, script)
        assert replayed(durable) == stored(durable)
        await durable.close()

    asyncio.run(live())


@examples(50)
@given(DEFINITIONS, SCRIPTS, DISTURBANCES)
def test_a_redrive_goes_on_alike_on_both_drivers(
    definition: Any, script: Script, disturbances: list[str | None]
) -> None:
    def disturb(step: int) -> str | None:
        return disturbances[step] if step < len(disturbances) else None

    execution = in_virtual_time(definition, INPUT, script)
    assume(execution.status not in ("SUCCEEDED", "RUNNING"))
    again = execution.redrive()

    async def live() -> None:
        durable = DurableRun(definition, INPUT, script)
        await durable.to_end(disturb)
        record = await durable.redriven_to_end(disturb)
        assert told(record, durable.history()) == told(again, again.history)
        assert replayed(durable) == stored(durable)
        await durable.close()

    asyncio.run(live())


def stored(durable: DurableRun) -> list[HistoryEvent]:
    rows = durable.database.read(JOURNAL, ())
    return [event for (entry,) in rows for event in decode(entry)[1]]


def replayed(durable: DurableRun) -> list[HistoryEvent]:
    """Return what an interpreter says that is told the journal again."""
    interpreter = Interpreter(compile_program(parse(durable.definition)))
    rows = durable.database.read(JOURNAL, ())
    heard = [pair for (entry,) in rows for pair in decode(entry)[0]]
    return [event for told, ambient in heard for event in interpreter.handle(told, ambient).history]


@examples(40)
@given(DEFINITIONS, SCRIPTS, st.integers(1, 12), st.sampled_from(("before", "middle", "after")))
def test_a_store_that_dies_at_any_commit_loses_and_doubles_nothing(
    definition: Any, script: Script, dies_at: int, mode: str
) -> None:
    async def live(path: Path) -> None:
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)  # Died comes out of callbacks
        durable = DurableRun(definition, INPUT, script, path=path, dies_at=dies_at, mode=mode)
        record = await durable.to_end()
        assert told(record, durable.history()) == expected(definition, script)
        assert replayed(durable) == stored(durable)
        await durable.close()

    with TemporaryDirectory() as folder:
        asyncio.run(live(Path(folder, "store.db")))
