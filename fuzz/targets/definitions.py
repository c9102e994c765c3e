"""Definitions: read, checked, drawn, compiled, and run in virtual time if they are accepted."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any, Final

from fuzz.mutation import mangled, mutated, odd_value
from fuzz.target import Finding
from stepfunctions.asl.model import StateMachine
from stepfunctions.asl.parse import parse
from stepfunctions.asl.render import render
from stepfunctions.asl.validate import validate
from stepfunctions.engine.mocks import Answer, fails, never, succeeds
from stepfunctions.engine.virtual import run
from stepfunctions.errors import DefinitionError, MockError, UnsupportedError
from stepfunctions.graph import render_svg
from stepfunctions.values import Json, dumps

CORPUS: Final[tuple[Json, ...]] = tuple(
    json.loads((Path(__file__).parent.parent / "corpus" / "definitions.json").read_text())
)
INPUT: Final[Json] = {
    "n": 1, "s": "abc", "b": False, "t": "2023-01-01T00:00:00Z", "wait": 2, "items": [1, "two", 3], "key": "k",
}  # fmt: skip


class Definitions:
    """A definition, an input, and what decides how its tasks end."""

    shares = 3

    def make(self, random: Random) -> Json:
        """Return ``{"definition": str, "input": Json, "express": bool, "seed": int}``."""
        text = made_definition(random)
        given = INPUT if random.random() < 0.6 else mutated(INPUT, random, CORPUS)
        return {
            "definition": text,
            "input": given,
            "express": random.random() < 0.2,
            "seed": random.randrange(1000),
        }

    def check(self, given: Json) -> None:
        """Do with it what the authoring, the API and an execution do."""
        assert isinstance(given, dict)
        text, express = str(given["definition"]), bool(given["express"])
        validate(text)
        try:
            machine = parse(text, express=express, creating=True)
        except DefinitionError as refusal:
            if not refusal.diagnostics or not str(refusal):
                raise Finding("it was refused without a reason") from None
            return
        render_svg(json.loads(text))
        if parse(dumps(render(machine)), express=express) is None:
            raise Finding("what is written of it is no definition")
        first = _history(machine, given["input"], int(str(given["seed"])))
        if int(str(given["seed"])) % 5 == 0 and _history(machine, given["input"], int(str(given["seed"]))) != first:
            raise Finding("it went differently when run again")

    def close(self) -> None:
        """Nothing was started."""


def made_definition(random: Random) -> str:
    """Return the text of a definition that is mostly right."""
    definition = random.choice(CORPUS)
    if random.random() < 0.95:
        definition = mutated(definition, random, CORPUS, changes_max=random.choice((1, 2, 4)))
    text = json.dumps(definition)
    return mangled(text, random) if random.random() < 0.1 else text


def _history(machine: StateMachine, given: Json, seed: int) -> str | None:
    """Return the history of an execution; None if it came to a task that is not to be had."""
    random = Random(str(seed))

    def answer(resource: str, arguments: Json) -> Any:
        return _answer(random)

    try:
        return dumps(run(machine, given, tasks=answer, seed=seed).history)
    except (MockError, UnsupportedError):
        return None


def _answer(random: Random) -> Answer:
    kind = random.randrange(6)
    if kind == 0:
        return fails(random.choice(("E1", "States.TaskFailed", "", "Odd")), "why", after_seconds=random.choice((0, 3)))
    if kind == 1:
        return never()
    return succeeds({"MessageId": "m", "odd": odd_value(random)}, after_seconds=random.choice((0, 0, 1, 40)))
