"""Timestamps: the one profile that AWS takes, and how it writes its own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepfunctions.query.timestamps import format_instant, parse_timestamp


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T00:00:01.5Z", 1500),
        ("1970-01-01T00:00:00.000000Z", 0),
        ("1970-01-01T00:00:00.123456789Z", 123),
        ("1970-01-01T01:00:00+01:00", 0),
        ("1969-12-31T18:30:00-05:30", 0),
        ("1969-12-31T23:59:59.999Z", -1),
        ("2016-02-29T00:00:00Z", 1_456_704_000_000),
        ("2016-08-18T17:33:00Z", 1_471_541_580_000),
    ],
)
def test_a_timestamp_with_t_seconds_and_offset_is_taken(text: str, instant: int) -> None:
    assert parse_timestamp(text) == instant


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2016-12-05T21:29:29",
        "2016-12-05T21:29:29.000000",
        "2016-12-05 21:29:29Z",
        "2016-13-05T21:29:29Z",
        "2016-12-05T25:29:29Z",
        "2016-12-05T21:29:60Z",
        "2015-02-29T00:00:00Z",
        "2016-12-05t21:29:29Z",
        "2016-12-05T21:29:29z",
        "2016-12-05T21:29:29,5Z",
        "2016-12-05T21:29:29.Z",
        "2016-12-05T21:29:29.1234567890Z",
        "2016-12-05T21:29Z",
        "2016-12-05",
        "20161205T212929Z",
        "2016-W49-1T21:29:29Z",
        "2016-12-05T21:29:29+0100",
        "2016-12-05T21:29:29+01",
        "2016-12-05T21:29:29+19:00",
        "2016-12-05T21:29:29+01:60",
        " 2016-12-05T21:29:29Z",
        "2016-12-05T21:29:29Z\n",
        "٢016-12-05T21:29:29Z",
        "0000-01-01T00:00:00Z",
    ],
)
def test_every_other_form_is_refused(text: str) -> None:
    assert parse_timestamp(text) is None


@pytest.mark.parametrize(
    ("instant", "text"),
    [
        (0, "1970-01-01T00:00:00Z"),
        (1500, "1970-01-01T00:00:01.5Z"),
        (1_471_541_580_120, "2016-08-18T17:33:00.12Z"),
        (1_471_541_580_001, "2016-08-18T17:33:00.001Z"),
    ],
)
def test_times_are_written_without_trailing_zeros(instant: int, text: str) -> None:
    assert format_instant(instant) == text


@given(st.integers(-10_000_000_000_000, 100_000_000_000_000))
def test_what_is_written_reads_as_the_same_instant(instant: int) -> None:
    assert parse_timestamp(format_instant(instant)) == instant
