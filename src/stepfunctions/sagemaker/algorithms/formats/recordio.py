"""RecordIO-wrapped protobuf, the binary format that the built-in algorithms share: reader and writer.

A file is records, each ``magic 0xced7230a, length, payload, padding to 4 bytes`` (little-endian). A payload is AWS's
``Record`` message. Only the parts that hold numbers are read here:

    Record  { map<string, Value> features = 1; map<string, Value> label = 2; }
    Value   { Float32Tensor = 2; Float64Tensor = 3; Int32Tensor = 7 }   each: values = 1, keys = 2, shape = 3 (packed)

Labels are under "values"; a tensor with keys is sparse. Written without a protobuf library: the wire format of these
few fields is all that is needed. Byte tensors (images) and multi-part records are refused.

Source: Developer Guide, "Training Data Formats"; the published ``aialgs.data`` message definition.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from stepfunctions.sagemaker.algorithms.errors import UserError
from stepfunctions.sagemaker.algorithms.formats.table import Table

MAGIC = 0xCED7230A
_HEADER = struct.Struct("<II")
_FEATURES, _LABEL = 1, 2
_KEY, _VALUE = 1, 2
_VALUES, _KEYS, _SHAPE = 1, 2, 3
_TENSORS: Mapping[int, str] = {2: "<f4", 3: "<f8", 7: "varint"}
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5


def read_file(path: Path) -> Table:
    """Return the rows of one file.

    Raises:
        UserError: it is not RecordIO-protobuf, or a record holds what is not numbers.
    """
    table = parse(path.read_bytes(), path.name)
    if table.labels is None:
        raise UserError(
            f"Failed to load recordio-protobuf data with exception:\n{path.name}: the records have no labels"
        )
    return table


def parse(data: bytes, name: str = "request") -> Table:
    """Return the rows of *data*; labels are None unless every record has one.

    Raises:
        UserError: it is not RecordIO-protobuf.
    """
    try:
        records = [_read_record(payload) for payload in _payloads(data)]
        return _to_table(records)
    except (ValueError, IndexError, struct.error) as error:
        raise UserError(f"Failed to load recordio-protobuf data with exception:\n{name}: {error}") from error


def write_records(labels: Sequence[Mapping[str, Sequence[float]]]) -> bytes:
    """Return records that hold only labels: predictions. Each is ``{name: values}``."""
    return b"".join(_frame(_write_map(_LABEL, entry)) for entry in labels)


def write_table(table: Table) -> bytes:
    """Return the rows of *table*, as the SageMaker SDK's ``record_set`` writes them."""
    rows = []
    for at in range(table.row_count):
        row = _write_row(table.features, at)
        if table.labels is not None:
            row += _write_map(_LABEL, {"values": [float(table.labels[at])]})
        rows.append(_frame(row))
    return b"".join(rows)


