"""One evaluation of an indefinite path, and how far it may go.

A short path can lead to more values than there is time for: each ``..`` may multiply them. So values looked at are
counted, and a path that leads to too many fails, alike every time, rather than hold up everything else.

Source: the bound is ours; AWS's is not known.
"""

from __future__ import annotations

from typing import Final

from stepfunctions.query.failure import QueryFailed
from stepfunctions.query.scope import MANY_STEPS, Scope
from stepfunctions.values import Json

VISITS_MAX: Final = 2_000_000
"""How many values one evaluation may look at, in steps of about half a microsecond."""


class Visit:
    """One evaluation.

    Attributes:
        document: what ``$`` stands for in filters.
    """

    __slots__ = ("_left", "_text", "document")

    def __init__(self, text: str, document: Json) -> None:
        self._text = text
        self._left = VISITS_MAX
        self.document = document

    def spend(self, steps: int) -> None:
        """Account for values to be looked at.

        Raises:
            QueryFailed: they are too many.
        """
        self._left -= steps
        if self._left < 0:
            raise self._too_many()

    def end(self, scope: Scope | None) -> None:
        """Tell *scope*, if there is one, how much it was.

        Raises:
            QueryFailed: it was too much for one state.
        """
        steps = (VISITS_MAX - self._left) >> 1
        if steps > MANY_STEPS and scope is not None and not scope.spend(steps):
            raise self._too_many()

    def _too_many(self) -> QueryFailed:
        return QueryFailed("States.Runtime", f"The JSONPath '{self._text}' leads to too many values")
