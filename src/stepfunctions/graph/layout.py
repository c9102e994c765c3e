"""The geometry of a picture: a place for every node, a route for every edge, region by region from the inside out.

Each region is laid out flat: a node that contains regions is one big box to the region around it, so no edge can
cross a border. Layers run from top to bottom; for a picture from left to right the same is done with the axes swapped.

Source: Sugiyama et al. (1981) in outline; see ``ranks``, ``layers``, ``order``, ``place`` and ``routes`` for the steps.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Final

from stepfunctions.graph.boxes import Shape, shape_of
from stepfunctions.graph.layers import Layers, Link, Size, make_layers
from stepfunctions.graph.measure import shorten, text_width
from stepfunctions.graph.model import Edge, Node, Region
from stepfunctions.graph.order import order_rows
from stepfunctions.graph.place import place_items
from stepfunctions.graph.ranks import assign_ranks, find_back_edges
from stepfunctions.graph.routes import LOOP, Route, make_routes

LABEL_SIZE: Final = 11.0
LABEL_HEIGHT: Final = 18.0
LABEL_PADDING: Final = 6.0
LABEL_MAX: Final = 190.0
ROW_GAP: Final = 34.0
LABEL_GAP: Final = 14.0

_WEIGHTS: Final = {"next": 4.0, "choice": 2.0, "default": 2.0, "catch": 1.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A node at its place; ``x`` and ``y`` are its upper left corner within its region."""

    node: Node
    shape: Shape
    x: float
    y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """An edge's text at its place."""

    text: str
    full: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An edge with its route and label."""

    edge: Edge
    route: Route
    label: Label | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """One region, laid out. All places are relative to its upper left corner."""

    width: float
    height: float
    horizontal: bool
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]


def lay_out(region: Region, *, horizontal: bool = False) -> Layout:
    """Return the layout of *region* and of everything inside it.

    Args:
        region: what to show.
        horizontal: from left to right rather than from top to bottom.
    """
    shapes = [shape_of(node, partial(lay_out, horizontal=horizontal), horizontal=horizontal) for node in region.nodes]
    sizes = [(each.height, each.width) if horizontal else (each.width, each.height) for each in shapes]
    texts = [shorten(edge.label, LABEL_SIZE, LABEL_MAX) for edge in region.edges]
    links = [_link(edge, text, horizontal=horizontal) for edge, text in zip(region.edges, texts, strict=True)]
    layers = _layers(region, sizes, links)
    across = place_items(layers)
    bands = _bands(layers, len(sizes))
    routes = make_routes(layers, len(sizes), sizes, links, across, bands, horizontal=horizontal)
    boxes = _boxes(region, shapes, layers, across, bands, horizontal=horizontal)
    lines = [
        Line(
            edge=edge,
            route=routes[index],
            label=_label(layers.labels[index], text, edge, layers, across, bands, horizontal),
        )
        for index, (edge, text) in enumerate(zip(region.edges, texts, strict=True))
    ]
    wide = max((across[item] + size[0] / 2 for item, size in enumerate(layers.sizes)), default=0.0)
    long = bands[-1][1] if bands else 0.0
    width, height = (long, wide) if horizontal else (wide, long)
    return Layout(width=width, height=height, horizontal=horizontal, boxes=tuple(boxes), lines=tuple(lines))


def _link(edge: Edge, text: str, *, horizontal: bool) -> Link:
    label: Size | None = None
    if text:
        width = text_width(text, LABEL_SIZE) + 2 * LABEL_PADDING
        label = (LABEL_HEIGHT, width) if horizontal else (width, LABEL_HEIGHT)
    bundle = "catch" if edge.kind == "catch" else "flow"
    return Link(edge.source, edge.target, bundle, _WEIGHTS[edge.kind], label)


def _layers(region: Region, sizes: list[Size], links: list[Link]) -> Layers:
    pairs = [(edge.source, edge.target) for edge in region.edges]
    back = find_back_edges(len(sizes), pairs)
    forward = [(target, source) if index in back else (source, target) for index, (source, target) in enumerate(pairs)]
    loops = {source for source, target in pairs if source == target}
    roomy = [(size[0] + 2 * LOOP, size[1]) if node in loops else size for node, size in enumerate(sizes)]
    layers = make_layers(roomy, assign_ranks(len(sizes), forward), links, back)
    order_rows(layers)
    return layers


def _bands(layers: Layers, node_count: int) -> list[tuple[float, float]]:
    """Return where each layer begins and ends along the flow."""
    bands: list[tuple[float, float]] = []
    at, was_label = 0.0, False
    for index, row in enumerate(layers.rows):
        is_label = all(item >= node_count for item in row)
        if index:
            at += LABEL_GAP if is_label or was_label else ROW_GAP
        end = at + max((layers.sizes[item][1] for item in row), default=0.0)
        bands.append((at, end))
        at, was_label = end, is_label
    return bands


def _corner(
    item: int, size: Size, layers: Layers, across: list[float], bands: list[tuple[float, float]], *, horizontal: bool
) -> tuple[float, float]:
    """Return the upper left corner of an item of *size*, centred in its layer."""
    begin, end = bands[layers.row_of[item]]
    side, along = across[item] - size[0] / 2, (begin + end - size[1]) / 2
    return (along, side) if horizontal else (side, along)


def _boxes(
    region: Region,
    shapes: list[Shape],
    layers: Layers,
    across: list[float],
    bands: list[tuple[float, float]],
    *,
    horizontal: bool,
) -> list[Box]:
    boxes = []
    for index, (node, shape) in enumerate(zip(region.nodes, shapes, strict=True)):
        size = (shape.height, shape.width) if horizontal else (shape.width, shape.height)
        x, y = _corner(index, size, layers, across, bands, horizontal=horizontal)
        boxes.append(Box(node=node, shape=shape, x=x, y=y))
    return boxes


def _label(
    item: int | None,
    text: str,
    edge: Edge,
    layers: Layers,
    across: list[float],
    bands: list[tuple[float, float]],
    horizontal: bool,
) -> Label | None:
    if item is None:
        return None
    size = layers.sizes[item]
    x, y = _corner(item, size, layers, across, bands, horizontal=horizontal)
    width, height = size[::-1] if horizontal else size
    return Label(text=text, full=edge.label, x=x, y=y, width=width, height=height)