def _payloads(data: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(data):
        magic, length = _HEADER.unpack_from(data, at)
        if magic != MAGIC:
            raise ValueError(f"no record starts at byte {at} (magic number {magic:#x})")
        if length >> 29:
            raise ValueError(f"the record at byte {at} has several parts, which are not supported")
        at += _HEADER.size
        if at + length > len(data):
            raise ValueError(f"the record at byte {at - _HEADER.size} is cut off")
        yield data[at : at + length]
        at += (length + 3) & ~3


def _fields(data: bytes) -> Iterator[tuple[int, Any]]:
    at = 0
    while at < len(data):
        tag, at = _read_varint(data, at)
        number, kind = tag >> 3, tag & 7
        if kind == _VARINT:
            value, at = _read_varint(data, at)
            yield number, value
        elif kind in (_FIXED32, _FIXED64):
            width = 4 if kind == _FIXED32 else 8
            yield number, data[at : at + width]
            at += width
        elif kind == _BYTES:
            length, at = _read_varint(data, at)
            if at + length > len(data):
                raise ValueError("a field is cut off")
            yield number, data[at : at + length]
            at += length
        else:
            raise ValueError(f"protobuf wire type {kind} is not known")


def _read_varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


_Tensor = tuple[Any, Any, int | None]
"""Values, keys (None when dense), and the width that a sparse one declares."""


def _read_record(payload: bytes) -> tuple[_Tensor, Any]:
    features: _Tensor | None = None
    label = None
    for number, value in _fields(payload):
        if number in (_FEATURES, _LABEL):
            entry = dict(_fields(value))
            name = entry.get(_KEY, b"").decode()
            if number == _FEATURES and name in ("values", ""):
                features = _read_value(entry[_VALUE])
            elif number == _LABEL and name in ("values", ""):
                label = _read_value(entry[_VALUE])[0][0]
    if features is None:
        raise ValueError('a record has no feature "values"')
    return features, label


def _read_value(data: bytes) -> _Tensor:
    for number, tensor in _fields(data):
        if number not in _TENSORS:
            raise ValueError("a record holds bytes, not numbers")
        kind = _TENSORS[number]
        parts: dict[int, list[Any]] = {_VALUES: [], _KEYS: [], _SHAPE: []}
        for field, value in _fields(tensor):
            parts[field].append(_numbers(value, kind if field == _VALUES else "varint"))
        values = np.concatenate([np.empty(0), *parts[_VALUES]])
        keys = np.concatenate([np.empty(0, dtype=np.int64), *parts[_KEYS]])
        shape = np.concatenate([np.empty(0, dtype=np.int64), *parts[_SHAPE]])
        # A sparse row without values looks as an empty dense one does, but for its declared width.
        is_sparse = len(keys) > 0 or (len(values) == 0 and len(shape) > 0)
        return values, keys if is_sparse else None, int(shape[-1]) if len(shape) else None
    raise ValueError("a record's value is empty")


def _numbers(value: Any, kind: str) -> Any:
    if isinstance(value, int):
        return np.array([value])
    if kind != "varint":
        return np.frombuffer(value, dtype=kind)
    numbers, at = [], 0
    while at < len(value):
        number, at = _read_varint(value, at)
        numbers.append(number - (1 << 64) if number >> 63 else number)
    return np.array(numbers, dtype=np.int64)


def _to_table(records: Sequence[tuple[_Tensor, Any]]) -> Table:
    if not records:
        raise ValueError("there are no records")
    labels = None
    if all(label is not None for _, label in records):
        labels = np.array([label for _, label in records], dtype=np.float32)
    tensors = [features for features, _ in records]
    if all(keys is None for _, keys, _ in tensors):
        widths = {len(values) for values, _, _ in tensors}
        if len(widths) != 1:
            raise ValueError(f"records differ in width: {sorted(widths)}")
        return Table(np.stack([values for values, _, _ in tensors]).astype(np.float32), labels)
    return Table(_to_sparse(tensors), labels)


def _to_sparse(tensors: Sequence[_Tensor]) -> Any:
    from scipy.sparse import csr_matrix

    keys = [np.arange(len(values)) if keys is None else keys for values, keys, _ in tensors]
    pointers = np.cumsum([0, *map(len, keys)])
    columns = np.concatenate(keys)
    declared = max((shape or 0 for _, _, shape in tensors), default=0)
    width = max(declared, int(columns.max()) + 1 if len(columns) else 0)
    values = np.concatenate([values for values, _, _ in tensors]).astype(np.float32)
    return csr_matrix((values, columns, pointers), shape=(len(tensors), width))


def _frame(payload: bytes) -> bytes:
    return _HEADER.pack(MAGIC, len(payload)) + payload + bytes(-len(payload) % 4)


def _write_varint(number: int) -> bytes:
    encoded = bytearray()
    while number >= 0x80:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)


def _write_bytes(number: int, content: bytes) -> bytes:
    return _write_varint(number << 3 | _BYTES) + _write_varint(len(content)) + content


def _write_map(number: int, entries: Mapping[str, Sequence[float]]) -> bytes:
    return b"".join(
        _write_entry(number, name, _write_bytes(_VALUES, np.asarray(values, dtype="<f4").tobytes()))
        for name, values in entries.items()
    )


def _write_entry(number: int, name: str, tensor: bytes) -> bytes:
    value = _write_bytes(2, tensor)
    return _write_bytes(number, _write_bytes(_KEY, name.encode()) + _write_bytes(_VALUE, value))


def _write_row(features: Any, at: int) -> bytes:
    if isinstance(features, np.ndarray):
        return _write_map(_FEATURES, {"values": features[at]})
    begin, end = features.indptr[at], features.indptr[at + 1]
    tensor = _write_bytes(_VALUES, features.data[begin:end].astype("<f4").tobytes())
    tensor += _write_bytes(_KEYS, b"".join(_write_varint(int(key)) for key in features.indices[begin:end]))
    tensor += _write_bytes(_SHAPE, _write_varint(features.shape[1]))
    return _write_entry(_FEATURES, "values", tensor)
