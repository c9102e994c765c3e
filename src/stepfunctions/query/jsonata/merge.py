"""A stable merge sort that asks, of two items, only whether the first belongs after the second.

Source: JSONata 2.0.6: what order a comparator that contradicts itself leads to depends on which pairs are compared.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from stepfunctions.query.jsonata.runtime import Run

_Item = TypeVar("_Item")


def merge_sort(items: list[_Item], after: Callable[[_Item, _Item], bool], run: Run) -> list[_Item]:
    """Return *items* in order.

    Args:
        items: not changed.
        after: whether the first argument belongs after the second.
        run: the evaluation.
    """
    if len(items) <= 1:
        return items
    middle = len(items) // 2
    left, right = merge_sort(items[:middle], after, run), merge_sort(items[middle:], after, run)
    run.spend(len(items) >> 1)
    merged: list[_Item] = []
    i = j = 0
    while i < len(left) and j < len(right):
        if after(left[i], right[j]):
            merged.append(right[j])
            j += 1
        else:
            merged.append(left[i])
            i += 1
    merged.extend(left[i:] or right[j:])
    return merged
