"""A Map Run: what the frame that stands on a Distributed Map keeps of its children, which are executions of their own.

It is bounded: counters, where the reading stands, at most some pages of items that no child has got yet, and the
positions of the children that run. What children put out never comes here.

Source: AWS Developer Guide, "Distributed Map", "Viewing Map Runs", "Setting failure thresholds".
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from functools import lru_cache
from hashlib import md5
from operator import itemgetter
from typing import Final

from stepfunctions.query.failure import Failure
from stepfunctions.values import Json

CONCURRENCY_MAX: Final = 10_000
"""What AWS runs at a time at most, and what MaxConcurrency 0 means."""

STATE_DATA: Final = "STATE_DATA"
"""The source of items that are in the state's input."""

RUNNING: Final = "RUNNING"
SUCCEEDED: Final = "SUCCEEDED"
FAILED: Final = "FAILED"
ABORTED: Final = "ABORTED"
TIMED_OUT: Final = "TIMED_OUT"

_FIRST: Final = itemgetter(0)


@dataclass(slots=True, kw_only=True)
class MapRun:
    """One Map Run.

    Attributes:
        id: unique in the execution.
        arn: of the run.
        status: AWS's.
        max_concurrency: 0 for as many as possible.
        tolerated_failure_count: None if it was not given.
        tolerated_failure_percentage: likewise.
        batch_items_max: how many items a child gets; None if items are not batched.
        batch_bytes_max: how long the input of a batch may be; None if items are not batched.
        batch_input: the text of the BatchInput; None if there is none.
        reader: ``{"resource", "arguments", "config"}``; None if the items are in the state's input.
        writer: likewise; None if there is no ResultWriter.
        items: read, and not all handed out; ``[key, value]`` pairs where they are those of an object.
        next_item: the first of ``items`` that no child has got yet.
        item_position: its position among all items.
        items_read: how many items were read.
        is_read: there are no more.
        is_reading: ReadItems is not answered yet.
        waits_for_items: the items that there are do not make the next batch.
        places: where the items come from: ``[position of the first, source as the context object shows it, whether
            they are those of an object]``, ascending; those whose items are all handed out may be gone.
        next_child: the position of the next child.
        open: the number of items of each child that runs, by position.
        succeeded: how many items were in children that succeeded.
        failed: likewise.
        timed_out: likewise.
        aborted: likewise.
        failure: why the run ends, as soon as that is known; children are being stopped.
        is_writing: WriteResults is not answered yet.
        redrive_count: how often the run was redriven.
        unfinished: of a redrive: ``[position, number of items]`` of children that are to go on.
        unfinished_after: the last position that was listed for that.
        is_listing: ListUnfinished is not answered yet.
    """

    id: str
    arn: str
    max_concurrency: int
    tolerated_failure_count: int | None
    tolerated_failure_percentage: float | None
    batch_items_max: int | None = None
    batch_bytes_max: int | None = None
    batch_input: str | None = None
    reader: dict[str, Json] | None = None
    writer: dict[str, Json] | None = None
    status: str = RUNNING
    items: list[Json] = field(default_factory=list)
    next_item: int = 0
    item_position: int = 0
    items_read: int = 0
    is_read: bool = True
    is_reading: bool = False
    waits_for_items: bool = False
    places: list[list[Json]] = field(default_factory=list)
    next_child: int = 0
    open: dict[int, int] = field(default_factory=dict)
    succeeded: int = 0
    failed: int = 0
    timed_out: int = 0
    aborted: int = 0
    failure: Failure | None = None
    is_writing: bool = False
    redrive_count: int = 0
    unfinished: list[list[int]] = field(default_factory=list)
    unfinished_after: int = -1
    is_listing: bool = False

    @property
    def room(self) -> int:
        """How many more children may run now."""
        return min(self.max_concurrency or CONCURRENCY_MAX, CONCURRENCY_MAX) - len(self.open)

    @property
    def pending_items(self) -> int:
        """How many items are known that no child has got."""
        return len(self.items) - self.next_item

    @property
    def is_exhausted(self) -> bool:
        """Whether nothing is left to start, or to wait for."""
        return self.is_read and not self.pending_items and not self.open and not self.unfinished and not self.is_listing

    def take_in(self, items: Sequence[Json], source: str, *, is_object: bool, is_last: bool) -> None:
        """Add *items*, all from one place, to those that wait for a child, and let go of those that have one."""
        self.places = self.places[self._place_at(self.item_position) :] if self.items else []
        if not self.places or self.places[-1][1:] != [source, is_object]:
            self.places.append([self.items_read, source, is_object])
        self.items = [*self.items[self.next_item :], *items]
        self.next_item = 0
        self.items_read += len(items)
        self.waits_for_items = False
        self.is_read = is_last

    def place_of(self, offset: int) -> tuple[str, bool]:
        """Return where the item *offset* places after the next one comes from, and whether it is one of an object."""
        place = self.places[self._place_at(self.item_position + offset)]
        return place[1], place[2]

    def _place_at(self, position: int) -> int:
        return max(bisect_right(self.places, position, key=_FIRST) - 1, 0) if len(self.places) > 1 else 0

    def hand_out(self, count: int) -> int:
        """Give the next *count* items to a child; return its position."""
        position = self.next_child
        self.next_child += 1
        self.next_item += count
        self.item_position += count
        self.open[position] = count
        return position

    def child_ended(self, position: int, status: str) -> None:
        """Count a child, unless it does not run."""
        count = self.open.pop(position, 0)
        if status == SUCCEEDED:
            self.succeeded += count
        elif status == FAILED:
            self.failed += count
        elif status == TIMED_OUT:
            self.timed_out += count
        else:
            self.aborted += count

    def exceeds_threshold(self) -> bool:
        """Return whether more items have failed or timed out than is tolerated.

        A percentage is one of all items, so it is not held against a run that does not know how many there are.
        """
        failed = self.failed + self.timed_out
        if not failed:
            return False
        count, percentage = self.tolerated_failure_count, self.tolerated_failure_percentage
        if count is None and percentage is None:
            return True
        if count is not None and failed > count:
            return True
        return percentage is not None and self.is_read and failed * 100 > percentage * self.items_read

    def to_json(self) -> Json:
        """Return the run as a JSON object."""
        data = {each.name: getattr(self, each.name) for each in fields(self)}
        data["open"] = [list(pair) for pair in self.open.items()]
        data["failure"] = None if self.failure is None else [self.failure.error, self.failure.cause]
        return data


