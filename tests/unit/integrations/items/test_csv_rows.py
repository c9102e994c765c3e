"""CSV as a Distributed Map reads it: AWS's documented rules, one by one."""

from __future__ import annotations

import pytest
from tests.unit.integrations.items.decoding import decode

from stepfunctions.engine.items import ItemsFailed
from stepfunctions.integrations.items.csv_rows import CsvRows
from stepfunctions.integrations.items.failures import Malformed


def rows(text: str, delimiter: str = ",", headers: list[str] | None = None) -> list[dict[str, str]]:
    return decode(CsvRows(delimiter, headers), [text.encode()])


def fields(line: str, delimiter: str = ",") -> list[str]:
    (row,) = rows(line, delimiter, list("abcdef"[: line.count(delimiter) + 1]))
    return list(row.values())


def test_the_first_row_names_the_columns_and_every_value_is_text() -> None:
    assert rows("id,price\n1,2.5\n2,\n") == [{"id": "1", "price": "2.5"}, {"id": "2", "price": ""}]


def test_given_headers_make_the_first_row_an_item() -> None:
    assert rows("1,2\n3,4", headers=["a", "b"]) == [{"a": "1", "b": "2"}, {"a": "3", "b": "4"}]


@pytest.mark.parametrize("delimiter", [",", "|", ";", " ", "\t"])
def test_every_delimiter_separates_fields_and_the_others_do_not(delimiter: str) -> None:
    others = "".join(set(",|;") - {delimiter})
    assert fields(f"x{others}{delimiter}y", delimiter) == [f"x{others}", "y"]


def test_a_short_row_is_filled_up_and_a_long_one_cut() -> None:
    assert rows("a,b\n1\n1,2,3\n") == [{"a": "1", "b": ""}, {"a": "1", "b": "2"}]


def test_a_blank_line_is_a_row_of_empty_texts_and_the_last_newline_is_none() -> None:
    assert rows("a,b\n\n1,2\n") == [{"a": "", "b": ""}, {"a": "1", "b": "2"}]
    assert rows("a,b\n1,2\n\n")[-1] == {"a": "", "b": ""}


def test_lines_may_end_as_on_windows() -> None:
    assert rows("a,b\r\n1,2\r\n") == [{"a": "1", "b": "2"}]


def test_an_empty_header_gives_an_empty_key() -> None:
    assert rows("a,,c\n1,2,3") == [{"a": "1", "": "2", "c": "3"}]


@pytest.mark.parametrize("given", [None, ["a", "b", "a"]])
def test_a_header_that_is_there_twice_fails_with_aws_text(given: list[str] | None) -> None:
    with pytest.raises(ItemsFailed) as failed:
        rows("a,b,a\n1,2,3", headers=given)
    assert failed.value.failure.cause == "CSV headers cannot contain duplicates."


def test_headers_beyond_the_quota_are_refused() -> None:
    with pytest.raises(Malformed, match="10240"):
        rows("a" * 10_241 + "\n1")


def test_a_file_without_a_row_has_no_items() -> None:
    assert rows("") == []
    assert rows("a,b") == []


def test_quotation_marks_protect_delimiters_newlines_and_each_other() -> None:
    assert rows('"x,y",z', headers=["a", "b"]) == [{"a": "x,y", "b": "z"}]
    assert rows('a,b\n"1\r\n2","say ""hi"""\n') == [{"a": "1\n2", "b": 'say "hi"'}]


def test_the_example_of_the_developer_guide() -> None:
    line = 'abc,123,"This has commas, a double quotation mark (""), and a newline (\n)",{""k"":""v""},"[1,2,3]"'
    (row,) = rows(line, headers=list("abcde"))
    assert list(row.values()) == [
        "abc",
        "123",
        'This has commas, a double quotation mark ("), and a newline (\n)',
        '{"k":"v"}',
        "[1,2,3]",
    ]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (r"C:\\Program Files\\App.exe,1", [r"C:\Program Files\App.exe", "1"]),
        (r"one\,two,1", ["one,two", "1", ""]),
        (r"a\"b,1", ['a"b', "1"]),
        (r"\n,1", ["n", "1"]),
        (r'"a\\b\"c",1', ['a\\b"c', "1"]),
        ("end\\,", ["end,", ""]),
        ("end,\\", ["end", ""]),
    ],
)
def test_a_backslash_escapes_itself_quotation_marks_and_the_delimiter_and_else_goes(
    line: str, expected: list[str]
) -> None:
    assert fields(line) == expected


def test_another_delimiter_than_the_configured_one_is_not_escaped() -> None:
    assert fields(r"a\,b|c\|d", "|") == ["a,b", "c|d", ""]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('abc"d"ef,g', ['abc"d"ef', "g"]),
        ('x,""abc""', ["x", '"abc"']),
        ('x, "a"', ["x", "a"]),
        ('x, "a" "b"', ["x", 'a" "b']),
        ('x," " "a"', ["x", "a"]),
        ('"",""', ["", ""]),
    ],
)
def test_a_quotation_mark_inside_a_field_means_what_it_means_to_opencsv(line: str, expected: list[str]) -> None:
    assert fields(line) == expected


def test_a_field_full_of_quotation_marks_is_read_in_linear_time() -> None:
    field = 'a"' * 200_000 + "b"  # joined at every mark, this would take minutes
    assert fields(f"xyz{field},z") == [f"xyz{field}", "z"]


def test_a_file_that_ends_within_quotation_marks_is_malformed() -> None:
    with pytest.raises(Malformed, match="within quotation marks"):
        rows('a\n"1\n2\n')


def test_a_quotation_mark_that_is_never_closed_does_not_fill_the_memory() -> None:
    decoder = CsvRows()
    with pytest.raises(Malformed, match="longer than 8 MiB"):
        decode(decoder, [b'a\n"'] + [b"x" * 1023 + b"\n"] * 20_000)


def test_bytes_that_are_not_utf_8_become_replacement_characters() -> None:
    assert decode(CsvRows(), [b"a\n\xff"]) == [{"a": "�"}]
