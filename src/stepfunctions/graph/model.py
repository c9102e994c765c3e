"""What a picture of a definition shows: regions of nodes and edges, before anything has a place.

A region is a scope of the language, and no transition leaves its scope; so regions nest, and edges never cross their
borders. No geometry here, and nothing of how it is drawn.

Source: States Language, "Transitions", "Parallel State", "Map State".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

START: Final = "Start"
END: Final = "End"
MISSING: Final = "Missing"
"""A target that the definition names and does not have."""

EdgeKind: TypeAlias = Literal["next", "choice", "default", "catch"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A state, or one of the two circles.

    Args:
        name: the state's name; ``Start`` and ``End`` for the circles.
        kind: a state type, or ``START``, ``END``, ``MISSING``.
        detail: what it does, in a few words: ``sagemaker:createTrainingJob.sync``.
        regions: the branches of a Parallel state, the processor of a Map.
    """

    name: str
    kind: str
    detail: str = ""
    regions: tuple[Region, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """A transition between two nodes of one region, by their positions in it."""

    source: int
    target: int
    kind: EdgeKind
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """One scope. The first node is where it starts."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
