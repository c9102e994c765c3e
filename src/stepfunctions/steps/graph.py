"""How states become a definition: chains of states, and the graph that is reached from the first of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, ClassVar

from stepfunctions.exceptions import DuplicateStatesInChain
from stepfunctions.inputs import StepInput
from stepfunctions.steps.base import Block, State
from stepfunctions.steps.fields import Field
from stepfunctions.steps.rendering import find_placeholders


class Chain:
    """Steps one after the other; chains in it are taken apart.

    Raises:
        TypeError: the steps are not a list.
        DuplicateStatesInChain: the same state occurs twice.
        ValueError: a step in the middle cannot be followed by another.
    """

    def __init__(self, steps: list[State | Chain] | None = None) -> None:
        steps = [] if steps is None else steps
        if not isinstance(steps, list):
            raise TypeError("Chain takes a 'list' of steps. You provided an input that is not a list.")
        self.steps: list[State] = []
        for step in steps:
            for each in step.steps if isinstance(step, Chain) else [step]:
                self._add(each)
        for before, after in zip(self.steps, self.steps[1:], strict=False):
            before.next(after)

    @property
    def state_id(self) -> str:
        """The name of the first state.

        Raises:
            ValueError: the chain is empty.
        """
        if not self.steps:
            raise ValueError("Can not get state_id from an empty Chain")
        return self.steps[0].state_id

    def _add(self, step: State) -> None:
        if any(each is step for each in self.steps):
            raise DuplicateStatesInChain(
                f"Duplicate state {step.state_id!r} in chain: a state can follow itself only by name."
            )
        self.steps.append(step)

    def append(self, step: State) -> None:
        """Let *step* follow the last one."""
        last = self.steps[-1] if self.steps else None
        self._add(step)
        if last is not None:
            last.next(step)

    def next(self, next_step: State | Chain) -> State | Chain:
        """Let *next_step* follow the last one, and return it."""
        return self.steps[-1].next(next_step)

    def accept(self, visitor: Any) -> None:
        """Let *visitor* visit the first state."""
        visitor.visit(self.steps[0])

    def __iter__(self) -> Iterator[State]:
        return iter(self.steps)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(steps={self.steps!r})"


class Graph(Block):
    """All states that are reached from a branch, as a definition.

    Args:
        branch: the state or chain to start at.
        timeout_seconds: after which the execution times out.
        comment: a human-readable description.
        version: of the language.

    Raises:
        ValueError: *branch* is neither a state nor a chain; two different states share a name; a placeholder for a
            step's output is used elsewhere than right after it.
    """

    allowed: ClassVar[tuple[Field, ...]] = (Field.TimeoutSeconds, Field.Comment)

    def __init__(
        self,
        branch: State | Chain,
        timeout_seconds: int | None = None,
        comment: str | None = None,
        version: str | None = None,
    ) -> None:
        if not isinstance(branch, State | Chain):
            raise ValueError(f"Expected branch to be a State or a Chain, but got `{branch}`")
        super().__init__(timeout_seconds=timeout_seconds, comment=comment)
        self.version = version
        self.branch = branch
        self.states: dict[str, State] = {}
        self._collect(branch)

    def _collect(self, start: State | Chain) -> None:
        """Gather states in the order in which a reader would meet them, without recursion: chains can be long."""
        waiting = [_first(start)]
        while waiting:
            state = waiting.pop()
            known = self.states.get(state.state_id)
            if known is state:
                continue
            if known is not None:
                raise ValueError(
                    "Each state in a workflow must have a unique state id. "
                    f"Found duplicate state id {state.state_id!r} in workflow."
                )
            self.states[state.state_id] = state
            _check_placeholders(state)
            waiting.extend(reversed(list(_successors(state))))

    def to_dict(self) -> dict[str, Any]:
        """Return the definition."""
        rendered = super().to_dict()
        if self.version is not None:
            rendered["Version"] = self.version
        rendered["StartAt"] = self.branch.state_id
        rendered["States"] = {name: state.to_dict() for name, state in self.states.items()}
        return rendered

    def __repr__(self) -> str:
        return f"{type(self).__name__}(branch={self.branch!r})"


class FrozenGraph:
    """A definition that came from the service: it is passed through as it is."""

    def __init__(self, definition: dict[str, Any]) -> None:
        self.definition = definition

    @classmethod
    def from_json(cls, text: str) -> FrozenGraph:
        """Return the graph of a definition's text."""
        return cls(json.loads(text))

    def to_dict(self) -> dict[str, Any]:
        """Return the definition."""
        return self.definition

    def to_json(self, pretty: bool = False) -> str:
        """Return the definition as JSON text."""
        return json.dumps(self.definition, indent=4 if pretty else None)

    def __str__(self) -> str:
        return self.to_json(pretty=True)


def _first(step: State | Chain) -> State:
    if isinstance(step, Chain):
        if not step.steps:
            raise ValueError("An empty Chain cannot be part of a workflow")
        return step.steps[0]
    return step


def _successors(state: State) -> Iterator[State]:
    if state.next_step is not None:
        yield _first(state.next_step)
    if state.type == "Choice":
        for _, step in getattr(state, "choices", ()):
            yield _first(step)
        if state.default is not None:
            yield _first(state.default)
    for catch in state.catches:
        yield _first(catch.next_step)


def _check_placeholders(before: State) -> None:
    """A step's output is at hand only in the step right after it."""
    if before.next_step is None:
        return
    state = _first(before.next_step)
    parameters = state.fields.get(Field.Parameters.value)
    for name, value in parameters.items() if isinstance(parameters, dict) else ():
        for placeholder in find_placeholders(value):
            if isinstance(placeholder, StepInput) and not _belongs(placeholder, before.output()):
                raise ValueError(
                    f"State {state.state_id!r} is using an illegal placeholder for the {name!r} parameter: "
                    f"{placeholder!r} is not from the output of {before.state_id!r}, the step before it."
                )


def _belongs(placeholder: StepInput, output: StepInput) -> bool:
    return placeholder is output or placeholder in output
