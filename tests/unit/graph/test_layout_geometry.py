"""What must hold in every picture: nothing overlaps, lines meet borders, nothing leaves its region."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, pairwise
from typing import Any, TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stepfunctions.graph.build import build
from stepfunctions.graph.layout import Box, Layout, Line, lay_out

Rectangle: TypeAlias = tuple[float, float, float, float]
BOTH = pytest.mark.parametrize("horizontal", [False, True], ids=["portrait", "landscape"])
NEAR = 0.01


def regions(layout: Layout) -> Iterator[Layout]:
    yield layout
    for box in layout.boxes:
        for panel in box.shape.panels:
            yield from regions(panel.layout)


def area(box: Box) -> Rectangle:
    return box.x, box.y, box.x + box.shape.width, box.y + box.shape.height


def obstacles(layout: Layout) -> list[Rectangle]:
    labels = [line.label for line in layout.lines if line.label is not None]
    return [area(box) for box in layout.boxes] + [(at.x, at.y, at.x + at.width, at.y + at.height) for at in labels]


def overlap(one: Rectangle, other: Rectangle) -> bool:
    return (
        one[0] < other[2] - NEAR and other[0] < one[2] - NEAR and one[1] < other[3] - NEAR and other[1] < one[3] - NEAR
    )


def on_border(point: tuple[float, float], box: Box) -> bool:
    left, top, right, bottom = area(box)
    x, y = point
    on_side = min(abs(x - left), abs(x - right)) < NEAR and top - NEAR <= y <= bottom + NEAR
    return on_side or (min(abs(y - top), abs(y - bottom)) < NEAR and left - NEAR <= x <= right + NEAR)


def points(line: Line) -> list[tuple[float, float]]:
    return [point for run in line.route.runs for point in run]


def check(layout: Layout) -> None:
    """Assert everything that must hold in one region."""
    for one, other in combinations(obstacles(layout), 2):
        assert not overlap(one, other)
    for left, top, right, bottom in obstacles(layout):
        assert left > -NEAR
        assert top > -NEAR
        assert right < layout.width + NEAR
        assert bottom < layout.height + NEAR
    for line in layout.lines:
        assert on_border(points(line)[0], layout.boxes[line.edge.source])
        assert on_border(points(line)[-1], layout.boxes[line.edge.target])
        for x, y in points(line):
            assert -NEAR < x < layout.width + NEAR
            assert -NEAR < y < layout.height + NEAR
        check_clear(layout, line)


def check_clear(layout: Layout, line: Line) -> None:
    """Assert that a line touches no box but its own: neither its runs nor the bands in which it curves."""
    flow = 0 if layout.horizontal else 1
    others = [area(box) for index, box in enumerate(layout.boxes) if index not in (line.edge.source, line.edge.target)]
    for begin, end in pairwise(points(line)):
        low, high = sorted((begin, end), key=lambda point: point[flow])
        for box in others:
            crosses_flow = low[flow] < box[flow + 2] - NEAR and high[flow] > box[flow] + NEAR
            side = 1 - flow
            reach = sorted((begin[side], end[side]))
            assert not (crosses_flow and reach[0] < box[side + 2] - NEAR and reach[1] > box[side] + NEAR)


@BOTH
def test_nothing_overlaps_and_lines_meet_borders(definition: dict[str, Any], horizontal: bool) -> None:
    for layout in regions(lay_out(build(definition), horizontal=horizontal)):
        check(layout)


@BOTH
def test_nested_regions_lie_within_their_box(definition: dict[str, Any], horizontal: bool) -> None:
    for layout in regions(lay_out(build(definition), horizontal=horizontal)):
        for box in layout.boxes:
            sheets = [(p.x, p.y, p.x + p.width, p.y + p.height) for p in box.shape.panels]
            for sheet, panel in zip(sheets, box.shape.panels, strict=True):
                x, y = panel.origin
                assert sheet[0] <= x <= x + panel.layout.width <= sheet[2] <= box.shape.width
                assert sheet[1] <= y <= y + panel.layout.height <= sheet[3] <= box.shape.height
            assert not any(overlap(one, other) for one, other in combinations(sheets, 2))


@st.composite
def tangles(draw: st.DrawFn) -> dict[str, Any]:
    """States with any targets at all, loops, self loops and missing ones among them."""
    names = [f"S{index}" for index in range(draw(st.integers(1, 9)))]
    target = st.sampled_from([*names, "Missing"])
    states: dict[str, Any] = {}
    for name in names:
        rules = draw(st.lists(st.tuples(st.sampled_from(["", "a", "a longer condition"]), target), max_size=3))
        made = [{"Variable": "$.v", "StringEquals": value, "Next": to} for value, to in rules]
        states[name] = draw(
            st.sampled_from(
                [
                    {"Type": "Choice", "Choices": made, "Default": draw(target)},
                    {"Type": "Task", "Next": draw(target), "Catch": [{"ErrorEquals": ["E"], "Next": draw(target)}]},
                    {"Type": "Pass", "End": True},
                ]
            )
        )
    return {"StartAt": "S0", "States": states}


@settings(max_examples=80, deadline=None)
@given(tangles(), st.booleans())
def test_no_tangle_makes_it_overlap(definition: dict[str, Any], horizontal: bool) -> None:
    check(lay_out(build(definition), horizontal=horizontal))


def test_the_same_definition_has_the_same_layout(definition: dict[str, Any]) -> None:
    assert lay_out(build(definition)) == lay_out(build(definition))


def test_a_chain_is_one_straight_line(named: dict[str, dict[str, Any]]) -> None:
    layout = lay_out(build(named["sagemaker chain"]))
    assert {round(box.x + box.shape.width / 2, 3) for box in layout.boxes} == {round(layout.width / 2, 3)}
    assert all(len({round(x, 3) for x, _ in points(line)}) == 1 for line in layout.lines)


def test_a_loop_leads_back_upwards(named: dict[str, dict[str, Any]]) -> None:
    layout = lay_out(build(named["polling loop"]))
    back = next(line for line in layout.lines if line.edge.label == "otherwise")
    assert points(back)[0][1] > points(back)[-1][1]
    assert back.route.heading == (0.0, -1.0)


def test_handlers_of_many_states_share_one_trunk(named: dict[str, dict[str, Any]]) -> None:
    layout = lay_out(build(named["forty with one handler"]))
    caught = [line for line in layout.lines if line.edge.kind == "catch"]
    assert len(caught) == 39
    assert len({point for line in caught for point in points(line)}) < 39 * 8
    assert layout.width < 600


def test_branches_stand_side_by_side_across_the_flow(named: dict[str, dict[str, Any]]) -> None:
    region = build(named["twenty branches"])
    upright, lying = lay_out(region), lay_out(region, horizontal=True)
    assert upright.width > 3 * upright.height
    assert lying.height > 2 * lying.width
