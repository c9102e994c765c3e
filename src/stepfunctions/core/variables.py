"""What workflow variables may weigh: one variable, one Assign, and all of an execution together.

Theory. What all variables weigh together is counted only when it may be too much: a bound is kept that grows with every
Assign and never shrinks, and the frames are walked when it exceeds the limit; then the bound is what was counted. So an
Assign costs nothing that grows with the number of frames. The bound is in no snapshot: a restored execution counts anew
at its next Assign.

Source: AWS Developer Guide, "Passing data between states with variables", limits. The error and its text are not
verified against AWS.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from stepfunctions.core.failures import DATA_LIMIT_EXCEEDED
from stepfunctions.core.frame import Frame
from stepfunctions.query.failure import Failure
from stepfunctions.values import PAYLOAD_MAX_BYTES, Json, dumps, size_bytes

if TYPE_CHECKING:
    from stepfunctions.core.execution import Execution

ASSIGN_MAX_BYTES: Final = PAYLOAD_MAX_BYTES
"""AWS's limit for one variable, and for all that one Assign sets."""

EXECUTION_MAX_BYTES: Final = 10 * 1024 * 1024
"""AWS's limit for all variables of an execution."""


def excess(
    execution: Execution, frame: Frame, assigned: Mapping[str, Json], texts: Mapping[str, str]
) -> Failure | None:
    """Return what becomes of an Assign that is too large; None if it is not, and *frame* may have its variables.

    Args:
        execution: where the frame belongs.
        frame: what leaves its state.
        assigned: the variables that are about to be set.
        texts: the same as JSON.
    """
    size = sum(map(size_bytes, texts.values()))
    if size > ASSIGN_MAX_BYTES:
        return _too_large(f"The state '{frame.state.name}' assigned variables with a size")
    execution.variables_bound_bytes += size
    if execution.variables_bound_bytes > EXECUTION_MAX_BYTES:
        kept = sum(_sizes(execution.root, frozenset(assigned), frame))
        execution.variables_bound_bytes = kept + size
        if execution.variables_bound_bytes > EXECUTION_MAX_BYTES:
            return _too_large("The variables of the execution have a size")
    return None


def _too_large(what: str) -> Failure:
    return Failure(DATA_LIMIT_EXCEEDED, f"{what} exceeding the maximum number of bytes service limit.")


def _sizes(root: Frame, replaced: frozenset[str], assigning: Frame) -> Iterator[int]:
    """Yield the size of every variable under *root*, but of those that *assigning* is about to replace."""
    pending = [root]
    while pending:
        frame = pending.pop()
        outer = {} if frame.parent is None else frame.parent.variables
        for name, value in frame.variables.items():
            is_own = name not in outer or outer[name] is not value
            if is_own and not (frame is assigning and name in replaced):
                yield size_bytes(dumps(value))
        if frame.fork is not None:
            pending.extend(child for child in frame.fork.children if child is not None)
