"""One member's money over HTTP, for those who run a community."""

from typing import Annotated
from uuid import UUID

from litestar import get, post
from litestar.params import Parameter
from msgspec import Meta, Struct

from meydan import accounts
from meydan.kit.database import Database
from meydan.kit.http import IdempotencyKey, scoped_idempotency_key
from meydan.kit.identity import Identity, Role
from meydan.money.backoffice import adjustments, person_page, wallets

_STAFF = [accounts.staff_only(Role.admin, Role.owner)]

Name = Annotated[str, Parameter(max_length=40)]


Reason = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"\S")]
"""The person reads it."""


class FreezeRequest(Struct, frozen=True, forbid_unknown_fields=True):
    reason: Reason


class AdjustRequest(Struct, frozen=True, forbid_unknown_fields=True):
    direction: adjustments.Direction
    coins: Annotated[int, Meta(ge=1, le=1_000_000_000)]
    reason: Reason


@get("/api/staff/people", tags=["staff"], guards=_STAFF, summary="Find somebody by the name of their real face")
async def find_people(db: Database, me: Identity, name: Name = "") -> person_page.People:
    """By how it begins; ``alias#tag`` finds one."""
    async with db.as_service(me.tenant_id) as tx:
        return await person_page.search(tx, name)


@get("/api/staff/people/{user_id:uuid}", tags=["staff"], guards=_STAFF, summary="One member's money")
async def get_member(db: Database, me: Identity, user_id: UUID) -> person_page.Member:
    async with db.as_service(me.tenant_id) as tx:
        return await person_page.member(tx, user_id, me.user_id)


@post(
    "/api/staff/wallets/{user_id:uuid}/freeze",
    status_code=200,
    tags=["staff"],
    guards=_STAFF,
    summary="Freeze a wallet",
)
async def freeze(db: Database, me: Identity, user_id: UUID, data: FreezeRequest) -> person_page.Member:
    """Nothing can be spent from it. The person is told why."""
    async with db.as_service(me.tenant_id) as tx:
        await wallets.do_freeze(tx, user_id, data.reason.strip(), me.user_id)
        return await person_page.member(tx, user_id, me.user_id)


@post("/api/staff/wallets/{user_id:uuid}/thaw", status_code=200, tags=["staff"], guards=_STAFF, summary="Thaw a wallet")
async def thaw(db: Database, me: Identity, user_id: UUID) -> person_page.Member:
    """Payments that were kept back with it are given now."""
    async with db.as_service(me.tenant_id) as tx:
        await wallets.do_thaw(tx, user_id, me.user_id)
        return await person_page.member(tx, user_id, me.user_id)


@post(
    "/api/staff/wallets/{user_id:uuid}/adjust",
    status_code=200,
    tags=["staff"],
    guards=_STAFF,
    summary="Give or take coins",
)
async def adjust(
    db: Database, me: Identity, user_id: UUID, data: AdjustRequest, idempotency_key: IdempotencyKey = None
) -> person_page.Member:
    """From the community's promotions, or back to them. What somebody owes is paid by what they are given."""
    key = scoped_idempotency_key(me, "adjust", idempotency_key)
    async with db.as_service(me.tenant_id) as tx:
        await adjustments.do_adjust(tx, user_id, data.direction, data.coins, data.reason.strip(), me.user_id, key=key)
        return await person_page.member(tx, user_id, me.user_id)


ROUTES = [find_people, get_member, freeze, thaw, adjust]
