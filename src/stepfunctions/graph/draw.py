"""A layout as SVG elements: boxes, panels, lines, labels.

Source: none; the look is ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeAlias

from stepfunctions.graph.boxes import (
    CIRCLE,
    DETAIL_LINE,
    DETAIL_SIZE,
    NAME_LINE,
    NAME_SIZE,
    PADDING,
    TEXT_LEFT,
    Panel,
)
from stepfunctions.graph.elements import INK, element, escape, number, text_element
from stepfunctions.graph.geometry import Point
from stepfunctions.graph.glyphs import GLYPHS, UNKNOWN
from stepfunctions.graph.layout import LABEL_PADDING, LABEL_SIZE, Box, Label, Layout, Line
from stepfunctions.graph.model import END, MISSING, START
from stepfunctions.graph.status import Status, status_of

LINE: Final = "#687078"
CATCH: Final = "#b3541e"
MUTED: Final = "#545b64"
PANEL: Final = "#ffffff"
CONTAINER: Final = "#f4f6f8"
ARROW: Final = 7.0
_BADGE: Final = 9.0

_Piece: TypeAlias = tuple[Point, Point]


class Artist:
    """Draws layouts, with the statuses of states."""

    def __init__(self, statuses: Mapping[str, str] | None) -> None:
        self._statuses = statuses

    def region(self, layout: Layout, x: float, y: float) -> str:
        """Return everything in *layout*, with its corner at *x* and *y*."""
        lines = _lines(layout)
        boxes = "".join(self._box(each) for each in layout.boxes)
        labels = "".join(_label(line.label, line) for line in layout.lines if line.label is not None)
        return element("g", lines + boxes + labels, transform=f"translate({number(x)} {number(y)})")

    def _box(self, box: Box) -> str:
        if box.node.kind in (START, END):
            return _circle(box)
        status = status_of(self._statuses, box.node.name)
        kind = "no such state" if box.node.kind == MISSING else box.node.kind
        about = [box.node.name, kind, box.node.detail, status.word if status else ""]
        tip = element("title", escape(" · ".join(each for each in dict.fromkeys(about) if each)))
        parts = [tip, _frame(box, status), _glyph(box), _texts(box, status)]
        parts += [self._panel(each, box) for each in box.shape.panels]
        if status is not None:
            parts.append(_badge(box.shape.width, status))
        return element("g", "".join(parts), transform=f"translate({number(box.x)} {number(box.y)})")

    def _panel(self, panel: Panel, box: Box) -> str:
        place = {"x": panel.x, "y": panel.y, "width": panel.width, "height": panel.height}
        look = {"rx": "6", "fill": PANEL, "stroke": "#aab7b8"}
        stack = ""
        if box.node.kind == "Map":
            behind = {name: value + (4 if name in "xy" else 0) for name, value in place.items()}
            stack = element("rect", **{name: number(value) for name, value in behind.items()}, **look)
        sheet = element("rect", **{name: number(value) for name, value in place.items()}, **look)
        return stack + sheet + self.region(panel.layout, *panel.origin)


def _circle(box: Box) -> str:
    middle = CIRCLE / 2
    place = {"cx": number(box.x + middle), "cy": number(box.y + middle), "r": number(middle - 1)}
    disc = element("circle", **place, fill="#ffda75", stroke="#8a6100", stroke_width="1.5")
    return disc + text_element(box.node.name, box.x + middle, box.y + middle + 4, size=11, centred=True)


def _frame(box: Box, status: Status | None) -> str:
    """Return the node's rectangle; a status fills a leaf, and frames what contains other nodes."""
    named = {
        "x": "0",
        "y": "0",
        "width": number(box.shape.width),
        "height": number(box.shape.height),
        "rx": "8",
        "fill": CONTAINER if box.shape.panels else "#fff",
        "stroke": LINE,
        "stroke_width": "1.5",
    }
    if box.node.kind == MISSING:
        named |= {"stroke": "#b0211e", "stroke_dasharray": "5 4"}
    if status is not None:
        named |= {"stroke": INK, "stroke_width": "2"}
        named |= {"stroke": status.colour, "stroke_width": "4"} if box.shape.panels else {"fill": status.colour}
        if status.word == "In Progress":
            named["stroke_dasharray"] = "7 4"
    return element("rect", **named)


