"""Steps of users and of the worker in stories about meeting."""

from typing import Any
from uuid import UUID, uuid4

import httpx
from litestar import Litestar

from meydan import tenants
from meydan.kit.database import Database
from meydan.meeting import claims, matcher, matches, quota, tickets
from meydan.meeting.enums import MeetingType
from meydan.messaging import messages
from tests.factories import Person

Answer = dict[str, Any]


async def join(db: Database, person: Person, *, ticket_id: UUID | None = None, **criteria: Any) -> None:
    async with db.as_user(person.me) as tx:
        await tickets.do_join(tx, MeetingType.text, ticket_id, tickets.Criteria(**criteria))


async def match(db: Database, tenant: tenants.Tenant, *, search_again: bool = False) -> int:
    async with db.as_service(tenant.id) as tx:
        return await matcher.do_match(tx, MeetingType.text, search_again=search_again)


async def bring_together(db: Database, one: Person, other: Person) -> matches.Match:
    """As the first sees it."""
    await join(db, one)
    await join(db, other)
    await match(db, one.tenant)  # unless the one beside the API was quicker
    found = await matched(db, one)
    assert found is not None
    return found


async def matched(db: Database, person: Person) -> matches.Match | None:
    async with db.as_user(person.me) as tx:
        return await matches.active(tx, MeetingType.text)


async def waits(db: Database, person: Person) -> bool:
    async with db.as_user(person.me) as tx:
        return await tickets.ticket(tx, MeetingType.text) is not None


async def leave(db: Database, person: Person, match_id: UUID | None = None) -> None:
    async with db.as_user(person.me) as tx:
        await tickets.do_leave(tx, MeetingType.text, match_id)


async def write(db: Database, person: Person, conversation_id: UUID, kind: messages.SentType = "text") -> None:
    async with db.as_user(person.me) as tx:
        await messages.do_send(tx, messages.SendMessageRequest(uuid4(), conversation_id, kind, 0, b"sealed"), None)


async def claim(db: Database, person: Person, match_id: UUID) -> claims.Claim:
    async with db.as_user(person.me) as tx:
        return await claims.do_claim(tx, match_id)


async def decide(db: Database, tenant: tenants.Tenant) -> int:
    async with db.as_service(tenant.id) as tx:
        return await claims.do_decide(tx)


async def expire(db: Database, tenant: tenants.Tenant) -> int:
    async with db.as_service(tenant.id) as tx:
        return await matches.do_expire(tx)


async def told(db: Database, person: Person) -> list[Answer]:
    """Every frame told to this person that is still in the outbox, oldest first."""
    rows = await db.relay.fetch(
        "select payload::jsonb as frame from app.outbox where tenant_id = $1 and user_id = $2 order by id",
        person.tenant.id,
        person.me.user_id,
    )
    return [row["frame"] for row in rows]


async def ask(app: Litestar, person: Person, method: str, path: str, body: Answer | None = None) -> httpx.Response:
    async with person.client(app) as client:
        return await client.request(method, path, json=body)


async def left(db: Database, person: Person) -> int:
    async with db.as_user(person.me) as tx:
        return (await quota.quota(tx, MeetingType.text)).remaining
