"""What an ItemReader asks for, checked and with its defaults: made of the rendered Arguments and ReaderConfig.

Source: AWS Developer Guide, "ItemReader (Map)". The texts for what is missing or of a wrong type are ours, not verified
against AWS: it refuses most of it when the state machine is created.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from stepfunctions.engine.items import ItemRequest
from stepfunctions.integrations.items.csv_rows import DELIMITERS
from stepfunctions.integrations.items.failures import MAX_ITEMS_NEGATIVE, reader_failed
from stepfunctions.values import Json

ITEMS_MAX_COUNT: Final = 100_000_000
"""AWS's quota; what MaxItems asks for beyond it is not read."""

LISTING: Final = "listObjectsV2"
S3_INVENTORY: Final = "S3_INVENTORY"
ATHENA_DATA: Final = "ATHENA_DATA"
_MANIFEST: Final = "MANIFEST"

_COMMON: Final = ("Bucket", "ExpectedBucketOwner", "RequestPayer")
_FIELDS: Final = {
    "getObject": (*_COMMON, "Key", "VersionId"),
    LISTING: (*_COMMON, "Prefix", "StartAfter", "MaxKeys"),
}
"""RequestPayer changes nothing here, nor does MaxKeys: every page is read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """What is in an object.

    Args:
        input_type: ``CSV``, ``JSON``, ``JSONL`` or ``PARQUET``.
        delimiter: of CSV.
        headers: of CSV; None takes the first row.
        pointer: of JSON; empty for the whole document.
    """

    input_type: str
    delimiter: str = ","
    headers: tuple[str, ...] | None = None
    pointer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What an ItemReader reads.

    Args:
        bucket: that it reads from.
        key: of the object; None lists the bucket.
        prefix: of the objects to list.
        start_after: the key after which the list begins.
        manifest: ``S3_INVENTORY`` or ``ATHENA_DATA`` if the object is a manifest.
        format: of the object, or of those that the manifest or the listing names; None for the listing itself. An
            inventory names the columns itself where this does not.
        items_max_count: no more are read.
    """

    bucket: str
    key: str | None = None
    prefix: str = ""
    start_after: str = ""
    manifest: str | None = None
    format: Format | None = None
    items_max_count: int = ITEMS_MAX_COUNT


def parse_reading(request: ItemRequest) -> Reading:
    """Return what *request* asks for.

    Raises:
        ItemsFailed: it asks for what cannot be.
    """
    action = request.resource.rpartition(":")[2]
    arguments = _arguments(request, action)
    bucket = _text(arguments, "Bucket")
    items_max_count = _items_max_count(request.config)
    if action == LISTING:
        return Reading(
            bucket=bucket,
            prefix=_text(arguments, "Prefix", ""),
            start_after=_text(arguments, "StartAfter", ""),
            format=format_of(request.config) if request.config.get("Transformation") == "LOAD_AND_FLATTEN" else None,
            items_max_count=items_max_count,
        )
    manifest = _manifest(request.config)
    return Reading(
        bucket=bucket,
        key=_text(arguments, "Key"),
        manifest=manifest,
        format=format_of({**request.config, "InputType": "CSV"} if manifest == S3_INVENTORY else request.config),
        items_max_count=items_max_count,
    )


def _arguments(request: ItemRequest, action: str) -> dict[str, Json]:
    arguments = request.arguments
    if not isinstance(arguments, dict):
        raise reader_failed("the ItemReader has no Parameters or Arguments: give it at least Bucket")
    for name in arguments:
        if name not in _FIELDS[action]:
            allowed = ", ".join(sorted(_FIELDS[action]))
            raise reader_failed(f"the ItemReader's {name} is not supported with s3:{action}, which takes: {allowed}")
    owner = arguments.get("ExpectedBucketOwner", request.account)
    if owner != request.account:
        raise reader_failed(f"Access Denied: the bucket belongs to {request.account}, not to {owner}")
    version = arguments.get("VersionId", "null")
    if "VersionId" in arguments and request.config.get("InputType") == "PARQUET":
        raise reader_failed("the ItemReader's VersionId is not supported with InputType PARQUET")
    if version != "null":
        raise reader_failed(f"The specified version does not exist. (VersionId: {version})")
    return arguments


def _text(arguments: dict[str, Json], name: str, default: str | None = None) -> str:
    value: Any = arguments.get(name, default)
    if not isinstance(value, str) or (not value and default is None):
        raise reader_failed(f"the ItemReader's {name} must be a text{'' if name in arguments else ', but is missing'}")
    return value


def _items_max_count(config: dict[str, Json]) -> int:
    count: int = config.get("MaxItems") or 0
    if count < 0:
        raise reader_failed(MAX_ITEMS_NEGATIVE)
    return min(count, ITEMS_MAX_COUNT) or ITEMS_MAX_COUNT


def _manifest(config: dict[str, Json]) -> str | None:
    kind: str | None = config.get("ManifestType")
    if kind is None and config.get("InputType") == _MANIFEST:
        return S3_INVENTORY
    return kind


def format_of(config: dict[str, Json]) -> Format:
    """Return the format of the data that *config*, a rendered ReaderConfig, names.

    Raises:
        ItemsFailed: it names none.
    """
    input_type: str | None = config.get("InputType")
    if input_type is None or input_type == _MANIFEST:
        raise reader_failed("the ItemReader's ReaderConfig has no InputType: give CSV, JSON, JSONL or PARQUET")
    if input_type == "JSON":
        return Format(input_type=input_type, pointer=config.get("ItemsPointer", ""))
    if input_type != "CSV":
        return Format(input_type=input_type)
    # The files of an Athena manifest have no header row, unless the definition says so.
    location = config.get("CSVHeaderLocation", "GIVEN" if config.get("ManifestType") == ATHENA_DATA else "FIRST_ROW")
    delimiter = DELIMITERS[config.get("CSVDelimiter", "COMMA")]
    return Format(input_type=input_type, delimiter=delimiter, headers=_headers(config) if location == "GIVEN" else None)


def _headers(config: dict[str, Json]) -> tuple[str, ...]:
    headers = config.get("CSVHeaders")
    if not isinstance(headers, list) or not headers or not all(isinstance(header, str) for header in headers):
        raise reader_failed("the ItemReader's CSVHeaders must be a list of the names of the columns")
    return tuple(headers)
