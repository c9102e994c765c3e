"""Activities: tasks that wait for workers who poll, and workers who wait for tasks.

A task is offered when it is scheduled, to the worker who has waited longest or to the next who asks. It is the
worker's, and has started, when the answer with its token was sent; a worker who has gone before gives it back, and it
is offered again, before all others. Whether it is done is no matter of this module: the worker says so with the token.

Nothing is stored here. The engine's outbox knows every task that has not started, and offers it again after a crash;
a task whose answer was sent in the moment of the crash may be offered twice.

Source: Step Functions Developer Guide, "Activities"; AWS API reference, GetActivityTask.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Final

from stepfunctions.engine.handler import Progress, TaskHandler, TaskRequest
from stepfunctions.errors import LimitExceeded
from stepfunctions.integrations.registry import Resource
from stepfunctions.values import Json

POLLERS_MAX: Final = 1000
"""AWS's quota of workers that wait for tasks of one activity."""


class Offer:
    """A task on its way to a worker.

    Args:
        task: what is to be done.
        give_back: takes the offer when the worker has gone.
    """

    def __init__(self, task: TaskRequest, give_back: Callable[[Offer], None]) -> None:
        self.task = task
        self._give_back = give_back
        self._worker: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()

    @property
    def is_open(self) -> bool:
        """Whether the task still waits for a worker: nobody has it, and it was not given up."""
        return not self._worker.done()

    def accept(self, worker: str | None) -> None:
        """Note that the worker of that name has the task."""
        if self.is_open:
            self._worker.set_result(worker)

    def decline(self) -> None:
        """Offer the task to somebody else: its worker has gone."""
        if self.is_open:
            self._give_back(self)

    async def worker(self) -> str | None:
        """Return the name of the worker who has the task, once there is one."""
        return await self._worker


class ActivityTasks:
    """The tasks of all activities; the ``TaskHandler`` of every one of them."""

    defers_start = True

    def __init__(self) -> None:
        self._offers: dict[str, OrderedDict[Offer, None]] = {}
        self._closed = False
        self._pollers: dict[str, deque[asyncio.Future[Offer | None]]] = {}

    async def run(self, task: TaskRequest, progress: Progress) -> Json:
        """Offer the task until a worker has it."""
        offer = Offer(task, self._give_back)
        self._offer(offer, first=False)
        try:
            worker = await offer.worker()
        finally:
            self._withdraw(offer)
        await progress.started(worker)

    async def cancel(self, task: TaskRequest) -> None:
        """There is nothing to stop: a worker learns from its next heartbeat or answer that the task has ended."""

    async def poll(self, activity_arn: str, wait_seconds: float) -> Offer | None:
        """Return a task for a worker, who accepts or declines it; None if none comes in time.

        Raises:
            LimitExceeded: too many workers wait already.
        """
        offer = None if self._closed else self._next(activity_arn)
        if offer is not None or self._closed:
            return offer
        pollers = self._pollers.setdefault(activity_arn, deque())
        if len(pollers) >= POLLERS_MAX:
            raise LimitExceeded(
                "The maximum number of workers concurrently polling for activity tasks has been reached."
            )
        return await self._wait(activity_arn, pollers, wait_seconds)

    def close(self) -> None:
        """Let every worker who waits, or comes now, go without a task."""
        self._closed = True
        for pollers in self._pollers.values():
            for poller in pollers:
                _let_go(poller)

    async def _wait(
        self, activity_arn: str, pollers: deque[asyncio.Future[Offer | None]], seconds: float
    ) -> Offer | None:
        loop = asyncio.get_running_loop()
        poller: asyncio.Future[Offer | None] = loop.create_future()
        pollers.append(poller)
        timer = loop.call_later(seconds, _let_go, poller)
        try:
            return await poller
        except asyncio.CancelledError:
            if not poller.cancelled() and (offer := poller.result()) is not None:
                offer.decline()
            raise
        finally:
            timer.cancel()
            if poller in pollers:
                pollers.remove(poller)
            if not pollers and self._pollers.get(activity_arn) is pollers:
                del self._pollers[activity_arn]

    def _offer(self, offer: Offer, *, first: bool) -> None:
        activity_arn = offer.task.resource
        pollers = self._pollers.get(activity_arn)
        while pollers:
            poller = pollers.popleft()
            if not poller.done():
                poller.set_result(offer)
                return
        offers = self._offers.setdefault(activity_arn, OrderedDict())
        offers[offer] = None
        offers.move_to_end(offer, last=not first)

    def _give_back(self, offer: Offer) -> None:
        self._offer(offer, first=True)

    def _next(self, activity_arn: str) -> Offer | None:
        offers = self._offers.get(activity_arn)
        if offers is None:
            return None
        offer, _ = offers.popitem(last=False)
        if not offers:
            del self._offers[activity_arn]
        return offer

    def _withdraw(self, offer: Offer) -> None:
        """Take back an offer that nobody took: its task has ended, or the server goes down."""
        offers = self._offers.get(offer.task.resource)
        if offers is not None and offer in offers:
            del offers[offer]
            if not offers:
                del self._offers[offer.task.resource]


def _let_go(poller: asyncio.Future[Offer | None]) -> None:
    if not poller.done():
        poller.set_result(None)


def find(tasks: ActivityTasks, resource: Resource) -> TaskHandler | None:
    """Return the handler of a resource of Step Functions if it is an activity, and None otherwise."""
    return tasks if not resource.is_integration and resource.action.startswith("activity:") else None
