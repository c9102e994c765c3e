"""What a request to the log store can meet."""

from __future__ import annotations

from stepfunctions.errors import AlreadyExists, NotFound


class NoSuchGroup(NotFound):
    """The log group does not exist."""

    def __init__(self, group: str) -> None:
        super().__init__("The specified log group does not exist.")
        self.group = group


class NoSuchStream(NotFound):
    """The log stream does not exist in its group."""

    def __init__(self, group: str, stream: str) -> None:
        super().__init__("The specified log stream does not exist.")
        self.group = group
        self.stream = stream


class GroupExists(AlreadyExists):
    """The log group exists."""

    def __init__(self, group: str) -> None:
        super().__init__("The specified log group already exists")
        self.group = group


class StreamExists(AlreadyExists):
    """The log stream exists."""

    def __init__(self, group: str, stream: str) -> None:
        super().__init__("The specified log stream already exists")
        self.group = group
        self.stream = stream
