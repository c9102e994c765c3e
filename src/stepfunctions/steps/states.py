"""The plain states: Pass, Succeed, Fail, Wait, Choice, Parallel, Map and Task, and what joins them.

Every class takes its fields as keywords; a field that the state does not have raises TypeError.
"""

from __future__ import annotations

from typing import Any, ClassVar

from stepfunctions.log import logger
from stepfunctions.steps.base import Block, Catch, Retry, State
from stepfunctions.steps.choice_rule import BaseRule
from stepfunctions.steps.fields import Field
from stepfunctions.steps.graph import Chain, FrozenGraph, Graph

__all__ = [
    "Block", "Catch", "Chain", "Choice", "Fail", "FrozenGraph", "Graph", "Map", "Parallel", "Pass", "Retry", "State",
    "Succeed", "Task", "Wait",
]  # fmt: skip


class Pass(State):
    """Passes its input on, or a fixed result; useful to reshape data and to build a workflow step by step."""

    allowed: ClassVar[tuple[Field, ...]] = (
        Field.Parameters,
        Field.ResultPath,
        Field.Result,
        Field.Assign,
    )

    def __init__(self, state_id: str, **kwargs: Any) -> None:
        super().__init__(state_id, "Pass", **kwargs)


class Succeed(State):
    """Ends the workflow, a branch or an iteration well."""

    def __init__(self, state_id: str, **kwargs: Any) -> None:
        super().__init__(state_id, "Succeed", **kwargs)


class Fail(State):
    """Ends the workflow, a branch or an iteration badly."""

    allowed: ClassVar[tuple[Field, ...]] = (Field.Error, Field.Cause, Field.ErrorPath, Field.CausePath)

    def __init__(self, state_id: str, **kwargs: Any) -> None:
        super().__init__(state_id, "Fail", **kwargs)


class Wait(State):
    """Waits for a number of seconds or until a time.

    Raises:
        ValueError: not exactly one of ``seconds``, ``timestamp``, ``seconds_path`` and ``timestamp_path`` is given.
    """

    allowed: ClassVar[tuple[Field, ...]] = (
        Field.Seconds,
        Field.Timestamp,
        Field.SecondsPath,
        Field.TimestampPath,
        Field.Assign,
    )

    def __init__(self, state_id: str, **kwargs: Any) -> None:
        super().__init__(state_id, "Wait", **kwargs)
        ways = ("seconds", "timestamp", "seconds_path", "timestamp_path")
        if sum(kwargs.get(way) is not None for way in ways) != 1:
            raise ValueError(
                f"The Wait state {state_id!r} MUST contain exactly ONE of {', '.join(repr(way) for way in ways)}."
            )


class Choice(State):
    """Picks the next step by rules; the first that holds wins."""

    allowed: ClassVar[tuple[Field, ...]] = (Field.Assign,)

    def __init__(self, state_id: str, **kwargs: Any) -> None:
        super().__init__(state_id, "Choice", **kwargs)
        self.choices: list[tuple[BaseRule, State | Chain]] = []
        self.default: State | Chain | None = None

    def add_choice(self, rule: BaseRule, next_step: State | Chain) -> None:
        """Go to *next_step* if *rule* holds."""
        if not isinstance(rule, BaseRule):
            raise ValueError(f"Rule {rule!r} is invalid: expected a rule made by ChoiceRule")
        self.choices.append((rule, next_step))

    def default_choice(self, next_step: State | Chain) -> None:
        """Go to *next_step* if no rule holds."""
        self.default = next_step

    def next(self, next_step: State | Chain) -> State | Chain:
        """Let *next_step* follow if no rule holds."""
        if self.default is not None:
            logger.warning(
                "Chaining Choice state: Overwriting %s's current default_choice (%s) with %s",
                self.state_id,
                self.default.state_id,
                next_step.state_id,
            )
        self.default_choice(next_step)
        return next_step

    def to_dict(self) -> dict[str, Any]:
        """Return the state in the Amazon States Language."""
        rendered = super().to_dict()
        rendered["Choices"] = [{**rule.to_dict(), "Next": step.state_id} for rule, step in self.choices]
        if self.default is not None:
            rendered["Default"] = self.default.state_id
        return rendered


class _Work(State):
    """Task, Parallel and Map: what they share."""

    allowed: ClassVar[tuple[Field, ...]] = (
        Field.Parameters,
        Field.ResultPath,
        Field.ResultSelector,
        Field.Assign,
        Field.Retry,
        Field.Catch,
    )

    def __init__(
        self,
        state_id: str,
        state_type: str,
        retry: Retry | list[Retry] | None = None,
        catch: Catch | list[Catch] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(state_id, state_type, **kwargs)
        if retry:
            self.add_retry(retry)
        if catch:
            self.add_catch(catch)


class Parallel(_Work):
    """Runs branches side by side on the same input; its result is the list of their outputs."""

    def __init__(
        self,
        state_id: str,
        retry: Retry | list[Retry] | None = None,
        catch: Catch | list[Catch] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(state_id, "Parallel", retry, catch, **kwargs)
        self.branches: list[State | Chain] = []

    def add_branch(self, branch: State | Chain) -> None:
        """Add a branch: a state or a chain."""
        self.branches.append(branch)

    def to_dict(self) -> dict[str, Any]:
        """Return the state in the Amazon States Language."""
        return {**super().to_dict(), "Branches": [Graph(branch).to_dict() for branch in self.branches]}


class Map(_Work):
    """Runs its iterator for every item of a list; its result is the list of their outputs."""

    allowed: ClassVar[tuple[Field, ...]] = (
        Field.ItemsPath,
        Field.ItemSelector,
        Field.MaxConcurrency,
        Field.MaxConcurrencyPath,
    )

    def __init__(
        self,
        state_id: str,
        retry: Retry | list[Retry] | None = None,
        catch: Catch | list[Catch] | None = None,
        iterator: State | Chain | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(state_id, "Map", retry, catch, **kwargs)
        self.iterator: State | Chain | None = iterator

    def attach_iterator(self, iterator: State | Chain) -> None:
        """Run *iterator*, a state or a chain, for every item."""
        self.iterator = iterator

    def to_dict(self) -> dict[str, Any]:
        """Return the state in the Amazon States Language.

        Raises:
            ValueError: no iterator was given.
        """
        if self.iterator is None:
            raise ValueError(f"The Map state {self.state_id!r} has no iterator. Give one with attach_iterator().")
        return {**super().to_dict(), "Iterator": Graph(self.iterator).to_dict()}


class Task(_Work):
    """Has work done by a service.

    Raises:
        ValueError: a time is given both as a number and as a path.
    """

    allowed: ClassVar[tuple[Field, ...]] = (
        Field.Resource,
        Field.TimeoutSeconds,
        Field.TimeoutSecondsPath,
        Field.HeartbeatSeconds,
        Field.HeartbeatSecondsPath,
        Field.Credentials,
    )

    def __init__(
        self,
        state_id: str,
        retry: Retry | list[Retry] | None = None,
        catch: Catch | list[Catch] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(state_id, "Task", retry, catch, **kwargs)
        for name in ("timeout_seconds", "heartbeat_seconds"):
            if kwargs.get(name) is not None and kwargs.get(f"{name}_path") is not None:
                raise ValueError(f"The Task state {state_id!r} takes one of '{name}' and '{name}_path', not both.")
