"""A definition as a self-contained SVG picture.

No script, no style sheet, no ids, no network: presentation attributes only, so that it survives the sanitising of
Jupyter, VS Code and GitHub. It stands on a white card, so that it reads the same on dark and light pages.

Source: SVG 1.1; the predecessor SDK's legend for status colours.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final

from stepfunctions.graph.build import Definition, build
from stepfunctions.graph.draw import Artist
from stepfunctions.graph.elements import INK, attributes, element, escape, number, text_element
from stepfunctions.graph.layout import lay_out
from stepfunctions.graph.measure import shorten, text_width
from stepfunctions.graph.model import END, MISSING, START, Node, Region
from stepfunctions.graph.status import STATUSES, Status, status_of

FONT: Final = "Helvetica, Arial, 'Liberation Sans', sans-serif"
MARGIN: Final = 20.0
TITLE_SIZE: Final = 14.0
TITLE_HEIGHT: Final = 30.0
LEGEND_SIZE: Final = 11.0
LEGEND_LINE: Final = 24.0
_SWATCH: Final = 16.0


def render_svg(
    definition: Definition,
    *,
    statuses: Mapping[str, str] | None = None,
    portrait: bool = False,
    title: str | None = None,
) -> str:
    """Return a picture of *definition*.

    Args:
        definition: Amazon States Language as text, decoded, or as the model.
        statuses: state name to ``Succeeded``, ``Failed``, ``Cancelled``, ``In Progress`` or ``Caught Error``; with
            any, the picture has a legend.
        portrait: from top to bottom; else from left to right, as the predecessor did.
        title: stands above the picture and names it for screen readers.

    Returns:
        An ``<svg>`` element of its natural size, which shrinks with the page. The same arguments give the same text.

    Raises:
        DefinitionError: a text that is not JSON, or not an object.
        ValueError: a word in *statuses* that is no status.

    Source:
        SVG 1.1.
    """
    region = build(definition)
    layout = lay_out(region, horizontal=not portrait)
    inner = max(layout.width, 160.0)
    heading = _title(title, inner) if title else ""
    top = MARGIN + (TITLE_HEIGHT if title else 0.0)
    body = Artist(statuses).region(layout, MARGIN + (inner - layout.width) / 2, top)
    bottom = top + layout.height + MARGIN
    legend, legend_height = _legend(bottom, inner) if statuses else ("", 0.0)
    width, height = inner + 2 * MARGIN, bottom + legend_height
    about = f"<title>{escape(title or 'State machine')}</title><desc>{escape(_describe(region, statuses))}</desc>"
    return _frame(width, height, title, about + heading + body + legend)


def _frame(width: float, height: float, title: str | None, content: str) -> str:
    root = attributes(
        xmlns="http://www.w3.org/2000/svg",
        width=number(width),
        height=number(height),
        viewBox=f"0 0 {number(width)} {number(height)}",
        role="img",
        aria_label=title or "State machine",
        font_family=FONT,
        style="max-width:100%;height:auto",
    )
    card = element(
        "rect",
        x="0.5",
        y="0.5",
        width=number(width - 1),
        height=number(height - 1),
        rx="8",
        fill="#fff",
        stroke="#d5dbdb",
    )
    return f"<svg{root}>{content.replace('</desc>', '</desc>' + card, 1)}</svg>"


def _title(title: str, width: float) -> str:
    shown = shorten(title, TITLE_SIZE, width / 1.06)
    return text_element(shown, MARGIN, MARGIN + 12, size=TITLE_SIZE, weight="bold")


def _legend(top: float, width: float) -> tuple[str, float]:
    """Return the legend and its height, in as many lines as *width* needs."""
    parts, x, y = [], MARGIN, top
    for status in STATUSES:
        wide = _SWATCH + 6 + text_width(status.word, LEGEND_SIZE) + 16
        if x > MARGIN and x + wide > MARGIN + width:
            x, y = MARGIN, y + LEGEND_LINE
        parts.append(_legend_entry(status, x, y))
        x += wide
    return "".join(parts), y - top + LEGEND_LINE + MARGIN / 2


def _legend_entry(status: Status, x: float, y: float) -> str:
    box = {"x": number(x), "y": number(y), "width": number(_SWATCH), "height": number(_SWATCH)}
    swatch = element("rect", **box, rx="3", fill=status.colour, stroke=INK)
    sign = element(
        "path",
        d=status.sign,
        transform=f"translate({number(x)} {number(y)})",
        fill="none",
        stroke=INK,
        stroke_width="2",
    )
    return swatch + sign + text_element(status.word, x + _SWATCH + 6, y + 12, size=LEGEND_SIZE)


def _describe(region: Region, statuses: Mapping[str, str] | None) -> str:
    """Say in a sentence what the picture shows."""
    names = [node.name for node in _nodes(region)]
    counts = Counter(found.word for name in names if (found := status_of(statuses, name)) is not None)
    told = "; ".join(f"{each.word.lower()}: {counts[each.word]}" for each in STATUSES if counts[each.word])
    listed = ", ".join(names[:20]) + (", …" if len(names) > 20 else "")
    return f"{len(names)} states: {listed}." + (f" Status of states: {told}." if told else "")


def _nodes(region: Region) -> list[Node]:
    found = []
    for node in region.nodes:
        if node.kind not in (START, END, MISSING):
            found.append(node)
        for inner in node.regions:
            found += _nodes(inner)
    return found
