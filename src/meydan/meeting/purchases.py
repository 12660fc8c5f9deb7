"""What coins buy beside gifts and premium: to meet one stranger more. The right is given in the same transaction."""

from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from meydan import tenants
from meydan.kit.database import Tx
from meydan.kit.errors import Refused
from meydan.kit.events import Event, publish
from meydan.meeting.settings import MeetingSettings
from meydan.money import wallet
from meydan.money.payments import orders


class Item(StrEnum):
    meeting = "meeting"
    """To meet one stranger more than the day allows; it does not go at midnight."""


class Spendable(Struct, frozen=True):
    item: Item
    price: int
    """In coins, for one."""


class Spendables(Struct, frozen=True):
    items: list[Spendable]


class Spent(Struct, frozen=True):
    transaction: wallet.Transaction
    wallet: wallet.Wallet


class MeetingsBought(Event, frozen=True):
    """Somebody paid coins to meet more people; meeting grants the rights in the same transaction."""

    user_id: UUID
    quantity: int
    transaction_id: UUID


class NotForSale(Refused):
    code, status, title = "not_for_sale", 409, "This is not sold here."


async def spendables(tx: Tx) -> Spendables:
    price = (await tenants.settings(tx, MeetingSettings)).meeting_price
    return Spendables([Spendable(Item.meeting, price)] if price else [])


async def do_spend(tx: Tx, user_id: UUID, item: Item, quantity: int, key: str) -> Spent:
    """Raises NotForSale, IdempotencyKeyReused, BalanceTooLow, WalletFrozen, DebtBlocks. A service transaction."""
    await orders.lock_buyer(tx, user_id)
    details = {"item": item.value, "quantity": quantity}
    if (before := await _spent(tx, key)) is not None:  # for the price of then, whether or not it is sold now
        if before.details != details:
            raise wallet.IdempotencyKeyReused
        return Spent(before, await wallet.wallet_of(tx, user_id))
    price = (await tenants.settings(tx, MeetingSettings)).meeting_price
    if not price:
        raise NotForSale(item=item)
    coins = price * quantity
    transaction = await wallet.do_transfer(
        tx,
        wallet.TransactionType.spent,
        [wallet.Entry(wallet.coins_of(user_id), -coins), wallet.Entry(wallet.TENANT_REVENUE, coins)],
        key=key,
        user_id=user_id,
        description=item.value,
        details=details,
    )
    await publish(tx, MeetingsBought(user_id, quantity, transaction.id))
    return Spent(transaction, await wallet.wallet_of(tx, user_id))


async def _spent(tx: Tx, key: str) -> wallet.Transaction | None:
    known = await tx.maybe(
        UUID, "select id from app.coin_transactions where tenant_id = $1 and idempotency_key = $2", key
    )
    return await wallet.transaction(tx, known) if known else None
