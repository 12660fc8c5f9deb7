"""Reconciliation: compares our books with each provider's and with the ledger. A difference is stored once, until it is
gone or explained.

A payment, renewal, refund or dispute that only we missed is fetched by a server-side check first. The difference is then
stored as healed.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from meydan.integrations.payments.contract import (
    Charge,
    Provider,
    ProviderEvent,
    ProviderRefused,
    ProviderUnavailable,
    Statement,
)
from meydan.integrations.payments.enums import ProviderName
from meydan.kit import clock, jobs
from meydan.kit.database import Database, Tx
from meydan.kit.errors import Refused
from meydan.money.payments import provider_accounts, settlement

RECONCILE = "provider_events.reconcile_provider"
LOOKED_BACK = timedelta(days=2)
"""Every comparison covers so much at least."""
_FURTHEST_BACK = timedelta(days=90)
"""Limit of a comparison after a standstill, which covers everything since the last one."""
_REFUNDABLE_FOR = timedelta(days=180)
"""Payments up to this age are checked for a refund or a dispute whose event was lost."""
_ROUND = 7 * 24
"""Number of hourly runs in which each payment of that age is checked once."""
WEBHOOK_DELAY = timedelta(minutes=10)
"""A payment counts as missing only after its webhook is so late."""
CLOCK_SKEW = timedelta(hours=1)
"""The two clocks may disagree about the payments at the beginning of the compared time."""
_HEALED_AT_ONCE = 50


class DifferenceStatus(StrEnum):
    open = "open"
    gone = "gone"
    """Found no more by a later comparison."""
    healed = "healed"
    """Fetched from the provider by the comparison itself."""
    explained = "explained"


class DifferenceClosed(Refused):
    code, status, title = "difference_closed", 409, "This difference is gone or explained already."


class Reconcile(Struct, frozen=True):
    provider: ProviderName


class BookedPayment(Struct, frozen=True):
    """A payment in our books."""

    provider_charge_id: str
    payment_id: UUID
    amount: int
    currency: str
    refunded: int
    disputed: bool
    paid_at: datetime


class Difference(Struct, frozen=True):
    kind: str
    subject: str
    ours: int | None = None
    theirs: int | None = None
    payment_id: UUID | None = None
    currency: str | None = None


class _OpenDifference(Struct, frozen=True):
    kind: str
    subject: str


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
            missed = compare(ours, statement, since, until)
            healed = await _do_heal(db, tenant_id, name, provider, missed)
    except (ProviderUnavailable, ProviderRefused, provider_accounts.ProviderNotConnected) as error:
        async with db.as_service(tenant_id) as tx:
            await _do_store(tx, name, await _coin_differences(tx, name))
            await _do_fail_run(tx, run_id, str(error) or type(error).__name__)
        return
    async with db.as_service(tenant_id) as tx:
        ours = await _ours(tx, name, since, statement)
        found = [*compare(ours, statement, since, until), *await _coin_differences(tx, name)]
        await _do_store(tx, name, found)
        still = {(difference.kind, difference.subject) for difference in found}
        for difference in missed:
            if difference.subject in healed and (difference.kind, difference.subject) not in still:
                await _do_store_difference(tx, name, difference, healed=True)
        await _do_close_gone(tx, name, still, ours, statement)
        await tx.run(
            """
            update app.reconciliations set charges = $3, payments = $4, complete = $5, finished_at = app.now()
            where tenant_id = $1 and id = $2
            """,
            *(run_id, len(statement.charges), len(ours), statement.complete),
        )


def compare(
    ours: Mapping[str, BookedPayment], statement: Statement, since: datetime, until: datetime
) -> list[Difference]:
    """The differences between our payments and the provider's statement."""
    theirs = {charge.provider_charge_id: charge for charge in statement.charges}
    found = []
    for charge in theirs.values():
        booked = ours.get(charge.provider_charge_id)
        if booked is None:
            if charge.paid_at < until - WEBHOOK_DELAY:
                found.append(
                    Difference(
                        "missing_here",
                        charge.provider_charge_id,
                        None,
                        charge.amount,
                        charge.payment_id,
                        charge.currency,
                    )
                )
            continue
        found += _differences(booked, charge)
    if statement.complete:
        found += [
            Difference(
                "missing_there", booked.provider_charge_id, booked.amount, None, booked.payment_id, booked.currency
            )
            for booked in ours.values()
            if booked.provider_charge_id not in theirs and since + CLOCK_SKEW <= booked.paid_at < until - WEBHOOK_DELAY
        ]
    return found


