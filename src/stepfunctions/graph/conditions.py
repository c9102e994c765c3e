"""Choice rules in a few words, for labels: ``$.accuracy > 0.9``.

Source: States Language, "Choice State".
"""

from __future__ import annotations

from typing import Any, Final

from stepfunctions.values import dumps

_SIGNS: Final = {
    "Equals": "==",
    "GreaterThan": ">",
    "GreaterThanEquals": ">=",
    "LessThan": "<",
    "LessThanEquals": "<=",
    "Matches": "matches",
}
_PREFIXES: Final = ("String", "Numeric", "Boolean", "Timestamp")


def condition_text(rule: dict[str, Any]) -> str:
    """Return what *rule* tests, as the definition's JSON has it; empty if it tests nothing that is known."""
    if "Condition" in rule:
        condition = rule["Condition"]
        return condition[2:-2].strip() if isinstance(condition, str) else dumps(condition)
    for name, word in (("And", " and "), ("Or", " or ")):
        if isinstance(rule.get(name), list):
            return word.join(_nested(each) for each in rule[name])
    if isinstance(rule.get("Not"), dict):
        return f"not {_nested(rule['Not'])}"
    return _comparison(rule)


def _nested(rule: Any) -> str:
    if not isinstance(rule, dict):
        return "?"
    text = condition_text(rule)
    return f"({text})" if " and " in text or " or " in text else text


def _comparison(rule: dict[str, Any]) -> str:
    variable = rule.get("Variable", "?")
    for name, operand in rule.items():
        if name.startswith("Is"):
            return f"{variable} is {'' if operand else 'not '}{name[2:].lower()}"
        sign = _sign(name)
        if sign:
            shown = operand if name.endswith("Path") else dumps(operand)
            return f"{variable} {sign} {shown}"
    return ""


def _sign(operator: str) -> str:
    for prefix in _PREFIXES:
        if operator.startswith(prefix):
            return _SIGNS.get(operator[len(prefix) :].removesuffix("Path"), "")
    return ""
