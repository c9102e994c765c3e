"""What Parallel and Map states contain: branches, the item processor, and a Distributed Map's reader, batcher, writer.

Source: States Language, "Parallel State", "Map State"; AWS Developer Guide, "Distributed Map"; texts as measured on AWS
(floci issue 3733; aws-cdk issue 33396; a CloudFormation linter's rules of 2026-09-05).
"""

from __future__ import annotations

from typing import Any

from stepfunctions.asl.kinds import anything, expected, integer, json_object, one_of, string
from stepfunctions.asl.model import JSONATA, ItemBatcher, ItemProcessor, ItemReader, ResultWriter, Scope
from stepfunctions.asl.objects import Field, at_most_one, read_fields, require, tables
from stepfunctions.asl.queries import data_path, or_expression, template
from stepfunctions.asl.reading import Reading
from stepfunctions.asl.resources import s3_resource
from stepfunctions.values import PAYLOAD_MAX_BYTES, Json

ITEMS_MAX = 100_000_000
"""AWS's ceiling for the items of a Distributed Map."""


def branches(value: Json, location: str, reading: Reading) -> Json:
    """``Branches`` of a Parallel state."""
    if not isinstance(value, list):
        expected("Array", location, reading)
        return ()
    if not value:
        reading.error("Value cannot be empty", location)
    read = [_branch(item, f"{location}[{index}]", reading) for index, item in enumerate(value)]
    return tuple(branch for branch in read if branch is not None)


_SCOPE: dict[str, Field] = {
    "StartAt": Field(None, anything, object),
    "States": Field(None, anything, object),
    "Comment": Field("comment", string, str),
}
_BRANCH = tables(_SCOPE)


def _branch(value: Json, location: str, reading: Reading) -> Scope | None:
    if not isinstance(value, dict):
        expected("Object", location, reading)
        return None
    arguments = read_fields(value, _BRANCH, location, reading)
    scope = reading.read_scope(value, location, reading)
    return Scope(start_at=scope.start_at, states=scope.states, **arguments)


_MODE = {"Mode": Field("mode", one_of("INLINE", "DISTRIBUTED"))}
_INLINE_CONFIG = tables(_MODE)
_CONFIG = tables({**_MODE, "ExecutionType": Field("execution_type", one_of("STANDARD", "EXPRESS"))})


def _config(value: Json, location: str, reading: Reading) -> Json:
    if not isinstance(value, dict):
        expected("Object", location, reading)
        return {}
    distributed = value.get("Mode") == "DISTRIBUTED"
    config = read_fields(value, _CONFIG if distributed else _INLINE_CONFIG, location, reading)
    if distributed:
        require(value, ("ExecutionType",), location, reading)
        if reading.express:
            message = "The field 'Mode' with value 'DISTRIBUTED' is not supported inside 'EXPRESS' state machines"
            reading.error(message, f"{location}/Mode")
    return config


_PROCESSOR = tables({**_SCOPE, "ProcessorConfig": Field("config", _config)})


def item_processor(value: Json, location: str, reading: Reading) -> Json:
    """``ItemProcessor`` of a Map state."""
    return _processor(value, location, reading, legacy=False)


def iterator(value: Json, location: str, reading: Reading) -> Json:
    """``Iterator``, the old name of ``ItemProcessor``, which AWS takes with a ProcessorConfig too."""
    return _processor(value, location, reading, legacy=True)


def _processor(value: Json, location: str, reading: Reading, *, legacy: bool) -> ItemProcessor | None:
    if not isinstance(value, dict):
        expected("Object", location, reading)
        return None
    arguments = read_fields(value, _PROCESSOR, location, reading)
    config = arguments.pop("config", {})
    scope = _as_children(value, location, config, reading)
    return ItemProcessor(start_at=scope.start_at, states=scope.states, legacy=legacy, **arguments, **config)


def _as_children(value: dict[str, Json], location: str, config: dict[str, Json], reading: Reading) -> Scope:
    """Read the processor's states; those of a Distributed Map run as executions of their own type."""
    express = reading.express
    if config.get("mode") == "DISTRIBUTED":
        reading.express = config.get("execution_type") == "EXPRESS"
    scope = reading.read_scope(value, location, reading)
    reading.express = express
    return scope


