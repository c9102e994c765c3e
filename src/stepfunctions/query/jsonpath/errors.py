"""What can go wrong with a JSONPath: its text, when compiled; its target, when called."""

from __future__ import annotations


class PathSyntaxError(ValueError):
    """The text is not a JSONPath.

    Attributes:
        path: the whole text.
        position: where it stops making sense, counted from 0.
    """

    def __init__(self, path: str, position: int, expected: str) -> None:
        super().__init__(f"Invalid JSONPath '{path}' at position {position}: {expected}")
        self.path = path
        self.position = position


class PathNotFound(Exception):
    """A definite path has no target in this input.

    Attributes:
        path: the path as the definition writes it.
        detail: Jayway's text, such as ``No results for path: $['X']``; AWS shows it to users.
    """

    def __init__(self, path: str, detail: str) -> None:
        super().__init__(f"{path}: {detail}")
        self.path = path
        self.detail = detail
