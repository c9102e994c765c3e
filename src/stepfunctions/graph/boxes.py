"""How large each node is and what stands in it; regions inside a node are laid out first.

All sizes are in user units, about pixels. No drawing here.

Source: none; the proportions are ours.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from stepfunctions.graph.measure import shorten, text_width, wrap
from stepfunctions.graph.model import END, START, Node, Region

if TYPE_CHECKING:
    from stepfunctions.graph.layout import Layout

NAME_SIZE: Final = 13.0
DETAIL_SIZE: Final = 11.0
NAME_LINE: Final = 16.0
DETAIL_LINE: Final = 14.0
GLYPH: Final = 16.0
TEXT_LEFT: Final = 36.0
"""Where text starts: right of the glyph."""
PADDING: Final = 12.0
CIRCLE: Final = 44.0
TEXT_MAX: Final = 210.0
TEXT_MIN: Final = 72.0
TITLE_BAR: Final = 46.0
PANEL_GAP: Final = 14.0
PANEL_PADDING: Final = 14.0
NAME_LINES_MAX: Final = 2

Nest: TypeAlias = "Callable[[Region], Layout]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A sheet within a node with a region on it; both places are relative to the node's corner."""

    x: float
    y: float
    width: float
    height: float
    layout: Layout

    @property
    def origin(self) -> tuple[float, float]:
        """Where the region's own corner is."""
        if self.layout.horizontal:
            return self.x + PANEL_PADDING, self.y + (self.height - self.layout.height) / 2
        return self.x + (self.width - self.layout.width) / 2, self.y + PANEL_PADDING


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A node with its size and texts."""

    width: float
    height: float
    name_lines: tuple[str, ...]
    detail: str
    panels: tuple[Panel, ...] = ()


def shape_of(node: Node, nest: Nest, *, horizontal: bool) -> Shape:
    """Return the shape of *node*; *nest* lays out the regions within it."""
    if node.kind in (START, END):
        return Shape(width=CIRCLE, height=CIRCLE, name_lines=(node.name,), detail="")
    if node.regions:
        return _container(node, nest, horizontal=horizontal)
    lines = wrap(node.name, NAME_SIZE, TEXT_MAX, NAME_LINES_MAX)
    detail = shorten(node.detail or node.kind, DETAIL_SIZE, TEXT_MAX)
    height = 2 * PADDING + len(lines) * NAME_LINE + DETAIL_LINE
    return Shape(
        width=TEXT_LEFT + _text(lines, detail) + PADDING, height=height, name_lines=tuple(lines), detail=detail
    )


def _text(lines: list[str], detail: str) -> float:
    widest = max(text_width(line, NAME_SIZE) for line in lines)
    return max(TEXT_MIN, widest, text_width(detail, DETAIL_SIZE))


def _container(node: Node, nest: Nest, *, horizontal: bool) -> Shape:
    """Put the branches side by side, across the flow."""
    layouts = [nest(region) for region in node.regions]
    if horizontal:
        inner_width = max(each.width for each in layouts) + 2 * PANEL_PADDING
        inner_height = sum(each.height + 2 * PANEL_PADDING + PANEL_GAP for each in layouts) - PANEL_GAP
    else:
        inner_width = sum(each.width + 2 * PANEL_PADDING + PANEL_GAP for each in layouts) - PANEL_GAP
        inner_height = max(each.height for each in layouts) + 2 * PANEL_PADDING
    kind = f"{node.kind}: {node.detail}" if node.detail else node.kind
    room = max(TEXT_MAX, inner_width + 2 * PANEL_GAP - TEXT_LEFT - PADDING)
    name = shorten(node.name, NAME_SIZE, room)
    detail = shorten(kind, DETAIL_SIZE, room)
    width = max(inner_width + 2 * PANEL_GAP, TEXT_LEFT + _text([name], detail) + PADDING)
    return Shape(
        width=width,
        height=TITLE_BAR + inner_height + PANEL_GAP,
        name_lines=(name,),
        detail=detail,
        panels=tuple(_panels(layouts, inner_width, inner_height, (width - inner_width) / 2, horizontal=horizontal)),
    )


def _panels(
    layouts: list[Layout], inner_width: float, inner_height: float, left: float, *, horizontal: bool
) -> list[Panel]:
    """Return one sheet per region; sheets are of one length along the flow."""
    panels, x, y = [], left, TITLE_BAR
    for layout in layouts:
        width = inner_width if horizontal else layout.width + 2 * PANEL_PADDING
        height = layout.height + 2 * PANEL_PADDING if horizontal else inner_height
        panels.append(Panel(x=x, y=y, width=width, height=height, layout=layout))
        if horizontal:
            y += height + PANEL_GAP
        else:
            x += width + PANEL_GAP
    return panels