def _differences(booked: BookedPayment, charge: Charge) -> Iterable[Difference]:
    numbers = {
        "amount": (booked.amount, charge.amount),
        "refunded": (booked.refunded, charge.refunded),
        "disputed": (int(booked.disputed), int(charge.disputed)),
    }
    for kind, (here, there) in numbers.items():
        if here != there or (kind == "amount" and booked.currency != charge.currency):
            yield Difference(kind, booked.provider_charge_id, here, there, booked.payment_id, booked.currency)


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
    return max(min(until - LOOKED_BACK, compared - CLOCK_SKEW), until - _FURTHEST_BACK)


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


async def do_explain(tx: Tx, difference_id: UUID, note: str, actor: UUID) -> None:
    """Closes an open difference with staff's word for it.

    Locks: the difference.
    Raises: DifferenceClosed.
    Runs as: service.
    """
    status = await tx.one(
        DifferenceStatus,
        "select status from app.reconciliation_differences where tenant_id = $1 and id = $2 for update",
        difference_id,
    )
    if status is not DifferenceStatus.open:
        raise DifferenceClosed(difference_status=status)
    await tx.run(
        """
        update app.reconciliation_differences
        set status = 'explained', note = $3, explained_by_user_id = $4, closed_at = app.now()
        where tenant_id = $1 and id = $2
        """,
        *(difference_id, note, actor),
    )


async def _do_store(tx: Tx, name: ProviderName, found: list[Difference]) -> None:
    """Stores the differences found. Coins are always compared in full, so one that was not found is gone."""
    for difference in found:
        await _do_store_difference(tx, name, difference)
    await tx.run(
        """
        update app.reconciliation_differences set status = 'gone', closed_at = app.now()
        where tenant_id = $1 and provider = $2 and status = 'open' and kind = 'coins' and not subject = any($3::text[])
        """,
        *(name.value, [difference.subject for difference in found if difference.kind == "coins"]),
    )


async def _do_store_difference(tx: Tx, name: ProviderName, found: Difference, *, healed: bool = False) -> None:
    """Stores a difference. An explained one stays explained while its numbers stay the same."""
    await tx.run(
        """
        insert into app.reconciliation_differences as known (
            tenant_id, provider, kind, subject, payment_id, currency, ours, theirs, status, closed_at
        )
        select $1, $2, $3, $4, payment.id, $6, $7, $8, case when $9 then 'healed' else 'open' end, case when $9 then app.now() end
        from (select $5::uuid as id) named
        left join app.payments payment on payment.tenant_id = $1 and payment.id = named.id
        on conflict (tenant_id, provider, kind, subject) do update set
            ours = excluded.ours, theirs = excluded.theirs, last_seen_at = app.now(),
            payment_id = coalesce(excluded.payment_id, known.payment_id),
            first_seen_at = case when known.status in ('gone', 'healed') then app.now() else known.first_seen_at end,
            note = case when known.status in ('gone', 'healed') then '' else known.note end,
            status = excluded.status, closed_at = excluded.closed_at
        where known.status <> 'explained'
            or (known.ours, known.theirs) is distinct from (excluded.ours, excluded.theirs)
        """,
        *(name.value, found.kind, found.subject, found.payment_id, found.currency, found.ours, found.theirs, healed),
    )


async def _do_close_gone(
    tx: Tx, name: ProviderName, still: set[tuple[str, str]], ours: Mapping[str, BookedPayment], statement: Statement
) -> None:
    """Closes open differences that were compared again and not found. Those that were not compared stay open."""
    theirs = {charge.provider_charge_id for charge in statement.charges}
    open_differences = await tx.all(
        _OpenDifference,
        """
        select kind, subject from app.reconciliation_differences
        where tenant_id = $1 and provider = $2 and status = 'open' and kind <> 'coins'
        """,
        name.value,
    )
    for difference in open_differences:
        if (difference.kind, difference.subject) in still:
            continue
        is_gone = difference.subject in (ours if difference.kind == "missing_here" else theirs)
        if is_gone:
            await tx.run(
                """
                update app.reconciliation_differences set status = 'gone', closed_at = app.now()
                where tenant_id = $1 and provider = $2 and kind = $3 and subject = $4 and status = 'open'
                """,
                *(name.value, difference.kind, difference.subject),
            )


async def _do_fail_run(tx: Tx, run_id: UUID, problem: str) -> None:
    await tx.run(
        "update app.reconciliations set problem = left($3, 500), finished_at = app.now() where tenant_id = $1 and id = $2",
        run_id,
        problem,
    )
