"""SVG elements as text: escaping, numbers, and text that keeps its measured width.

Source: SVG 1.1; XML 1.0 for the characters that may not be written.
"""

from __future__ import annotations

import re
from functools import cache
from html import escape as _escape_markup
from typing import Final

from stepfunctions.graph.measure import is_latin, text_width

INK: Final = "#16191f"
_PLAIN = re.compile(r"[\w .,#:;()/%'+=-]*", re.ASCII)
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def escape(text: str) -> str:
    """Return *text* for an element or a double-quoted attribute; what XML cannot carry becomes U+FFFD."""
    if _PLAIN.fullmatch(text):
        return text
    return _escape_markup(_FORBIDDEN.sub("\ufffd", text))


def number(value: float) -> str:
    """Return *value* with at most one decimal."""
    tenths = round(value * 10)
    return str(tenths // 10) if tenths % 10 == 0 else f"{tenths / 10:.1f}"


def attributes(**named: str) -> str:
    """Return `` name="value"`` for each; an underscore stands for a hyphen."""
    return "".join(f' {_name(name)}="{escape(value)}"' for name, value in named.items())


@cache
def _name(name: str) -> str:
    return name if name in ("viewBox", "textLength", "lengthAdjust") else name.replace("_", "-")


def element(tag: str, content: str = "", /, **named: str) -> str:
    """Return one element."""
    return f"<{tag}{attributes(**named)}>{content}</{tag}>" if content else f"<{tag}{attributes(**named)}/>"


def text_element(
    text: str, x: float, y: float, *, size: float, weight: str = "", fill: str = INK, centred: bool = False
) -> str:
    """Return a line of text with its baseline at *y*, pinned to its measured width where that is known."""
    named = {"x": number(x), "y": number(y), "font_size": number(size), "fill": fill}
    if weight:
        named["font_weight"] = weight
    if centred:
        named["text_anchor"] = "middle"
    if is_latin(text) and len(text) > 1:
        width = text_width(text, size) * (1.06 if weight else 1.0)
        named |= {"textLength": number(width), "lengthAdjust": "spacingAndGlyphs"}
    return element("text", escape(text), **named)
