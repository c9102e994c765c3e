"""A transform job's data: splitting an object into requests, and making its output of the answers.

Pure. ``Line`` splits at newlines; ``MultiRecord`` puts as many lines into a request as MaxPayloadInMB takes,
``SingleRecord`` one. ``AssembleWith: Line`` ends each answer with a newline if it does not end with one itself (that
last detail is not verified against AWS). DataProcessing works on the records of CSV and JSON Lines.

Source: SageMaker API Reference, "TransformInput", "TransformOutput", "DataProcessing"; Developer Guide, "Associate
Prediction Results with Input Records".
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from stepfunctions.query.jsonpath import PathNotFound, PathSyntaxError, compile_path
from stepfunctions.sagemaker.errors import NotAvailable
from stepfunctions.sagemaker.jobs.failure import JobFailed
from stepfunctions.values import Json, JsonError, dumps, loads

MEBIBYTE = 1 << 20
_SPLITS = ("None", "Line")
_CSV, _JSON = ("text/csv",), ("application/json", "application/jsonlines")


@dataclass(frozen=True, slots=True)
class Batch:
    """One request: its body, and the records it was made of."""

    body: bytes
    records: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Codec:
    """How a record is read and written: ``text/csv`` as a list of texts, JSON as itself."""

    read: Callable[[bytes], Json]
    write: Callable[[Json], bytes]
    join: Callable[[Json, Json], Json]


def _read_csv(line: bytes) -> Json:
    return next(csv.reader([line.decode("utf-8")]), [])


def _write_csv(row: Json) -> bytes:
    cells = row if isinstance(row, list) else [row]
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow([each if isinstance(each, str) else dumps(each) for each in cells])
    return out.getvalue().encode()


def _join_json(given: Json, answer: Json) -> Json:
    if isinstance(given, dict):
        return {**given, "SageMakerOutput": answer}
    return {"SageMakerInput": given, "SageMakerOutput": answer}


def _read_json(line: bytes) -> Json:
    return loads(line)


def _write_json(value: Json) -> bytes:
    return dumps(value).encode()


CSV = Codec(_read_csv, _write_csv, lambda given, answer: [*given, *answer])
JSON = Codec(_read_json, _write_json, _join_json)


def check_transform(request: Json) -> None:
    """Refuse what is not available locally.

    Raises:
        NotAvailable: names the member and what to use instead.
    """
    source = request["TransformInput"]
    split = source.get("SplitType", "None")
    if split not in _SPLITS:
        raise NotAvailable(f"TransformInput.SplitType {split!r} is not available locally. Use one of: {_SPLITS}.")
    if request.get("DataCaptureConfig"):
        raise NotAvailable("CreateTransformJob: DataCaptureConfig is not available locally. Leave it out.")
    processing = request.get("DataProcessing", {})
    if _processes(processing):
        _codec(source.get("ContentType"))
        for member in ("InputFilter", "OutputFilter"):
            _filter(processing, member)


class Transformation:
    """One transform job's way with data.

    Args:
        request: CreateTransformJob, seen by ``check_transform``.
        multi_record: as many records in a request as fit; otherwise one.
        payload_max_bytes: the most that a request's body may have; None for no limit.
    """

    def __init__(self, request: Json, *, multi_record: bool, payload_max_bytes: int | None) -> None:
        source, processing = request["TransformInput"], request.get("DataProcessing", {})
        self._by_line = source.get("SplitType", "None") == "Line"
        self._multi_record = multi_record
        self._payload_max_bytes = payload_max_bytes
        self._assembles_lines = request["TransformOutput"].get("AssembleWith", "None") == "Line"
        self._codec = _codec(source.get("ContentType")) if _processes(processing) else None
        self._joins = processing.get("JoinSource", "None") == "Input"
        self._input_filter = _filter(processing, "InputFilter")
        self._output_filter = _filter(processing, "OutputFilter")

    def batches(self, stream: BinaryIO) -> Iterator[Batch]:
        """Yield the requests that an object is sent in.

        Raises:
            JobFailed: a record is too long, or cannot be read.
        """
        if not self._by_line:
            record = stream.read()
            yield self._batch([(record, self._sent(record))], end=b"")
            return
        held: list[tuple[bytes, bytes]] = []
        size = 0
        for line in stream:
            record = line.rstrip(b"\r\n")
            sent = self._sent(record)
            if held and (not self._multi_record or self._exceeds(size + len(sent) + 1)):
                yield self._batch(held)
                held, size = [], 0
            held.append((record, sent))
            size += len(sent) + 1
        if held:
            yield self._batch(held)

    def output(self, batch: Batch, answer: bytes) -> bytes:
        """Return what an answer adds to the output object.

        Raises:
            JobFailed: the answer cannot be told apart into records, or a filter finds nothing.
        """
        if self._codec is not None:
            codec, parts = self._codec, self._answers(batch, answer)
            return b"".join(
                self._processed(codec, record, part) + b"\n" for record, part in zip(batch.records, parts, strict=True)
            )
        if self._assembles_lines and not answer.endswith(b"\n"):
            return answer + b"\n"
        return answer

    def _batch(self, held: list[tuple[bytes, bytes]], end: bytes = b"\n") -> Batch:
        body = b"".join(sent + end for _, sent in held)
        if self._exceeds(len(body) - len(end)):
            raise JobFailed(
                f"ClientError: A record of {len(body)} bytes is longer than MaxPayloadInMB allows "
                f"({self._payload_max_bytes} bytes). Raise MaxPayloadInMB, or set SplitType to Line."
            )
        return Batch(body, tuple(record for record, _ in held))

    def _exceeds(self, size: int) -> bool:
        return self._payload_max_bytes is not None and size > self._payload_max_bytes

    def _sent(self, record: bytes) -> bytes:
        if self._codec is None or self._input_filter is None:
            return record
        return self._codec.write(_apply(self._input_filter, _decode(self._codec, record, "input"), "InputFilter"))

    def _answers(self, batch: Batch, answer: bytes) -> list[bytes]:
        if len(batch.records) == 1:
            return [answer.rstrip(b"\r\n")]
        lines = answer.splitlines()
        if len(lines) != len(batch.records):
            raise JobFailed(
                f"ClientError: DataProcessing needs one line of output for each record, and the algorithm answered "
                f"{len(batch.records)} records with {len(lines)} lines. Set BatchStrategy to SingleRecord."
            )
        return lines

    def _processed(self, codec: Codec, record: bytes, answer: bytes) -> bytes:
        value = _decode(codec, answer, "output")
        if self._joins:
            value = codec.join(_decode(codec, record, "input"), value)
        if self._output_filter is not None:
            value = _apply(self._output_filter, value, "OutputFilter")
        return codec.write(value)


Filter = Callable[[Json, Any], Json]


def _processes(processing: Json) -> bool:
    defaults = {"JoinSource": "None", "InputFilter": "$", "OutputFilter": "$"}
    return any(processing.get(member, default) != default for member, default in defaults.items())


def _filter(processing: Json, member: str) -> Filter | None:
    text = processing.get(member, "$")
    if text == "$":
        return None
    try:
        return compile_path(text)
    except PathSyntaxError as error:
        raise NotAvailable(f"DataProcessing.{member} {text!r} is not a JSONPath known here: {error}") from None


def _apply(path: Filter, value: Json, member: str) -> Json:
    try:
        return path(value, None)
    except PathNotFound as error:
        raise JobFailed(f"ClientError: DataProcessing.{member} found nothing in a record: {error}") from None


def _codec(content_type: str | None) -> Codec:
    media = (content_type or "").partition(";")[0].strip().lower()
    if media in _CSV:
        return CSV
    if media in _JSON:
        return JSON
    known = ", ".join((*_CSV, *_JSON))
    raise NotAvailable(f"DataProcessing of ContentType {content_type!r} is not available locally. Use one of: {known}.")


def _decode(codec: Codec, record: bytes, which: str) -> Json:
    try:
        return codec.read(record)
    except (JsonError, UnicodeDecodeError, csv.Error) as error:
        raise JobFailed(f"ClientError: Failed to parse {which} for DataProcessing: {error}") from None