def _glyph(box: Box) -> str:
    middle = 15.0 if box.shape.panels else (box.shape.height - 16) / 2
    return element(
        "path",
        d=GLYPHS.get(box.node.kind, UNKNOWN),
        transform=f"translate(11 {number(middle)})",
        fill="none",
        stroke=INK,
        stroke_width="1.4",
        stroke_linecap="round",
        stroke_linejoin="round",
    )


def _texts(box: Box, status: Status | None) -> str:
    y = PADDING + 10 if not box.shape.panels else PADDING + 7
    parts = []
    for line in box.shape.name_lines:
        parts.append(text_element(line, TEXT_LEFT, y, size=NAME_SIZE))
        y += NAME_LINE
    fill = MUTED if status is None or box.shape.panels else INK
    parts.append(
        text_element(box.shape.detail, TEXT_LEFT, y - NAME_LINE + DETAIL_LINE + 2, size=DETAIL_SIZE, fill=fill)
    )
    return "".join(parts)


def _badge(width: float, status: Status) -> str:
    place = {"cx": number(width - 4), "cy": "4", "r": number(_BADGE)}
    disc = element("circle", **place, fill="#fff", stroke=INK, stroke_width="1.5")
    sign = element(
        "path",
        d=status.sign,
        transform=f"translate({number(width - 12)} -4)",
        fill="none",
        stroke=INK,
        stroke_width="2",
    )
    return disc + sign


def _label(label: Label | None, line: Line) -> str:
    if label is None:
        return ""
    box = {"x": label.x, "y": label.y, "width": label.width, "height": label.height}
    chip = element(
        "rect",
        **{name: number(value) for name, value in box.items()},
        rx="4",
        fill="#fff",
        stroke=CATCH if line.edge.kind == "catch" else "#aab7b8",
    )
    words = text_element(label.text, label.x + LABEL_PADDING, label.y + 13, size=LABEL_SIZE)
    tip = element("title", escape(label.full))
    return element("g", tip + chip + words)


def _lines(layout: Layout) -> str:
    """Draw each piece once, although bundled edges share pieces: overlaid dashes would close up."""
    pieces: dict[bool, dict[_Piece, None]] = {False: {}, True: {}}
    arrows: dict[tuple[Point, Point, bool], None] = {}
    for line in layout.lines:
        caught, place = line.edge.kind == "catch", (0.0, 0.0)
        for index, (begin, end) in enumerate(line.route.runs):
            if index and place != begin:
                pieces[caught][(place, begin)] = None
            if begin != end:
                pieces[caught][(begin, end)] = None
            place = end
        arrows[(place, line.route.heading, caught)] = None
    drawn = [_paths(found, caught=caught, horizontal=layout.horizontal) for caught, found in pieces.items()]
    drawn += [_arrow(tip, heading, CATCH if caught else LINE) for tip, heading, caught in arrows]
    return "".join(drawn)


def _paths(pieces: dict[_Piece, None], *, caught: bool, horizontal: bool) -> str:
    if not pieces:
        return ""
    d = "".join(_curve(begin, end, horizontal=horizontal) for begin, end in pieces)
    dashes = {"stroke_dasharray": "5 4"} if caught else {}
    return element("path", d=d, fill="none", stroke=CATCH if caught else LINE, stroke_width="1.5", **dashes)


def _curve(begin: Point, end: Point, *, horizontal: bool) -> str:
    """Return path data that leaves and arrives along the flow; straight where that is the same."""
    if begin[0] == end[0] or begin[1] == end[1]:
        return f"M{_point(begin)}L{_point(end)}"
    if horizontal:
        middle = (begin[0] + end[0]) / 2
        return f"M{_point(begin)}C{_point((middle, begin[1]))} {_point((middle, end[1]))} {_point(end)}"
    middle = (begin[1] + end[1]) / 2
    return f"M{_point(begin)}C{_point((begin[0], middle))} {_point((end[0], middle))} {_point(end)}"


def _point(point: Point) -> str:
    return f"{number(point[0])} {number(point[1])}"


def _arrow(tip: Point, heading: Point, colour: str) -> str:
    (x, y), (dx, dy) = tip, heading
    back = (x - dx * ARROW * 1.3, y - dy * ARROW * 1.3)
    left = (back[0] - dy * ARROW / 2, back[1] + dx * ARROW / 2)
    right = (back[0] + dy * ARROW / 2, back[1] - dx * ARROW / 2)
    return element("path", d=f"M{_point(tip)}L{_point(left)}L{_point(right)}Z", fill=colour)
