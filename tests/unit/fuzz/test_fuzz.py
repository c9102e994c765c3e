"""The fuzzer itself: inputs can be made again, are made small, and neither a hang nor a death of a worker is missed."""

from __future__ import annotations

import json
import os
import time
from random import Random
from typing import Any

import pytest
from fuzz import campaign, targets
from fuzz.mutation import mutated
from fuzz.reduction import reduced
from fuzz.target import Finding, random_for
from fuzz.targets.definitions import CORPUS

from stepfunctions.asl.parse import parse
from stepfunctions.values import Json


class Troublesome:
    """Fails at some numbers, stands still at another, and takes its process down at a third."""

    shares = 1

    def make(self, random: Random) -> Json:
        return {"number": random.randrange(10), "rest": ["a", "b"]}

    def check(self, given: Json) -> None:
        assert isinstance(given, dict)
        match given["number"]:
            case 3:
                raise Finding("three is odd")
            case 5:
                time.sleep(60)
            case 7:
                os._exit(9)

    def close(self) -> None:
        """Nothing was started."""


def number_of(wanted: int) -> int:
    """Return the first input that is *wanted*."""
    numbers = (number for number in range(1000) if random_for(1, "troublesome", number).randrange(10) == wanted)
    return next(numbers)


@pytest.fixture
def troublesome(monkeypatch: pytest.MonkeyPatch) -> None:
    """Has the target above fuzzed, by workers that are threads of the same memory: forked, not spawned."""
    monkeypatch.setitem(targets.TARGETS, "troublesome", Troublesome)
    monkeypatch.setattr(campaign, "_CONTEXT", campaign.multiprocessing.get_context("fork"))
    monkeypatch.setattr(campaign, "WATCHDOG_SECONDS", 1.0)
    monkeypatch.setattr(campaign, "_STARTING_SECONDS", 1.0)


@pytest.mark.parametrize(
    ("wanted", "what"), [(3, "three is odd"), (5, "It takes more than 1 s."), (7, "The process died: 9.")]
)
def test_a_fault_a_hang_and_a_death_are_each_found(troublesome: None, wanted: int, what: str) -> None:
    (found,) = campaign.again("troublesome", 1, number_of(wanted)).found

    assert what in found.what
    assert found.number == number_of(wanted)


def test_what_is_not_needed_to_fail_is_left_out(troublesome: None) -> None:
    (found,) = campaign.again("troublesome", 1, number_of(3)).found

    assert found.given == {"number": 3}


def test_an_input_without_fault_finds_nothing(troublesome: None) -> None:
    assert campaign.again("troublesome", 1, number_of(4)).found == []


@pytest.mark.parametrize("name", ["definitions", "paths", "expressions", "wire"])
def test_an_input_depends_on_the_seed_and_its_number_only(name: str) -> None:
    first, second = (targets.TARGETS[name]().make(random_for(7, name, 3)) for _ in range(2))

    assert first == second
    assert first != targets.TARGETS[name]().make(random_for(7, name, 4))


def test_the_smallest_failing_input_is_found() -> None:
    def fails(value: Any) -> bool:
        return isinstance(value, dict) and "needle" in json.dumps(value.get("text", ""))

    large = {"text": ["hay " * 50, {"deep": "hay needle hay"}], "more": [1, 2, 3]}

    assert reduced(large, fails, 10) == {"text": [{"deep": "needle"}]}


def test_a_mutation_leaves_the_original_as_it_was() -> None:
    original = json.dumps(CORPUS)
    changed = [mutated(CORPUS[0], Random(seed), CORPUS) for seed in range(50)]

    assert json.dumps(CORPUS) == original
    assert any(each != CORPUS[0] for each in changed)


@pytest.mark.parametrize("definition", CORPUS, ids=lambda each: str(each["StartAt"]))
def test_every_definition_of_the_corpus_is_accepted(definition: dict[str, Json]) -> None:
    parse(definition)
