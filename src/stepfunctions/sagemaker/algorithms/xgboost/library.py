"""Imports the xgboost library without scikit-learn and pandas, which it would import if they are installed.

They more than double the start of a process, and nothing here needs xgboost's scikit-learn classes. For whole processes
of ours only: in a process that uses those classes elsewhere they would be missing.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType

_HIDDEN = ("sklearn", "pandas")


def load() -> ModuleType:
    """Return the xgboost module, imported with scikit-learn and pandas hidden from it."""
    hidden = [name for name in _HIDDEN if name not in sys.modules]
    # None in sys.modules makes an import raise ImportError, which xgboost takes for "not installed".
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]
    try:
        return importlib.import_module("xgboost")
    finally:
        for name in hidden:
            del sys.modules[name]
