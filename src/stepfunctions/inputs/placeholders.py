"""Placeholders stand in a definition for values that are known only when the workflow is executed.

``placeholder["a"]["b"][0]`` names a value inside another, is made when it is first named, and is remembered, so that a
collection of placeholders knows the schema of what it expects. A collection that was given a schema is fixed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, Self

Schema = Mapping[str, Any]
"""Names to types or to schemas: ``{"JobName": str, "Hyperparameters": {"eta": float}}``."""


class ValidationResult(NamedTuple):
    """What ``Placeholder.validate`` found.

    ``keys_type_mismatch`` holds ``(name, expected, found)``; nested names are dotted.
    """

    valid: bool
    keys_missing: list[str]
    keys_type_mismatch: list[tuple[str, type, type]]


class Placeholder:
    """A value that is not known yet, or a collection of them.

    Args:
        schema: what the collection holds; it is then fixed.
        name: of this placeholder inside its parent.
        type: of the value, if it is known.
        parent: the collection it belongs to.
    """

    root = "$"
    """The JSONPath of the collection at the top."""

    def __init__(
        self,
        schema: Schema | None = None,
        *,
        name: str | int | None = None,
        type: type | None = None,  # noqa: A002 - the parameter's public name
        parent: Placeholder | None = None,
    ) -> None:
        self.name = name
        self.type = type
        self.parent = parent
        self.immutable = False
        self.store: dict[str | int, Any] = {}
        self.json_str_template = self.root
        if schema is not None:
            for key, expected in schema.items():
                self.store[key] = self._child(key, expected)
            self._fix()

    def _child(self, key: str | int, expected: Any = None) -> Self:
        if isinstance(expected, Mapping):
            return self.__class__(expected, name=key, parent=self)
        return self.__class__(name=key, type=expected, parent=self)

    def _fix(self) -> None:
        self.immutable = True
        for child in self.store.values():
            child._fix()

    def __getitem__(self, key: str | int) -> Self:
        """Return the placeholder for the value *key* of this one.

        Raises:
            ValueError: the key is neither a name nor an index, or the schema does not have it.
        """
        if isinstance(key, bool) or not isinstance(key, str | int):
            raise ValueError(f"Key must be either string or integer, not {key!r}")
        found: Self | None = self.store.get(key)
        if found is None:
            self._require_mutable(key)
            found = self.store[key] = self._child(key)
        return found

    def get(self, name: str | int, type: type) -> Self:  # noqa: A002 - the parameter's public name
        """Return the placeholder for the value *name*, which is of this type.

        Raises:
            ValueError: it was named before with another type, or the schema does not have it.
        """
        found: Self | None = self.store.get(name)
        if found is None:
            self._require_mutable(name)
            found = self.store[name] = self._child(name, type)
        if found.type is None and not self.immutable:
            found.type = type
        if found.type is not type:
            raise ValueError(f"Placeholder {name!r} is of type {_name(found.type)}, not {_name(type)}.")
        return found

    def _require_mutable(self, key: str | int) -> None:
        if self.immutable:
            known = ", ".join(repr(each) for each in self.store) or "nothing"
            raise ValueError(
                "Placeholder variable does not conform to schema set for the placeholder collection. "
                f"There is no {key!r} in it; it has {known}."
            )

    def __contains__(self, placeholder: object) -> bool:
        return isinstance(placeholder, Placeholder) and self.contains(placeholder)

    def contains(self, placeholder: Placeholder) -> bool:
        """Return whether *placeholder* is in this collection, at any depth."""
        return any(child is placeholder or child.contains(placeholder) for child in self.store.values())

    def __iter__(self) -> Iterator[Any]:
        raise TypeError(f"{self!r} cannot be iterated: what it holds is known only when the workflow is executed")

    def get_schema_as_dict(self) -> dict[str | int, Any]:
        """Return the schema of the collection; values of unknown type count as ``str``."""
        return {
            key: child.get_schema_as_dict() if child.store else child.type or str for key, child in self.store.items()
        }

    def get_schema_as_json(self, pretty: bool = False) -> str:
        """Return the schema of the collection as JSON, types by their name."""
        schema = _typed_names(self.get_schema_as_dict())
        return json.dumps(schema, indent=4 if pretty else None)

    def validate(self, input: Any) -> ValidationResult:  # noqa: A002 - the parameter's public name
        """Check *input* against the schema. What the schema does not name is allowed."""
        missing: list[str] = []
        mismatched: list[tuple[str, type, type]] = []
        if not isinstance(input, Mapping):
            missing = [str(key) for key in self.store]
            if input is not None:
                mismatched = [("$", dict, input.__class__)]
        else:
            self._check(input, "", missing, mismatched)
        return ValidationResult(not missing and not mismatched, missing, mismatched)

    def _check(
        self, given: Mapping[Any, Any], prefix: str, missing: list[str], mismatched: list[tuple[str, type, type]]
    ) -> None:
        for key, child in self.store.items():
            name = f"{prefix}{key}"
            if key not in given:
                missing.append(name)
            elif child.store:
                if isinstance(given[key], Mapping):
                    child._check(given[key], f"{name}.", missing, mismatched)
                else:
                    mismatched.append((name, dict, given[key].__class__))
            elif child.type is not None and not isinstance(given[key], child.type):
                mismatched.append((name, child.type, given[key].__class__))

    def to_jsonpath(self) -> str:
        """Return the path of the value, such as ``$$.Execution.Input['JobName']``."""
        if self.parent is None:
            return self.json_str_template
        return self.parent.to_jsonpath() + _step(self.name)

    def __str__(self) -> str:
        return self.to_jsonpath()

    def __repr__(self) -> str:
        return f"{self.__class__.__name__}({self.to_jsonpath()})"


class ExecutionInput(Placeholder):
    """The input of an execution: ``$$.Execution.Input``."""

    root = "$$.Execution.Input"


class StepInput(Placeholder):
    """The output of the step before: ``$``."""


def _step(name: str | int | None) -> str:
    if isinstance(name, int):
        return f"[{name}]"
    escaped = str(name).replace("\\", "\\\\").replace("'", "\\'")
    return f"['{escaped}']"


def _name(kind: type | None) -> str:
    return "unknown" if kind is None else kind.__name__


def _typed_names(schema: Any) -> Any:
    if isinstance(schema, dict):
        return {key: _typed_names(value) for key, value in schema.items()}
    return schema.__name__
