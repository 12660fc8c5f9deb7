"""Scenarios about coins: users with coins, and their requests."""

from typing import Any
from uuid import uuid4

import httpx
import msgspec
from litestar import Litestar

from meydan import tenants
from meydan.kit.database import Database
from meydan.money import wallet
from tests.factories import Person

Answer = dict[str, Any]


async def give_coins(db: Database, person: Person, amount: int) -> None:
    async with db.as_service(person.tenant.id) as tx:
        await wallet.do_credit(
            tx,
            person.me.user_id,
            amount,
            source=wallet.PROMOTIONS,
            type=wallet.TransactionType.adjustment,
            key=f"story:{uuid4()}",
        )


async def wallet_of(db: Database, person: Person) -> wallet.Wallet:
    async with db.as_service(person.tenant.id) as tx:
        return await wallet.wallet_of(tx, person.me.user_id)


async def tenant_revenue(db: Database, tenant: tenants.Tenant) -> int:
    async with db.as_service(tenant.id) as tx:
        return await wallet.balance_of(tx, wallet.TENANT_REVENUE)


async def check_the_books(db: Database, tenant: tenants.Tenant) -> None:
    """Asserts that the audit finds no fault."""
    async with db.as_service(tenant.id) as tx:
        audit = await wallet.do_audit(tx)
    assert audit.faults == []


async def make_met(db: Database, one: Person, other: Person) -> None:
    """The two faces were matched once; it is over."""
    async with db.as_service(one.tenant.id) as tx:
        await tx.run(
            "insert into app.matches (tenant_id, type, status, user1_id, user2_id, profile1_id, profile2_id, "
            "claim_opens_at, expires_at, ended_at) "
            "values ($1, 'anonymous_text', 'completed', $2, $3, $4, $5, app.now(), app.now(), app.now())",
            *(one.me.user_id, other.me.user_id, one.me.profile_id, other.me.profile_id),
        )


async def ask(
    app: Litestar, person: Person, method: str, path: str, body: Answer | None = None, *, key: str | None = None
) -> httpx.Response:
    headers = {} if key is None else {"Idempotency-Key": key}
    async with person.client(app) as client:
        return await client.request(method, path, json=body, headers=headers)


async def frames_of(db: Database, person: Person, *tags: str) -> list[Answer]:
    """The frames to this user in the outbox, oldest first."""
    async with db.as_service(person.tenant.id) as tx:
        payloads = await tx.all(
            str, "select payload from app.outbox where tenant_id = $1 and user_id = $2 order by id", person.me.user_id
        )
    frames: list[Answer] = [msgspec.json.decode(payload) for payload in payloads]
    return [frame for frame in frames if not tags or frame["t"] in tags]
