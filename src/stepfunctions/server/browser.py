"""Keeps web pages out: a page of another site must not drive the cloud on this machine through the user's browser.

A browser says where a request comes from (Origin, Sec-Fetch-Site), and no AWS client sends either. A page may also
point a name of its own at this address (DNS rebinding): then the Host it calls is not one of ours.

Source: the Fetch standard, "Origin header"; W3C Fetch Metadata Request Headers.
"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

_OWN_SITES = frozenset({"same-origin", "none"})
_OWN_SUFFIXES = (".localhost", ".amazonaws.com", ".localhost.localstack.cloud")


def is_foreign(headers: Mapping[str, str], *, signed: bool) -> bool:
    """Return whether a request was made by a page of another site.

    Args:
        headers: by lower-case name.
        signed: it carries an AWS signature, which no page can forge.
    """
    host = headers.get("host", "")
    origin = headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != host:
        return True
    site = headers.get("sec-fetch-site")
    if site is not None and site not in _OWN_SITES:
        return True
    return not signed and not _is_ours(host)


def _is_ours(host: str) -> bool:
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    name = name.strip("[]").lower()
    return not name or f".{name}".endswith(_OWN_SUFFIXES) or _is_address(name)


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