_READER_CONFIG = tables(
    {
        "InputType": Field("InputType", one_of("CSV", "JSON", "JSONL", "PARQUET", "MANIFEST")),
        "ManifestType": Field("ManifestType", one_of("ATHENA_DATA", "S3_INVENTORY")),
        "Transformation": Field("Transformation", one_of("NONE", "LOAD_AND_FLATTEN")),
        "CSVDelimiter": Field("CSVDelimiter", one_of("COMMA", "PIPE", "SEMICOLON", "SPACE", "TAB")),
        "CSVHeaderLocation": Field("CSVHeaderLocation", one_of("FIRST_ROW", "GIVEN")),
        "CSVHeaders": Field("CSVHeaders", anything, object),
        "ItemsPointer": Field("ItemsPointer", string, str),
        "MaxItems": Field("MaxItems", or_expression(integer(0, ITEMS_MAX))),
    },
    jsonpath={"MaxItemsPath": Field("MaxItemsPath", data_path)},
)
_WRITER_CONFIG = tables(
    {
        "OutputType": Field("OutputType", one_of("JSON", "JSONL")),
        "Transformation": Field("Transformation", one_of("NONE", "COMPACT", "FLATTEN")),
    }
)


def _reader_config(value: Json, location: str, reading: Reading) -> Json:
    if not isinstance(json_object(value, location, reading), dict):
        return {}
    at_most_one(value, ("MaxItems", "MaxItemsPath"), location, reading)
    _check_csv(value, location, reading)
    return read_fields(value, _READER_CONFIG, location, reading)


def _check_csv(value: dict[str, Json], location: str, reading: Reading) -> None:
    """Check that a CSV file says where its headers are, and a JSON file does not. An Athena manifest's files vary."""
    input_type, header_location = value.get("InputType"), value.get("CSVHeaderLocation")
    if input_type == "CSV" and header_location is None and "ManifestType" not in value:
        reading.error("The field 'CSVHeaderLocation' is required", location)
    elif input_type == "JSON" and header_location is not None:
        reading.error("Field 'CSVHeaderLocation' is not supported", location)
    elif header_location == "GIVEN":
        require(value, ("CSVHeaders",), location, reading)


def _writer_config(value: Json, location: str, reading: Reading) -> Json:
    if not isinstance(json_object(value, location, reading), dict):
        return {}
    return read_fields(value, _WRITER_CONFIG, location, reading)


_PARAMETERS = {"Parameters": Field("parameters", template)}
_ARGUMENTS = {"Arguments": Field("arguments", template)}
READER = tables(
    {
        "Resource": Field("resource", s3_resource("getObject", "listObjectsV2")),
        "ReaderConfig": Field("reader_config", _reader_config),
    },
    jsonpath=_PARAMETERS,
    jsonata=_ARGUMENTS,
)
WRITER = tables(
    {"Resource": Field("resource", s3_resource("putObject")), "WriterConfig": Field("writer_config", _writer_config)},
    jsonpath=_PARAMETERS,
    jsonata=_ARGUMENTS,
)
BATCHER = tables(
    {
        "BatchInput": Field("batch_input", template),
        "MaxItemsPerBatch": Field("max_items_per_batch", or_expression(integer(0))),
        "MaxInputBytesPerBatch": Field("max_input_bytes_per_batch", or_expression(integer(0, PAYLOAD_MAX_BYTES))),
    },
    jsonpath={
        "MaxItemsPerBatchPath": Field("max_items_per_batch_path", data_path),
        "MaxInputBytesPerBatchPath": Field("max_input_bytes_per_batch_path", data_path),
    },
)


def item_reader(value: Json, location: str, reading: Reading) -> Json:
    """``ItemReader`` of a Distributed Map."""
    return _read(ItemReader, READER, ("Resource",), value, location, reading)


def item_batcher(value: Json, location: str, reading: Reading) -> Json:
    """``ItemBatcher`` of a Distributed Map."""
    if isinstance(value, dict):
        for name in ("MaxItemsPerBatch", "MaxInputBytesPerBatch"):
            at_most_one(value, (name, f"{name}Path"), location, reading)
    return _read(ItemBatcher, BATCHER, (), value, location, reading)


def result_writer(value: Json, location: str, reading: Reading) -> Json:
    """``ResultWriter`` of a Distributed Map. What writes to a Resource says where."""
    if value == {}:
        reading.error("Value cannot be empty", location)
    if isinstance(value, dict) and "Resource" in value:
        require(value, ("Arguments" if reading.language == JSONATA else "Parameters",), location, reading)
    return _read(ResultWriter, WRITER, (), value, location, reading)


def _read(model: Any, of: Any, required: tuple[str, ...], value: Json, location: str, reading: Reading) -> Json:
    if not isinstance(value, dict):
        expected("Object", location, reading)
        return None
    arguments = read_fields(value, of, location, reading)
    return model(**arguments) if require(value, required, location, reading) else None
