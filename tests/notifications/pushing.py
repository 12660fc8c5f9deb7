"""People with subscribed browsers, and a worker in the hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import asyncpg
import msgspec

from meydan import integrations
from meydan.kit import jobs
from meydan.kit.database import Database
from meydan.messaging.frames import Message
from meydan.notifications import push_preferences, push_sending, push_subscriptions
from meydan.notifications.push_preferences import NOTHING_CHOSEN
from tests.factories import Person
from tests.messaging.factories import send, text
from tests.push_service import Browser, PushService, Received


@dataclass
class Pushes:
    """The push service, and what the worker does about the pushes of these stories."""

    db: Database
    owner: asyncpg.Connection
    service: PushService

    def browser(self) -> Browser:
        sender = integrations.current().push
        assert sender is not None
        return self.service.subscribe(sender.public_key)

    async def subscribe(self, person: Person, browser: Browser | None = None) -> Browser:
        """The person's session subscribes its browser."""
        browser = browser or self.browser()
        async with self.db.as_user(person.me) as tx:
            new = push_subscriptions.SubscribeBrowserRequest(**browser.subscription)
            await push_subscriptions.do_subscribe(tx, new, is_local=True)
        return browser

    async def is_subscribed(self, person: Person) -> bool:
        async with self.db.as_user(person.me) as tx:
            return await push_subscriptions.is_subscribed(tx)

    async def prefer(self, person: Person, **wanted: Any) -> None:
        async with self.db.as_user(person.me) as tx:
            await push_preferences.do_set_preferences(tx, msgspec.structs.replace(NOTHING_CHOSEN, **wanted))

    async def waiting(self, person: Person) -> list[timedelta]:
        """The delays of the pushes in the queue of this person's tenant."""
        rows = await self.owner.fetch(
            "select execute_after - created as delay from jobs.pgqueuer"
            " where headers->>'tenant_id' = $1 and entrypoint = $2 order by id",
            *(str(person.tenant.id), push_sending.JOB),
        )
        return [row["delay"] for row in rows]

    async def work(self, person: Person) -> Sequence[Received]:
        """Sends every push that is in the queue of this person's tenant now, due or not; what arrived by that."""
        before = len(self.service.received)
        for row in await self.owner.fetch(
            "delete from jobs.pgqueuer where headers->>'tenant_id' = $1 and entrypoint = $2 returning payload",
            *(str(person.tenant.id), push_sending.JOB),
        ):
            await jobs.run_job(self.db, push_sending.JOB, row["payload"], person.tenant.id)
        return self.service.received[before:]


async def write(db: Database, person: Person, conversation: Any) -> Message:
    return await send(db, person.me, text(conversation))
