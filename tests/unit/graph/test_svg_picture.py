"""The picture as a document: well-formed, self-contained, readable without colour, and the same every time."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

import pytest

from stepfunctions.asl import parse
from stepfunctions.errors import DefinitionError
from stepfunctions.graph import render_svg
from stepfunctions.graph.measure import text_width
from stepfunctions.graph.status import STATUSES

SVG = "{http://www.w3.org/2000/svg}"


def texts(svg: str) -> list[str]:
    return [each.text or "" for each in ElementTree.fromstring(svg).iter(f"{SVG}text")]


@pytest.mark.parametrize("portrait", [True, False])
def test_a_picture_is_well_formed_and_needs_nothing_from_elsewhere(definition: dict[str, Any], portrait: bool) -> None:
    svg = render_svg(definition, portrait=portrait, title="Title & <more>", statuses={"A": "Failed"})
    root = ElementTree.fromstring(svg)
    assert root.tag == f"{SVG}svg"
    assert {each.tag.removeprefix(SVG) for each in root.iter()} <= {
        "svg", "title", "desc", "g", "rect", "circle", "path", "text",
    }  # fmt: skip
    assert re.findall(r"https?://[^\"]*", svg) == ["http://www.w3.org/2000/svg"]
    assert not re.search(r"\b(id|class|href|on\w+|url)\s*=", svg)


def test_the_same_arguments_give_the_same_text(definition: dict[str, Any]) -> None:
    assert render_svg(definition) == render_svg(definition)


def test_every_state_is_shown_with_its_kind(named: dict[str, dict[str, Any]]) -> None:
    shown = texts(render_svg(named["sagemaker chain"]))
    assert {"Start", "Train Step", "sagemaker:createTrainingJob.sync", "Create Endpoint", "End"} <= set(shown)
    assert "Parallel" in texts(render_svg(named["map in parallel"]))
    assert "Map: for each item" in texts(render_svg(named["map in parallel"]))


def test_conditions_and_errors_stand_on_the_edges(named: dict[str, dict[str, Any]]) -> None:
    shown = texts(render_svg(named["polling loop"]))
    assert {'$.s == "FAILED"', '$.s == "SUCCEEDED"', "otherwise", "States.ALL"} <= set(shown)


def test_a_self_loop_keeps_its_label(named: dict[str, dict[str, Any]]) -> None:
    assert {"Busy", '$.s == "again"'} <= set(texts(render_svg(named["self loops"])))


def test_a_status_changes_colour_and_sign(named: dict[str, dict[str, Any]]) -> None:
    for status in STATUSES:
        svg = render_svg(named["one state"], statuses={"Only": status.word})
        # Once in the legend, and once at the state.
        assert svg.count(f'fill="{status.colour}"') == 2
        assert svg.count(f'd="{status.sign}"') == 2
        assert f"Only · Pass · {status.word}" in svg


def test_a_region_shows_its_status_on_its_frame(named: dict[str, dict[str, Any]]) -> None:
    svg = render_svg(named["map in parallel"], statuses={"Fan out": "Failed"})
    assert 'stroke="#DE322F"' in svg


def test_a_legend_comes_with_statuses_only(named: dict[str, dict[str, Any]]) -> None:
    words = {each.word for each in STATUSES}
    assert words <= set(texts(render_svg(named["one state"], statuses={"Only": "Succeeded"})))
    assert not words & set(texts(render_svg(named["one state"])))
    assert not words & set(texts(render_svg(named["one state"], statuses={})))


def test_a_word_that_is_no_status_is_refused(named: dict[str, dict[str, Any]]) -> None:
    with pytest.raises(ValueError, match="'Done' is no status of a state \\('Only'\\)"):
        render_svg(named["one state"], statuses={"Only": "Done"})


@pytest.mark.parametrize(("word", "colour"), [("RUNNING", "#53C9ED"), ("TIMED_OUT", "#DE322F"), ("ABORTED", "#DDD")])
def test_the_words_of_the_api_are_understood(named: dict[str, dict[str, Any]], word: str, colour: str) -> None:
    assert render_svg(named["one state"], statuses={"Only": word}).count(f'fill="{colour}"') == 2


def test_it_names_itself_for_screen_readers(named: dict[str, dict[str, Any]]) -> None:
    root = ElementTree.fromstring(
        render_svg(named["sagemaker chain"], title="Abalone", statuses={"Train Step": "Succeeded"})
    )
    assert (root.get("role"), root.get("aria-label")) == ("img", "Abalone")
    assert root[0].text == "Abalone"
    described = root[1].text or ""
    assert described.startswith("5 states: Train Step, Save model")
    assert described.endswith("Status of states: succeeded: 1.")


def test_a_long_name_is_cut_and_told_in_full(named: dict[str, dict[str, Any]]) -> None:
    svg = render_svg(named["long names"])
    assert any(text.endswith("…") for text in texts(svg))
    assert f"<title>{'x' * 80} · Pass</title>" in svg
    assert all(text_width(text, 13.0) <= 211 for text in texts(svg))


def test_latin_text_is_pinned_to_its_measured_width() -> None:
    svg = render_svg({"StartAt": "Train", "States": {"Train": {"Type": "Succeed"}}})
    assert f'textLength="{text_width("Train", 13.0):.1f}" lengthAdjust="spacingAndGlyphs">Train<' in svg


def test_characters_that_xml_cannot_carry_are_replaced() -> None:
    svg = render_svg({"StartAt": "a\x00b", "States": {"a\x00b": {"Type": "Succeed"}}})
    assert "a\ufffdb" in "".join(ElementTree.fromstring(svg).itertext())


def test_text_dict_and_model_give_one_picture() -> None:
    definition = {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}
    text = '{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}'
    assert render_svg(text) == render_svg(definition) == render_svg(parse(definition))


def test_a_text_that_is_no_definition_is_refused() -> None:
    with pytest.raises(DefinitionError):
        render_svg("not a definition")
    with pytest.raises(DefinitionError):
        render_svg("[]")
