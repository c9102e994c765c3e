"""A real cloud in a process of its own, and what tests wait for."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from stepfunctions import LocalCloud
from stepfunctions.steps import FrozenGraph
from stepfunctions.workflow import Execution, Workflow

ROLE = "arn:aws:iam::000000000000:role/test"


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[LocalCloud]:
    """A local cloud on a folder of its own, which stays when the cloud is killed."""
    with LocalCloud(tmp_path / "cloud") as running:
        yield running


@pytest.fixture
def start(cloud: LocalCloud) -> Callable[..., Execution]:
    """Creates a state machine and starts an execution of it: ``start(definition, input, name=...)``."""

    def run(definition: dict[str, Any], given: Any = None, *, name: str = "machine") -> Execution:
        client = cloud.boto_session().client("stepfunctions")
        workflow = Workflow(name, FrozenGraph(definition), ROLE, client=client)
        workflow.create()
        return workflow.execute(inputs={} if given is None else given)

    return run


def again(execution: Execution, cloud: LocalCloud) -> Execution:
    """Return the same execution, asked for through a client of the restarted cloud."""
    client = cloud.boto_session().client("stepfunctions")
    return Execution(execution.workflow, execution.execution_arn, execution.start_date, "RUNNING", client=client)


def event_types(execution: Execution) -> list[str]:
    """Return the types of all events, and check that their ids have no gap and no double."""
    events = execution.list_events(max_items=25_000)
    assert [event["id"] for event in events] == list(range(1, len(events) + 1))
    return [event["type"] for event in events]


def wait_for_event(execution: Execution, kind: str) -> None:
    """Return once the history has an event of this type, or the execution has ended without one."""
    while True:
        status = execution.describe()["status"]  # asked for first: it may end while the events are read
        events = execution.list_events(max_items=25_000, reverse_order=True)
        if any(event["type"] == kind for event in events):
            return
        assert status == "RUNNING", json.dumps(events, default=str)


def kill(cloud: LocalCloud) -> None:
    """Kill the cloud's process with SIGKILL."""
    assert cloud.pid is not None
    os.kill(cloud.pid, signal.SIGKILL)
    died(cloud)


def died(cloud: LocalCloud) -> None:
    """Return once the cloud's process has died, and check that it was SIGKILL that ended it."""
    assert cloud.pid is not None
    end = os.waitid(os.P_PID, cloud.pid, os.WEXITED | os.WNOWAIT)
    assert end is not None
    assert (end.si_code, end.si_status) == (os.CLD_KILLED, signal.SIGKILL)
    cloud.kill()  # nothing is left to kill; the cloud may be started again


def processes_of(folder: Path) -> list[str]:
    """Return the command lines of all processes that work in *folder* or were told of it."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            where = os.readlink(entry / "cwd")
            command = (entry / "cmdline").read_bytes().decode("utf-8", "replace").replace("\0", " ")
        except OSError:
            continue  # it has ended just now, or is nobody's business
        if where.startswith(str(folder)) or str(folder) in command:
            found.append(command)
    return found
