"""String functions.

Characters are code points, as JSONata counts them.

Source: JSONata 2.0.6, "String functions".
"""

from __future__ import annotations

import re
from typing import Any, Final

from stepfunctions.query.jsonata.callables import INSTANT, Builtin
from stepfunctions.query.jsonata.errors import Fault
from stepfunctions.query.jsonata.matching import first_match, replace_matches
from stepfunctions.query.jsonata.regex.matcher import Matcher
from stepfunctions.query.jsonata.runtime import Run
from stepfunctions.query.jsonata.stringify import stringify
from stepfunctions.query.jsonata.values import UNDEFINED, Array, Object, Sequence, Wrapper

_SPACE: Final = re.compile("[ \t\n\r]+")


def string(run: Run, value: Any, pretty: Any) -> Any:
    """Return *value* as a string; structures as JSON."""
    if value is UNDEFINED:
        return UNDEFINED
    if type(value) is Wrapper:
        value = value[0]
    text = stringify(value, pretty is True)
    run.hold_text(len(text))
    run.spend(len(text) >> 4)
    return text


def length(text: Any) -> Any:
    """Return how many characters there are."""
    return text if text is UNDEFINED else len(text)


def _whole(number: float) -> int:
    return int(number)


def substring(text: Any, start: Any, count: Any) -> Any:
    """Return *count* characters from *start*, which counts from the end if negative."""
    if text is UNDEFINED:
        return UNDEFINED
    if start is UNDEFINED:
        return text if count is UNDEFINED else ""
    size = len(text)
    if size + start < 0:
        start = 0
    if count is UNDEFINED:
        return text[_whole(start) :]
    if count <= 0:
        return ""
    end = start + count if start >= 0 else size + start + count
    return text[_whole(start) : _whole(end)]


def substring_before(text: Any, mark: Any) -> Any:
    """Return what comes before *mark*; the whole if it does not occur."""
    if text is UNDEFINED or mark is UNDEFINED:
        return text
    return text.partition(mark)[0] if mark else ""


def substring_after(text: Any, mark: Any) -> Any:
    """Return what comes after *mark*; the whole if it does not occur."""
    if text is UNDEFINED or mark is UNDEFINED or not mark:
        return text
    before, found, after = text.partition(mark)
    return after if found else before


def lowercase(text: Any) -> Any:
    """Return *text* in lower case."""
    return text if text is UNDEFINED else text.lower()


def uppercase(text: Any) -> Any:
    """Return *text* in upper case."""
    return text if text is UNDEFINED else text.upper()


def trim(text: Any) -> Any:
    """Return *text* without blanks at either end, and with single ones inside."""
    if text is UNDEFINED:
        return UNDEFINED
    text = _SPACE.sub(" ", text)
    return text.removeprefix(" ").removesuffix(" ")


