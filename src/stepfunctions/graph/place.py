"""Where the items of each layer are, across the flow: near their neighbours, in order, and apart.

Each layer is solved exactly: the least weighted squares under "stay in order and keep your distance" is an isotonic
regression, found by pooling adjacent violators in linear time. Sweeps over the layers do the rest.

Source: Kruskal (1964), Ayer et al. (1955) for pooling.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from stepfunctions.graph.layers import Layers

_Pull: TypeAlias = tuple[float, list[tuple[int, float]]]
"""How strongly an item is pulled, and the share of each of its neighbours in that."""

NODE_GAP = 28.0
BEND_GAP = 16.0
_SWEEPS = 3
_LONELY = 0.01
_MINOR = 0.25
"""A node follows no edge that weighs less than this share of its heaviest: handlers do not bend the main flow."""


def place_items(layers: Layers, node_count: int) -> list[float]:
    """Return the centre of each item across the flow; the leftmost edge of all is at 0."""
    above, below = _pulls(layers.above, node_count), _pulls(layers.below, node_count)
    both = _pulls([up + down for up, down in zip(layers.above, layers.below, strict=True)], node_count)
    offsets = [_offsets(layers, row) for row in layers.rows]
    centres = [0.0] * len(layers.sizes)
    for row, offset in zip(layers.rows, offsets, strict=True):
        middle = offset[-1] / 2 if offset else 0.0
        for item, at in zip(row, offset, strict=True):
            centres[item] = at - middle
    for _ in range(_SWEEPS):
        _sweep(layers, offsets, centres, above, downwards=True)
        _sweep(layers, offsets, centres, below, downwards=False)
    for _ in range(_SWEEPS):
        _sweep(layers, offsets, centres, both, downwards=True)
        _sweep(layers, offsets, centres, both, downwards=False)
    # The last word is with what comes before, so that chains hang straight; only labels
    # then go to where their edges lead.
    _sweep(layers, offsets, centres, above, downwards=True)
    labels = [bool(row) and all(item >= node_count for item in row) for row in layers.rows]
    _sweep(layers, offsets, centres, both, downwards=True, only=labels)
    left = min((centres[item] - size[0] / 2 for item, size in enumerate(layers.sizes)), default=0.0)
    return [centre - left for centre in centres]


def _pulls(neighbours: Sequence[list[tuple[int, float]]], node_count: int) -> list[_Pull]:
    pulls: list[_Pull] = []
    for item, found in enumerate(neighbours):
        if item < node_count and len(found) > 1:
            least = _MINOR * max(weight for _, weight in found)
            found = [each for each in found if each[1] >= least]
        total = sum(weight for _, weight in found)
        pulls.append((total or _LONELY, [(other, weight / total) for other, weight in found]))
    return pulls


def _offsets(layers: Layers, row: list[int]) -> list[float]:
    """Return the least distance of each item's centre from the first one's."""
    offsets, at = [], 0.0
    for position, item in enumerate(row):
        if position:
            before = row[position - 1]
            width, previous = layers.sizes[item][0], layers.sizes[before][0]
            at += (width + previous) / 2 + (NODE_GAP if width and previous else BEND_GAP)
        offsets.append(at)
    return offsets


def _sweep(
    layers: Layers,
    offsets: list[list[float]],
    centres: list[float],
    pulls: list[_Pull],
    *,
    downwards: bool,
    only: list[bool] | None = None,
) -> None:
    order = range(len(layers.rows)) if downwards else range(len(layers.rows) - 1, -1, -1)
    for index in order:
        if only is not None and not only[index]:
            continue
        row = layers.rows[index]
        wanted, weights = [], []
        for item in row:
            total, found = pulls[item]
            place = centres[item]
            if len(found) == 1:
                place = centres[found[0][0]]
            elif found:
                place = 0.0
                for other, share in found:
                    place += centres[other] * share
            wanted.append(place)
            weights.append(total)
        for item, centre in zip(row, pool(wanted, weights, offsets[index]), strict=True):
            centres[item] = centre


def pool(wanted: list[float], weights: list[float], offsets: list[float]) -> list[float]:
    """Return the places nearest to *wanted* that are in order and as far apart as *offsets* are, or farther."""
    blocks: list[tuple[float, float, int]] = []
    for want, weight, offset in zip(wanted, weights, offsets, strict=True):
        mean, total, size = want - offset, weight, 1
        while blocks and blocks[-1][0] > mean:
            other, other_total, other_size = blocks.pop()
            mean = (mean * total + other * other_total) / (total + other_total)
            total += other_total
            size += other_size
        blocks.append((mean, total, size))
    if len(blocks) == len(wanted):
        return wanted
    spread = [mean for mean, _, size in blocks for _ in range(size)]
    return [mean + offset for mean, offset in zip(spread, offsets, strict=True)]