def map_run_from_json(data: Json) -> MapRun:
    """Return the run that ``MapRun.to_json`` wrote."""
    failure = None if data["failure"] is None else Failure(*data["failure"])
    return MapRun(**{**data, "open": dict(data["open"]), "failure": failure})


def s3_source(arguments: Json) -> str:
    """Return where an ItemReader with these Parameters or Arguments reads, as far as they say it."""
    named = arguments if isinstance(arguments, dict) else {}
    return "S3://" + "/".join(str(named[name]) for name in ("Bucket", "Key") if name in named)


def child_arn(machine_arn: str, name: str, express: bool) -> str:
    """Return the ARN of the child *name*; *machine_arn* is that of the children, with the Map's label."""
    head, _, machine = machine_arn.rpartition(":stateMachine:")
    return f"{head}:express:{machine}:{name}:{name_uuid(name)}" if express else f"{head}:execution:{machine}:{name}"


def child_name(run_arn: str, position: int) -> str:
    """Return the name of a child, in the form of a version 3 UUID, as AWS's are.

    The names of one run differ in their beginning only, which counts up: names that lie side by side are written to
    neighbouring pages of an index, where random ones dirty a page each.
    """
    first, rest = _naming(run_arn)
    return f"{(first + position) & 0xFFFFFFFF:08x}{rest}"


@lru_cache(maxsize=64)
def _naming(run_arn: str) -> tuple[int, str]:
    """Return the number that the names of a run's children count from, and how they end."""
    whole = name_uuid(run_arn)
    return int(whole[:8], 16) >> 1, whole[8:]


def name_uuid(text: str) -> str:
    """Return the version 3 UUID of *text*."""
    digest = bytearray(md5(text.encode("utf-8", "surrogatepass"), usedforsecurity=False).digest())
    digest[6] = digest[6] & 0x0F | 0x30
    digest[8] = digest[8] & 0x3F | 0x80
    digits = digest.hex()
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