def pad(run: Run, text: Any, width: Any, filler: Any) -> Any:
    """Return *text* at least *width* long, filled on the right, or on the left if negative."""
    if text is UNDEFINED:
        return UNDEFINED
    if width is UNDEFINED:
        return text
    if filler is UNDEFINED or not filler:
        filler = " "
    missing = int(abs(width)) - len(text)
    if missing <= 0:
        return text
    run.hold_text(missing + len(text))
    padding = (filler * (missing // len(filler) + 1))[:missing]
    return text + padding if width > 0 else padding + text


def contains(run: Run, text: Any, token: Any) -> Any:
    """Return whether *token*, a string or a matcher, occurs."""
    if text is UNDEFINED:
        return UNDEFINED
    run.spend(len(text) >> 6)
    if isinstance(token, str):
        return token in text
    if type(token) is Matcher:
        return token.matches(text, run)
    return first_match(token, text, run) is not UNDEFINED


def match(run: Run, text: Any, matcher: Any, limit: Any) -> Any:
    """Return what matches, as objects of match, index and groups."""
    if text is UNDEFINED:
        return UNDEFINED
    _check_limit(limit, "D3040", 3)
    results = Sequence()
    if limit is UNDEFINED or limit > 0:
        found = first_match(matcher, text, run)
        while found is not UNDEFINED and (limit is UNDEFINED or len(results) < limit):
            results.append(Object(match=found.get("match"), index=found.get("start"), groups=found.get("groups")))
            found = found.following(text, run)
    return results


def replace(run: Run, text: Any, pattern: Any, replacement: Any, limit: Any) -> Any:
    """Return *text* with the matches of *pattern* replaced."""
    if text is UNDEFINED:
        return UNDEFINED
    if pattern == "":
        raise Fault("D3010", value=pattern, index=2)
    _check_limit(limit, "D3011", 4)
    if limit is not UNDEFINED and limit <= 0:
        return text
    run.spend(len(text) >> 6)
    if not isinstance(pattern, str):
        return replace_matches(run, text, pattern, replacement, limit)
    if not isinstance(replacement, str):
        replacement = "undefined" if replacement is UNDEFINED else stringify(replacement)
    times = text.count(pattern) if limit is UNDEFINED else min(text.count(pattern), -int(-limit // 1))
    run.hold_text(len(text) + times * (len(replacement) - len(pattern)))
    return text.replace(pattern, replacement, times)


def split(run: Run, text: Any, separator: Any, limit: Any) -> Any:
    """Return the parts of *text* between separators."""
    if text is UNDEFINED:
        return UNDEFINED
    _check_limit(limit, "D3020", 3)
    if limit is not UNDEFINED and limit <= 0:
        return Array()
    run.spend(len(text) >> 4)
    if isinstance(separator, str):
        parts = text.split(separator) if separator else list(text)
        return Array(parts if limit is UNDEFINED else parts[: int(limit)])
    results, start = Array(), 0
    found = first_match(separator, text, run)
    while found is not UNDEFINED and (limit is UNDEFINED or len(results) < limit):
        results.append(text[start : found.low])
        start = found.high
        found = found.following(text, run)
    if limit is UNDEFINED or len(results) < limit:
        results.append(text[start:])
    return results


def join(run: Run, texts: Any, separator: Any) -> Any:
    """Return *texts* in one, with *separator* between them."""
    if texts is UNDEFINED:
        return UNDEFINED
    between = "" if separator is UNDEFINED else separator
    run.hold_text(sum(map(len, texts)) + len(between) * len(texts))
    run.spend(len(texts) >> 3)
    return between.join(texts)


def _check_limit(limit: Any, code: str, index: int) -> None:
    if limit is not UNDEFINED and limit < 0:
        raise Fault(code, value=limit, index=index)


FUNCTIONS: Final = (
    Builtin("string", string, "<x-b?:s>", 1, needs_run=True),
    Builtin("length", length, "<s-:n>", 1, shift=INSTANT),
    Builtin("substring", substring, "<s-nn?:s>", 3),
    Builtin("substringBefore", substring_before, "<s-s:s>", 2),
    Builtin("substringAfter", substring_after, "<s-s:s>", 2),
    Builtin("lowercase", lowercase, "<s-:s>", 1),
    Builtin("uppercase", uppercase, "<s-:s>", 1),
    Builtin("trim", trim, "<s-:s>", 1),
    Builtin("pad", pad, "<s-ns?:s>", 3, needs_run=True),
    Builtin("match", match, "<s-f<s:o>n?:a<o>>", 3, needs_run=True),
    Builtin("contains", contains, "<s-(sf):b>", 2, needs_run=True),
    Builtin("replace", replace, "<s-(sf)(sf)n?:s>", 4, needs_run=True),
    Builtin("split", split, "<s-(sf)n?:a<s>>", 3, needs_run=True),
    Builtin("join", join, "<a<s>s?:s>", 2, needs_run=True),
)
