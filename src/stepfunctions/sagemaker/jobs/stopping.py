"""Work that gives way to a wish to stop."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

T = TypeVar("T")


class StoppedEarly(Exception):
    """The stop came before the work was done."""


async def unless(stop: asyncio.Event, work: Awaitable[T]) -> T:
    """Return the result of *work*; cancel it as soon as *stop* is set.

    Raises:
        StoppedEarly: *stop* was set first. Whatever *work* raises passes through.
    """
    task = asyncio.ensure_future(work)
    stopped = asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait([task, stopped], return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise StoppedEarly
        return task.result()
    finally:
        for each in (task, stopped):
            each.cancel()
        await asyncio.gather(task, stopped, return_exceptions=True)
