"""The ResultWriter of a Map state: files in the local S3, or the state's result.

Without a resource the result is the outputs of the children that succeeded, in the order of the items; what OutputType
JSONL then makes of it (here: one text of lines), and whether a failure that was tolerated shows there, is not verified
against AWS. Nor are the texts of States.ResultWriterFailed, and what AWS makes of a Prefix that ends in a slash.

Source: AWS Developer Guide, "ResultWriter (Map)".
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, Final

from stepfunctions.core.failures import data_limit_exceeded
from stepfunctions.engine.items import ChildResult, ItemsFailed, ResultRequest
from stepfunctions.errors import RequestError, StoreError, UnsupportedError
from stepfunctions.integrations.results.records import COMPACT, NONE, texts_of
from stepfunctions.query.failure import Failure
from stepfunctions.values import PAYLOAD_MAX_BYTES, Json, dumps, loads

if TYPE_CHECKING:
    from stepfunctions.s3.objects import ObjectStore

RESULT_WRITER_FAILED: Final = "States.ResultWriterFailed"

_FIELDS: Final = ("Bucket", "ExpectedBucketOwner", "Prefix")
_SUCCEEDED: Final = "SUCCEEDED"
_PENDING: Final = "PENDING"
_FAILED: Final = "FAILED"
"""The kind of file for every other status too: timed out, aborted."""
_TURN_COUNT: Final = 200
"""How many outcomes are passed before the event loop has its turn."""


class S3Results:
    """An ``engine.items.ResultSink`` on an object store.

    Args:
        store: returns the objects, or raises UnsupportedError; called when they are needed.
    """

    def __init__(self, store: Callable[[], ObjectStore]) -> None:
        self._store = store

    async def write(self, request: ResultRequest, results: Iterable[ChildResult]) -> Json:
        """Return the state's result; see ``ResultSink.write``."""
        if request.resource is None:
            return await _state_result(request, results)
        bucket, folder = _destination(request)
        try:
            key = await _export(request, results, self._store(), bucket, folder)
        except (RequestError, StoreError, UnsupportedError) as error:
            raise _writer_failed(f"{error} (S3://{bucket}/{folder})") from error
        return {"MapRunArn": request.map_run_arn, "ResultWriterDetails": {"Bucket": bucket, "Key": key}}


def _writer_failed(cause: str) -> ItemsFailed:
    return ItemsFailed(Failure(RESULT_WRITER_FAILED, cause))


def _destination(request: ResultRequest) -> tuple[str, str]:
    """Return the bucket, and the folder in it, for the files of this run."""
    arguments: Any = request.arguments
    if not isinstance(arguments, dict):
        raise _writer_failed("the ResultWriter has no Parameters or Arguments: give it at least Bucket")
    for name in arguments:
        if name not in _FIELDS:
            raise _writer_failed(f"the ResultWriter's {name} is not supported, but only {', '.join(_FIELDS)}")
    bucket, prefix = arguments.get("Bucket"), arguments.get("Prefix", "")
    if not isinstance(bucket, str) or not bucket:
        raise _writer_failed("the ResultWriter's Bucket must be a text")
    if not isinstance(prefix, str):
        raise _writer_failed("the ResultWriter's Prefix must be a text")
    owner = arguments.get("ExpectedBucketOwner", request.account)
    if owner != request.account:
        raise _writer_failed(f"Access Denied: the bucket belongs to {request.account}, not to {owner}")
    run = request.map_run_arn.rpartition(":")[2]
    prefix = prefix.removesuffix("/")
    return bucket, f"{prefix}/{run}/" if prefix else f"{run}/"


async def _export(
    request: ResultRequest, results: Iterable[ChildResult], store: ObjectStore, bucket: str, path: str
) -> str:
    """Write the files of a run and their manifest; return the manifest's key.

    The outcomes are passed once for every kind of file that there is: nearly always once.
    """
    from stepfunctions.integrations.results.files import LAYOUTS, Folder

    store.head_bucket(bucket)
    folder = Folder(store, bucket, path)
    layout = LAYOUTS[request.config.get("OutputType", "JSON")]
    transformation = request.config.get("Transformation", NONE)
    seen: dict[str, None] = {}
    files: dict[str, list[Json]] = {_FAILED: [], _PENDING: [], _SUCCEEDED: []}
    for kind in (_SUCCEEDED, _PENDING, _FAILED):
        if kind == _SUCCEEDED or kind in seen:
            async with aclosing(_elements(results, kind, transformation, seen)) as elements:
                files[kind] = await folder.write_files(kind, elements, layout)
    manifest = {"DestinationBucket": bucket, "MapRunArn": request.map_run_arn, "ResultFiles": files}
    return await folder.write_manifest(dumps(manifest))


async def _elements(
    results: Iterable[ChildResult], kind: str, transformation: str, seen: dict[str, None]
) -> AsyncGenerator[str, None]:
    """Yield the elements of the outcomes of one *kind*; note in *seen* which kinds there are."""
    for number, result in enumerate(results):
        found = result.status if result.status in (_SUCCEEDED, _PENDING) else _FAILED
        seen[found] = None
        if found == kind:
            for text in texts_of(result, transformation):
                yield text
        if number % _TURN_COUNT == 0:
            await asyncio.sleep(0)


async def _state_result(request: ResultRequest, results: Iterable[ChildResult]) -> Json:
    """Return the result of a state that writes no files, as soon as it is known whether AWS takes so large a one."""
    texts: list[str] = []
    size = 1
    transformation = request.config.get("Transformation", COMPACT)
    async with aclosing(_elements(results, _SUCCEEDED, transformation, {})) as elements:
        async for text in elements:
            texts.append(text)
            size += len(text.encode("utf-8", "surrogatepass")) + 1
            if size > PAYLOAD_MAX_BYTES:
                raise ItemsFailed(data_limit_exceeded(request.state))
    if request.config.get("OutputType") == "JSONL":
        return "".join(f"{text}\n" for text in texts)
    return loads(f"[{','.join(texts)}]")
