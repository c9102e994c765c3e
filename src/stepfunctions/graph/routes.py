"""The routes of edges: from a node's border through its bends to another node's border.

Within a layer a route runs straight along the flow; between two layers it curves. As nothing but routes lies between
layers, no route can touch a node that it does not belong to.

Source: none.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from typing import Final

from stepfunctions.graph.geometry import Geometry, Point
from stepfunctions.graph.layers import Link
from stepfunctions.graph.place import pool

LOOP: Final = 30.0
"""How far the route of a self loop leaves its node."""

_PORT_GAP: Final = 22.0
_MARGIN: Final = 14.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Straight runs in drawing order; from the end of one to the beginning of the next the line curves.

    The first point lies on the source's border, the last on the target's, where the arrow points along ``heading``.
    """

    runs: tuple[tuple[Point, Point], ...]
    heading: Point


def make_routes(geometry: Geometry, pointed: Set[int], links: Sequence[Link]) -> list[Route]:
    """Return the route of each of *links*. *pointed* nodes are met at one point of each side."""
    maker = _Routes(geometry, pointed)
    routes = []
    for index, link in enumerate(links):
        is_loop, upside_down = link.source == link.target, index in geometry.layers.upside_down
        runs = maker.loop(link.source) if is_loop else maker.runs(geometry.layers.chains[index])
        if upside_down:
            runs = [(end, begin) for begin, end in reversed(runs)]
        heading = (-1.0, 0.0) if is_loop else (0.0, -1.0 if upside_down else 1.0)
        turned = tuple((geometry.real(begin), geometry.real(end)) for begin, end in runs)
        routes.append(Route(runs=turned, heading=geometry.real(heading)))
    return routes


class _Routes:
    """Works in flow coordinates: (across, along)."""

    def __init__(self, geometry: Geometry, pointed: Set[int]) -> None:
        self._geometry, self._pointed = geometry, pointed
        self._across, self._sizes = geometry.across, geometry.sizes
        layers, sizes = geometry.layers, geometry.sizes
        self._ports: dict[tuple[int, bool, int], float] = {}
        # Narrow nodes first: a wide one can move its ports to meet theirs.
        for node in sorted(range(len(sizes)), key=lambda each: (sizes[each][0], each)):
            self._spread(node, layers.above[node], below=False)
            self._spread(node, layers.below[node], below=True)

    def _spread(self, node: int, found: list[tuple[int, float]], *, below: bool) -> None:
        """Give each neighbour its own port on the node's border, in their order and in line as far as possible."""
        if not found:
            return
        neighbours = sorted(found, key=lambda each: (self._across[each[0]], each[0]))
        centre, reach = self._across[node], max(self._sizes[node][0] / 2 - _MARGIN, 0.0)
        if node in self._pointed:
            reach = 0.0
        last = len(neighbours) - 1
        gap = min(_PORT_GAP, 2 * reach / last) if last else 0.0
        wanted = [self._wanted(node, other, centre, reach, below=below) for other, _ in neighbours]
        ports = pool(wanted, [weight for _, weight in neighbours], [gap * index for index in range(last + 1)])
        for index, (other, _) in enumerate(neighbours):
            low, high = centre - reach + gap * index, centre + reach - gap * (last - index)
            self._ports[(node, below, other)] = min(max(ports[index], low), high)

    def _wanted(self, node: int, other: int, centre: float, reach: float, *, below: bool) -> float:
        """Return where a straight line to *other* would leave the node."""
        if other < len(self._sizes):
            facing = self._ports.get((other, not below, node))
            if facing is None:
                return centre
        else:
            facing = self._across[other]
        return min(max(facing, centre - reach), centre + reach)

    def _border(self, node: int, *, below: bool) -> float:
        half = self._sizes[node][1] / 2
        return self._geometry.middle(node) + (half if below else -half)

    def runs(self, chain: list[int]) -> list[tuple[Point, Point]]:
        """Return the straight runs of a chain of items, downwards."""
        upper, lower, band = chain[0], chain[-1], self._geometry.band
        begin = self._ports[(upper, True, chain[1])]
        end = self._ports[(lower, False, chain[-2])]
        runs = [((begin, self._border(upper, below=True)), (begin, band(upper)[1]))]
        runs += [((self._across[item], band(item)[0]), (self._across[item], band(item)[1])) for item in chain[1:-1]]
        runs.append(((end, band(lower)[0]), (end, self._border(lower, below=False))))
        return runs

    def loop(self, node: int) -> list[tuple[Point, Point]]:
        """Leave and enter the same side of the node."""
        side, middle = self._across[node] + self._sizes[node][0] / 2, self._geometry.middle(node)
        quarter, out = min(self._sizes[node][1] / 4, 12.0), side + LOOP * 0.8
        low, high = middle + quarter, middle - quarter
        return [((side, low), (out, low)), ((out, low), (out, high)), ((out, high), (side, high))]
