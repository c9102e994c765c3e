"""Listings against a plain model of what they should be."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from stepfunctions.s3.listing import list_page, successor
from stepfunctions.s3.model import Page, Summary

KEYS = st.lists(st.text(st.sampled_from("ab/é😀\0"), min_size=1, max_size=6), unique=True, max_size=25)


def fetch_from(keys: list[str]):  # type: ignore[no-untyped-def]
    ordered = sorted(keys, key=str.encode)

    def fetch(start: str, stop: str | None, count: int) -> list[Summary]:
        return [Summary(key, "", 0, 0) for key in ordered if key >= start and (stop is None or key < stop)][:count]

    return fetch


def everything(keys: list[str], prefix: str, delimiter: str, limit: int) -> tuple[list[str], list[str], list[int]]:
    objects, prefixes, sizes = [], [], []
    after: str | None = ""
    while after is not None:
        page: Page = list_page(fetch_from(keys), prefix=prefix, delimiter=delimiter, after=after, limit=limit)
        objects += [each.key for each in page.objects]
        prefixes += page.prefixes
        sizes.append(len(page.objects) + len(page.prefixes))
        after = page.next_after
    return objects, prefixes, sizes


@given(KEYS, st.sampled_from(["", "a", "a/", "é", "/"]), st.sampled_from(["", "/", "ab"]), st.integers(1, 4))
def test_pages_together_are_the_whole_listing(keys: list[str], prefix: str, delimiter: str, limit: int) -> None:
    matching = sorted((key for key in keys if key.startswith(prefix)), key=str.encode)
    rolled = {
        key: prefix + key[len(prefix) :].partition(delimiter)[0] + delimiter
        for key in matching
        if delimiter and delimiter in key[len(prefix) :]
    }
    objects, prefixes, sizes = everything(keys, prefix, delimiter, limit)
    assert objects == [key for key in matching if key not in rolled]
    assert prefixes == sorted(set(rolled.values()), key=str.encode)
    assert all(size == limit for size in sizes[:-1])


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=5), st.text(max_size=3))
def test_the_successor_of_a_prefix_is_above_all_that_start_with_it(prefix: str, rest: str) -> None:
    assert prefix + rest < successor(prefix)
    assert not successor(prefix).startswith(prefix)
