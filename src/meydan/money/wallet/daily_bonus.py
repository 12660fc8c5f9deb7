"""Daily bonus: free coins, once per calendar day of the tenant. Idempotent under concurrent requests."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from msgspec import Struct

from meydan import accounts, tenants
from meydan.kit.database import Tx
from meydan.kit.errors import Refused
from meydan.money.wallet import balances, ledger
from meydan.money.wallet.enums import PROMOTIONS, TransactionType
from meydan.money.wallet.errors import IdempotencyKeyReused
from meydan.money.wallet.settings import WalletSettings


class Source(StrEnum):
    daily = "daily"


class DailyBonus(Struct, frozen=True):
    coins: int
    """0: the tenant gives no bonus."""
    available: bool
    next_at: datetime


class Bonuses(Struct, frozen=True):
    daily: DailyBonus


class BonusReceipt(Struct, frozen=True):
    transaction: ledger.Transaction
    wallet: balances.Wallet
    next_at: datetime


class EarningOff(Refused):
    code, status, title = "earning_off", 409, "No coins are given away here."


class AlreadyEarned(Refused):
    code, status, title = "already_earned", 409, "You have had today's coins."


class _Day(Struct, frozen=True):
    day: date
    next_at: datetime


async def bonuses(tx: Tx, user_id: UUID) -> Bonuses:
    """The bonuses the user can take, and when the next day begins.

    Runs as: service.
    """
    settings, today = await tenants.settings(tx, WalletSettings), await _today(tx)
    taken = await _is_taken(tx, [user_id, *await accounts.inheritance.former_accounts_of(tx, user_id)], today.day)
    return Bonuses(DailyBonus(settings.daily_bonus_coins, settings.daily_bonus_coins > 0 and not taken, today.next_at))


async def do_earn_daily(tx: Tx, user_id: UUID) -> BonusReceipt:
    """Credits today's bonus from the tenant's promotions account, unless an erased account of the user had it today.

    Raises: EarningOff, AlreadyEarned.
    Runs as: service.
    """
    settings, today = await tenants.settings(tx, WalletSettings), await _today(tx)
    if settings.daily_bonus_coins == 0:
        raise EarningOff
    if await _is_taken(tx, await accounts.inheritance.former_accounts_of(tx, user_id), today.day):
        raise AlreadyEarned(next_at=today.next_at)
    try:
        transaction = await ledger.do_credit(
            tx,
            user_id,
            settings.daily_bonus_coins,
            source=PROMOTIONS,
            type=TransactionType.earned,
            key=_key(user_id, today.day),
            description="daily",
            subject_id=uuid4(),  # differs each time, so that a repetition is refused by its key instead of answered
        )
    except IdempotencyKeyReused:
        raise AlreadyEarned(next_at=today.next_at) from None
    return BonusReceipt(transaction, await balances.wallet_of(tx, user_id), today.next_at)


async def _is_taken(tx: Tx, user_ids: Sequence[UUID], day: date) -> bool:
    return await tx.one(
        bool,
        "select exists (select from app.coin_transactions where tenant_id = $1 and idempotency_key = any($2::text[]))",
        [_key(user_id, day) for user_id in user_ids],
    )


def _key(user_id: UUID, day: date) -> str:
    return f"daily:{user_id}:{day}"


async def _today(tx: Tx) -> _Day:
    """Today in the tenant's time zone, and when tomorrow begins."""
    return await tx.one(
        _Day,
        """
        select app.today($1) as day, app.day_begins(t.timezone, app.today($1) + 1) as next_at
        from app.tenants t where t.id = $1
        """,
    )
