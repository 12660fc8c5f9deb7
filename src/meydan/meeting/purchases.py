"""Purchases of extra matches with coins. Coins and bonus quota move in one transaction."""

from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from meydan import tenants
from meydan.kit.database import Tx
from meydan.kit.errors import Refused
from meydan.kit.events import publish
from meydan.meeting.events import MeetingsBought
from meydan.meeting.settings import MeetingSettings
from meydan.money import wallet
from meydan.money.payments import billing_customers


class Item(StrEnum):
    meeting = "meeting"
    """A match beyond the day's quota; it does not expire at midnight."""


class CoinOffer(Struct, frozen=True):
    item: Item
    price: int
    """In coins, for one."""


class CoinOfferList(Struct, frozen=True):
    items: list[CoinOffer]


class CoinPurchase(Struct, frozen=True):
    transaction: wallet.Transaction
    wallet: wallet.Wallet


class NotForSale(Refused):
    code, status, title = "not_for_sale", 409, "This is not sold here."


async def coin_offers(tx: Tx) -> CoinOfferList:
    price = (await tenants.settings(tx, MeetingSettings)).meeting_price
    return CoinOfferList([CoinOffer(Item.meeting, price)] if price else [])


async def do_spend(tx: Tx, user_id: UUID, item: Item, quantity: int, key: str) -> CoinPurchase:
    """Buys extra matches with coins. A repeated key returns the first purchase, also after a change of price.

    Raises: NotForSale, IdempotencyKeyReused, BalanceTooLow, WalletFrozen, DebtBlocks.
    Runs as: service.
    """
    await billing_customers.lock_buyer(tx, user_id)
    details = {"item": item.value, "quantity": quantity}
    if (first := await _transaction_with_key(tx, key)) is not None:
        if first.details != details:
            raise wallet.IdempotencyKeyReused
        return CoinPurchase(first, await wallet.wallet_of(tx, user_id))
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
    return CoinPurchase(transaction, await wallet.wallet_of(tx, user_id))


async def _transaction_with_key(tx: Tx, key: str) -> wallet.Transaction | None:
    known = await tx.maybe(
        UUID, "select id from app.coin_transactions where tenant_id = $1 and idempotency_key = $2", key
    )
    return await wallet.transaction(tx, known) if known else None
