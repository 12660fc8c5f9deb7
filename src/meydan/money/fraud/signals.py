"""Signals of a payment that has just arrived, read by one statement within its tenant."""

from uuid import UUID

from meydan.kit.database import Tx
from meydan.money.fraud.rules import PaymentSignals
from meydan.money.fraud.settings import FraudSettings


async def of_payment(tx: Tx, payment_id: UUID, settings: FraudSettings) -> PaymentSignals:
    """The payment's signals. Its fingerprints are stored already; it has not been assessed yet.

    Runs as: service.
    """
    return await tx.one(
        PaymentSignals, _FACTS, payment_id, settings.fingerprint_window_days, settings.refund_lookback_days
    )


# A payment's time is that of its assessment: providers' own times may be hours off.
_FACTS = """
    with bought as (
        select p.user_id, p.device_id,
            coalesce(p.paid_amount, p.amount) as amount, coalesce(p.paid_currency, p.currency) as currency
        from app.payments p where p.tenant_id = $1 and p.id = $2
    ),
    earlier as (
        select judged.created_at, judged.renewal, p.status, p.problem, coalesce(p.paid_amount, p.amount) as amount,
            coalesce(p.paid_currency, p.currency) as currency
        from bought
        join app.fraud_cases judged on judged.tenant_id = $1 and judged.user_id = bought.user_id
            and judged.created_at > app.now() - make_interval(days => $4) and judged.payment_id <> $2
        join app.payments p on p.tenant_id = judged.tenant_id and p.id = judged.payment_id
    ),
    pace as (
        -- A renewal is nobody's haste; kept, or given back, it is like any other.
        select
            count(*) filter (
                where earlier.created_at > app.now() - interval '1 hour' and not earlier.renewal
            ) as payments_hour,
            count(*) filter (
                where earlier.created_at > app.now() - interval '1 day' and not earlier.renewal
            ) as payments_day,
            coalesce(sum(earlier.amount) filter (
                where earlier.created_at > app.now() - interval '1 hour' and not earlier.renewal
                    and earlier.currency = bought.currency
            ), 0) as amount_hour,
            coalesce(sum(earlier.amount) filter (
                where earlier.created_at > app.now() - interval '1 day' and not earlier.renewal
                    and earlier.currency = bought.currency
            ), 0) as amount_day,
            count(*) as kept,
            -- What we gave back because it was paid on two pages is nobody's habit.
            count(*) filter (
                where earlier.status in ('partly_refunded', 'refunded') and earlier.problem is distinct from 'paid_twice'
            ) as refunds
        from bought cross join earlier
    ),
    own_mark as (
        select m.kind, m.mark from app.payment_fingerprints m where m.tenant_id = $1 and m.payment_id = $2
    ),
    same_mark as (
        select own_mark.kind, own_mark.mark, m.payment_id, m.user_id, m.created_at,
            bool_or(m.trusted) over (partition by own_mark.kind, own_mark.mark, m.user_id) as trusted
        from own_mark join app.payment_fingerprints m on m.tenant_id = $1 and m.mark = own_mark.mark
    ),
    crowd as (
        -- Somebody whom staff have trusted with it counts for nobody else, and for them nobody else counts.
        select same_mark.kind,
            case when bool_or(same_mark.trusted and same_mark.user_id = bought.user_id) then 1
            else count(distinct same_mark.user_id) filter (
                where not same_mark.trusted and same_mark.created_at > app.now() - make_interval(days => $3)
            ) end as people
        from same_mark cross join bought
        group by same_mark.kind, same_mark.mark
    )
    select bought.amount, bought.currency,
        (pace.payments_hour + 1)::integer as payments_hour,
        (pace.payments_day + 1)::integer as payments_day,
        (pace.amount_hour + bought.amount)::bigint as amount_hour,
        (pace.amount_day + bought.amount)::bigint as amount_day,
        (
            select floor(extract(epoch from app.now() - d.created_at) / 3600)::integer from app.devices d
            where d.tenant_id = $1 and d.user_id = bought.user_id and d.client_id = bought.device_id
        ) as device_hours,
        (select coalesce(max(crowd.people), 1) from crowd where crowd.kind = 'card')::integer as card_accounts,
        (select coalesce(max(crowd.people), 1) from crowd where crowd.kind = 'device')::integer as device_accounts,
        (
            select count(distinct m.mark) from app.payment_fingerprints m
            where m.tenant_id = $1 and m.user_id = bought.user_id and m.kind = 'card'
                and m.created_at > app.now() - interval '1 day'
                and not exists (
                    select from app.fraud_cases judged
                    where judged.tenant_id = $1 and judged.payment_id = m.payment_id and judged.renewal
                )
        )::integer as cards_day,
        (
            select count(*) from app.payments p
            where p.tenant_id = $1 and p.status = 'failed' and p.problem = 'declined'
                and coalesce(p.problem_detail, '') not in ('expired', 'cancelled') -- they went away: nothing was refused
                and p.created_at > app.now() - interval '1 day'
                and (p.user_id = bought.user_id or p.device_id = bought.device_id)
        )::integer as failures_day,
        pace.kept::integer as payments_kept,
        pace.refunds::integer as refunds,
        (
            select count(*) from app.payments p
            where p.tenant_id = $1 and p.status in ('disputed', 'charged_back')
                and p.paid_at > app.now() - make_interval(days => $4)
                and (p.user_id = bought.user_id or p.id = any(array(
                    select same_mark.payment_id from same_mark where same_mark.kind = 'card'
                )))
        )::integer as disputes
    from bought cross join pace
"""
