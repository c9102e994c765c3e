"""Base64 and URL encodings.

Source: JSONata 2.0.6: Base64 of one byte for each character; ECMA-262, ``encodeURI`` and its kin.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import quote

from stepfunctions.query.jsonata.callables import Builtin
from stepfunctions.query.jsonata.errors import Fault
from stepfunctions.query.jsonata.values import UNDEFINED

_COMPONENT: Final = "!'()*-._~"
_WHOLE: Final = _COMPONENT + ";/?:@&=+$,#"
_KEPT_ESCAPED: Final = ";/?:@&=+$,#"
_ESCAPES: Final = re.compile("(?:%[0-9A-Fa-f]{2})+")
_NOT_BASE64: Final = re.compile("[^A-Za-z0-9+/]")


def base64_encode(text: Any) -> Any:
    """Return the low bytes of the characters in Base64."""
    if text is UNDEFINED:
        return UNDEFINED
    units = text.encode("utf-16-le", "surrogatepass")[::2]
    return base64.b64encode(units).decode()


def base64_decode(text: Any) -> Any:
    """Return one character for each byte; what is not Base64 is skipped."""
    if text is UNDEFINED:
        return UNDEFINED
    digits = _NOT_BASE64.sub("", text.partition("=")[0].replace("-", "+").replace("_", "/"))
    if len(digits) % 4 == 1:
        digits = digits[:-1]
    return base64.b64decode(digits + "=" * (-len(digits) % 4)).decode("latin-1")


def _encoder(name: str, safe: str) -> Callable[[Any], Any]:
    def encode(text: Any) -> Any:
        if text is UNDEFINED:
            return UNDEFINED
        try:
            return quote(text, safe=safe)
        except UnicodeEncodeError:
            raise Fault("D3140", value=text, functionName=name) from None

    return encode


def _decoder(name: str, kept: str) -> Callable[[Any], Any]:
    def decode(text: Any) -> Any:
        if text is UNDEFINED:
            return UNDEFINED
        if "%" in _ESCAPES.sub("", text):
            raise Fault("D3140", value=text, functionName=name)
        try:
            return _ESCAPES.sub(lambda run: _decoded(run.group(), kept), text)
        except UnicodeDecodeError:
            raise Fault("D3140", value=text, functionName=name) from None

    return decode


def _decoded(escapes: str, kept: str) -> str:
    text = bytes.fromhex(escapes.replace("%", "")).decode()
    if not any(sign in kept for sign in text):
        return text
    parts, at = [], 0
    for sign in text:
        size = 3 * len(sign.encode())
        parts.append(escapes[at : at + size] if sign in kept else sign)
        at += size
    return "".join(parts)


FUNCTIONS: Final = (
    Builtin("base64encode", base64_encode, "<s-:s>", 1),
    Builtin("base64decode", base64_decode, "<s-:s>", 1),
    Builtin("encodeUrlComponent", _encoder("encodeUrlComponent", _COMPONENT), "<s-:s>", 1, shift=2),
    Builtin("encodeUrl", _encoder("encodeUrl", _WHOLE), "<s-:s>", 1, shift=2),
    Builtin("decodeUrlComponent", _decoder("decodeUrlComponent", ""), "<s-:s>", 1, shift=2),
    Builtin("decodeUrl", _decoder("decodeUrl", _KEPT_ESCAPED), "<s-:s>", 1, shift=2),
)
