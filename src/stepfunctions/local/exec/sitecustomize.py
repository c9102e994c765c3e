"""Runs at the start of every Python program under ``sfn local exec``; this folder comes first on its path.

It works in interpreters in which stepladder is not installed, so it loads ``endpoints.py`` by path. Then it loads the
``sitecustomize`` that this one stands before, if there is any.
"""

import importlib.machinery
import importlib.util
import os
import sys
from importlib.machinery import ModuleSpec
from types import ModuleType

_HERE = os.path.dirname(os.path.abspath(__file__))


def _load(spec: ModuleSpec, name: str) -> ModuleType:
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    if spec.loader is not None:
        spec.loader.exec_module(module)
    return module


def _keep_on_this_machine() -> None:
    path = os.path.join(os.path.dirname(os.path.dirname(_HERE)), "endpoints.py")
    spec = importlib.util.spec_from_file_location("_stepladder_endpoints", path)
    if spec is not None:
        endpoints = _load(spec, spec.name)
        endpoints.keep_on_this_machine()
        endpoints.restore_s3_input()


def _load_the_one_behind() -> None:
    elsewhere = [entry for entry in sys.path if os.path.abspath(entry or os.curdir) != _HERE]
    spec = importlib.machinery.PathFinder.find_spec("sitecustomize", elsewhere)
    if spec is not None:
        _load(spec, "sitecustomize")


_keep_on_this_machine()
_load_the_one_behind()
