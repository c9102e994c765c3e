"""Items made batches of."""

from __future__ import annotations

import pytest

from stepfunctions.core.batching import batch_text, fill_batch


@pytest.mark.parametrize(
    ("items_max", "bytes_max", "taken", "is_full"),
    [
        (None, None, 3, False),
        (2, None, 2, True),
        (3, None, 3, True),
        (None, len('{"Items":["a","b"]}'), 2, True),
        (None, len('{"Items":["a","b"]}') - 1, 1, True),
        (None, 1, 1, True),
    ],
)
def test_a_batch_has_as_many_items_as_both_limits_allow_and_at_least_one(
    items_max: int | None, bytes_max: int | None, taken: int, is_full: bool
) -> None:
    texts = ['"a"', '"b"', '"c"']
    assert fill_batch(texts, None, items_max, bytes_max) == (texts[:taken], is_full)


def test_what_every_batch_is_given_counts() -> None:
    bytes_max = len('{"BatchInput":{"x":1},"Items":[1,2]}')
    assert fill_batch(["1", "2", "3"], '{"x":1}', None, bytes_max) == (["1", "2"], True)
    assert batch_text(["1", "2"], '{"x":1}') == '{"BatchInput":{"x":1},"Items":[1,2]}'


def test_bytes_are_counted_not_characters() -> None:
    assert fill_batch(['"ä"', '"ä"'], None, None, len('{"Items":["a","a"]}')) == (['"ä"'], True)


def test_no_items_are_no_batch() -> None:
    assert fill_batch([], None, 1, None) == ([], False)
