"""Coins over HTTP."""

from datetime import timedelta
from typing import Annotated

from litestar import get, post
from litestar.params import Parameter
from msgspec import Meta, Struct

from meydan import accounts
from meydan.kit import rate_limits
from meydan.kit.database import Database
from meydan.kit.http import IdempotencyKey, scoped_idempotency_key
from meydan.kit.identity import Identity
from meydan.money.wallet import balances, daily_bonus, earnings, ledger

_CONVERSIONS = rate_limits.Limit("wallet.conversions", timedelta(minutes=1), 20)

Limit = Annotated[int, Parameter(ge=1, le=100)]


class EarnCoinsRequest(Struct, frozen=True, forbid_unknown_fields=True):
    source: daily_bonus.Source


class ConvertEarningsRequest(Struct, frozen=True, forbid_unknown_fields=True):
    amount: Annotated[int, Meta(ge=1, le=1_000_000_000)]


@get("/api/coins/balance", tags=["coins"], summary="Your coins")
async def get_balance(db: Database, me: Identity) -> balances.Wallet:
    async with db.as_user(me) as tx:
        return await balances.wallet_of(tx, me.user_id)


@get("/api/coins/earn", tags=["coins"], summary="Bonuses you can take today")
async def get_bonuses(db: Database, me: Identity) -> daily_bonus.Bonuses:
    async with db.as_service(me.tenant_id) as tx:
        return await daily_bonus.bonuses(tx, me.user_id)


@post("/api/coins/earn", tags=["coins"], summary="Take today's coins")
async def earn(db: Database, me: Identity, data: EarnCoinsRequest) -> daily_bonus.BonusReceipt:  # noqa: ARG001 -- there is one source so far
    """Requires the right to meet: one user with many unproven accounts could collect the bonus many times."""
    async with db.as_user(me) as tx:
        await accounts.check_may_meet(tx)
    async with db.as_service(me.tenant_id) as tx:
        return await daily_bonus.do_earn_daily(tx, me.user_id)


@get("/api/coins/earnings", tags=["coins"], summary="Your earnings: available and pending")
async def get_earnings(db: Database, me: Identity) -> earnings.Earnings:
    async with db.as_user(me) as tx:
        return await earnings.earnings(tx)


@post("/api/coins/convert", tags=["coins"], summary="Turn earnings into coins")
async def convert(
    db: Database, me: Identity, data: ConvertEarningsRequest, idempotency_key: IdempotencyKey = None
) -> ledger.Transaction:
    key = scoped_idempotency_key(me, "convert", idempotency_key)
    await rate_limits.take(_CONVERSIONS, me.user_id)
    async with db.as_user(me) as tx:
        return await earnings.do_convert(tx, data.amount, key=key)


ROUTES = [
    get_balance,
    get_bonuses,
    earn,
    get_earnings,
    convert,
]
