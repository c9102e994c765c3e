"""Where a Distributed Map's items come from and where its results go: the seam between Map Runs and the world.

The engine asks an ``ItemSource`` for the items that an ItemReader names, page by page, and hands a ``ResultSink`` the
outcomes of the children for a ResultWriter. It knows neither S3 nor any format: both are given to it.

Source: AWS Developer Guide, "ItemReader", "ResultWriter"; States Language, "Map State".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from stepfunctions.query.failure import Failure
from stepfunctions.values import Instant, Json


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRequest:
    """What a Distributed Map's ItemReader asks for; it stays the same for all pages of one reading.

    Args:
        key: identifies the reading (the Map Run's ARN and redrive count): a source may keep a reader open under it.
        resource: ``arn:PARTITION:states:::s3:getObject`` or ``...:listObjectsV2``.
        arguments: rendered Parameters or Arguments: ``{"Bucket", "Key" | "Prefix"?, "VersionId"?,
            "ExpectedBucketOwner"?}``, with values of whatever type the definition's paths led to.
        config: rendered ReaderConfig: ``{"InputType"?, "CSVHeaderLocation"?, "CSVHeaders"?, "CSVDelimiter"?,
            "ItemsPointer"?, "ManifestType"?, "Transformation"?, "MaxItems"?}``. MaxItems is an integer here, whichever
            field it came from; the source applies it: absent or 0 is no limit, a negative one fails.
        account: of the execution.
        region: of the execution.
    """

    key: str
    resource: str
    arguments: Json
    config: Json
    account: str
    region: str


@dataclass(frozen=True, slots=True)
class ItemPage:
    """The next items.

    Args:
        items: in order; empty only if nothing follows.
        is_last: nothing follows.
        source: ``S3://bucket/key`` or ``S3://bucket``, for ``$$.Map.Item.Source``; the same for all items of the page.
        is_object: the items are the ``[key, value]`` pairs of an object.
    """

    items: tuple[Json, ...]
    is_last: bool
    source: str
    is_object: bool = False


class ItemsFailed(Exception):
    """Items cannot be read, or results not written, and the state fails with ``failure``.

    Args:
        failure: for instance ``States.ItemReaderFailed`` with AWS's text.
    """

    def __init__(self, failure: Failure) -> None:
        super().__init__(f"{failure.error}: {failure.cause}")
        self.failure = failure


class ItemSource(Protocol):
    """Reads the items that an ItemReader names. Called on the event loop's thread, once at a time for one key."""

    async def read(self, request: ItemRequest, position: int, count_max: int, bytes_max: int) -> ItemPage:
        """Return items from *position* (from 0) on: at most *count_max*.

        No more are added once their JSON text exceeds *bytes_max*; there is at least one unless nothing follows.
        Sequential reads are cheap, since the reader stays open under ``request.key``; any other position, as after a
        restart, reads from the start and skips. Memory is flat however large the object is.

        Raises:
            ItemsFailed: what the ItemReader names is not there, or is not what ReaderConfig says.
        """

    async def close(self, key: str) -> None:
        """Let go of what is kept open under *key*, if anything is. Called however the reading ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildResult:
    """One child execution that has ended or never started: the fields of the record in a result file.

    Args:
        execution_arn: None for one that never started.
        name: likewise.
        state_machine_arn: with the Map's label.
        status: ``SUCCEEDED``, ``FAILED``, ``TIMED_OUT``, ``ABORTED`` or ``PENDING``.
        input: JSON text.
        output: JSON text, of one that succeeded.
        error: of one that failed.
        cause: likewise.
        started_at: None for one that never started.
        stopped_at: likewise.
        redrive_count: of the child.
        redrive_status: ``REDRIVABLE``, ``NOT_REDRIVABLE`` or ``REDRIVABLE_BY_MAP_RUN``.
        redrive_status_reason: None where the child is redrivable.
    """

    execution_arn: str | None
    name: str | None
    state_machine_arn: str
    status: str
    input: str
    output: str | None
    error: str | None
    cause: str | None
    started_at: Instant | None
    stopped_at: Instant | None
    redrive_count: int
    redrive_status: str
    redrive_status_reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultRequest:
    """What a Map state's ResultWriter asks for.

    Args:
        map_run_arn: of the run; its last part names the folder of the files.
        state: the name of the Map state, for the error of a result that is too large.
        resource: ``arn:PARTITION:states:::s3:putObject``; None where nothing is written and the state's result is all
            (no ResultWriter, or one with WriterConfig alone).
        arguments: rendered Parameters or Arguments: ``{"Bucket", "Prefix"?}``; None without a resource.
        config: WriterConfig: ``{"Transformation"?, "OutputType"?}``; ``{}`` if it is not given.
        account: of the execution.
        region: of the execution.
    """

    map_run_arn: str
    state: str
    resource: str | None
    arguments: Json
    config: Json
    account: str
    region: str


class ResultSink(Protocol):
    """Makes the result of a Map state of its children's outcomes. Called on the event loop's thread."""

    async def write(self, request: ResultRequest, results: Iterable[ChildResult]) -> Json:
        """Return the state's result.

        With a resource, ``manifest.json`` and the ``SUCCEEDED_n``, ``FAILED_n`` and ``PENDING_n`` files are written
        first, in flat memory, and the result is ``{"MapRunArn", "ResultWriterDetails": {"Bucket", "Key"}}``. Writing
        again, as after a crash, replaces the same keys. Without one it is the outputs of the children that succeeded,
        in order, formatted as WriterConfig says.

        Args:
            request: where and how.
            results: in the order of the items; they can be iterated over again, and are read from the store meanwhile,
                page by page, so that a sink should let the event loop go on from time to time.

        Raises:
            ItemsFailed: States.ResultWriterFailed; or States.DataLimitExceeded, as soon as a result without resource
                exceeds 256 KiB.
        """
