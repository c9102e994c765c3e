"""The routes of edges: from a node's border through its bends to another node's border.

Within a layer a route runs straight along the flow; between two layers it curves. As nothing but routes lies between
layers, no route can touch a node that it does not belong to.

Source: none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from stepfunctions.graph.layers import Layers, Link, Size

Point: TypeAlias = tuple[float, float]
LOOP: Final = 30.0
"""How far the route of a self loop leaves its node."""

_PORT_GAP: Final = 22.0
_PORT_SHARE: Final = 0.7
_MARGIN: Final = 14.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Straight runs in drawing order; from the end of one to the beginning of the next the line curves.

    The first point lies on the source's border, the last on the target's, where the arrow points along ``heading``.
    """

    runs: tuple[tuple[Point, Point], ...]
    heading: Point


def make_routes(
    layers: Layers,
    node_count: int,
    sizes: Sequence[Size],
    links: Sequence[Link],
    across: list[float],
    bands: list[tuple[float, float]],
    *,
    horizontal: bool,
) -> list[Route]:
    """Return the route of each of *links*, in real coordinates."""
    maker = _Routes(layers, node_count, sizes, across, bands)
    routes = []
    for index, link in enumerate(links):
        runs = maker.loop(link.source) if link.source == link.target else maker.runs(layers.chains[index])
        if index in layers.upside_down:
            runs = [(end, begin) for begin, end in reversed(runs)]
        routes.append(_real(runs, horizontal=horizontal))
    return routes


def _real(runs: list[tuple[Point, Point]], *, horizontal: bool) -> Route:
    (x0, y0), (x1, y1) = runs[-1]
    if (x0, y0) == (x1, y1):
        x0, y0 = runs[-2][1] if len(runs) > 1 else (x0, y0 - 1)
    heading = (
        (float((x1 > x0) - (x1 < x0)), float((y1 > y0) - (y1 < y0)))
        if x0 == x1 or y0 == y1
        else (0.0, 1.0 if y1 > y0 else -1.0)
    )
    if horizontal:
        turned = tuple(((a[1], a[0]), (b[1], b[0])) for a, b in runs)
        return Route(runs=turned, heading=(heading[1], heading[0]))
    return Route(runs=tuple(runs), heading=heading)


class _Routes:
    """Works in flow coordinates: (across, along)."""

    def __init__(
        self,
        layers: Layers,
        node_count: int,
        sizes: Sequence[Size],
        across: list[float],
        bands: list[tuple[float, float]],
    ) -> None:
        self._layers, self._count, self._sizes = layers, node_count, sizes
        self._across, self._bands = across, bands
        self._ports: dict[tuple[int, bool, int], float] = {}
        for node in range(node_count):
            self._spread(node, layers.above[node], below=False)
            self._spread(node, layers.below[node], below=True)

    def _spread(self, node: int, found: list[tuple[int, float]], *, below: bool) -> None:
        """Give each neighbour its own port on the node's border, in their order."""
        neighbours = sorted((other for other, _ in found), key=lambda other: (self._across[other], other))
        width = self._sizes[node][0]
        reach = min(width * _PORT_SHARE, _PORT_GAP * (len(neighbours) - 1))
        for index, other in enumerate(neighbours):
            port = self._across[node]
            if len(neighbours) > 1:
                port += reach * (index / (len(neighbours) - 1) - 0.5)
            elif other >= self._count and abs(self._across[other] - port) <= width / 2 - _MARGIN:
                port = self._across[other]
            self._ports[(node, below, other)] = port

    def _border(self, node: int, *, below: bool) -> float:
        begin, end = self._bands[self._layers.row_of[node]]
        half = self._sizes[node][1] / 2
        return (begin + end) / 2 + (half if below else -half)

    def runs(self, chain: list[int]) -> list[tuple[Point, Point]]:
        upper, lower = chain[0], chain[-1]
        begin = self._ports[(upper, True, chain[1])]
        end = self._ports[(lower, False, chain[-2])]
        runs = [((begin, self._border(upper, below=True)), (begin, self._bands[self._layers.row_of[upper]][1]))]
        for item in chain[1:-1]:
            band = self._bands[self._layers.row_of[item]]
            runs.append(((self._across[item], band[0]), (self._across[item], band[1])))
        runs.append(((end, self._bands[self._layers.row_of[lower]][0]), (end, self._border(lower, below=False))))
        return runs

    def loop(self, node: int) -> list[tuple[Point, Point]]:
        """Leave and enter the same side of the node."""
        side = self._across[node] + self._sizes[node][0] / 2
        begin, end = self._bands[self._layers.row_of[node]]
        middle, quarter = (begin + end) / 2, min(self._sizes[node][1] / 4, 12.0)
        out = side + LOOP * 0.8
        low, high = middle + quarter, middle - quarter
        return [((side, low), (out, low)), ((out, low), (out, high)), ((out, high), (side, high))]
