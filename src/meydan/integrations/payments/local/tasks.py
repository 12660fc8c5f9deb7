"""The part of the provider of ours that lives on without being asked: inside the API process, which serves the rest of it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import TypeVar

from msgspec import Struct

from meydan import integrations
from meydan.integrations.payments.local import operations, webhook_delivery
from meydan.integrations.payments.local.store import Books, Page
from meydan.kit.errors import NotFound
from meydan.kit.runtime import runtime

log = logging.getLogger(__name__)

T = TypeVar("T")
_LOOKS_AGAIN_AFTER = 1.0


class LocalProviderLoop(Struct, frozen=True):
    """Part of the runtime in the API, where the local provider runs."""

    wake: asyncio.Event


def place() -> integrations.LocalPayments:
    """Raises NotFound where nothing stands in for a provider."""
    if (found := integrations.current().local_payments) is None:
        raise NotFound
    return found


async def in_books(act: Callable[[Page], T]) -> T:
    """Done in one transaction, off the loop; whom it concerns is told at once."""
    books = Books(place().books)

    def work() -> T:
        with books.open() as page:
            return act(page)

    done = await asyncio.to_thread(work)
    look_now()
    return done


def look_now() -> None:
    """Whether anything is due, without waiting for the next look."""
    if (loop := runtime.find(LocalProviderLoop)) is not None:
        loop.wake.set()


@asynccontextmanager
async def local_payments_kept_going() -> AsyncIterator[None]:
    """Subscriptions renew, late money arrives and webhooks leave while this is open."""
    found = integrations.current().local_payments
    if found is None:
        yield
        return
    loop = LocalProviderLoop(wake=asyncio.Event())
    life = asyncio.create_task(_live(found, loop.wake))
    try:
        with runtime.using(loop):
            yield
    finally:
        life.cancel()
        await asyncio.gather(life, return_exceptions=True)


async def _live(found: integrations.LocalPayments, wake: asyncio.Event) -> None:
    books = Books(found.books)
    async with webhook_delivery.client(found.certificate) as client:
        postman = webhook_delivery.Postman(books, client)
        while True:
            try:
                if found.books.exists():  # nobody has bought anything yet
                    await asyncio.to_thread(partial(_do_due, books))
                    await postman.deliver_due()
            except Exception:  # whatever is wrong with one look, the next may be right
                log.exception("the local payment provider stumbled; it goes on")
            try:
                await asyncio.wait_for(wake.wait(), _LOOKS_AGAIN_AFTER)
            except TimeoutError:
                continue
            finally:
                wake.clear()


def _do_due(books: Books) -> None:
    with books.open() as page:
        operations.do_due(page)
