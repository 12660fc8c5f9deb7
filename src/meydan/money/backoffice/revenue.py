"""Revenue: money and coins by day, in the tenant's time zone."""

from datetime import date, timedelta

from msgspec import Struct

from meydan.integrations.payments.enums import ProviderName
from meydan.kit.database import Tx
from meydan.kit.errors import Refused

_USUAL_DAYS = 30
_MOST_DAYS = 366


class MoneyOfDay(Struct, frozen=True):
    day: date
    currency: str
    provider: ProviderName
    gross: int
    """In the currency's minor unit, by the day of the payment, without held payments."""
    refunded: int
    """By the day of the refund."""
    charged_back: int
    """Lost in disputes."""
    payments: int
    """Without held ones."""
    held: int
    """Paid, and held: not the tenant's yet."""
    disputed: int
    """In open disputes, by the day when they were opened: the provider keeps it back."""


class CoinsOfDay(Struct, frozen=True):
    day: date
    sold: int
    """Sold for money, less clawbacks."""
    earned: int
    """Given by the tenant for nothing."""
    spent: int
    """Spent on meetings, premium, calls and gifts."""
    gifts: int
    """The part of those spent on gifts."""
    creator: int
    """The part of those that became people's earnings."""


class MoneyTotal(Struct, frozen=True):
    currency: str
    provider: ProviderName
    gross: int
    refunded: int
    charged_back: int
    payments: int
    held: int
    disputed: int


class Revenue(Struct, frozen=True):
    first: date
    last: date
    """Both included, as days of the tenant's time zone."""
    days: list[MoneyOfDay]
    """Only days with a payment, a refund, or a dispute that is open or lost."""
    coins: list[CoinsOfDay]
    totals: list[MoneyTotal]


class DaysInvalid(Refused):
    code, status, title = "days_invalid", 422, "These are no days, or too many (at most 366)."


async def revenue(tx: Tx, first: date | None, last: date | None) -> Revenue:
    """Money and coins of the given days, by default the last thirty.

    Raises: DaysInvalid.
    Runs as: service."""
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
    grouped: dict[tuple[str, ProviderName], list[MoneyOfDay]] = {}
    for day in days:
        grouped.setdefault((day.currency, day.provider), []).append(day)
    return [
        MoneyTotal(
            currency=currency,
            provider=provider,
            gross=sum(day.gross for day in some),
            refunded=sum(day.refunded for day in some),
            charged_back=sum(day.charged_back for day in some),
            payments=sum(day.payments for day in some),
            held=sum(day.held for day in some),
            disputed=sum(day.disputed for day in some),
        )
        for (currency, provider), some in sorted(grouped.items())
    ]


# A day begins at midnight in the tenant's time zone. Its bounds are timestamps: an index by time finds its rows without
# converting each row's time to a date.
_DAYS = """
    days as (
        select day::date as day, app.day_begins(timezone, day::date) as since,
            app.day_begins(timezone, day::date + 1) as until
        from app.tenants cross join generate_series($2::date, $3::date, interval '1 day') as series (day)
        where id = $1
    )
"""
_MONEY = f"""
    with {_DAYS},
    moved as (
        select days.day, paid.currency, paid.provider, paid.gross, 0::numeric as refunded, 0::numeric as charged_back,
            paid.payments, paid.held, 0::numeric as disputed
        from days cross join lateral (
            select p.paid_currency as currency, p.provider,
                coalesce(sum(p.paid_amount) filter (where p.status <> 'held'), 0) as gross,
                coalesce(sum(p.paid_amount) filter (where p.status = 'held'), 0) as held,
                count(*) filter (where p.status <> 'held') as payments
            from app.payments p where p.tenant_id = $1 and p.paid_at >= days.since and p.paid_at < days.until
            group by p.paid_currency, p.provider
        ) paid
        union all
        select days.day, p.paid_currency, p.provider, 0, sum(r.amount), 0, 0, 0, 0
        from days
        join app.payment_refunds r on r.tenant_id = $1 and r.status = 'done'
            and r.done_at >= days.since and r.done_at < days.until
        join app.payments p on p.tenant_id = r.tenant_id and p.id = r.payment_id
        group by days.day, p.paid_currency, p.provider
        union all
        select days.day, p.paid_currency, p.provider, 0, 0,
            coalesce(sum(d.amount) filter (where d.status = 'lost'), 0), 0, 0,
            coalesce(sum(d.amount) filter (where d.status = 'opened'), 0)
        from days
        join app.payment_disputes d on d.tenant_id = $1 and d.status in ('lost', 'opened')
            and d.changed_at >= days.since and d.changed_at < days.until
        join app.payments p on p.tenant_id = d.tenant_id and p.id = d.payment_id
        group by days.day, p.paid_currency, p.provider
    )
    select day, currency, provider, sum(gross)::bigint as gross, sum(refunded)::bigint as refunded,
        sum(charged_back)::bigint as charged_back, sum(payments)::integer as payments, sum(held)::bigint as held,
        sum(disputed)::bigint as disputed
    from moved group by day, currency, provider order by day, currency, provider
"""
# Sold is the sum of entries of the clearing accounts. The rest is read from transactions, whose amount is the change of a
# person's coins or earnings. Only a call's earnings are read from its entries. A reversal counts against what it reverses.
_TYPE = """
    case when t.reverses_id is null then t.transaction_type else (
        select reversed.transaction_type from app.coin_transactions reversed
        where (reversed.tenant_id, reversed.id) = (t.tenant_id, t.reverses_id)
    ) end
"""
_COINS = f"""
    with {_DAYS},
    counted as (
        select days.day, left_clearing.sold, 0::numeric as earned, 0::numeric as spent, 0::numeric as gifts,
            0::numeric as creator
        from days
        join app.ledger_accounts a on a.tenant_id = $1 and a.kind = 'clearing'
        cross join lateral (
            select -sum(e.amount) as sold from app.coin_entries e
            where e.tenant_id = $1 and e.account_id = a.id and e.created_at >= days.since and e.created_at < days.until
        ) left_clearing
        where left_clearing.sold is not null
        union all
        select days.day, 0, sum(summed.amount) filter (where summed.type = 'earned'),
            -sum(summed.amount) filter (where summed.type in ('spent', 'gift_sent', 'premium', 'call')),
            -sum(summed.amount) filter (where summed.type = 'gift_sent'),
            coalesce(sum(summed.amount) filter (where summed.type = 'gift_received'), 0)
                + coalesce(sum(summed.earned) filter (where summed.type = 'call'), 0)
        from days cross join lateral (
            select {_TYPE} as type, sum(t.amount) as amount, sum(
                case when t.transaction_type in ('call', 'reversal') then (
                    select sum(e.amount) from app.coin_entries e
                    join app.ledger_accounts a on a.tenant_id = e.tenant_id and a.id = e.account_id
                    where e.tenant_id = t.tenant_id and e.transaction_id = t.id and a.kind = 'creator_revenue'
                ) end
            ) as earned
            from app.coin_transactions t
            where t.tenant_id = $1 and t.created_at >= days.since and t.created_at < days.until
            group by 1
        ) summed
        group by days.day
    )
    select day, coalesce(sum(sold), 0)::bigint as sold, coalesce(sum(earned), 0)::bigint as earned,
        coalesce(sum(spent), 0)::bigint as spent, coalesce(sum(gifts), 0)::bigint as gifts,
        coalesce(sum(creator), 0)::bigint as creator
    from counted group by day order by day
"""
