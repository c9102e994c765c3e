"""Step Functions and SageMaker workflows from Python: in process, on one machine, on AWS.

``import stepfunctions`` is light: the submodules load when they are first used.
"""

from __future__ import annotations

__version__ = "3.0.0.dev0"
