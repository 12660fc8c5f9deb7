"""Meeting over HTTP."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from litestar import get, post
from litestar.params import Parameter
from msgspec import Meta, Struct, field

from meydan import accounts
from meydan.kit import rate_limits
from meydan.kit.database import Database
from meydan.kit.http import IdempotencyKey, scoped_idempotency_key
from meydan.kit.identity import Identity
from meydan.meeting import claims, matches, purchases, state, tickets
from meydan.meeting.enums import Kind

_JOINS = rate_limits.Limit("meeting.join", timedelta(minutes=1), 40)

Limit = Annotated[int, Parameter(ge=1, le=100)]


class Join(Struct, frozen=True, forbid_unknown_fields=True):
    type: Kind
    ticket_id: UUID | None = None
    """Made by the client: joining again under the same id counts once, also when a match has been made meanwhile."""
    wishes: tickets.Wishes = field(default_factory=tickets.Wishes)


class Leave(Struct, frozen=True, forbid_unknown_fields=True):
    match_id: UUID | None = None
    """Absent: stop waiting."""


class Next(Struct, frozen=True, forbid_unknown_fields=True):
    match_id: UUID
    ticket_id: UUID | None = None
    wishes: tickets.Wishes = field(default_factory=tickets.Wishes)


@get("/api/match/state")
async def get_state(db: Database, me: Identity) -> state.State:
    async with db.as_user(me) as tx:
        return await state.state(tx)


@post("/api/match/join", status_code=200)
async def join(db: Database, me: Identity, data: Join) -> state.State:
    """Wait for a stranger. Whoever waits already keeps their ticket."""
    await rate_limits.take(_JOINS, me.user_id)
    async with db.as_user(me) as tx:
        await tickets.do_join(tx, data.type, data.ticket_id, data.wishes)
        return await state.state(tx)


@post("/api/match/widen", status_code=200)
async def widen(db: Database, me: Identity) -> state.State:
    """Anybody will do."""
    await rate_limits.take(_JOINS, me.user_id)
    async with db.as_user(me) as tx:
        await tickets.do_widen(tx, Kind.text)
        return await state.state(tx)


@post("/api/match/leave", status_code=200)
async def leave(db: Database, me: Identity, data: Leave) -> state.State:
    """Stop waiting, or leave a match. What is over already stays as it is."""
    async with db.as_user(me) as tx:
        await tickets.do_leave(tx, Kind.text, data.match_id)
        return await state.state(tx)


@post("/api/match/next", status_code=200)
async def go_on(db: Database, me: Identity, data: Next) -> state.State:
    """Leave a match and wait for the next stranger: both or, when nobody may be waited for, neither."""
    await rate_limits.take(_JOINS, me.user_id)
    async with db.as_user(me) as tx:
        await tickets.do_leave(tx, Kind.text, data.match_id)
        await tickets.do_join(tx, Kind.text, data.ticket_id, data.wishes)
        return await state.state(tx)


@get("/api/match/history")
async def history(db: Database, me: Identity, cursor: UUID | None = None, limit: Limit = 20) -> matches.MatchPage:
    async with db.as_user(me) as tx:
        return await matches.history(tx, cursor, limit)


@post("/api/match/{match_id:uuid}/claim")
async def claim(db: Database, me: Identity, match_id: UUID) -> claims.Claim:
    """Ask for the right back: the stranger stayed silent."""
    async with db.as_user(me) as tx:
        return await claims.do_claim(tx, match_id)


@get("/api/match/claims")
async def list_claims(db: Database, me: Identity, cursor: UUID | None = None, limit: Limit = 20) -> claims.ClaimPage:
    async with db.as_user(me) as tx:
        return await claims.page(tx, cursor, limit)


@get("/api/users/{profile_id:uuid}")
async def stranger(db: Database, me: Identity, profile_id: UUID) -> accounts.PublicProfile:
    """Somebody whom the active face is or was matched with."""
    async with db.as_user(me) as tx:
        return await matches.stranger(tx, profile_id)


class Spending(Struct, frozen=True, forbid_unknown_fields=True):
    item: purchases.Item
    quantity: Annotated[int, Meta(ge=1, le=20)] = 1


@get("/api/coins/spendables", tags=["meeting"], summary="What coins buy at once")
async def list_spendables(db: Database, me: Identity) -> purchases.Spendables:
    async with db.as_user(me) as tx:
        return await purchases.spendables(tx)


@post("/api/coins/spend", tags=["meeting"], summary="Spend coins", status_code=200)
async def spend(db: Database, me: Identity, data: Spending, idempotency_key: IdempotencyKey = None) -> purchases.Spent:
    key = scoped_idempotency_key(me, "spend", idempotency_key)
    async with db.as_service(me.tenant_id) as tx:
        return await purchases.do_spend(tx, me.user_id, data.item, data.quantity, key)


ROUTES = [get_state, join, widen, leave, go_on, history, claim, list_claims, stranger, list_spendables, spend]
