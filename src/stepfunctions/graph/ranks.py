"""Ranks of a region's nodes: the first two steps of a layered layout.

Cycles are broken at the edges that a walk from the start finds to lead back; those are laid out upside down and drawn
the right way round. Every other edge leads at least one rank on.

Source: Sugiyama, Tagawa, Toda (1981), "Methods for visual understanding of hierarchical system structures".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

Pair: TypeAlias = tuple[int, int]
"""Source and target of an edge, by index."""


def find_back_edges(count: int, edges: Sequence[Pair]) -> set[int]:
    """Return the positions in *edges* of those that close a cycle, seen from node 0. Self loops are not among them."""
    leaving: list[list[int]] = [[] for _ in range(count)]
    for position, (source, _) in enumerate(edges):
        leaving[source].append(position)
    back: set[int] = set()
    state = bytearray(count)
    for root in range(count):
        if not state[root]:
            _walk(root, edges, leaving, state, back)
    return back


def _walk(root: int, edges: Sequence[Pair], leaving: list[list[int]], state: bytearray, back: set[int]) -> None:
    """Walk depth first; *state* is 0 for unseen, 1 for on the way here, 2 for done."""
    stack = [(root, iter(leaving[root]))]
    state[root] = 1
    while stack:
        node, rest = stack[-1]
        for position in rest:
            target = edges[position][1]
            if state[target] == 0:
                state[target] = 1
                stack.append((target, iter(leaving[target])))
                break
            if state[target] == 1 and target != node:
                back.add(position)
        else:
            state[node] = 2
            stack.pop()


def assign_ranks(count: int, edges: Sequence[Pair]) -> list[int]:
    """Return each node's rank: the longest way to it. *edges* has no cycles but self loops, which count nothing."""
    entering = [0] * count
    following: list[list[int]] = [[] for _ in range(count)]
    for source, target in edges:
        if source != target:
            entering[target] += 1
            following[source].append(target)
    ranks = [0] * count
    ready = [node for node in range(count) if not entering[node]]
    for node in ready:
        for target in following[node]:
            ranks[target] = max(ranks[target], ranks[node] + 1)
            entering[target] -= 1
            if not entering[target]:
                ready.append(target)
    return ranks
