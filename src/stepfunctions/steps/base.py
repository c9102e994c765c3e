"""What every state of the SDK is made of: blocks with fields, and the way they refer to each other.

A block keeps its fields in Python's names and writes them in the language's. Unlike the language, ``None`` means "not
given"; only the three paths can be null, because for them null has a meaning of its own.

Source: States Language specification; the public names are those of the predecessor, stepfunctions 2.3.0.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from stepfunctions.inputs import StepInput
from stepfunctions.steps.fields import Field
from stepfunctions.steps.rendering import render_path, render_placeholders

if TYPE_CHECKING:
    from stepfunctions.steps.graph import Chain

_NULLABLE = frozenset({Field.ResultPath, Field.InputPath, Field.OutputPath})
_TEMPLATES = frozenset({Field.Parameters, Field.ResultSelector, Field.ItemSelector, Field.Assign, Field.Credentials})


class Block:
    """A piece of a definition: named fields, each allowed for its class.

    Raises:
        TypeError: a field that the class does not have.
    """

    allowed: ClassVar[tuple[Field, ...]] = ()

    def __init__(self, **fields: Any) -> None:
        names = {field.value for field in self.allowed_fields()}
        for name in fields:
            if name not in names:
                raise TypeError(f"Field '{name}' is not supported.")
        self.fields = fields

    @classmethod
    def allowed_fields(cls) -> tuple[Field, ...]:
        """Return the fields of the class, its bases' included."""
        return tuple(field for base in reversed(cls.__mro__) for field in base.__dict__.get("allowed", ()))

    def __getattr__(self, name: str) -> Any:
        # A field that was not given reads as None, as does any other name: callers of the predecessor rely on it.
        if name.startswith("__") or name == "fields":
            raise AttributeError(name)
        return self.fields.get(name)

    def to_dict(self) -> dict[str, Any]:
        """Return the block in the Amazon States Language."""
        rendered: dict[str, Any] = {}
        for field in self.allowed_fields():
            if field.value in self.fields:
                value = self.fields[field.value]
                if value is not None or field in _NULLABLE:
                    rendered[field.name] = _render_field(field, value)
        return rendered

    def to_json(self, pretty: bool = False) -> str:
        """Return the block in the Amazon States Language, as JSON text."""
        return json.dumps(self.to_dict(), indent=4 if pretty else None)

    def __str__(self) -> str:
        return self.to_json(pretty=True)

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self.fields.items())
        return f"{type(self).__name__}({shown})"


def _render_field(field: Field, value: Any) -> Any:
    if field in _TEMPLATES:
        return render_placeholders(value)
    return render_path(value)


class Retry(Block):
    """One retrier: which errors it is for, and how it waits."""

    allowed: ClassVar[tuple[Field, ...]] = (
        Field.ErrorEquals,
        Field.IntervalSeconds,
        Field.MaxAttempts,
        Field.BackoffRate,
        Field.MaxDelaySeconds,
        Field.JitterStrategy,
    )

    def __init__(
        self,
        error_equals: list[str],
        interval_seconds: int | None = None,
        max_attempts: int | None = None,
        backoff_rate: float | None = None,
        max_delay_seconds: int | None = None,
        jitter_strategy: str | None = None,
    ) -> None:
        super().__init__(
            error_equals=error_equals,
            interval_seconds=interval_seconds,
            max_attempts=max_attempts,
            backoff_rate=backoff_rate,
            max_delay_seconds=max_delay_seconds,
            jitter_strategy=jitter_strategy,
        )


class Catch(Block):
    """One catcher: which errors it is for, and where it leads."""

    allowed: ClassVar[tuple[Field, ...]] = (Field.ErrorEquals, Field.ResultPath)

    def __init__(self, next_step: State | Chain, error_equals: list[str], **fields: Any) -> None:
        super().__init__(error_equals=error_equals, **fields)
        self.next_step = next_step

    def to_dict(self) -> dict[str, Any]:
        """Return the catcher in the Amazon States Language."""
        return {**super().to_dict(), "Next": self.next_step.state_id}


class State(Block):
    """Base of the eight states.

    Args:
        state_id: the name of the state, unique in its scope, at most 80 characters.
        state_type: the value of ``Type``.
        output_schema: what the state's output holds; ``output()`` is then fixed to it.
    """

    allowed: ClassVar[tuple[Field, ...]] = (Field.Comment, Field.InputPath, Field.OutputPath)

    def __init__(self, state_id: str, state_type: str, output_schema: dict[str, Any] | None = None, **fields: Any):
        super().__init__(**fields)
        self.state_id = state_id
        self.state_type = state_type
        self.type = state_type
        self.next_step: State | Chain | None = None
        self.retries: list[Retry] = []
        self.catches: list[Catch] = []
        self.step_output = StepInput(schema=output_schema)

    def next(self, next_step: State | Chain) -> State | Chain:
        """Let *next_step* follow this state.

        Returns:
            *next_step*, so that calls can be chained.

        Raises:
            ValueError: nothing follows a state of this type.
        """
        if self.type in ("Succeed", "Fail"):
            raise ValueError(
                f"Unexpected State instance `{self!r}`, State type {self.type} does not support method `next`."
            )
        self.next_step = next_step
        return next_step

    def output(self) -> StepInput:
        """Return the placeholder for the output of this state, for the parameters of the state after it."""
        return self.step_output

    def update_parameters(self, params: Any) -> None:
        """Replace the parameters, where the state has any."""
        if Field.Parameters in self.allowed_fields():
            self.fields[Field.Parameters.value] = params

    def add_retry(self, retry: Retry | Iterable[Retry]) -> None:
        """Add one retrier, or several.

        Raises:
            ValueError: a state of this type cannot retry.
        """
        self._require(Field.Retry)
        self.retries.extend([retry] if isinstance(retry, Retry) else retry)

    def add_catch(self, catch: Catch | Iterable[Catch]) -> None:
        """Add one catcher, or several.

        Raises:
            ValueError: a state of this type cannot catch.
        """
        self._require(Field.Catch)
        self.catches.extend([catch] if isinstance(catch, Catch) else catch)

    def _require(self, field: Field) -> None:
        if field not in self.allowed_fields():
            raise ValueError(
                f"{field.name} is not supported by a state of type {self.type}, such as {self.state_id!r}."
            )

    def accept(self, visitor: Any) -> None:
        """Let *visitor* visit this state: ``visitor.visit(state)`` returns whether to go on."""
        visitor.visit(self)

    def to_dict(self) -> dict[str, Any]:
        """Return the state in the Amazon States Language."""
        rendered: dict[str, Any] = {}
        if self.retries:
            rendered["Retry"] = [retry.to_dict() for retry in self.retries]
        if self.catches:
            rendered["Catch"] = [catch.to_dict() for catch in self.catches]
        return {**super().to_dict(), "Type": self.type, **rendered, **self._transition()}

    def _transition(self) -> dict[str, Any]:
        if self.type in ("Choice", "Succeed", "Fail"):
            return {}
        return {"Next": self.next_step.state_id} if self.next_step is not None else {"End": True}

    def __repr__(self) -> str:
        shown = "".join(f", {name}={value!r}" for name, value in self.fields.items() if value is not None)
        return f"{self.state_id} {type(self).__name__}(type={self.type!r}{shown})"
