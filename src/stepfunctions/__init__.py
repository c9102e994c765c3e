"""Step Functions and SageMaker workflows from Python: in process, on one machine, on AWS.

``import stepfunctions`` is light: submodules, boto3 and the local cloud load when they are first used. The only thing
it does is to see to it that, with ``AWS_ENDPOINT_URL`` on this machine, no client goes to AWS by a hard-coded address
(see ``endpoints``), and that AWS's own distribution ``stepfunctions`` is not installed over this one.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from stepfunctions.distributions import warn_of_predecessor
from stepfunctions.endpoints import keep_on_this_machine

if TYPE_CHECKING:
    from stepfunctions import exceptions, inputs, steps, template, workflow
    from stepfunctions.local import LocalCloud
    from stepfunctions.log import set_stream_logger

__version__ = "3.0.0.dev0"

__all__ = [
    "LocalCloud",
    "__version__",
    "exceptions",
    "inputs",
    "set_stream_logger",
    "steps",
    "template",
    "workflow",
]

_SUBMODULES = frozenset({"exceptions", "inputs", "steps", "template", "workflow"})
_MEMBERS = {"LocalCloud": "stepfunctions.local", "set_stream_logger": "stepfunctions.log"}


def __getattr__(name: str) -> Any:
    if name in _SUBMODULES:
        return importlib.import_module(f"stepfunctions.{name}")
    if name in _MEMBERS:
        return getattr(importlib.import_module(_MEMBERS[name]), name)
    raise AttributeError(f"module 'stepfunctions' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)


warn_of_predecessor()
keep_on_this_machine()
