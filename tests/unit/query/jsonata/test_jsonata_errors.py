"""Codes and texts, as AWS shows them to users."""

from __future__ import annotations

from typing import Any

import pytest

from stepfunctions.query.jsonata import JsonataError, compile  # noqa: A004

SYNTAX = [
    ("a[1,2)", "S0202", 'Expected "]", got ","'),
    ('"unterminated', "S0101", "String literal must be terminated by a matching quote"),
    ("1 +", "S0207", "Unexpected end of expression"),
    ('{"a":}', "S0211", 'The symbol "}" cannot be used as a unary operator'),
    ("$x :=", "S0207", "Unexpected end of expression"),
    ('$match("a", /abc', "S0302", "No terminating / in regular expression"),
    ("$a ?? 1", "S0211", 'The symbol "?" cannot be used as a unary operator'),
    ("$a ?: 1", "S0211", 'The symbol ":" cannot be used as a unary operator'),
    ("1e999", "S0102", 'Number out of range: "1e999"'),
    ("'\\x'", "S0103", 'Unsupported escape sequence: \\"x"'),
    ("(1", "S0203", 'Expected ")" before end of expression'),
    ("function(1){2}", "S0208", "Parameter 1 of function definition must be a variable name (start with $)"),
    ("a.1", "S0213", "The literal value 1 cannot be used as a step within a path expression"),
    ("%", "S0217", "The object representing the 'parent' cannot be derived from this expression"),
    ("/a{3,1}/", "S0303", "Invalid regular expression: /a{3,1}/: numbers out of order in {} quantifier"),
    ("(" * 500, "S0599", "The expression is nested too deeply"),
]


@pytest.mark.parametrize(("text", "code", "message"), SYNTAX, ids=[text[:20] for text, _, _ in SYNTAX])
def test_what_is_no_jsonata_is_refused_when_compiled(text: str, code: str, message: str) -> None:
    with pytest.raises(JsonataError) as caught:
        compile(text)
    assert (caught.value.code, caught.value.message) == (code, message)


EVALUATION = [
    ("$eval('1')", "T1006", "Attempted to invoke a non-function"),
    ("sum([1])", "T1005", "Attempted to invoke a non-function. Did you mean $sum?"),
    ("$abs('x')", "T0410", 'Argument 1 of function "abs" does not match function signature'),
    ("'x' ~> $abs", "T0410", 'Argument 1 of function "abs" does not match function signature'),
    ("$sum(['x'])", "T0412", 'Argument 1 of function "sum" must be an array of "numbers"'),
    ("1 + 'x'", "T2002", 'The right side of the "+" operator must evaluate to a number'),
    ("1 < 'x'", "T2009", 'The values 1 and "x" either side of operator "<" must be of the same data type'),
    ("1 < true", "T2010", 'The expressions either side of operator "<" must evaluate to numeric or string values'),
    ("true and $sum('x')", "T0412", 'Argument 1 of function "and" must be an array of "numbers"'),
    ("1 / 0 + 1", "D1001", "Number out of range: null"),
    ("-'x'", "D1002", 'Cannot negate a non-numeric value: "x"'),
    ("{1: 2}", "T1003", "Key in object structure must evaluate to a string; got: 1"),
    ("$number('x')", "D3030", 'Unable to cast value to a number: "x"'),
    ("$formatNumber(1, 'x')", "D3086", None),
    ("$sqrt(-1)", "D3060", "The sqrt function cannot be applied to a negative number: -1"),
    ("$error('mine')", "D3137", "mine"),
    ("$assert(false)", "D3141", "$assert() statement failed"),
    ("[0..1e8]", "D2014", None),
    ("{} ~> |$|5|", "T2011", "The insert/update clause of the transform expression must evaluate to an object: 5"),
    ("$toMillis('x')", "D3110", None),
]


@pytest.mark.parametrize(("text", "code", "message"), EVALUATION, ids=[text for text, _, _ in EVALUATION])
def test_what_cannot_be_evaluated_says_why(evaluate: Any, text: str, code: str, message: str | None) -> None:
    with pytest.raises(JsonataError) as caught:
        evaluate(text)
    assert caught.value.code == code
    assert message is None or caught.value.message == message


def test_aws_writes_code_and_text_after_its_sentence(evaluate: Any) -> None:
    with pytest.raises(JsonataError) as caught:
        evaluate("$nothing()")
    assert caught.value.evaluation_text == ". T1006: Attempted to invoke a non-function"


def test_an_error_knows_where_it_happened(evaluate: Any) -> None:
    with pytest.raises(JsonataError) as caught:
        evaluate("1 + (2 - 'x')")
    assert caught.value.position == len("1 + (2 -")
