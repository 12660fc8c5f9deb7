"""Coins for coming by: once in a day of the community, however many tabs ask at once."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from msgspec import Struct

from meydan import tenants
from meydan.kit.database import Tx
from meydan.kit.errors import Refused
from meydan.money.wallet import balances, ledger
from meydan.money.wallet.enums import PROMOTIONS, TransactionType
from meydan.money.wallet.errors import IdempotencyKeyReused
from meydan.money.wallet.settings import WalletSettings


class Source(StrEnum):
    daily = "daily"


class Daily(Struct, frozen=True):
    coins: int
    """0: nothing is given here."""
    available: bool
    next_at: datetime


class Earning(Struct, frozen=True):
    daily: Daily


class Earned(Struct, frozen=True):
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


async def earning(tx: Tx, user_id: UUID) -> Earning:
    """A service transaction."""
    settings, today = await tenants.settings(tx, WalletSettings), await _today(tx)
    had = await tx.one(
        bool,
        "select exists (select from app.coin_transactions where tenant_id = $1 and idempotency_key = $2)",
        _key(user_id, today.day),
    )
    return Earning(Daily(settings.daily_bonus_coins, settings.daily_bonus_coins > 0 and not had, today.next_at))


async def do_earn_daily(tx: Tx, user_id: UUID) -> Earned:
    """Raises EarningOff, AlreadyEarned. A service transaction: the coins come out of the community's pocket."""
    settings, today = await tenants.settings(tx, WalletSettings), await _today(tx)
    if settings.daily_bonus_coins == 0:
        raise EarningOff
    try:
        transaction = await ledger.do_credit(
            tx,
            user_id,
            settings.daily_bonus_coins,
            source=PROMOTIONS,
            type=TransactionType.earned,
            key=_key(user_id, today.day),
            description="daily",
            subject_id=uuid4(),  # asking again is never the same request: the day's key is refused to it
        )
    except IdempotencyKeyReused:
        raise AlreadyEarned(next_at=today.next_at) from None
    return Earned(transaction, await balances.wallet_of(tx, user_id), today.next_at)


def _key(user_id: UUID, day: date) -> str:
    return f"daily:{user_id}:{day}"


async def _today(tx: Tx) -> _Day:
    """The community's, and when its next begins."""
    return await tx.one(
        _Day,
        "select app.today($1) as day, (app.today($1) + 1)::timestamp at time zone t.timezone as next_at "
        "from app.tenants t where t.id = $1",
    )
