"""Each text once, and a text that is much like another as the difference; all come back."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from stepfunctions.engine.texts import Texts, read_texts

LONG = "0123456789" * 200


def table_of(texts: list[str]) -> Texts:
    table = Texts()
    for text in texts:
        table.index(text)
    return table


def test_equal_texts_have_one_index() -> None:
    table = Texts()
    assert [table.index(text) for text in ("a", "b", "a")] == [0, 1, 0]
    assert table.table == ["a", "b"]


def test_a_text_that_changed_at_its_end_is_the_change() -> None:
    assert table_of([LONG + "k1}", LONG + "k22}"]).table == [LONG + "k1}", [0, 2001, "22", 1]]


def test_a_text_that_changed_in_its_middle_is_the_change() -> None:
    assert table_of([LONG + "a" + LONG, LONG + "bb" + LONG]).table[1] == [0, 2000, "bb", 2000]


def test_a_text_that_is_its_own_repetition_comes_back() -> None:
    texts = ["a" * 2000, "a" * 3000, "a" * 1500]
    assert read_texts(table_of(texts).table) == texts


def test_two_payloads_that_take_turns_are_both_differences() -> None:
    texts = [name + LONG + str(number) for number in range(5) for name in ("left", "right")]
    table = table_of(texts).table
    assert [type(entry) for entry in table[2:]] == [list] * 8
    assert read_texts(table) == texts


def test_texts_that_have_little_in_common_stay_whole() -> None:
    texts = ["a" * 2000, "b" * 2000]
    assert table_of(texts).table == texts


def test_short_texts_are_not_compared() -> None:
    texts = ["x" * 100, "x" * 101]
    assert table_of(texts).table == texts


def test_a_payload_that_grows_a_little_in_each_of_fifty_states_is_stored_about_once() -> None:
    rows = [{"id": number, "s": "x" * 200} for number in range(1110)]
    texts = [json.dumps({"rows": rows, "k": number}) for number in range(50)]
    table = table_of(texts).table
    assert len(json.dumps(table)) < len(texts[0]) * 1.3
    assert read_texts(table) == texts


@given(
    st.lists(
        st.builds(
            lambda parts: "".join(parts),
            st.lists(st.sampled_from(("ab" * 400, "é" * 700, "\U0001f600" * 300, "x", "yz")), max_size=8),
        ),
        max_size=8,
    )
)
def test_all_texts_come_back(texts: list[str]) -> None:
    table = Texts()
    indexes = [table.index(text) for text in texts]
    again = read_texts(table.table)
    assert [again[index] for index in indexes] == texts
