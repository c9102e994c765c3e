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
from stepfunctions.graph.geometry import Geometry, make_bands
from stepfunctions.graph.layers import Link, Size, make_layers
from stepfunctions.graph.measure import shorten, text_width
from stepfunctions.graph.model import END, START, Edge, Node, Region
from stepfunctions.graph.order import order_rows
from stepfunctions.graph.place import place_items
from stepfunctions.graph.ranks import assign_ranks, find_back_edges
from stepfunctions.graph.routes import LOOP, Route, make_routes

LABEL_SIZE: Final = 11.0
LABEL_HEIGHT: Final = 18.0
LABEL_PADDING: Final = 6.0
LABEL_MAX: Final = 190.0
_WEIGHTS: Final = {"next": 40.0, "choice": 2.0, "default": 2.0, "catch": 0.5}


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
    geometry = _place(region, sizes, links, horizontal=horizontal)
    pointed = {index for index, node in enumerate(region.nodes) if node.kind in (START, END)}
    routes = make_routes(geometry, pointed, links)
    labels = [
        _label(geometry, index, edge, text, links[index])
        for index, (edge, text) in enumerate(zip(region.edges, texts, strict=True))
    ]
    lines = [
        Line(edge=edge, route=route, label=label)
        for edge, route, label in zip(region.edges, routes, labels, strict=True)
    ]
    width, height = geometry.extent
    return Layout(
        width=width,
        height=height,
        horizontal=horizontal,
        boxes=tuple(_boxes(region, shapes, geometry)),
        lines=tuple(lines),
    )


def _link(edge: Edge, text: str, *, horizontal: bool) -> Link:
    label: Size | None = None
    if text:
        width = text_width(text, LABEL_SIZE) + 2 * LABEL_PADDING
        label = (LABEL_HEIGHT, width) if horizontal else (width, LABEL_HEIGHT)
    bundle = "catch" if edge.kind == "catch" else "flow"
    return Link(edge.source, edge.target, bundle, _WEIGHTS[edge.kind], label)


def _place(region: Region, sizes: list[Size], links: list[Link], *, horizontal: bool) -> Geometry:
    pairs = [(edge.source, edge.target) for edge in region.edges]
    back = find_back_edges(len(sizes), pairs)
    forward = [(target, source) if index in back else (source, target) for index, (source, target) in enumerate(pairs)]
    layers = make_layers(_with_loops(sizes, links), assign_ranks(len(sizes), forward), links, back)
    order_rows(layers)
    across = place_items(layers, len(sizes))
    bands = make_bands(layers, len(sizes), across)
    return Geometry(layers=layers, sizes=sizes, across=across, bands=bands, horizontal=horizontal)


def _with_loops(sizes: list[Size], links: list[Link]) -> list[Size]:
    """Return the sizes with room on both sides for self loops and their labels."""
    roomy = list(sizes)
    for link in links:
        if link.source == link.target:
            (across, along), label = sizes[link.source], link.label or (0.0, 0.0)
            roomy[link.source] = (across + 2 * (LOOP + label[0]), max(along, label[1]))
    return roomy


def _boxes(region: Region, shapes: list[Shape], geometry: Geometry) -> list[Box]:
    boxes = []
    for index, (node, shape) in enumerate(zip(region.nodes, shapes, strict=True)):
        x, y = geometry.corner(geometry.across[index], geometry.middle(index), geometry.sizes[index])
        boxes.append(Box(node=node, shape=shape, x=x, y=y))
    return boxes


def _label(geometry: Geometry, index: int, edge: Edge, text: str, link: Link) -> Label | None:
    item = geometry.layers.labels[index]
    if link.label is None:
        return None
    if item is None:
        side = geometry.across[link.source] + geometry.sizes[link.source][0] / 2
        across, along = side + LOOP + link.label[0] / 2, geometry.middle(link.source)
    else:
        across, along = geometry.across[item], geometry.middle(item)
    x, y = geometry.corner(across, along, link.label)
    width, height = geometry.real(link.label)
    return Label(text=text, full=edge.label, x=x, y=y, width=width, height=height)
