"""JSONPath, reference paths, intrinsic functions and payload templates."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any, Final

from fuzz.mutation import mangled, odd_value
from fuzz.target import Finding
from fuzz.targets.surroundings import DATA, Surroundings
from stepfunctions.query.expression import compile_expression
from stepfunctions.query.failure import QueryFailed
from stepfunctions.query.jsonpath import PathNotFound, compile_path
from stepfunctions.query.reference import compile_reference
from stepfunctions.query.template import compile_template
from stepfunctions.values import Json, dumps, loads

_PATHS: Final = (
    "$", "$$", "$a", "$o.p.q", "$.a", "$.a.b[0]", "$['a']['b']", '$["x y"]', "$..a", "$.*", "$[*]", "$.b[0,1]",
    "$.b[0:2]", "$.b[-1:]", "$.b[::2]", "$.c.e[?(@.f == 1)]", "$.c.e[?(@.f > 1 && @.g != 'q')].g", "$[?(@.a)]",
    "$..e[?(@.g =~ /q.*/)]", "$.c.e[?(!(@.f in [1, 2]))]", "$.c.e[?(@.f == $.a)]", "$.b.length()", "$$.Execution.Id",
    "$['a','b']", "$..[0]", "$.c..f", "$.c.e[(@.length-1)]", "$.b[?(@ > 1)]", "$[?(@.a nin ['x'])]", "$.c.e[?(@['f'])]",
    "$[?(@.b empty true)]", "$[?(@.a size 2)]", "$[?(@.b anyof [1])]", "$[?(@.a subsetof [1])]",
)  # fmt: skip
_INTRINSICS: Final = (
    "States.Format('a {} b {}', $.a, 'x')", "States.StringToJson($.s)", "States.JsonToString($)", "States.UUID()",
    "States.Array(1, 'a', $.b, null, true)", "States.ArrayPartition($.b, 2)", "States.ArrayContains($.b, 2)",
    "States.ArrayRange(1, 9, 2)", "States.ArrayGetItem($.b, 1)", "States.ArrayLength($.b)", "States.Hash('x', 'MD5')",
    "States.ArrayUnique($.b)", "States.Base64Encode('x')", "States.Base64Decode('eA==')", "States.MathRandom(1, 9)",
    "States.JsonMerge($.c, $.c, false)", "States.MathAdd(1.5, -2)", "States.StringSplit('a,b', ',')",
    "States.Format('{}', States.Array(States.MathAdd($.a, 1)))", "States.MathRandom(1, 9, 3)",
    r"States.Format('\'\{\}\\')",
)  # fmt: skip
_PIECES: Final = (
    "$", "$.", "..", "[*]", "[0]", "[-1]", "[", "]", "['", "']", "?(", ")", "@", "@.a", "==", "=~", "/x/", "&&", "||",
    "!", " in ", "'", '"', "\\", "\\'", "{}", "\\{", ",", ":", "::", "1", "-1", "1e3", "99999999999999999999", "null",
    "true", "States.", "States.Array(", "States.Format(", "$$.", "$a", "*", "length()", "é", "\U0001f600", "\ud800",
)  # fmt: skip


class Paths:
    """A path, an intrinsic function or a template, and what it is asked of."""

    shares = 2

    def make(self, random: Random) -> Json:
        """Return ``{"kind": str, "text": str | template, "data": Json}``."""
        kind = random.choice(("path", "reference", "expression", "expression", "template"))
        corpus = _INTRINSICS if kind == "expression" and random.random() < 0.8 else _PATHS
        text: Json = self._text(corpus, random)
        if kind == "template":
            text = {
                f"k{index}{random.choice(('.$', '.$', ''))}": self._text(random.choice((_PATHS, _INTRINSICS)), random)
                for index in range(3)
            }
        return {"kind": kind, "text": text, "data": random.choice(DATA) if random.random() < 0.9 else odd_value(random)}

    def _text(self, corpus: tuple[str, ...], random: Random) -> str:
        text = random.choice(corpus)
        if random.random() < 0.15:
            text = "$" + "".join(random.choice(_PIECES) for _ in range(random.randint(1, 12)))
        if random.random() < 0.2:
            text = text.replace(random.choice(("$.a", "'x'", "$.b", "1")), random.choice(_INTRINSICS + _PATHS))
        if random.random() < 0.02:
            text = random.choice(_PIECES) * 3000
        return mangled(text, random, _PIECES) if random.random() < 0.8 else text

    def check(self, given: Json) -> None:
        """Compile it, and evaluate it twice."""
        assert isinstance(given, dict)
        data, text = given["data"], given["text"]
        ask = _COMPILERS[str(given["kind"])](text)
        if ask is None:
            return
        before = dumps(data)
        first, second = _answer(ask, data), _answer(ask, data)
        if first != second:
            raise Finding(f"once {first}, then {second}")
        if dumps(data) != before:
            raise Finding("the data was changed")

    def close(self) -> None:
        """Nothing was started."""


def _answer(ask: Callable[[Json], Json], data: Json) -> str:
    try:
        text = dumps(ask(data))
    except (PathNotFound, QueryFailed) as failure:
        return f"{type(failure).__name__}: {failure}"
    loads(text)
    return text


def _compiled(compiler: Callable[[str], Any]) -> Callable[[Any], Callable[[Json], Json] | None]:
    def compile_(text: Any) -> Callable[[Json], Json] | None:
        try:
            compiled = compiler(text)
        except ValueError as refusal:
            _documented(refusal)
            return None
        scope = Surroundings()
        return lambda data: compiled(data, scope)

    return compile_


def _reference(text: Any) -> Callable[[Json], Json] | None:
    try:
        reference = compile_reference(text)
    except ValueError as refusal:
        _documented(refusal)
        return None
    return lambda data: reference.put(data, {"new": True})


def _documented(refusal: ValueError) -> None:
    """Let only the classes that the compilers name pass; others merely happen to be a ValueError too."""
    if type(refusal).__module__.partition(".")[0] != "stepfunctions":
        raise refusal


_COMPILERS: Final[dict[str, Callable[[Any], Callable[[Json], Json] | None]]] = {
    "path": _compiled(compile_path),
    "expression": _compiled(compile_expression),
    "template": _compiled(lambda template: compile_template(template, "Parameters")),
    "reference": _reference,
}
