"""Reconciliation: compares our books with each provider's and with the ledger. A difference is stored once, until it is
gone or explained.

A payment, renewal, refund or dispute that only we missed is fetched by a server-side check first. The difference is then
stored as healed.
"""

from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct

from meydan.integrations.payments.contract import (
    Provider,
    ProviderEvent,
    ProviderRefused,
    ProviderUnavailable,
    Statement,
)
from meydan.integrations.payments.enums import ProviderName
from meydan.kit import clock, jobs
from meydan.kit.database import Database, Tx
from meydan.money.payments import provider_accounts, settlement
from meydan.money.provider_events import differences
from meydan.money.provider_events.differences import BookedPayment, Difference

RECONCILE = "provider_events.reconcile_provider"
LOOKED_BACK = timedelta(days=2)
"""Every comparison covers so much at least."""
_FURTHEST_BACK = timedelta(days=90)
"""Limit of a comparison after a standstill, which covers everything since the last one."""
_REFUNDABLE_FOR = timedelta(days=180)
"""Payments up to this age are checked for a refund or a dispute whose event was lost."""
_ROUND = 7 * 24
"""Number of hourly runs in which each payment of that age is checked once."""
_HEALED_AT_ONCE = 50


class Reconcile(Struct, frozen=True):
    provider: ProviderName


class _CoinTotals(Struct, frozen=True):
    currency: str
    ours: int
    theirs: int


async def do_queue_all(tx: Tx) -> None:
    """Queues a comparison with every provider that sells here or has sold.

    Runs as: service."""
    sold = await tx.all(
        ProviderName,
        """
        select provider from app.provider_accounts where tenant_id = $1
        union select distinct provider from app.payments where tenant_id = $1
        """,
    )
    for name in {*sold, *await provider_accounts.connected(tx)}:
        await jobs.queue(tx, RECONCILE, Reconcile(name), dedupe_key=name.value)


async def reconcile(db: Database, tenant_id: int, job: Reconcile) -> None:
    """Compares the books with one provider's, heals what was missed, and stores the differences that are left."""
    name, until = job.provider, clock.now()
    async with db.as_service(tenant_id) as tx:
        since = await _since(tx, name, until)
        run_id = await tx.one(
            UUID,
            "insert into app.reconciliations (tenant_id, provider, since, until) values ($1, $2, $3, $4) returning id",
            *(name.value, since, until),
        )
        known = await _charges_to_check(tx, name, since, until)
    healed: set[str] = set()
    try:
        async with provider_accounts.opened(db, tenant_id, name) as provider:
            statement = await provider.statement(since, until, sorted(known))
            async with db.as_service(tenant_id) as tx:
                ours = await _ours(tx, name, since, statement)
            missed = differences.compare(ours, statement, since, until)
            healed = await _do_heal(db, tenant_id, name, provider, missed)
    except (ProviderUnavailable, ProviderRefused, provider_accounts.ProviderNotConnected) as error:
        async with db.as_service(tenant_id) as tx:
            await differences.do_store(tx, name, await _coin_differences(tx, name))
            await _do_fail_run(tx, run_id, str(error) or type(error).__name__)
        return
    async with db.as_service(tenant_id) as tx:
        ours = await _ours(tx, name, since, statement)
        found = [*differences.compare(ours, statement, since, until), *await _coin_differences(tx, name)]
        await differences.do_store(tx, name, found)
        still = {(difference.kind, difference.subject) for difference in found}
        for difference in missed:
            if difference.subject in healed and (difference.kind, difference.subject) not in still:
                await differences.do_store_difference(tx, name, difference, healed=True)
        await differences.do_close_gone(tx, name, still, ours, statement)
        await tx.run(
            """
            update app.reconciliations set charges = $3, payments = $4, complete = $5, finished_at = app.now()
            where tenant_id = $1 and id = $2
            """,
            *(run_id, len(statement.charges), len(ours), statement.complete),
        )


