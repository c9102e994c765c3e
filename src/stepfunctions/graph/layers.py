"""Layers of items: a region's nodes with the bends and labels of its edges between them.

An edge over several ranks bends once in each layer that it passes. Edges of one kind with one target share their
bends, so that twenty states with one error handler show one trunk, not twenty lines. A label is an item in a layer of
its own next to the edge's source, so that nothing can cover it.

Source: Sugiyama et al. (1981) for the bends; the sharing of bends is ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeAlias

Size: TypeAlias = tuple[float, float]
"""Across the flow, along the flow."""

_STRAIGHT_BEND = 4.0
"""How much more two bends want to be in line than two nodes."""
_LABEL_TO_TARGET = 40.0
"""How much more a label wants to be in line with where its edge leads than with where it comes from."""


@dataclass(frozen=True, slots=True)
class Link:
    """An edge to lay out.

    Args:
        source, target: node indices.
        bundle: edges of one target and one bundle share their bends.
        weight: how much it wants to be straight.
        label: the size of its label, or None.
    """

    source: int
    target: int
    bundle: str
    weight: float
    label: Size | None = None


@dataclass(slots=True)
class Layers:
    """Items by index: nodes first, with their own indices, then bends and labels.

    Attributes:
        rows: item indices, layer by layer, in order across the flow.
        row_of: the layer of each item.
        sizes: each item's size.
        above, below: neighbours of each item, with weights.
        chains: for each link the items that it passes, from the upper node to the lower; empty for a self loop.
        labels: for each link its label's item, or None.
        upside_down: the links whose chain runs against their direction.
    """

    rows: list[list[int]]
    row_of: list[int]
    sizes: list[Size]
    above: list[list[tuple[int, float]]]
    below: list[list[tuple[int, float]]]
    upside_down: set[int]
    chains: list[list[int]] = field(default_factory=list)
    labels: list[int | None] = field(default_factory=list)


def make_layers(sizes: Sequence[Size], ranks: Sequence[int], links: Sequence[Link], back: set[int]) -> Layers:
    """Return the layers of nodes with *sizes* at *ranks*, connected by *links* of which *back* lead back."""
    row_of_rank, count = _rows(ranks, links, back)
    layers = Layers(
        rows=[[] for _ in range(count)],
        row_of=[row_of_rank[rank] for rank in ranks],
        sizes=list(sizes),
        above=[[] for _ in sizes],
        below=[[] for _ in sizes],
        upside_down=back,
    )
    for node, row in enumerate(layers.row_of):
        layers.rows[row].append(node)
    bends: dict[tuple[int, str, int], int] = {}
    joined: set[tuple[int, int]] = set()
    for position, link in enumerate(links):
        chain, label = _chain(layers, link, position in back, bends)
        layers.chains.append(chain)
        layers.labels.append(label)
        _join(layers, chain, link, joined, len(sizes))
    return layers


def _rows(ranks: Sequence[int], links: Sequence[Link], back: set[int]) -> tuple[list[int], int]:
    """Return each rank's layer, leaving a layer for labels wherever one is needed, and the number of layers."""
    labelled: set[int] = set()
    for position, link in enumerate(links):
        if link.label is not None and link.source != link.target:
            rank = ranks[link.source]
            labelled.add(rank - 1 if position in back else rank)
    rows, row = [], 0
    for rank in range(max(ranks, default=0) + 1):
        rows.append(row)
        row += 2 if rank in labelled else 1
    return rows, rows[-1] + 1


def _chain(
    layers: Layers, link: Link, upside_down: bool, bends: dict[tuple[int, str, int], int]
) -> tuple[list[int], int | None]:
    if link.source == link.target:
        return [], None
    step = -1 if upside_down else 1
    row, end = layers.row_of[link.source] + step, layers.row_of[link.target]
    chain, label = [link.source], None
    if link.label is not None:
        label = _add(layers, row, link.label)
        chain.append(label)
        row += step
    while row != end:
        key = (link.target, link.bundle, row)
        if key not in bends:
            bends[key] = _add(layers, row, (0.0, 0.0))
        chain.append(bends[key])
        row += step
    chain.append(link.target)
    return (chain[::-1] if upside_down else chain), label


def _add(layers: Layers, row: int, size: Size) -> int:
    item = len(layers.sizes)
    layers.rows[row].append(item)
    layers.row_of.append(row)
    layers.sizes.append(size)
    layers.above.append([])
    layers.below.append([])
    return item


def _join(layers: Layers, chain: list[int], link: Link, joined: set[tuple[int, int]], node_count: int) -> None:
    for upper, lower in pairwise(chain):
        if (upper, lower) in joined:
            continue
        joined.add((upper, lower))
        weight = link.weight
        if upper >= node_count and lower >= node_count:
            weight *= _STRAIGHT_BEND if not layers.sizes[upper][0] and not layers.sizes[lower][0] else 1.0
        elif link.label is not None and len(chain) == 3 and link.source not in (upper, lower):
            weight *= _LABEL_TO_TARGET
        layers.below[upper].append((lower, weight))
        layers.above[lower].append((upper, weight))
