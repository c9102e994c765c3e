"""The little XML that S3 speaks: building answers, reading request documents.

Deliberately absent: schemas. Request documents are small and flat, and each operation reads what it knows by name,
whatever the namespace.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, TypeAlias
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from stepfunctions.server.errors import AwsError

NAMESPACE: Final = "http://s3.amazonaws.com/doc/2006-03-01/"
_DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
_CONTROLS: Final = {chr(code): f"&#x{code:X};" for code in (*range(0x20), 0x7F) if chr(code) not in "\t\n"}

Content: TypeAlias = "str | int | bool | Iterable[str] | None"


def element(name: str, content: Content) -> str:
    """Return one element; None gives nothing, an iterable gives the elements it yields."""
    if content is None:
        return ""
    if isinstance(content, bool):
        text = "true" if content else "false"
    elif isinstance(content, str):
        text = escape(content, {'"': "&quot;", **_CONTROLS})
    elif isinstance(content, int):
        text = str(content)
    else:
        text = "".join(content)
    return f"<{name}>{text}</{name}>"


def document(name: str, content: Iterable[str], *, namespace: str = NAMESPACE) -> bytes:
    """Return a whole document with the elements of *content*."""
    attribute = f' xmlns="{namespace}"' if namespace else ""
    return f"{_DECLARATION}<{name}{attribute}>{''.join(content)}</{name}>".encode()


def parse(body: bytes, root: str) -> ElementTree.Element:
    """Return the root of a request document, its names without namespaces.

    Raises:
        AwsError: MalformedXML; a document type too, whose entities could grow without bound.
    """
    if b"<!DOCTYPE" in body:
        raise malformed()
    try:
        tree = ElementTree.fromstring(body)
    except (ElementTree.ParseError, ValueError):
        raise malformed() from None
    for each in tree.iter():
        each.tag = each.tag.rpartition("}")[2]
    if tree.tag != root:
        raise malformed()
    return tree


def malformed() -> AwsError:
    """Return AWS's answer to a document it cannot read."""
    return AwsError(
        "MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema"
    )
