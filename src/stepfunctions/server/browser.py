"""Keeps web pages out: a page of another site must not drive the cloud on this machine through the user's browser.

A browser says where a request comes from (Origin, Sec-Fetch-Site), and no AWS client sends either. A page may also
point a name of its own at this address (DNS rebinding): it is then of the same site as far as the browser knows, can
set any header, and only the Host that it calls gives it away.

Source: the Fetch standard, "Origin header"; W3C Fetch Metadata Request Headers.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import urlsplit

_OWN_SITES = frozenset({"same-origin", "none"})
_OWN_SUFFIXES = (".localhost", ".amazonaws.com", ".localhost.localstack.cloud", ".host.docker.internal")
"""Names of this machine, and those that only a proxy of ours or a hosts file leads here."""


def foreign_reason(headers: Mapping[str, str], hosts: Collection[str] = ()) -> str | None:
    """Return why a request may be from a page of another site, or None if it is not.

    Args:
        headers: by lower-case name.
        hosts: further names of this machine.
    """
    host = headers.get("host", "")
    origin = headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != host:
        return f"it comes from a web page of {origin}"
    site = headers.get("sec-fetch-site")
    if site is not None and site not in _OWN_SITES:
        return "it comes from a web page of another site"
    name = _stranger(host)
    if name is not None and name not in hosts:
        return f"{name} is not a name of this machine; call it by its address or as localhost"
    return None


@lru_cache(maxsize=64)
def _stranger(host: str) -> str | None:
    """Return the name in a Host header, unless it is this machine's. A client sends the same one every time."""
    name = _name_of(host)
    return None if not name or _is_ours(name) else name


def _name_of(host: str) -> str:
    name, _, port = host.rpartition(":")
    return (name if port.isdigit() else host).strip("[]").lower()


def _is_ours(name: str) -> bool:
    return f".{name}".endswith(_OWN_SUFFIXES) or _is_address(name)


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
