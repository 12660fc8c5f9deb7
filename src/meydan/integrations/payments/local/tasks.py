"""Background work of the local provider, inside the API process, which serves the rest of it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import TypeVar

from msgspec import Struct

from meydan import integrations
from meydan.integrations.payments.local.books import operations, webhook_delivery
from meydan.integrations.payments.local.books.store import Store, Transaction
from meydan.kit import background
from meydan.kit.errors import NotFound
from meydan.kit.runtime import runtime

log = logging.getLogger(__name__)

T = TypeVar("T")
_INTERVAL = 1.0


class LocalProviderLoop(Struct, frozen=True):
    """Part of the runtime in the API, where the local provider runs."""

    wakeup: asyncio.Event


def endpoint() -> integrations.LocalPayments:
    """Raises: NotFound (production has no local provider)."""
    if (found := integrations.current().local_payments) is None:
        raise NotFound
    return found


async def in_transaction(act: Callable[[Transaction], T]) -> T:
    """Runs ``act`` in a transaction, off the loop, and wakes the background work."""
    store = Store(endpoint().database)

    def work() -> T:
        with store.open() as tx:
            return act(tx)

    done = await asyncio.to_thread(work)
    wake()
    return done


def wake() -> None:
    """Wakes the background work without waiting for its next turn."""
    if (loop := runtime.find(LocalProviderLoop)) is not None:
        loop.wakeup.set()


@asynccontextmanager
async def local_payments_running() -> AsyncIterator[None]:
    """Runs the background work while open: renewals, late money, webhooks."""
    found = integrations.current().local_payments
    if found is None:
        yield
        return
    loop = LocalProviderLoop(wakeup=asyncio.Event())
    worker = asyncio.create_task(_do_work(found, loop.wakeup))
    try:
        with runtime.using(loop):
            yield
    finally:
        await background.end(worker)


async def _do_work(found: integrations.LocalPayments, wakeup: asyncio.Event) -> None:
    store = Store(found.database)
    async with webhook_delivery.client(found.certificate) as client:
        sender = webhook_delivery.Sender(store, client)
        while True:
            try:
                if found.database.exists():  # nobody has bought anything yet
                    await asyncio.to_thread(partial(_do_due, store))
                    await sender.do_deliver_due()
            except Exception:  # the next turn may succeed
                log.exception("the local payment provider failed in this turn; it goes on")
            try:
                await asyncio.wait_for(wakeup.wait(), _INTERVAL)
            except TimeoutError:
                continue
            finally:
                wakeup.clear()


def _do_due(store: Store) -> None:
    with store.open() as tx:
        operations.do_due(tx)
