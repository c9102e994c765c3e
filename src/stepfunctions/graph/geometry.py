"""Layers with their places: what boxes, labels and routes are made from.

Inside, a place is (across the flow, along the flow); ``corner`` and ``real`` turn it into x and y.

Source: none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from stepfunctions.graph.layers import Layers, Size

Point: TypeAlias = tuple[float, float]

ROW_GAP: Final = 34.0
LABEL_GAP: Final = 18.0
SLANT_GAP: Final = 0.06
"""How much longer a gap between layers becomes for each unit that a line moves sideways in it."""
SLANT_GAP_MAX: Final = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Geometry:
    """A region's items at their places.

    Attributes:
        sizes: of the nodes, without the room that self loops need.
        across: the centre of every item.
        bands: where each layer begins and ends along the flow.
        horizontal: whether the flow is from left to right.
    """

    layers: Layers
    sizes: Sequence[Size]
    across: list[float]
    bands: list[tuple[float, float]]
    horizontal: bool

    def band(self, item: int) -> tuple[float, float]:
        """Return where the layer of *item* begins and ends."""
        return self.bands[self.layers.row_of[item]]

    def middle(self, item: int) -> float:
        """Return the centre of *item* along the flow."""
        begin, end = self.band(item)
        return (begin + end) / 2

    def real(self, point: Point) -> Point:
        """Return a place as x and y."""
        return (point[1], point[0]) if self.horizontal else point

    def corner(self, across: float, along: float, size: Size) -> Point:
        """Return the upper left corner, as x and y, of what has *size* and its centre at the given place."""
        return self.real((across - size[0] / 2, along - size[1] / 2))

    @property
    def extent(self) -> tuple[float, float]:
        """The width and height of everything."""
        wide = max((self.across[item] + size[0] / 2 for item, size in enumerate(self.layers.sizes)), default=0.0)
        return self.real((wide, self.bands[-1][1] if self.bands else 0.0))


def make_bands(layers: Layers, node_count: int, across: list[float]) -> list[tuple[float, float]]:
    """Return where each layer begins and ends along the flow; lines that move far sideways get more room."""
    bands: list[tuple[float, float]] = []
    at, was_label = 0.0, False
    for index, row in enumerate(layers.rows):
        is_label = all(item >= node_count for item in row)
        if index:
            slant = max((abs(across[item] - across[up]) for item in row for up, _ in layers.above[item]), default=0.0)
            at += (LABEL_GAP if is_label or was_label else ROW_GAP) + min(SLANT_GAP_MAX, slant * SLANT_GAP)
        end = at + max((layers.sizes[item][1] for item in row), default=0.0)
        bands.append((at, end))
        at, was_label = end, is_label
    return bands
