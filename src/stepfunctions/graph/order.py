"""The order of items within their layers: few crossings, by barycentres.

Deterministic: ties keep the order of the definition.

Source: Sugiyama et al. (1981); Barth, Jünger, Mutzel (2002) for counting crossings.
"""

from __future__ import annotations

from bisect import bisect_right, insort

from stepfunctions.graph.layers import Layers

_ROUNDS = 8
_PATIENCE = 2


def order_rows(layers: Layers) -> None:
    """Reorder ``layers.rows`` in place."""
    best, fewest = [row[:] for row in layers.rows], count_crossings(layers)
    idle = 0
    for round_ in range(_ROUNDS):
        if not fewest or idle == _PATIENCE:
            break
        _sweep(layers, downwards=round_ % 2 == 0)
        crossings = count_crossings(layers)
        idle += 1
        if crossings < fewest:
            best, fewest, idle = [row[:] for row in layers.rows], crossings, 0
    layers.rows[:] = best


def _sweep(layers: Layers, *, downwards: bool) -> None:
    neighbours = layers.above if downwards else layers.below
    rows = layers.rows if downwards else layers.rows[::-1]
    place = _places(layers)
    for row in rows[1:]:
        keys = {}
        for item in row:
            found = neighbours[item]
            keys[item] = sum(place[other] for other, _ in found) / len(found) if found else float(place[item])
        row.sort(key=keys.__getitem__)
        for position, item in enumerate(row):
            place[item] = position


def _places(layers: Layers) -> list[int]:
    place = [0] * len(layers.sizes)
    for row in layers.rows:
        for position, item in enumerate(row):
            place[item] = position
    return place


def count_crossings(layers: Layers) -> int:
    """Return how many pairs of segments cross, over all layers."""
    place = _places(layers)
    crossings = 0
    for row in layers.rows:
        seen: list[int] = []
        for item in row:
            ends = sorted(place[other] for other, _ in layers.below[item])
            crossings += sum(len(seen) - bisect_right(seen, end) for end in ends)
            for end in ends:
                insort(seen, end)
    return crossings
