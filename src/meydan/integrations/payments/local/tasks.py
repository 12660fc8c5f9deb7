"""Background work of the local provider, inside the API process, which serves the rest of it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import TypeVar

from meydan import integrations
from meydan.integrations.payments.local import operations, webhook_delivery
from meydan.integrations.payments.local.store import Store, Transaction
from meydan.kit.errors import NotFound

log = logging.getLogger(__name__)

T = TypeVar("T")
_INTERVAL = 1.0
_wakeup: asyncio.Event | None = None


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
    if _wakeup is not None:
        _wakeup.set()


@asynccontextmanager
async def local_payments_running() -> AsyncIterator[None]:
    """Runs the background work while open: renewals, late money, webhooks."""
    global _wakeup  # noqa: PLW0603 -- one provider a process is the point
    found = integrations.current().local_payments
    if found is None:
        yield
        return
    _wakeup = asyncio.Event()
    worker = asyncio.create_task(_work(found, _wakeup))
    try:
        yield
    finally:
        worker.cancel()
        await asyncio.gather(worker, return_exceptions=True)
        _wakeup = None


async def _work(found: integrations.LocalPayments, wakeup: asyncio.Event) -> None:
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
