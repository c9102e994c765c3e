"""Copies of objects of the SageMaker SDK that can be used without a trace on the user's own.

The SDK's public methods write into the object they are called on, and into what hangs on it: hyperparameters, debugger
rules, uploaded code. So the whole tree of the SDK's objects, dicts and lists is copied; what is not the SDK's (clients,
functions, arrays) is shared. On the way every placeholder is replaced by its sentinel.

Nothing of the SDK is imported: its objects are recognised by the module of their class.
"""

from __future__ import annotations

import copy
from enum import Enum
from typing import Any

from stepfunctions.steps.sentinels import Sentinels

PACKAGE = "sagemaker"
_PRIVATE = "__pydantic_private__"


def is_a(value: object, *classes: str) -> bool:
    """Return whether *value* is an instance of one of these classes, named with their modules."""
    return any(f"{base.__module__}.{base.__qualname__}" in classes for base in type(value).__mro__)


def is_sdk_object(value: object) -> bool:
    """Return whether one of the classes of *value* is the SageMaker SDK's."""
    return any(base.__module__.partition(".")[0] == PACKAGE for base in type(value).__mro__)


class Copier:
    """Copies one tree of objects; what occurs twice in it is copied once.

    Args:
        sentinels: stand in for the placeholders in it.
        sessions: what takes the place of a session, by the ``id`` of the session.
    """

    def __init__(self, sentinels: Sentinels, sessions: dict[int, Any]) -> None:
        self._sentinels = sentinels
        self._copies: dict[int, Any] = dict(sessions)
        # What was copied is kept alive, so that no other object is given its id in the meantime.
        self._originals: list[Any] = []

    def copy(self, value: Any, attribute: str = "") -> Any:
        """Return the copy of *value*, which is in an attribute of this name."""
        if id(value) in self._copies:
            return self._copies[id(value)]
        if isinstance(value, dict):
            made = self._remember(value)
            made.update({name: self.copy(each, str(name)) for name, each in value.items()})
            return made
        if type(value) in (list, tuple, set):
            return type(value)(self.copy(each, attribute) for each in value)
        if is_sdk_object(value) and hasattr(value, "__dict__") and not isinstance(value, Enum | type):
            made = self._remember(value)
            vars(made).update({name: self.copy(each, name) for name, each in vars(value).items()})
            private = getattr(made, _PRIVATE, None)
            if private is not None:
                private.update({name: self.copy(each, name) for name, each in private.items()})
            return made
        return self._sentinels.stand_in_for(attribute, value)

    def _remember(self, value: Any) -> Any:
        """Return a shallow copy that stands for *value* from now on, also inside itself."""
        made = self._copies[id(value)] = copy.copy(value)
        self._originals.append(value)
        return made
