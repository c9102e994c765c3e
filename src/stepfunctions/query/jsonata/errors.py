"""What can go wrong with an expression: JSONata's codes and texts, and the exception that leaves.

``Fault`` travels inside, gathering what its text needs on the way out; ``JsonataError`` is what users of the seam see.

Source: the codes and texts of JSONata 2.0.6, which AWS shows to users; the texts of U1001 are AWS's.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

from stepfunctions.query.jsonata.numbers import js_text
from stepfunctions.query.jsonata.values import UNDEFINED, Function, NonFinite

BOUND: Final = "U1001"
"""The code of an evaluation that met a bound. AWS shows the text of these alone, without a code."""

TOO_DEEP: Final = (
    "Stack overflow error: Check for non-terminating recursive function. Consider rewriting as tail-recursive."
)
TOO_LONG: Final = "Expression evaluation timeout: Check for infinite loop"
TOO_LARGE: Final = "Expression evaluation memory limit exceeded: Check for excessive memory usage"

MESSAGES: Final[dict[str, str]] = {
    "S0101": "String literal must be terminated by a matching quote",
    "S0102": "Number out of range: {{token}}",
    "S0103": "Unsupported escape sequence: \\{{token}}",
    "S0104": "The escape sequence \\u must be followed by 4 hex digits",
    "S0105": "Quoted property name must be terminated with a backquote (`)",
    "S0106": "Comment has no closing tag",
    "S0201": "Syntax error: {{token}}",
    "S0202": "Expected {{value}}, got {{token}}",
    "S0203": "Expected {{value}} before end of expression",
    "S0204": "Unknown operator: {{token}}",
    "S0205": "Unexpected token: {{token}}",
    "S0206": "Unknown expression type: {{token}}",
    "S0207": "Unexpected end of expression",
    "S0208": "Parameter {{value}} of function definition must be a variable name (start with $)",
    "S0209": "A predicate cannot follow a grouping expression in a step",
    "S0210": "Each step can only have one grouping expression",
    "S0211": "The symbol {{token}} cannot be used as a unary operator",
    "S0212": "The left side of := must be a variable name (start with $)",
    "S0213": "The literal value {{value}} cannot be used as a step within a path expression",
    "S0214": "The right side of {{token}} must be a variable name (start with $)",
    "S0215": "A context variable binding must precede any predicates on a step",
    "S0216": "A context variable binding must precede the 'order-by' clause on a step",
    "S0217": "The object representing the 'parent' cannot be derived from this expression",
    "S0301": "Empty regular expressions are not allowed",
    "S0302": "No terminating / in regular expression",
    # JSONata leaves this one to the regular expression engine; code and text are ours.
    "S0303": "Invalid regular expression: {{{message}}}",
    "S0401": "Type parameters can only be applied to functions and arrays",
    "S0402": "Choice groups containing parameterized types are not supported",
    # Bounds of the parser; code and text are ours.
    "S0599": "The expression is nested too deeply",
    "T0410": "Argument {{index}} of function {{token}} does not match function signature",
    "T0411": "Context value is not a compatible type with argument {{index}} of function {{token}}",
    "T0412": "Argument {{index}} of function {{token}} must be an array of {{type}}",
    "D1001": "Number out of range: {{value}}",
    "D1002": "Cannot negate a non-numeric value: {{value}}",
    "T1003": "Key in object structure must evaluate to a string; got: {{value}}",
    "D1004": "Regular expression matches zero length string",
    "T1005": "Attempted to invoke a non-function. Did you mean ${{{token}}}?",
    "T1006": "Attempted to invoke a non-function",
    "T1007": "Attempted to partially apply a non-function. Did you mean ${{{token}}}?",
    "T1008": "Attempted to partially apply a non-function",
    "D1009": "Multiple key definitions evaluate to same key: {{value}}",
    "T1010": "The matcher function argument passed to function {{token}} does not return the correct object structure",
    "D1010": "Attempted to access the Javascript object prototype",
    "T2001": "The left side of the {{token}} operator must evaluate to a number",
    "T2002": "The right side of the {{token}} operator must evaluate to a number",
    "T2003": "The left side of the range operator (..) must evaluate to an integer",
    "T2004": "The right side of the range operator (..) must evaluate to an integer",
    "T2006": "The right side of the function application operator ~> must be a function",
    "T2007": "Type mismatch when comparing values {{value}} and {{value2}} in order-by clause",
    "T2008": "The expressions within an order-by clause must evaluate to numeric or string values",
    "T2009": "The values {{value}} and {{value2}} either side of operator {{token}} must be of the same data type",
    "T2010": "The expressions either side of operator {{token}} must evaluate to numeric or string values",
    "T2011": "The insert/update clause of the transform expression must evaluate to an object: {{value}}",
    "T2012": ("The delete clause of the transform expression must evaluate to a string or array of strings: {{value}}"),
    "T2013": (
        "The transform expression clones the input object using the $clone() function.  "
        "This has been overridden in the current scope by a non-function."
    ),
    "D2014": (
        "The size of the sequence allocated by the range operator (..) must not exceed 1e6.  "
        "Attempted to allocate {{value}}."
    ),
    "D3001": "Attempting to invoke string function on Infinity or NaN",
    "D3010": "Second argument of replace function cannot be an empty string",
    "D3011": "Fourth argument of replace function must evaluate to a positive number",
    "D3012": "Attempted to replace a matched string with a non-string value",
    "D3020": "Third argument of split function must evaluate to a positive number",
    "D3030": "Unable to cast value to a number: {{value}}",
    "D3040": "Third argument of match function must evaluate to a positive number",
    "D3050": "The second argument of reduce function must be a function with at least two arguments",
    "D3060": "The sqrt function cannot be applied to a negative number: {{value}}",
    "D3061": (
        "The power function has resulted in a value that cannot be represented as a JSON number: "
        "base={{value}}, exponent={{exp}}"
    ),
    "D3070": (
        "The single argument form of the sort function can only be applied to an array of strings or an array of "
        "numbers.  Use the second argument to specify a comparison function"
    ),
    "D3080": "The picture string must only contain a maximum of two sub-pictures",
    "D3081": "The sub-picture must not contain more than one instance of the 'decimal-separator' character",
    "D3082": "The sub-picture must not contain more than one instance of the 'percent' character",
    "D3083": "The sub-picture must not contain more than one instance of the 'per-mille' character",
    "D3084": "The sub-picture must not contain both a 'percent' and a 'per-mille' character",
    "D3085": (
        "The mantissa part of a sub-picture must contain at least one character that is either an "
        "'optional digit character' or a member of the 'decimal digit family'"
    ),
    "D3086": (
        "The sub-picture must not contain a passive character that is preceded by an active character and that is "
        "followed by another active character"
    ),
    "D3087": (
        "The sub-picture must not contain a 'grouping-separator' character that appears adjacent to a "
        "'decimal-separator' character"
    ),
    "D3088": "The sub-picture must not contain a 'grouping-separator' at the end of the integer part",
    "D3089": "The sub-picture must not contain two adjacent instances of the 'grouping-separator' character",
    "D3090": (
        "The integer part of the sub-picture must not contain a member of the 'decimal digit family' that is followed "
        "by an instance of the 'optional digit character'"
    ),
    "D3091": (
        "The fractional part of the sub-picture must not contain an instance of the 'optional digit character' that "
        "is followed by a member of the 'decimal digit family'"
    ),
    "D3092": (
        "A sub-picture that contains a 'percent' or 'per-mille' character must not contain a character treated as an "
        "'exponent-separator'"
    ),
    "D3093": (
        "The exponent part of the sub-picture must comprise only of one or more characters that are members of the "
        "'decimal digit family'"
    ),
    "D3100": "The radix of the formatBase function must be between 2 and 36.  It was given {{value}}",
    "D3110": "The argument of the toMillis function must be an ISO 8601 formatted timestamp. Given {{value}}",
    "D3130": (
        "Formatting or parsing an integer as a sequence starting with {{value}} is not supported by this implementation"
    ),
    "D3131": "In a decimal digit pattern, all digits must be from the same decimal group",
    "D3132": "Unknown component specifier {{value}} in date/time picture string",
    "D3133": (
        "The 'name' modifier can only be applied to months and days in the date/time picture string, not {{value}}"
    ),
    "D3134": "The timezone integer format specifier cannot have more than four digits",
    "D3135": "No matching closing bracket ']' in date/time picture string",
    "D3136": "The date/time picture string is missing specifiers required to parse the timestamp",
    "D3137": "{{{message}}}",
    "D3138": "The $single() function expected exactly 1 matching result.  Instead it matched more.",
    "D3139": "The $single() function expected exactly 1 matching result.  Instead it matched 0.",
    "D3140": "Malformed URL passed to ${{{functionName}}}(): {{value}}",
    "D3141": "{{{message}}}",
    # AWS's own functions; codes and texts are ours, not verified against AWS.
    "D3201": "The {{{functionName}}} function was given an argument out of range: {{value}}",
    "D3202": "The hash function does not know the algorithm {{value}}",
    "D3203": "Unable to parse the string as JSON: {{value}}",
    BOUND: "{{{message}}}",
}

_INSERT: Final = re.compile(r"\{\{\{([^}]+)}}}|\{\{([^}]+)}}")


class JsonataError(ValueError):
    """An expression that cannot be compiled or evaluated.

    Attributes:
        code: JSONata's code, such as ``T1006``; AWS shows it to users. ``U1001`` where a bound was met.
        message: JSONata's text.
        position: where in the expression, counted in characters.
        token: the operator or function concerned; None where there is none.
    """

    def __init__(self, code: str, message: str, position: int, token: str | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.position = position
        self.token = token

    @property
    def evaluation_text(self) -> str:
        """What AWS writes after ``threw an error during evaluation``: ``. T1006: Attempted ...`` or ``: Stack ...``."""
        return f": {self.message}" if self.code == BOUND else f". {self.code}: {self.message}"


class Fault(Exception):
    """An error on its way out of an evaluation.

    Attributes:
        code: a key of MESSAGES.
        inserts: what the text wants inserted, by name; ``token`` is added by the operator or call it passes first.
        position: of the innermost call it has passed so far.
    """

    def __init__(self, code: str, position: int | None = None, **inserts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.position = position
        self.inserts = inserts

    def called(self, token: str | None, position: int) -> Fault:
        """Note the function call that is failing."""
        self.position = position
        return self.named(token)

    def named(self, token: str | None) -> Fault:
        """Note the name of the function that is failing, if it has one."""
        if token is not None:
            self.inserts.setdefault("token", token)
        return self

    def operated(self, token: str, position: int) -> Fault:
        """Note the operator that is failing."""
        self.inserts["token"] = token
        self.position = position
        return self

    def error(self) -> JsonataError:
        """Return the error that leaves the evaluation, its text filled in."""

        def insert(match: re.Match[str]) -> str:
            bare, quoted = match.groups()
            if bare is not None:
                return str(self.inserts.get(bare, "undefined"))
            return json_text(self.inserts.get(quoted, UNDEFINED))

        token = self.inserts.get("token")
        return JsonataError(self.code, _INSERT.sub(insert, MESSAGES[self.code]), self.position or 0, token)


def json_text(value: Any) -> str:
    """Return *value* as JavaScript's ``JSON.stringify`` writes it, for messages."""
    if value is UNDEFINED or isinstance(value, Function):
        return "undefined"
    if isinstance(value, list):
        return "[" + ",".join("null" if text == "undefined" else text for text in map(json_text, value)) + "]"
    if isinstance(value, dict):
        members = ((name, json_text(member)) for name, member in value.items())
        return "{" + ",".join(f"{_quoted(name)}:{text}" for name, text in members if text != "undefined") + "}"
    if isinstance(value, str):
        return _quoted(value)
    if value is None or type(value) is NonFinite:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    # A regular expression literal is an object without members.
    return js_text(value) if isinstance(value, (int, float)) else "{}"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def too_deep() -> Fault:
    """Return the fault of an evaluation nested deeper than allowed."""
    return Fault(BOUND, message=TOO_DEEP)


def too_long() -> Fault:
    """Return the fault of an evaluation that took more steps than allowed."""
    return Fault(BOUND, message=TOO_LONG)


def too_large() -> Fault:
    """Return the fault of an evaluation that made a value larger than allowed."""
    return Fault(BOUND, message=TOO_LARGE)
