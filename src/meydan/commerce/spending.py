"""What coins buy beside gifts and premium: to meet one stranger more. The right is given in the same transaction."""

from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from meydan import tenants, wallet
from meydan.commerce import payments
from meydan.commerce.events import MeetingsBought
from meydan.commerce.settings import CommerceSettings
from meydan.kit.database import Tx
from meydan.kit.errors import Refused
from meydan.kit.events import publish


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


class NotForSale(Refused):
    code, status, title = "not_for_sale", 409, "This is not sold here."


async def spendables(tx: Tx) -> Spendables:
    price = (await tenants.settings(tx, CommerceSettings)).meeting_price
    return Spendables([Spendable(Item.meeting, price)] if price else [])


async def do_spend(tx: Tx, user_id: UUID, item: Item, quantity: int, key: str) -> Spent:
    """Raises NotForSale, IdempotencyKeyReused, BalanceTooLow, WalletFrozen, DebtBlocks. A service transaction."""
    price = (await tenants.settings(tx, CommerceSettings)).meeting_price
    if not price:
        raise NotForSale(item=item)
    await payments.do_reference(tx, user_id)  # the same key twice at once: the second waits, and sees the first
    was_there = await tx.one(
        bool,
        "select exists (select from app.coin_transactions where tenant_id = $1 and idempotency_key = $2)",
        key,
    )
    coins = price * quantity
    transaction = await wallet.do_transfer(
        tx,
        wallet.TransactionType.spent,
        [wallet.Entry(wallet.coins_of(user_id), -coins), wallet.Entry(wallet.TENANT_REVENUE, coins)],
        key=key,
        user_id=user_id,
        description=item.value,
        details={"item": item.value, "quantity": quantity},
    )
    if not was_there:
        await publish(tx, MeetingsBought(user_id, quantity, transaction.id))
    return Spent(transaction, await wallet.wallet_of(tx, user_id))
