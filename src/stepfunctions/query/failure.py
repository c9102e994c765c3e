"""An ASL failure: data that Retry and Catch route, and the exception that carries it out of a query."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Failure:
    """How a state failed, as the Amazon States Language sees it.

    Args:
        error: an error name, such as ``States.Runtime``; None where a caller gave none.
        cause: a human-readable text; None where a caller gave none.
    """

    error: str | None
    cause: str | None


class QueryFailed(Exception):
    """A query could not be answered. Raised by compiled queries, caught at the border of the state that asked.

    ``failure.cause`` is AWS's text without the prefix ``An error occurred while executing the state ...``, which
    only the interpreter can write.
    """

    def __init__(self, error: str, cause: str) -> None:
        super().__init__(f"{error}: {cause}")
        self.failure = Failure(error, cause)
