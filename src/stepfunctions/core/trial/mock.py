"""What stands in for the work of a state that is tested.

Source: AWS API reference, MockInput, TestStateConfiguration.
"""

from __future__ import annotations

from dataclasses import dataclass

from stepfunctions.core import routing
from stepfunctions.core.execution import Execution
from stepfunctions.core.frame import Frame
from stepfunctions.query.failure import Failure
from stepfunctions.values import Json, Payload


@dataclass(frozen=True, slots=True, kw_only=True)
class Mock:
    """What stands in for a state's work.

    Args:
        result: of the work, if it succeeds.
        failure: how it fails; None if it succeeds.
        failed_iterations: how many iterations of a Map have failed; None if nobody says.
        items: what a Map's ItemReader reads, after its ItemsPointer: an array, or an object for its members; None if
            nobody says.
    """

    result: Json = None
    failure: Failure | None = None
    failed_iterations: int | None = None
    items: list[Json] | dict[str, Json] | None = None


def answer(execution: Execution, frame: Frame, mock: Mock) -> None:
    """Have the state that *frame* stands on end as *mock* says."""
    if mock.failure is None:
        frame.state.finish(execution, frame, Payload(mock.result))
    else:
        routing.fail(execution, frame, mock.failure)
