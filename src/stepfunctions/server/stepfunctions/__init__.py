"""The AWS Step Functions API: a registry of state machines in front of the engine.

One file per noun of the API. Not here: running anything (``engine``), judging a definition (``asl``), the wire
(``server/protocols``).
"""

from stepfunctions.server.stepfunctions.service import StepFunctions

__all__ = ["StepFunctions"]
