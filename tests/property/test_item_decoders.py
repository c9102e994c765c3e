"""The decoders of a Distributed Map's items against parsers of whole documents, wherever the pieces are cut."""

from __future__ import annotations

import csv
import io
import json

from hypothesis import example, given
from hypothesis import strategies as st
from tests.unit.integrations.items.decoding import cut, decode

from stepfunctions.integrations.items.csv_rows import DELIMITERS, CsvRows, _Records
from stepfunctions.integrations.items.json_items import JsonItems
from stepfunctions.integrations.items.lines import JsonLines
from stepfunctions.values import Json, JsonCut, scan

SIZES = st.lists(st.integers(0, 20), max_size=60)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)
WRITTEN = st.fixed_dictionaries({"indent": st.sampled_from([None, 1]), "ensure_ascii": st.booleans()})
# csv's writer has no escapes, and a carriage return is a newline to AWS.
CELLS = st.text(st.characters(exclude_characters="\\\r\x00", exclude_categories=["Cs"]), max_size=8)
TRICKY = st.text(st.sampled_from('ab"",\\ \n'), max_size=40)


@given(st.lists(VALUES) | st.dictionaries(st.text(), VALUES), WRITTEN, SIZES)
@example({"0": 10.0}, {}, [9])
def test_a_json_document_gives_its_items_wherever_it_is_cut(value: Json, written: Json, sizes: list[int]) -> None:
    document = json.dumps(value, **written).encode()
    expected = [{"Key": key, "Value": item} for key, item in value.items()] if isinstance(value, dict) else value
    assert decode(JsonItems(), cut(document, sizes)) == expected


@given(st.lists(VALUES), st.text(), WRITTEN, SIZES)
def test_a_pointer_gives_the_items_it_leads_to(value: Json, name: str, written: Json, sizes: list[int]) -> None:
    token = name.replace("~", "~0").replace("/", "~1")
    document = json.dumps([{name + "x": value, name: [None, value]}], **written).encode()
    assert decode(JsonItems(f"/0/{token}/1"), cut(document, sizes)) == value


@given(st.lists(VALUES), SIZES)
def test_json_lines_give_their_items_wherever_they_are_cut(values: list[Json], sizes: list[int]) -> None:
    document = "\n".join(json.dumps(value) for value in values).encode()
    assert decode(JsonLines(), cut(document, sizes)) == values


@given(
    st.lists(st.lists(CELLS, min_size=3, max_size=3)),
    st.sampled_from(sorted(DELIMITERS.values())),
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
    SIZES,
)
def test_what_pythons_csv_writes_is_read_back(
    table: list[list[str]], delimiter: str, quoting: int, sizes: list[int]
) -> None:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator="\n").writerows(table)
    decoder = CsvRows(delimiter, ["a", "b", "c"])
    assert [list(row.values()) for row in decode(decoder, cut(text.getvalue().encode(), sizes))] == table


@given(TRICKY, SIZES)
def test_a_csv_file_is_the_same_wherever_it_is_cut(text: str, sizes: list[int]) -> None:
    document = (text + '"' * (text.replace("\\", "").count('"') % 2)).encode()
    try:
        whole = decode(CsvRows(",", ["a", "b"]), [document])
    except Exception as error:
        whole = [str(error)]
    try:
        pieces = decode(CsvRows(",", ["a", "b"]), cut(document, sizes))
    except Exception as error:
        pieces = [str(error)]
    assert pieces == whole


@given(st.text(st.sampled_from('ab",; '), max_size=30))
def test_the_short_way_through_a_tidy_line_gives_what_the_long_one_does(line: str) -> None:
    short, long = _Records(","), _Records(",")
    if short._tidy.fullmatch(line):
        assert short.add(line) == long._add_untidy(line)


@given(VALUES, WRITTEN)
def test_a_value_that_is_cut_off_is_never_taken_for_broken(value: Json, written: Json) -> None:
    text = json.dumps(value, **written)
    assert scan(text) == (value, len(text))
    for length in range(len(text)):
        try:
            found, _ = scan(text[:length])
        except JsonCut:
            continue
        assert type(found) in (int, float), "only a number can go on after its end"
