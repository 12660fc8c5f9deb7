"""A person's money over HTTP, for staff."""

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
"""Shown to the person."""


class FreezeWalletRequest(Struct, frozen=True, forbid_unknown_fields=True):
    reason: Reason


class AdjustCoinsRequest(Struct, frozen=True, forbid_unknown_fields=True):
    direction: adjustments.Direction
    coins: Annotated[int, Meta(ge=1, le=1_000_000_000)]
    reason: Reason


@get("/api/staff/people", tags=["staff"], guards=_STAFF, summary="Find people by the name of their real face")
async def find_people(db: Database, me: Identity, name: Name = "") -> person_page.PersonList:
    """By the beginning of the name; ``alias#tag`` finds one person."""
    async with db.as_service(me.tenant_id) as tx:
        return await person_page.search(tx, name)


@get("/api/staff/people/{user_id:uuid}", tags=["staff"], guards=_STAFF, summary="A person's money")
async def get_person(db: Database, me: Identity, user_id: UUID) -> person_page.StaffPerson:
    async with db.as_service(me.tenant_id) as tx:
        return await person_page.staff_person(tx, user_id, me.user_id)


@post(
    "/api/staff/wallets/{user_id:uuid}/freeze",
    status_code=200,
    tags=["staff"],
    guards=_STAFF,
    summary="Freeze a wallet",
)
async def freeze(db: Database, me: Identity, user_id: UUID, data: FreezeWalletRequest) -> person_page.StaffPerson:
    """Stops all spending from it. The person reads the reason."""
    async with db.as_service(me.tenant_id) as tx:
        await wallets.do_freeze(tx, user_id, data.reason.strip(), me.user_id)
        return await person_page.staff_person(tx, user_id, me.user_id)


@post("/api/staff/wallets/{user_id:uuid}/thaw", status_code=200, tags=["staff"], guards=_STAFF, summary="Thaw a wallet")
async def thaw(db: Database, me: Identity, user_id: UUID) -> person_page.StaffPerson:
    """Fulfils the payments that were held with it."""
    async with db.as_service(me.tenant_id) as tx:
        await wallets.do_thaw(tx, user_id, me.user_id)
        return await person_page.staff_person(tx, user_id, me.user_id)


@post(
    "/api/staff/wallets/{user_id:uuid}/adjust",
    status_code=200,
    tags=["staff"],
    guards=_STAFF,
    summary="Give or take coins",
)
async def adjust(
    db: Database, me: Identity, user_id: UUID, data: AdjustCoinsRequest, idempotency_key: IdempotencyKey = None
) -> person_page.StaffPerson:
    """Moves coins from the tenant's promotions, or back. Coins that are given pay the person's debt first."""
    key = scoped_idempotency_key(me, "adjust", idempotency_key)
    async with db.as_service(me.tenant_id) as tx:
        await adjustments.do_adjust(tx, user_id, data.direction, data.coins, data.reason.strip(), me.user_id, key=key)
        return await person_page.staff_person(tx, user_id, me.user_id)


ROUTES = [find_people, get_person, freeze, thaw, adjust]
