"""JSONata expressions: pieces of the language put together at random, and known expressions mutated."""

from __future__ import annotations

import time
from pathlib import Path
from random import Random
from typing import Final

from fuzz.mutation import mangled
from fuzz.target import Finding
from fuzz.targets.surroundings import DATA, VARIABLES, Surroundings
from stepfunctions.query.jsonata import (
    UNDEFINED,
    Expression,
    Function,
    JsonataError,
    Limits,
    analyse,
    compile,  # noqa: A004
)
from stepfunctions.query.jsonata.functions import BUILTINS
from stepfunctions.values import Json, dumps, loads

_CORPUS: Final = tuple((Path(__file__).parent.parent / "corpus" / "expressions.txt").read_text().splitlines())
_ATOMS: Final = (
    "a", "b", "c.d", "`x y`", '"a"', "$", "$$", "$a", "$b", "$o", "$states.input", "$states.context", "1", "-1", "0.5",
    "1e308", "1e-7", "9007199254740993", "'text'", '""', '"\\u00e9"', "true", "false", "null", "[]", "{}", "()", "*",
    "**", "%", "/a+/", "/(.)\\1/i", "/(a+)+$/", "nothing", "function($x){$x}", "[1..5]", '"[Y]-[M01]"', '"#,##0.00"',
)  # fmt: skip
_SHAPES: Final = (
    "({0} + {1})", "{0} & {1}", "{0} = {1}", "{0} < {1}", "{0} and {1}", "{0}[{1}]", "{0}.{1}", "[{0}, {1}]", "{0}[]",
    '{{"k": {0}, "l": {1}}}', "({0} ? {1} : {2})", "($x := {0}; {1})", "{0} ~> {1}", "[{0}..{1}]", "{0}^({1})",
    "{0}^(>{1}, <{2})", "{0}{{{1}: {2}}}", "{0}@$v.{1}", "{0}#$i.{1}", "{0} ~> |{1}|{2}|", "-{0}", "{0} in {1}",
    "$map({0}, function($v, $i){{ {1} }})", "$reduce({0}, function($x, $y){{ {1} }})",
    "$filter({0}, function($v){{ {1} }})",
    "$sort({0}, function($l, $r){{ {1} }})", "($f := function($x){{ {0} }}; $f({1}))", "({0}; {1})", "$each({0}, {1})",
    "($f := function($n){{ $n > 50 ? $n : $f($n + 1) }}; $f({0}))", "{0}.%.{1}", "$f(?, {0})({1})", "({0})({1})",
    "($f := function($x){{ $f({0}) }}; $f({1}))", "($f := function($x){{ $f($x) & $f({0}) }}; $f({1}))",
    "$map([1..99999], function($v){{ {0} }})", "$replace({0}, {1}, {2})", "$join($map({0}, $string), {1})",
)  # fmt: skip
_PIECES: Final = (
    "(", ")", "[", "]", "{", "}", ".", "..", "~>", ":=", "?", ":", "|", "@$v", "#$i", "^(", "%", "**", "*", "/", "/a/",
    "$", "$$", "'", '"', "`", "\\", ";", ",", "function(", "λ(", "<n:n>", "and", "or", "in", "??", "?:", "!", "/*",
)  # fmt: skip
_NAMES: Final = tuple(BUILTINS)
_LIMITS: Final = Limits(steps_max=50_000)
_CPU_MAX_SECONDS: Final = 1.0
"""What so few steps may take: a step that costs much more than it should would show."""


class Expressions:
    """An expression and its input."""

    shares = 3

    def make(self, random: Random) -> Json:
        """Return ``{"text": str, "data": Json}``; the data is ``$states.input``, and ``$`` in half of the cases."""
        if random.random() < 0.5:
            text = random.choice(_CORPUS)
            text = mangled(text, random, (*_PIECES, *_ATOMS))
        else:
            text = _made(random, random.randint(1, 4))
            if random.random() < 0.2:
                text = mangled(text, random, _PIECES)
        return {"text": text, "data": random.choice(DATA), "at_top": random.random() < 0.5}

    def check(self, given: Json) -> None:
        """Compile it, analyse it, and evaluate it twice."""
        assert isinstance(given, dict)
        text, data = str(given["text"]), given["data"]
        try:
            expression = compile(text)
            analyse(text)
        except JsonataError:
            return
        before = dumps(data)
        first, second = (_answer(expression, data, bool(given["at_top"])) for _ in range(2))
        if first != second:
            raise Finding(f"once {first}, then {second}")
        if dumps(data) != before:
            raise Finding("the data was changed")

    def close(self) -> None:
        """Nothing was started."""


def _answer(expression: Expression, data: Json, at_top: bool) -> str:
    bindings = {**VARIABLES, "states": {"input": data, "context": Surroundings.context}}
    began = time.process_time()
    try:
        value = expression.evaluate(bindings, Surroundings(), data=data if at_top else UNDEFINED, limits=_LIMITS)
    except JsonataError as error:
        return str(error)
    finally:
        took = time.process_time() - began
        if took > _CPU_MAX_SECONDS:
            raise Finding(f"{_LIMITS.steps_max} steps took {took:.1f} s of the processor")
    if value is UNDEFINED or isinstance(value, Function):
        return type(value).__name__
    text = dumps(value)
    loads(text)
    return text


def _made(random: Random, depth: int) -> str:
    if depth == 0 or random.random() < 0.1:
        return random.choice(_ATOMS)
    if random.random() < 0.4:
        arguments = ", ".join(_made(random, depth - 1) for _ in range(random.randint(0, 3)))
        return f"${random.choice(_NAMES)}({arguments})"
    return random.choice(_SHAPES).format(*(_made(random, depth - 1) for _ in range(3)))
