"""The tenant's catalogue of gifts: eight defaults, edited by staff."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from meydan import tenants
from meydan.kit.database import Tx
from meydan.kit.events import listen


class GiftKey(StrEnum):
    """Keys of the pictures that clients have, each with a name in their languages."""

    tea = "tea"
    simit = "simit"
    tulip = "tulip"
    cat = "cat"
    lantern = "lantern"
    boat = "boat"
    kilim = "kilim"
    moon = "moon"


Word = Annotated[str, Meta(min_length=1, max_length=40)]
Price = Annotated[int, Meta(ge=1, le=1_000_000)]
Position = Annotated[int, Meta(ge=-10_000, le=10_000)]


class Words(Struct, frozen=True, forbid_unknown_fields=True):
    tr: Word
    en: Word


class Gift(Struct, frozen=True):
    """``name`` is the tenant's own; without one, clients use the key's."""

    id: UUID
    key: GiftKey
    price: int
    position: int
    name: Words | None = None


class StaffGift(Struct, frozen=True):
    """A gift as staff see it, also when it is withdrawn."""

    id: UUID
    key: GiftKey
    price: int
    position: int
    active: bool
    name: Words | None = None


class AddGiftRequest(Struct, frozen=True, forbid_unknown_fields=True):
    key: GiftKey
    price: Price
    position: Position
    name: Words | None = None


class ChangeGiftRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Absent fields stay as they are; a null name restores the key's own."""

    price: Price | UnsetType = UNSET
    position: Position | UnsetType = UNSET
    active: bool | UnsetType = UNSET
    name: Words | UnsetType | None = UNSET


_COLUMNS = "id, key, price, position, active, name"


async def gifts(tx: Tx) -> list[Gift]:
    """The gifts for sale."""
    return await tx.all(
        Gift,
        "select id, key, price, position, name from app.gifts where tenant_id = $1 and active order by position, id",
    )


async def all_gifts(tx: Tx) -> list[StaffGift]:
    """All gifts, also withdrawn ones.

    Runs as: service.
    """
    return await tx.all(StaffGift, f"select {_COLUMNS} from app.gifts where tenant_id = $1 order by position, id")


async def do_add_gift(tx: Tx, new: AddGiftRequest, *, actor: UUID) -> StaffGift:
    """Adds a gift to the catalogue.

    Runs as: service.
    """
    gift = await tx.one(
        StaffGift,
        f"insert into app.gifts (tenant_id, key, price, position, name) values ($1, $2, $3, $4, $5) returning {_COLUMNS}",
        new.key,
        new.price,
        new.position,
        new.name,
    )
    await tenants.do_record(tx, "gift_added", acted_by_user_id=actor, gift_id=gift.id, key=gift.key, price=gift.price)
    return gift


async def do_change_gift(tx: Tx, gift_id: UUID, change: ChangeGiftRequest, *, actor: UUID) -> StaffGift:
    """Changes a gift; absent fields stay as they are.

    Locks: gifts.
    Raises: NotFound.
    Runs as: service.
    """
    known = await tx.one(
        StaffGift, f"select {_COLUMNS} from app.gifts where tenant_id = $1 and id = $2 for update", gift_id
    )
    gift = await tx.one(
        StaffGift,
        f"""
        update app.gifts set price = $3, position = $4, active = $5, name = $6
        where tenant_id = $1 and id = $2 returning {_COLUMNS}
        """,
        gift_id,
        known.price if change.price is UNSET else change.price,
        known.position if change.position is UNSET else change.position,
        known.active if change.active is UNSET else change.active,
        known.name if change.name is UNSET else change.name,
    )
    await tenants.do_record(
        tx,
        "gift_changed",
        acted_by_user_id=actor,
        gift_id=gift_id,
        before=[known.price, known.active],
        after=[gift.price, gift.active],
    )
    return gift


@listen(tenants.TenantAdded)
async def seed_default_gifts(tx: Tx, event: tenants.TenantAdded) -> None:
    await tx.connection.execute("select app.seed_default_gifts($1)", event.tenant_id)
