"""Gifts over HTTP."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from litestar import get, post, put
from litestar.params import Parameter
from msgspec import Meta, Struct

from meydan import accounts
from meydan.kit import rate_limits
from meydan.kit.database import Database
from meydan.kit.http import IdempotencyKey, scoped_idempotency_key
from meydan.kit.identity import Identity, Role
from meydan.money import wallet
from meydan.money.gifts import catalogue, gifts
from meydan.money.gifts import history as coins_history

_STAFF = [accounts.staff_only(Role.admin, Role.owner)]

Limit = Annotated[int, Parameter(ge=1, le=100)]

_GIFTS = rate_limits.Limit("gifts.sent", timedelta(minutes=1), 30)


class SendGiftRequest(Struct, frozen=True, forbid_unknown_fields=True):
    gift_id: UUID
    quantity: Annotated[int, Meta(ge=1, le=99)]
    profile_id: UUID
    """A face that the active face has met."""
    note: Annotated[str, Meta(max_length=200)] = ""


@get("/api/coins/history", tags=["coins"], summary="History of your coins")
async def history(db: Database, me: Identity, cursor: UUID | None = None, limit: Limit = 30) -> wallet.HistoryPage:
    """Newest first, of both faces: coins belong to the user."""
    async with db.as_user(me) as tx:
        return await coins_history.history(tx, cursor, limit)


@get("/api/gifts", tags=["gifts"], summary="Gifts for sale")
async def list_gifts(db: Database, me: Identity) -> list[catalogue.Gift]:
    async with db.as_user(me) as tx:
        return await catalogue.gifts(tx)


@post("/api/gifts/send", tags=["gifts"], summary="Send a gift")
async def send(
    db: Database, me: Identity, data: SendGiftRequest, idempotency_key: IdempotencyKey = None
) -> gifts.GiftSent:
    """The receiver must have met the active face, with no block between the two."""
    key = scoped_idempotency_key(me, "gift", idempotency_key)
    await rate_limits.take(_GIFTS, me.user_id)
    async with db.as_user(me) as tx:
        return await gifts.do_send(tx, data.gift_id, data.quantity, data.profile_id, data.note.strip(), key=key)


@get("/api/gifts/with/{profile_id:uuid}", tags=["gifts"], summary="Gifts between two faces")
async def gifts_with(db: Database, me: Identity, profile_id: UUID) -> gifts.GiftLineList:
    async with db.as_user(me) as tx:
        return await gifts.between(tx, profile_id)


@get("/api/gifts/received", tags=["gifts"], summary="Gifts you received")
async def gifts_received(
    db: Database, me: Identity, cursor: UUID | None = None, limit: Limit = 30
) -> gifts.ReceivedPage:
    """Gifts that the active face received, newest first."""
    async with db.as_user(me) as tx:
        return await gifts.received(tx, cursor, limit)


@get("/api/gifts/sent", tags=["gifts"], summary="Gifts you sent")
async def gifts_sent(db: Database, me: Identity, cursor: UUID | None = None, limit: Limit = 30) -> gifts.SentPage:
    """Gifts that the active face sent, newest first."""
    async with db.as_user(me) as tx:
        return await gifts.sent(tx, cursor, limit)


@get("/api/staff/gifts", tags=["staff"], guards=_STAFF, summary="All gifts, also withdrawn ones")
async def staff_gifts(db: Database, me: Identity) -> list[catalogue.StaffGift]:
    async with db.as_service(me.tenant_id) as tx:
        return await catalogue.all_gifts(tx)


@post("/api/staff/gifts", tags=["staff"], guards=_STAFF, summary="Add a gift")
async def add_gift(db: Database, me: Identity, data: catalogue.AddGiftRequest) -> catalogue.StaffGift:
    async with db.as_service(me.tenant_id) as tx:
        return await catalogue.do_add_gift(tx, data, actor=me.user_id)


@put("/api/staff/gifts/{gift_id:uuid}", tags=["staff"], guards=_STAFF, summary="Change a gift")
async def change_gift(
    db: Database, me: Identity, gift_id: UUID, data: catalogue.ChangeGiftRequest
) -> catalogue.StaffGift:
    async with db.as_service(me.tenant_id) as tx:
        return await catalogue.do_change_gift(tx, gift_id, data, actor=me.user_id)


ROUTES = [
    history,
    list_gifts,
    send,
    gifts_with,
    gifts_received,
    gifts_sent,
    staff_gifts,
    add_gift,
    change_gift,
]
