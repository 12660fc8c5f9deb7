"""What came in and what went round, day by day as the community counts its days."""

from datetime import date, timedelta

from msgspec import Struct

from meydan.commerce.kinds import ProviderName
from meydan.kit.database import Tx
from meydan.kit.errors import Refused

_USUAL_DAYS = 30
_MOST_DAYS = 366


class MoneyOfDay(Struct, frozen=True):
    day: date
    currency: str
    provider: ProviderName
    gross: int
    """In the currency's minor unit, by the day it was paid on."""
    refunded: int
    """By the day it went back on."""
    charged_back: int
    """Lost in disputes."""
    payments: int


class CoinsOfDay(Struct, frozen=True):
    day: date
    sold: int
    """For money, less what refunds and disputes took back."""
    earned: int
    """Given by the community for nothing."""
    spent: int
    """On meetings, premium, calls and gifts."""
    gifts: int
    """Of those, what was given as gifts."""
    creator: int
    """Of those, what became people's earnings."""


class MoneyTotal(Struct, frozen=True):
    currency: str
    provider: ProviderName
    gross: int
    refunded: int
    charged_back: int
    payments: int


class Revenue(Struct, frozen=True):
    first: date
    last: date
    """Both included; they are the community's days."""
    days: list[MoneyOfDay]
    """Only days on which something happened."""
    coins: list[CoinsOfDay]
    totals: list[MoneyTotal]


class DaysInvalid(Refused):
    code, status, title = "days_invalid", 422, "These are no days, or too many (at most 366)."


async def revenue(tx: Tx, first: date | None, last: date | None) -> Revenue:
    """The last thirty days unless told otherwise. Raises DaysInvalid. A service transaction."""
    today = await tx.one(date, "select (app.now() at time zone timezone)::date from app.tenants where id = $1")
    last = last or today
    if not date.min + timedelta(days=_MOST_DAYS) < last < date.max:
        raise DaysInvalid
    first = first or last - timedelta(days=_USUAL_DAYS - 1)
    if not timedelta() <= last - first < timedelta(days=_MOST_DAYS):
        raise DaysInvalid
    days = await tx.all(MoneyOfDay, _MONEY, first, last)
    return Revenue(first, last, days, await tx.all(CoinsOfDay, _COINS, first, last), _totals(days))


def _totals(days: list[MoneyOfDay]) -> list[MoneyTotal]:
    of: dict[tuple[str, ProviderName], list[MoneyOfDay]] = {}
    for day in days:
        of.setdefault((day.currency, day.provider), []).append(day)
    return [
        MoneyTotal(
            currency=currency,
            provider=provider,
            gross=sum(day.gross for day in some),
            refunded=sum(day.refunded for day in some),
            charged_back=sum(day.charged_back for day in some),
            payments=sum(day.payments for day in some),
        )
        for (currency, provider), some in sorted(of.items())
    ]


# A community's day begins at its own midnight; the borders are moments, so that indexes by time serve.
_SPAN = """
    span as (
        select timezone, $2::date::timestamp at time zone timezone as since,
            ($3::date + 1)::timestamp at time zone timezone as until
        from app.tenants where id = $1
    )
"""
_MONEY = f"""
    with {_SPAN},
    moved as (
        select (p.paid_at at time zone span.timezone)::date as day, p.paid_currency as currency, p.provider,
            sum(p.paid_amount) as gross, 0::numeric as refunded, 0::numeric as charged_back, count(*) as payments
        from span join app.payments p on p.tenant_id = $1 and p.paid_at >= span.since and p.paid_at < span.until
        group by 1, 2, 3
        union all
        select (r.done_at at time zone span.timezone)::date, p.paid_currency, p.provider, 0, sum(r.amount), 0, 0
        from span
        join app.payment_refunds r on r.tenant_id = $1 and r.status = 'done'
            and r.done_at >= span.since and r.done_at < span.until
        join app.payments p on (p.tenant_id, p.id) = (r.tenant_id, r.payment_id)
        group by 1, 2, 3
        union all
        select (d.changed_at at time zone span.timezone)::date, p.paid_currency, p.provider, 0, 0, sum(d.amount), 0
        from span
        join app.payment_disputes d on d.tenant_id = $1 and d.state = 'lost'
            and d.changed_at >= span.since and d.changed_at < span.until
        join app.payments p on (p.tenant_id, p.id) = (d.tenant_id, d.payment_id)
        group by 1, 2, 3
    )
    select day, currency, provider, sum(gross)::bigint as gross, sum(refunded)::bigint as refunded,
        sum(charged_back)::bigint as charged_back, sum(payments)::integer as payments
    from moved group by day, currency, provider order by day, currency, provider
"""
# A reversal counts against what it reverses.
_COINS = f"""
    with {_SPAN},
    moved as (
        select (t.created_at at time zone span.timezone)::date as day, a.kind, e.amount,
            coalesce(reversed.transaction_type, t.transaction_type) as transaction_type
        from span
        join app.coin_transactions t on t.tenant_id = $1 and t.created_at >= span.since and t.created_at < span.until
        join app.coin_entries e on (e.tenant_id, e.transaction_id) = (t.tenant_id, t.id)
        join app.ledger_accounts a on (a.tenant_id, a.id) = (e.tenant_id, e.account_id)
        left join app.coin_transactions reversed on (reversed.tenant_id, reversed.id) = (t.tenant_id, t.reverses_id)
    ),
    counted as (
        select day,
            coalesce(-sum(amount) filter (where kind = 'clearing'), 0)::bigint as sold,
            coalesce(-sum(amount) filter (
                where kind = 'promotions' and transaction_type = 'earned'
            ), 0)::bigint as earned,
            coalesce(-sum(amount) filter (
                where kind = 'person_coins' and transaction_type in ('spent', 'gift_sent', 'premium', 'call')
            ), 0)::bigint as spent,
            coalesce(-sum(amount) filter (
                where kind = 'person_coins' and transaction_type = 'gift_sent'
            ), 0)::bigint as gifts,
            coalesce(sum(amount) filter (
                where kind = 'creator_revenue' and transaction_type in ('gift_sent', 'gift_received', 'call')
            ), 0)::bigint as creator
        from moved group by day
    )
    select day, sold, earned, spent, gifts, creator from counted order by day
"""
