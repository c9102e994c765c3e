"""Answers that are long in coming, or that must not be lost.

An operation that waits names itself to its service, which then watches the connection: a caller who goes away cancels
the operation. An operation that hands something over, which somebody else must get if this caller does not, answers
with a ``Handover``.

ASGI does not tell whether an answer arrived: one that was sent to a caller whose connection was open counts as taken.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from stepfunctions.server.asgi import ClientGone, Receive
from stepfunctions.values import Json


@dataclass(frozen=True, slots=True)
class Handover:
    """An answer with a say in what becomes of it.

    Args:
        answer: what the caller is sent.
        taken: called once it was sent.
        given_back: called instead if it could not be.
    """

    answer: Json
    taken: Callable[[], None]
    given_back: Callable[[], None]


async def unless_gone(operation: Coroutine[Any, Any, Json | Handover], receive: Receive) -> Json | Handover:
    """Return what *operation* does, whose request was read to its end; a caller who goes away cancels it.

    Raises:
        ClientGone: the caller has gone; what was to be handed over was given back.
    """
    working = asyncio.ensure_future(operation)
    watching = asyncio.ensure_future(_disconnected(receive))
    try:
        await asyncio.wait((working, watching), return_when=asyncio.FIRST_COMPLETED)
        if not watching.done():
            return working.result()
    finally:
        for each in (working, watching):
            each.cancel()
    await asyncio.wait((working,))
    if not working.cancelled() and working.exception() is None and isinstance(working.result(), Handover):
        working.result().given_back()
    raise ClientGone


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
