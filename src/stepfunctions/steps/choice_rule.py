"""Choice rules: ``ChoiceRule.StringEquals(variable, value)`` and the other operators of the language.

Source: States Language specification, "Choice State".
"""

from __future__ import annotations

from typing import Any

from stepfunctions.inputs import Placeholder
from stepfunctions.steps.rendering import render_path


class BaseRule:
    """Base of all rules."""

    def to_dict(self) -> dict[str, Any]:
        """Return the rule in the Amazon States Language."""
        raise TypeError(f"{type(self).__name__} is not a rule by itself; use a factory of ChoiceRule")


class Rule(BaseRule):
    """A comparison of one value."""

    def __init__(self, variable: str | Placeholder, operator: str, value: Any) -> None:
        if not isinstance(variable, str | Placeholder):
            raise ValueError(
                f"Expected variable to be a string or a placeholder, but got type {type(variable).__name__!r}"
            )
        if isinstance(variable, str) and not variable.startswith("$"):
            raise ValueError(f"Variable must be a path that starts with '$', but got {variable!r}")
        self.variable = variable
        self.operator = operator
        self.value = value

    def to_dict(self) -> dict[str, Any]:
        """Return the rule in the Amazon States Language."""
        return {"Variable": render_path(self.variable), self.operator: render_path(self.value)}

    def __repr__(self) -> str:
        variable = render_path(self.variable)
        return f"{type(self).__name__}(variable={variable!r}, operator={self.operator!r}, value={self.value!r})"


class CompoundRule(BaseRule):
    """``And`` or ``Or`` of other rules."""

    def __init__(self, operator: str, rules: list[BaseRule]) -> None:
        for rule in rules:
            if not isinstance(rule, BaseRule):
                raise ValueError(f"Rule {rule!r} is invalid: expected a rule made by ChoiceRule")
        self.operator = operator
        self.rules = rules

    def to_dict(self) -> dict[str, Any]:
        """Return the rule in the Amazon States Language."""
        return {self.operator: [rule.to_dict() for rule in self.rules]}

    def __repr__(self) -> str:
        return f"{type(self).__name__}(operator={self.operator!r}, rules={self.rules!r})"


class NotRule(BaseRule):
    """The opposite of another rule."""

    def __init__(self, rule: BaseRule) -> None:
        if not isinstance(rule, BaseRule):
            raise ValueError(f"Rule {rule!r} is invalid: expected a rule made by ChoiceRule")
        self.rule = rule

    def to_dict(self) -> dict[str, Any]:
        """Return the rule in the Amazon States Language."""
        return {"Not": self.rule.to_dict()}

    def __repr__(self) -> str:
        return f"{type(self).__name__}(rule={self.rule!r})"


class _Operator:
    """One operator of the language, callable as a factory of rules; its name is the attribute it is assigned to."""

    def __init__(self, *types: type) -> None:
        self._types = types
        self.name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name
        self.__doc__ = f"Return the rule ``{name}``: *variable* is a path, *value* what it is held to."

    def __call__(self, variable: str | Placeholder, value: Any) -> Rule:
        if not isinstance(value, self._types):
            expected = " or ".join(each.__name__ for each in self._types)
            raise ValueError(f"{self.name} takes a value of type {expected}, but got {value!r}")
        return Rule(variable, self.name, value)


class _PathOperator(_Operator):
    """An operator whose value is found in the input, too."""

    def __call__(self, variable: str | Placeholder, value: Any) -> Rule:
        if not isinstance(value, Placeholder) and not (isinstance(value, str) and value.startswith("$")):
            raise ValueError(f"{self.name} takes a path that starts with '$', or a placeholder, but got {value!r}")
        return Rule(variable, self.name, value)


class ChoiceRule:
    """Makes rules: one factory for each operator of the language, ``factory(variable, value)``.

    ``variable`` is a path that starts with ``$``, or a placeholder; the value of a ``...Path`` operator likewise.
    Wrong types raise ValueError.
    """

    StringEquals = _Operator(str)
    StringEqualsPath = _PathOperator()
    StringLessThan = _Operator(str)
    StringLessThanPath = _PathOperator()
    StringGreaterThan = _Operator(str)
    StringGreaterThanPath = _PathOperator()
    StringLessThanEquals = _Operator(str)
    StringLessThanEqualsPath = _PathOperator()
    StringGreaterThanEquals = _Operator(str)
    StringGreaterThanEqualsPath = _PathOperator()

    NumericEquals = _Operator(int, float)
    NumericEqualsPath = _PathOperator()
    NumericLessThan = _Operator(int, float)
    NumericLessThanPath = _PathOperator()
    NumericGreaterThan = _Operator(int, float)
    NumericGreaterThanPath = _PathOperator()
    NumericLessThanEquals = _Operator(int, float)
    NumericLessThanEqualsPath = _PathOperator()
    NumericGreaterThanEquals = _Operator(int, float)
    NumericGreaterThanEqualsPath = _PathOperator()

    TimestampEquals = _Operator(str)
    TimestampEqualsPath = _PathOperator()
    TimestampLessThan = _Operator(str)
    TimestampLessThanPath = _PathOperator()
    TimestampGreaterThan = _Operator(str)
    TimestampGreaterThanPath = _PathOperator()
    TimestampLessThanEquals = _Operator(str)
    TimestampLessThanEqualsPath = _PathOperator()
    TimestampGreaterThanEquals = _Operator(str)
    TimestampGreaterThanEqualsPath = _PathOperator()

    BooleanEquals = _Operator(bool)
    BooleanEqualsPath = _PathOperator()
    StringMatches = _Operator(str)

    IsBoolean = _Operator(bool)
    IsNull = _Operator(bool)
    IsNumeric = _Operator(bool)
    IsPresent = _Operator(bool)
    IsString = _Operator(bool)
    IsTimestamp = _Operator(bool)

    @classmethod
    def And(cls, rules: list[BaseRule]) -> CompoundRule:  # noqa: N802 - the language's name
        """Return the rule that holds if all *rules* do."""
        return CompoundRule("And", rules)

    @classmethod
    def Or(cls, rules: list[BaseRule]) -> CompoundRule:  # noqa: N802 - the language's name
        """Return the rule that holds if one of *rules* does."""
        return CompoundRule("Or", rules)

    @classmethod
    def Not(cls, rule: BaseRule) -> NotRule:  # noqa: N802 - the language's name
        """Return the rule that holds if *rule* does not."""
        return NotRule(rule)