async def _do_heal(
    db: Database, tenant_id: int, name: ProviderName, provider: Provider, missed: list[Difference]
) -> set[str]:
    """Checks the missed charges at the provider and applies their events. Answers the charges that were checked."""
    healable = dict.fromkeys(
        difference.subject for difference in missed if difference.kind in ("missing_here", "refunded", "disputed")
    )
    healed: set[str] = set()
    for charge in list(healable)[:_HEALED_AT_ONCE]:
        try:
            events: list[ProviderEvent] = await provider.payment(charge)
        except ProviderRefused:
            continue  # the difference stays open
        async with db.as_service(tenant_id) as tx:
            await settlement.do_apply_all(tx, name, events)
        healed.add(charge)
    return healed


async def _since(tx: Tx, name: ProviderName, until: datetime) -> datetime:
    compared = await tx.one(
        datetime,
        """
        select coalesce(max(until), $3) from app.reconciliations
        where tenant_id = $1 and provider = $2 and finished_at is not null and problem is null
        """,
        *(name.value, until),
    )
    return max(min(until - LOOKED_BACK, compared - differences.CLOCK_SKEW), until - _FURTHEST_BACK)


async def _charges_to_check(tx: Tx, name: ProviderName, since: datetime, until: datetime) -> set[str]:
    """Charges of the compared time, those whose turn it is in ``_ROUND``, and those with an open difference."""
    return set(
        await tx.all(
            str,
            """
            select provider_charge_id from app.payments where tenant_id = $1 and provider = $2 and (
                paid_at >= $3 or (paid_at > $4 and refunded < paid_amount and abs(hashtext(provider_charge_id)::bigint) % $5 = $6))
            union select subject from app.reconciliation_differences
            where tenant_id = $1 and provider = $2 and status = 'open' and kind not in ('coins', 'missing_here')
            """,
            *(name.value, since, until - _REFUNDABLE_FOR, _ROUND, int(until.timestamp() // 3600) % _ROUND),
        )
    )


async def _ours(tx: Tx, name: ProviderName, since: datetime, statement: Statement) -> dict[str, BookedPayment]:
    rows = await tx.all(
        BookedPayment,
        """
        select provider_charge_id, id as payment_id, paid_amount as amount, paid_currency as currency, refunded, paid_at, exists (
            select from app.payment_disputes dispute
            where dispute.tenant_id = payment.tenant_id and dispute.payment_id = payment.id and dispute.status <> 'won'
        ) as disputed
        from app.payments payment
        where tenant_id = $1 and provider = $2 and paid_at is not null and (
            paid_at >= $3 or provider_charge_id = any($4::text[]) or provider_charge_id in (
                select subject from app.reconciliation_differences
                where tenant_id = $1 and provider = $2 and status = 'open'
            )
        )
        """,
        *(name.value, since, [charge.provider_charge_id for charge in statement.charges]),
    )
    return {row.provider_charge_id: row for row in rows}


async def _coin_differences(tx: Tx, name: ProviderName) -> list[Difference]:
    """Coins that payments gave and have not clawed back, against those that left the clearing account.

    One statement, so that both sums are of one moment."""
    rows = await tx.all(
        _CoinTotals,
        """
        with sold as (
            select paid_currency as currency, sum(coins - coins_clawed_back)::bigint as coins
            from app.payments where tenant_id = $1 and provider = $2 and settled_at is not null group by paid_currency
        ),
        cleared as (
            select account.currency, -sum(known.balance)::bigint as coins
            from app.ledger_accounts account
            join app.ledger_balances known on known.tenant_id = account.tenant_id and known.account_id = account.id
            where account.tenant_id = $1 and account.kind = 'clearing' and account.provider = $2 group by account.currency
        )
        select currency, coalesce(sold.coins, 0) as ours, coalesce(cleared.coins, 0) as theirs
        from sold full join cleared using (currency)
        """,
        name.value,
    )
    return [
        Difference("coins", row.currency, row.ours, row.theirs, currency=row.currency)
        for row in rows
        if row.ours != row.theirs
    ]


async def _do_fail_run(tx: Tx, run_id: UUID, problem: str) -> None:
    await tx.run(
        "update app.reconciliations set problem = left($3, 500), finished_at = app.now() where tenant_id = $1 and id = $2",
        run_id,
        problem,
    )
