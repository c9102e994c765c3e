"""``Choices``: the rules of a Choice state in both query languages.

Source: States Language, "Choice State"; AWS Developer Guide, "Choice workflow state"; texts as a CloudFormation linter
measured them on 2026-09-05. In which order AWS lists the operators is not verified.
"""

from __future__ import annotations

from typing import Any

from stepfunctions.asl.kinds import anything, expected, string, target, true_or_false
from stepfunctions.asl.model import JSONATA, And, ChoiceRule, Comparison, Condition, Not, Or, Rule
from stepfunctions.asl.objects import Field, Tables, exactly_one, read_fields, refuse_field, require, tables
from stepfunctions.asl.queries import or_expression, reference, template, warn_of_path
from stepfunctions.asl.reading import Kind, Reading
from stepfunctions.asl.timestamps import timestamp
from stepfunctions.asl.variables import assignment
from stepfunctions.values import Json

_ORDERED = ("Equals", "GreaterThan", "GreaterThanEquals", "LessThan", "LessThanEquals")


def _number(value: Json, location: str, reading: Reading) -> Json:
    if isinstance(value, bool) or not isinstance(value, int | float):
        expected("Number", location, reading)
    return value


def _operators() -> dict[str, Kind]:
    constants: dict[str, Kind] = {"BooleanEquals": true_or_false, "StringMatches": string}
    for prefix, kind in (("String", string), ("Numeric", _number), ("Timestamp", timestamp)):
        constants |= {f"{prefix}{comparison}": kind for comparison in _ORDERED}
    paths = {f"{name}Path": reference for name in constants if name != "StringMatches"}
    tests = ("Null", "Present", "Numeric", "String", "Boolean", "Timestamp")
    return {**constants, **paths, **{f"Is{name}": true_or_false for name in tests}}


OPERATORS = _operators()
"""Every comparison operator and the kind of its operand."""

_FORMS = ("And", "Or", "Not", "Variable", "Condition")
"""What a rule may be, in AWS's order."""

OUTCOME = tables(
    {
        "Next": Field("next", target, str),
        "Assign": Field("assign", assignment),
        "Comment": Field("comment", string, str),
    },
    jsonata={"Output": Field("output", template)},
)
"""What a rule says beside its test."""

_RULE_FIELDS = {name: Field(None, anything, object) for name in (*OPERATORS, *_FORMS[:-1])}
_CONDITION = or_expression(true_or_false)

_TOP = Tables(
    {**OUTCOME.jsonpath, **_RULE_FIELDS},
    {**OUTCOME.jsonata, "Condition": Field("condition", _CONDITION)},
)
_NESTED = tables({"Comment": Field(None, string, str)}, jsonpath=_RULE_FIELDS)


def choices(value: Json, location: str, reading: Reading) -> Json:
    """The whole ``Choices`` array."""
    if not isinstance(value, list):
        expected("Array", location, reading)
        return ()
    if not value:
        reading.error("Value cannot be empty", location)
    rules = [_choice(item, f"{location}[{index}]", reading) for index, item in enumerate(value)]
    return tuple(rule for rule in rules if rule is not None)


def _choice(value: Json, location: str, reading: Reading) -> ChoiceRule | None:
    if not isinstance(value, dict):
        expected("Object", location, reading)
        return None
    complete = require(value, ("Next",), location, reading)
    outcome = read_fields(value, _TOP, location, reading)
    if reading.language == JSONATA:
        rule: Rule | None = Condition(expression=outcome.pop("condition", False))
        if not _has_one_form(value, location, reading):
            rule = None
    else:
        outcome.pop("condition", None)
        rule = _rule(value, location, reading)
    return ChoiceRule(rule=rule, **outcome) if complete and rule is not None else None


def _rule(value: dict[str, Json], location: str, reading: Reading) -> Rule | None:
    """Read what a JSONPath rule tests; its other fields are read elsewhere."""
    if not _has_one_form(value, location, reading):
        return None
    if "Not" in value:
        inner = _nested(value["Not"], f"{location}/Not", reading)
        return None if inner is None else Not(rule=inner)
    if "And" in value:
        return _several(And, value["And"], f"{location}/And", reading)
    if "Or" in value:
        return _several(Or, value["Or"], f"{location}/Or", reading)
    if "Variable" not in value:
        return None  # a Condition, which is refused as a field of JSONata
    variable = reference(value["Variable"], f"{location}/Variable", reading)
    given = [name for name in value if name in OPERATORS]
    if len(given) != 1:
        exactly_one(given, tuple(OPERATORS), location, reading)
        return None
    operator, at = given[0], f"{location}/{given[0]}"
    operand = OPERATORS[operator](value[operator], at, reading)
    if isinstance(operand, str) and not operator.endswith("Path"):
        warn_of_path(operand, at, reading)
    return Comparison(variable=variable, operator=operator, operand=operand)


def _has_one_form(value: dict[str, Json], location: str, reading: Reading) -> bool:
    """Report a rule that is not exactly one of what a rule may be; return whether it is."""
    one = len([name for name in _FORMS if name in value]) == 1
    if not one:
        reading.error(f"The object must have only one of the following fields, [{', '.join(_FORMS)}]", location)
    return one


def _several(model: Any, value: Json, location: str, reading: Reading) -> Rule | None:
    if not isinstance(value, list):
        expected("Array", location, reading)
        return None
    if not value:
        reading.error("Value cannot be empty", location)
    rules = [_nested(item, f"{location}[{index}]", reading) for index, item in enumerate(value)]
    read: Rule = model(rules=tuple(rule for rule in rules if rule is not None))
    return read


def _nested(value: Json, location: str, reading: Reading) -> Rule | None:
    if not isinstance(value, dict):
        expected("Object", location, reading)
        return None
    _refuse_others(value, _NESTED, location, reading)
    return _rule(value, location, reading)


def _refuse_others(value: dict[str, Json], of: Tables, location: str, reading: Reading) -> None:
    """Only a top-level rule leads somewhere."""
    for name in value:
        if name not in of.jsonpath:
            refuse_field(name, of, location, reading)
