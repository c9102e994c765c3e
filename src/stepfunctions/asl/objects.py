"""Reading an object by a table of its fields: the one loop over fields of this package.

Source: recordings of AWS's texts for missing, unknown and wrong-language fields; those for fields that exclude each
other as a CloudFormation linter measured them on 2026-09-05.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from stepfunctions.asl.model import JSONATA, JSONPATH
from stepfunctions.asl.reading import Kind, Reading
from stepfunctions.asl.suggest import suggestion
from stepfunctions.values import Json


class Field(NamedTuple):
    """One field: the model's attribute (None: read elsewhere, only checked here) and its kind.

    A value whose type is exactly *plain* (``object``: any value) needs no kind: half of a large definition's fields.
    """

    attribute: str | None
    kind: Kind
    plain: type | None = None


Table: TypeAlias = Mapping[str, Field]
"""ASL's field name to how it is read."""


class Tables(NamedTuple):
    """The fields of one kind of object in the two query languages."""

    jsonpath: Table
    jsonata: Table

    def of(self, language: str) -> Table:
        """Return the table of *language*."""
        return self.jsonata if language == JSONATA else self.jsonpath


def tables(common: Table, jsonpath: Table | None = None, jsonata: Table | None = None) -> Tables:
    """Return the tables of an object whose fields are *common* to both languages but for some."""
    return Tables({**common, **(jsonpath or {})}, {**common, **(jsonata or {})})


def read_fields(value: dict[str, Json], of: Tables, location: str, reading: Reading) -> dict[str, Json]:
    """Read every field of *value*.

    Returns:
        Keyword arguments for the model's class, by attribute.
    """
    table = of.of(reading.language)
    arguments: dict[str, Json] = {}
    for name, item in value.items():
        field = table.get(name)
        if field is None:
            refuse_field(name, of, location, reading)
            continue
        attribute, kind, plain = field
        if plain is not object and type(item) is not plain:
            item = kind(item, f"{location}/{name}", reading)
        if attribute is not None:
            arguments[attribute] = item
    return arguments


def refuse_field(name: str, of: Tables, location: str, reading: Reading) -> None:
    """Report a field that is not there, or only in the other query language."""
    language = reading.language
    other = JSONPATH if language == JSONATA else JSONATA
    if name in of.of(other):
        message = (
            f"The QueryLanguage is set to '{language}', but field '{name}' is only supported for the '{other}' "
            "QueryLanguage"
        )
        reading.error(message, location)
    else:
        reading.error(f"Field '{name}' is not supported", location or "/", hint=suggestion(name, of.of(language)))


def require(value: Collection[str], names: tuple[str, ...], location: str, reading: Reading) -> bool:
    """Report the fields of *names* that *value* lacks; return whether all are there."""
    for name in names:
        if name not in value:
            missing = ", ".join(each for each in names if each not in value)
            reading.error(f"These fields are required: [{missing}]", location)
            return False
    return True


def at_most_one(value: Collection[str], names: Sequence[str], location: str, reading: Reading) -> None:
    """Report settings that are given twice, such as ``Seconds`` and ``SecondsPath``; *names* in AWS's order."""
    if len([name for name in names if name in value]) > 1:
        reading.error(f"There should only be one of the following fields: [{', '.join(names)}]", location)


def exactly_one(value: Collection[str], names: Sequence[str], location: str, reading: Reading) -> None:
    """Report that none, or more than one, of *names* is given."""
    if not any(name in value for name in names):
        reading.error(f"This object should have only one of the following fields: [{', '.join(names)}]", location)
    at_most_one(value, names, location, reading)
