"""A definition for a terminal: one line per state in the order of the flow, with marks for statuses.

Source: none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from stepfunctions.graph.build import Definition, build
from stepfunctions.graph.model import END, START, Edge, Node, Region
from stepfunctions.graph.ranks import assign_ranks, find_back_edges
from stepfunctions.graph.status import STATUSES, status_of


@dataclass(frozen=True, slots=True)
class _Signs:
    start: str
    end: str
    pipe: str
    tee: str
    corner: str
    arrow: str
    catch: str
    kinds: Mapping[str, str]


_UNICODE: Final = _Signs(
    "●", "◉", "│  ", "├─ ", "└─ ", "→", "⚠",
    {"Task": "▣", "Pass": "▷", "Wait": "◷", "Choice": "◇", "Succeed": "✓", "Fail": "✗", "Parallel": "∥", "Map": "⧉"},
)  # fmt: skip
_ASCII: Final = _Signs(
    "o", "o", "|  ", "|- ", "`- ", "->", "!",
    {"Task": "#", "Pass": ">", "Wait": "~", "Choice": "?", "Succeed": "+", "Fail": "x", "Parallel": "=", "Map": "*"},
)  # fmt: skip


def render_text(
    definition: Definition,
    *,
    statuses: Mapping[str, str] | None = None,
    ascii_only: bool = False,
) -> str:
    """Return *definition* as lines of text.

    Args:
        definition: Amazon States Language as text, decoded, or as the model.
        statuses: state name to status, as for ``render_svg``; with any, a mark stands before each state.
        ascii_only: for terminals that show nothing else.

    Returns:
        Lines joined by newlines. A state is followed by the next line's state unless arrows say otherwise.

    Raises:
        DefinitionError: a text that is not JSON, or not an object.
        ValueError: a word in *statuses* that is no status.

    Source:
        None.
    """
    writer = _Writer(statuses, _ASCII if ascii_only else _UNICODE, ascii_only=ascii_only)
    writer.region(build(definition), "")
    if statuses:
        writer.legend()
    return "\n".join(writer.lines)


class _Writer:
    def __init__(self, statuses: Mapping[str, str] | None, signs: _Signs, *, ascii_only: bool) -> None:
        self._statuses, self._signs, self._ascii = statuses, signs, ascii_only
        self.lines: list[str] = []

    def region(self, region: Region, indent: str) -> None:
        order = _flow_order(region)
        leaving: list[list[Edge]] = [[] for _ in region.nodes]
        for edge in region.edges:
            leaving[edge.source].append(edge)
        for position, index in enumerate(order):
            following = order[position + 1] if position + 1 < len(order) else None
            self._node(region, index, leaving[index], following, indent)

    def _node(self, region: Region, index: int, edges: list[Edge], following: int | None, indent: str) -> None:
        node = region.nodes[index]
        self.lines.append(
            f"{indent}{self._mark(node)}{self._title(node)}{self._jump(region, edges, following)}".rstrip()
        )
        inner = f"{indent}{'  ' if self._statuses else ''}"
        branches = [edge for edge in edges if edge.kind != "next"]
        last = len(branches) + len(node.regions) - 1
        for position, edge in enumerate(branches):
            lead = self._signs.corner if position == last else self._signs.tee
            self.lines.append(f"{inner}{lead}{self._branch(region, edge)}")
        for position, nested in enumerate(node.regions, start=len(branches)):
            self._nested(node, nested, position - len(branches), inner, closing=position == last)

    def _nested(self, node: Node, nested: Region, number: int, indent: str, *, closing: bool) -> None:
        lead = self._signs.corner if closing else self._signs.tee
        title = "each item" if node.kind == "Map" else f"branch {number + 1}"
        self.lines.append(f"{indent}{lead}{title}")
        self.region(nested, f"{indent}{'   ' if closing else self._signs.pipe}")

    def _mark(self, node: Node) -> str:
        if not self._statuses:
            return ""
        status = status_of(self._statuses, node.name) if node.kind not in (START, END) else None
        if status is None:
            return "  "
        return f"{status.ascii_mark if self._ascii else status.mark} "

    def _title(self, node: Node) -> str:
        if node.kind in (START, END):
            return f"{self._signs.start if node.kind == START else self._signs.end} {node.name}"
        about = node.kind if not node.detail else f"{node.kind}: {node.detail}"
        return f"{self._signs.kinds.get(node.kind, '?')} {node.name}  [{about}]"

    def _jump(self, region: Region, edges: list[Edge], following: int | None) -> str:
        """Say where a state leads if that is not the line below."""
        onward = [edge.target for edge in edges if edge.kind == "next"]
        if not onward or onward[0] == following:
            return ""
        return f"  {self._signs.arrow} {region.nodes[onward[0]].name}"

    def _branch(self, region: Region, edge: Edge) -> str:
        words = f"{self._signs.catch} {edge.label}" if edge.kind == "catch" else edge.label
        return f"{words} {self._signs.arrow} {region.nodes[edge.target].name}"

    def legend(self) -> None:
        marks = [f"{each.ascii_mark if self._ascii else each.mark} {each.word}" for each in STATUSES]
        self.lines += ["", "   ".join(marks)]


def _flow_order(region: Region) -> list[int]:
    """Return the nodes so that each comes after those that lead to it, the definition's order deciding the rest."""
    pairs = [(edge.source, edge.target) for edge in region.edges]
    back = find_back_edges(len(region.nodes), pairs)
    forward = [pair for index, pair in enumerate(pairs) if index not in back]
    ranks = assign_ranks(len(region.nodes), forward)
    return sorted(range(len(region.nodes)), key=lambda node: (ranks[node], node))
