"""The functions on strings, JSON texts, encodings and hashes.

Source: AWS Developer Guide, "Intrinsics for ..."; recordings.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from typing import Final

from stepfunctions.query.intrinsics.arguments import InvalidArguments, object_, short, string
from stepfunctions.query.intrinsics.parser import unescape
from stepfunctions.query.java import java_text
from stepfunctions.query.scope import Scope
from stepfunctions.values import Json, JsonError, dumps, loads

_FORMATTED_MAX: Final = 5_000_000
"""Far more than a state may hand on; it only keeps a long list of large arguments from filling the memory."""
_PLACEHOLDER: Final = re.compile(r"\\.|\{\}", re.DOTALL)
_ALGORITHMS: Final = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}


def format_(scope: Scope, template: Json, *values: Json) -> Json:
    """``States.Format(template, value, ...)``: the template with each ``{}`` replaced by the next value.

    The template arrives with its escapes, as only they tell ``{}`` from ``\\{\\}``. Values appear as Java prints them.
    """
    pieces = _split_at_placeholders(string(template))
    if len(pieces) != len(values) + 1:
        raise InvalidArguments("number of arguments do not match the occurrences of {}")
    text, size = [pieces[0]], 0
    for value, piece in zip(values, pieces[1:], strict=True):
        shown = java_text(value)
        size += len(shown)
        if size > _FORMATTED_MAX:
            raise InvalidArguments(f"the result would be longer than {_FORMATTED_MAX} characters")
        text += (shown, piece)
    return "".join(text)


def _split_at_placeholders(template: str) -> list[str]:
    pieces, start = [], 0
    for match in _PLACEHOLDER.finditer(template):
        if match[0] == "{}":
            pieces.append(unescape(template[start : match.start()]))
            start = match.end()
    return [*pieces, unescape(template[start:])]


def split(scope: Scope, text: Json, delimiters: Json) -> Json:
    """``States.StringSplit(text, delimiters)``: what lies between any of the delimiting characters, if not empty."""
    separators = set(string(delimiters))
    parts, start = [], 0
    characters = string(text)
    for position, character in enumerate(characters):
        if character in separators:
            parts.append(characters[start:position])
            start = position + 1
    parts.append(characters[start:])
    return [part for part in parts if part]


def encode(scope: Scope, text: Json) -> Json:
    """``States.Base64Encode(text)``."""
    return base64.b64encode(_utf8(short(string(text)))).decode("ascii")


def decode(scope: Scope, text: Json) -> Json:
    """``States.Base64Decode(text)``: bytes that are no UTF-8 become U+FFFD, as in Java."""
    try:
        return base64.b64decode(short(string(text)), validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        raise InvalidArguments("the argument is not valid Base64") from None


def hash_(scope: Scope, data: Json, algorithm: Json) -> Json:
    """``States.Hash(data, algorithm)``: the hash of a string, or of another value's JSON, in hexadecimal."""
    name = _ALGORITHMS.get(string(algorithm))
    if name is None:
        raise InvalidArguments(f"the algorithm must be one of {', '.join(_ALGORITHMS)}")
    text = data if type(data) is str else dumps(data)
    return hashlib.new(name, _utf8(short(text)), usedforsecurity=False).hexdigest()


def _utf8(text: str) -> bytes:
    # Java writes a lone surrogate as a question mark, Python's "replace" does too.
    return text.encode("utf-8", "replace")


def merge(scope: Scope, first: Json, second: Json, deep: Json) -> Json:
    """``States.JsonMerge(first, second, false)``: one object; the second's members win. Deep merges AWS refuses."""
    if deep is not False:
        raise InvalidArguments("only a shallow merge is supported: the third argument must be false")
    return object_(first) | object_(second)


def parse(scope: Scope, text: Json) -> Json:
    """``States.StringToJson(text)``: the value that the text stands for; blank text is null."""
    written = string(text)
    if not written.strip():
        return None
    try:
        return loads(written)
    except JsonError as error:
        raise InvalidArguments(f"the argument is not valid JSON: {error}") from None


def render(scope: Scope, value: Json) -> Json:
    """``States.JsonToString(value)``: the value as compact JSON text."""
    return dumps(value)
