"""Sending gifts: a face pays coins, a face it has met earns a share. Neither learns the other's user."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from msgspec import Struct, field

from meydan import accounts
from meydan.kit import realtime
from meydan.kit.database import Tx
from meydan.kit.errors import NotFound
from meydan.kit.events import publish
from meydan.money.gifts.catalogue import Gift
from meydan.money.gifts.events import GiftGiven
from meydan.money.wallet import Wallet, do_send_wallet, translated_errors, wallet_of

_LONGEST_LIST = 100


class PublicFace(Struct, frozen=True):
    """A face as others see it; the alias of an erased user is empty."""

    id: UUID
    alias: str
    tag: str
    avatar_seed: str


class GiftSent(Struct, frozen=True):
    id: UUID
    gift: Gift
    quantity: int
    coins: int
    profile_id: UUID
    note: str
    created_at: datetime
    wallet: Wallet


class GiftReceived(Struct, frozen=True):
    id: UUID
    gift: Gift
    quantity: int
    giver: PublicFace = field(name="from")
    note: str
    earned: int
    """The receiver's share, in coins."""
    created_at: datetime


class GiftGivenAway(Struct, frozen=True):
    id: UUID
    gift: Gift
    quantity: int
    coins: int
    to: PublicFace
    note: str
    created_at: datetime


class GiftLine(Struct, frozen=True):
    """A gift between two faces, as one of them sees it."""

    id: UUID
    gift: Gift
    quantity: int
    mine: bool
    note: str
    created_at: datetime


class GiftLineList(Struct, frozen=True):
    items: list[GiftLine]


class ReceivedPage(Struct, frozen=True):
    items: list[GiftReceived]
    next: UUID | None = None


class SentPage(Struct, frozen=True):
    items: list[GiftGivenAway]
    next: UUID | None = None


class GiftReceivedFrame(realtime.Frame, frozen=True, tag="gift_received"):
    """A face received a gift."""

    profile_id: UUID
    """The receiving face; a user may have two."""
    gift: GiftReceived


class _Given(Struct, frozen=True):
    id: UUID
    gift: Gift
    coins: int
    earned: int
    receiver_user_id: UUID
    created_at: datetime
    is_new: bool


class _Row(Struct, frozen=True):
    id: UUID
    gift: Gift
    quantity: int
    coins: int
    earned: int
    profile_id: UUID
    """The other face."""
    note: str
    created_at: datetime


_GIFT = "jsonb_build_object('id', gift.id, 'key', gift.key, 'name', gift.name, 'price', gift.price, 'position', gift.position)"


async def do_send(tx: Tx, gift_id: UUID, quantity: int, profile_id: UUID, note: str, *, key: str) -> GiftSent:
    """Sends a gift from the active face. Idempotent by ``key``; a repetition sends no second frame.

    Raises: NotFound (no such gift, faces that have not met, or a block), BalanceTooLow, WalletBlocked, DebtBlocks,
    IdempotencyKeyReused.
    Runs as: user.
    """
    with translated_errors():
        given = await tx.maybe(
            _Given,
            """
            select id, gift, coins, earned, receiver_user_id, created_at, is_new
            from app.send_gift($1, $2, $3, $4, $5, $6)
            """,
            *(gift_id, quantity, profile_id, note, key),
        )
    if given is None:
        raise NotFound
    if given.is_new:
        await _do_publish(tx, given, quantity, profile_id, note)
    wallet = await wallet_of(tx, tx.me.user_id)
    return GiftSent(given.id, given.gift, quantity, given.coins, profile_id, note, given.created_at, wallet)


async def _do_publish(tx: Tx, given: _Given, quantity: int, profile_id: UUID, note: str) -> None:
    [giver] = (await public_faces(tx, [tx.me.profile_id])).values()
    received = GiftReceived(given.id, given.gift, quantity, giver, note, given.earned, given.created_at)
    await realtime.send_frame(tx, given.receiver_user_id, GiftReceivedFrame(profile_id, received))
    await do_send_wallet(tx, tx.me.user_id)
    await publish(
        tx,
        GiftGiven(
            gift_id=given.gift.id,
            gift_key=given.gift.key,
            quantity=quantity,
            giver_user_id=tx.me.user_id,
            giver_profile_id=tx.me.profile_id,
            receiver_user_id=given.receiver_user_id,
            receiver_profile_id=profile_id,
            earned=given.earned,
        ),
    )


async def between(tx: Tx, profile_id: UUID) -> GiftLineList:
    """The gifts between the active face and this one, newest first."""
    rows = await tx.all(
        GiftLine,
        f"""
        select line.id, {_GIFT} as gift, line.quantity, line.giver_profile_id = $2 as mine, line.note, line.created_at
        from (
            (select id, gift_id, quantity, giver_profile_id, note, created_at from app.gifts_sent
            where tenant_id = $1 and giver_profile_id = $2 and receiver_profile_id = $3 order by id desc limit $4)
            union all
            (select id, gift_id, quantity, giver_profile_id, note, created_at from app.gifts_sent
            where tenant_id = $1 and giver_profile_id = $3 and receiver_profile_id = $2 order by id desc limit $4)
        ) line
        join app.gifts gift on gift.tenant_id = $1 and gift.id = line.gift_id
        order by line.id desc limit $4
        """,
        tx.me.profile_id,
        profile_id,
        _LONGEST_LIST,
    )
    return GiftLineList(rows)


async def received(tx: Tx, before: UUID | None, limit: int) -> ReceivedPage:
    """Gifts that the active face received, newest first."""
    rows = await _rows(tx, "receiver_profile_id", "giver_profile_id", before, limit)
    others = await public_faces(tx, [row.profile_id for row in rows])
    items = [
        GiftReceived(row.id, row.gift, row.quantity, others[row.profile_id], row.note, row.earned, row.created_at)
        for row in rows
    ]
    return ReceivedPage(items, rows[-1].id if len(rows) == limit else None)


async def sent(tx: Tx, before: UUID | None, limit: int) -> SentPage:
    """Gifts that the active face sent, newest first."""
    rows = await _rows(tx, "giver_profile_id", "receiver_profile_id", before, limit)
    others = await public_faces(tx, [row.profile_id for row in rows])
    items = [
        GiftGivenAway(row.id, row.gift, row.quantity, row.coins, others[row.profile_id], row.note, row.created_at)
        for row in rows
    ]
    return SentPage(items, rows[-1].id if len(rows) == limit else None)


async def _rows(tx: Tx, mine: str, other: str, before: UUID | None, limit: int) -> list[_Row]:
    return await tx.all(
        _Row,
        f"""
        select sent.id, {_GIFT} as gift, sent.quantity, sent.coins, sent.earned, sent.{other} as profile_id, sent.note,
            sent.created_at
        from app.gifts_sent sent
        join app.gifts gift on gift.tenant_id = sent.tenant_id and gift.id = sent.gift_id
        where sent.tenant_id = $1 and sent.{mine} = $2 and ($3::uuid is null or sent.id < $3)
        order by sent.id desc limit $4
        """,
        tx.me.profile_id,
        before,
        limit,
    )


async def public_faces(tx: Tx, profile_ids: Iterable[UUID]) -> dict[UUID, PublicFace]:
    """The faces by id."""
    profiles = await accounts.public_profiles(tx, ids) if (ids := list(set(profile_ids))) else []
    return {profile.id: PublicFace(profile.id, profile.alias, profile.tag, profile.avatar_seed) for profile in profiles}
