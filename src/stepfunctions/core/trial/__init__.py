"""TestState in the core: one state, tried once, on its own.

``trial`` is the interpreter of it, ``around`` what stands around the state; ``mock``, ``mocked`` and ``mocked_map`` are
what stands in for its work, and ``inspection`` is what is seen of its data on the way.
"""

from __future__ import annotations

from stepfunctions.core.trial.mock import Mock
from stepfunctions.core.trial.trial import Conditions, Trial, TrialEnd

__all__ = ["Conditions", "Mock", "Trial", "TrialEnd"]
