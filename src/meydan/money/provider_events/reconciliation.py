"""Our books held against each provider's, and against the ledger. What differs is kept, once, until it is gone or explained.

What only we missed (a payment, a renewal, a refund, a dispute) is fetched by the server-side check first, and the
difference says that it was healed.
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

RECONCILE = "provider_events.reconcile"
LOOKED_BACK = timedelta(days=2)
_FURTHEST_BACK = timedelta(days=90)
"""After a standstill everything since the last comparison is looked at, but no more than this."""
_TAKEN_BACK_WITHIN = timedelta(days=180)
_ROUND = 7 * 24
"""Money may go back months after it came, and the news of it be lost: of all payments so young, each hour asks about a few,
and in so many runs about each."""
ON_ITS_WAY = timedelta(minutes=10)
"""The news of a payment may take so long before it counts as missing."""
EDGE = timedelta(hours=1)
"""At the far end of the time looked at the two clocks may disagree about what is in it."""
_HEALED_AT_ONCE = 50


class DifferenceStatus(StrEnum):
    open = "open"
    gone = "gone"
    """It was not there the next time."""
    healed = "healed"
    """What was missing here was fetched."""
    explained = "explained"


class AlreadyClosed(Refused):
    code, status, title = "difference_closed", 409, "This difference is gone or explained already."


class Reconcile(Struct, frozen=True):
    provider: ProviderName


class Ours(Struct, frozen=True):
    """A payment as our books have it."""

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


class _Open(Struct, frozen=True):
    kind: str
    subject: str


class _Coins(Struct, frozen=True):
    currency: str
    ours: int
    theirs: int


async def do_queue(tx: Tx) -> None:
    """Compare with every provider that sells here or has sold. A service transaction."""
    sold = await tx.all(
        ProviderName,
        "select provider from app.provider_accounts where tenant_id = $1 "
        "union select distinct provider from app.payments where tenant_id = $1",
    )
    for name in {*sold, *await provider_accounts.connected(tx)}:
        await jobs.queue(tx, RECONCILE, Reconcile(name), dedupe_key=name.value)


async def reconcile(db: Database, tenant_id: int, job: Reconcile) -> None:
    name, until = job.provider, clock.now()
    async with db.as_service(tenant_id) as tx:
        since = await _since(tx, name, until)
        run_id = await tx.one(
            UUID,
            "insert into app.reconciliations (tenant_id, provider, since, until) values ($1, $2, $3, $4) returning id",
            *(name.value, since, until),
        )
        known = await _known(tx, name, since, until)
    healed: set[str] = set()
    try:
        async with provider_accounts.opened(db, tenant_id, name) as provider:
            statement = await provider.statement(since, until, sorted(known))
            async with db.as_service(tenant_id) as tx:
                ours = await _ours(tx, name, since, statement)
            missed = compare(ours, statement, since, until)
            healed = await _heal(db, tenant_id, name, provider, missed)
    except (ProviderUnavailable, ProviderRefused, provider_accounts.ProviderNotConnected) as error:
        async with db.as_service(tenant_id) as tx:
            await _do_write(tx, name, await _coins(tx, name))
            await _do_finish(tx, run_id, str(error) or type(error).__name__)
        return
    async with db.as_service(tenant_id) as tx:
        ours = await _ours(tx, name, since, statement)
        found = [*compare(ours, statement, since, until), *await _coins(tx, name)]
        await _do_write(tx, name, found)
        still = {(one.kind, one.subject) for one in found}
        for one in missed:
            if one.subject in healed and (one.kind, one.subject) not in still:
                await _do_note(tx, name, one, healed=True)
        await _do_close(tx, name, still, ours, statement)
        await tx.run(
            "update app.reconciliations set charges = $3, payments = $4, complete = $5, finished_at = app.now() "
            "where tenant_id = $1 and id = $2",
            *(run_id, len(statement.charges), len(ours), statement.complete),
        )


def compare(ours: Mapping[str, Ours], statement: Statement, since: datetime, until: datetime) -> list[Difference]:
    """What is not the same here and there."""
    theirs = {charge.provider_charge_id: charge for charge in statement.charges}
    found = []
    for charge in theirs.values():
        one = ours.get(charge.provider_charge_id)
        if one is None:
            if charge.paid_at < until - ON_ITS_WAY:
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
        found += _differences(one, charge)
    if statement.complete:
        found += [
            Difference("missing_there", one.provider_charge_id, one.amount, None, one.payment_id, one.currency)
            for one in ours.values()
            if one.provider_charge_id not in theirs and since + EDGE <= one.paid_at < until - ON_ITS_WAY
        ]
    return found


def _differences(one: Ours, charge: Charge) -> Iterable[Difference]:
    numbers = {
        "amount": (one.amount, charge.amount),
        "refunded": (one.refunded, charge.refunded),
        "disputed": (int(one.disputed), int(charge.disputed)),
    }
    for kind, (here, there) in numbers.items():
        if here != there or (kind == "amount" and one.currency != charge.currency):
            yield Difference(kind, one.provider_charge_id, here, there, one.payment_id, one.currency)


async def _heal(
    db: Database, tenant_id: int, name: ProviderName, provider: Provider, missed: list[Difference]
) -> set[str]:
    """Which charges were asked about once more, and their news applied."""
    worth = dict.fromkeys(one.subject for one in missed if one.kind in ("missing_here", "refunded", "disputed"))
    healed: set[str] = set()
    for charge in list(worth)[:_HEALED_AT_ONCE]:
        try:
            events: list[ProviderEvent] = await provider.payment(charge)
        except ProviderRefused:
            continue  # the difference stays and says so
        async with db.as_service(tenant_id) as tx:
            await settlement.do_apply_all(tx, name, events)
        healed.add(charge)
    return healed


async def _since(tx: Tx, name: ProviderName, until: datetime) -> datetime:
    compared = await tx.one(
        datetime,
        "select coalesce(max(until), $3) from app.reconciliations "
        "where tenant_id = $1 and provider = $2 and finished_at is not null and problem is null",
        *(name.value, until),
    )
    return max(min(until - LOOKED_BACK, compared - EDGE), until - _FURTHEST_BACK)


async def _known(tx: Tx, name: ProviderName, since: datetime, until: datetime) -> set[str]:
    """Charges of the time looked at, those whose turn it is, and those that an open difference is about, however old."""
    return set(
        await tx.all(
            str,
            "select provider_charge_id from app.payments where tenant_id = $1 and provider = $2 and ("
            "paid_at >= $3 or (paid_at > $4 and refunded < paid_amount and abs(hashtext(provider_charge_id)::bigint) % $5 = $6)) "
            "union select subject from app.reconciliation_differences "
            "where tenant_id = $1 and provider = $2 and status = 'open' and kind not in ('coins', 'missing_here')",
            *(name.value, since, until - _TAKEN_BACK_WITHIN, _ROUND, int(until.timestamp() // 3600) % _ROUND),
        )
    )


async def _ours(tx: Tx, name: ProviderName, since: datetime, statement: Statement) -> dict[str, Ours]:
    rows = await tx.all(
        Ours,
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


async def _coins(tx: Tx, name: ProviderName) -> list[Difference]:
    """What settled payments gave and did not take back must be what left the clearing account: one statement, one moment."""
    rows = await tx.all(
        _Coins,
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

    Locks: the difference. Raises: AlreadyClosed. Runs as: service."""
    status = await tx.one(
        DifferenceStatus,
        "select status from app.reconciliation_differences where tenant_id = $1 and id = $2 for update",
        difference_id,
    )
    if status is not DifferenceStatus.open:
        raise AlreadyClosed(difference_status=status)
    await tx.run(
        """
        update app.reconciliation_differences
        set status = 'explained', note = $3, explained_by_user_id = $4, closed_at = app.now()
        where tenant_id = $1 and id = $2
        """,
        *(difference_id, note, actor),
    )


async def _do_write(tx: Tx, name: ProviderName, found: list[Difference]) -> None:
    """Keep what was found. Of coins everything is looked at each time, so a difference that was not found is gone."""
    for one in found:
        await _do_note(tx, name, one)
    await tx.run(
        "update app.reconciliation_differences set status = 'gone', closed_at = app.now() "
        "where tenant_id = $1 and provider = $2 and status = 'open' and kind = 'coins' and not subject = any($3::text[])",
        *(name.value, [one.subject for one in found if one.kind == "coins"]),
    )


async def _do_note(tx: Tx, name: ProviderName, one: Difference, *, healed: bool = False) -> None:
    """An explained one stays explained as long as its numbers are what was explained."""
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
        *(name.value, one.kind, one.subject, one.payment_id, one.currency, one.ours, one.theirs, healed),
    )


async def _do_close(
    tx: Tx, name: ProviderName, still: set[tuple[str, str]], ours: Mapping[str, Ours], statement: Statement
) -> None:
    """What was open and, looked at again, is no more. What this run did not look at stays."""
    theirs = {charge.provider_charge_id for charge in statement.charges}
    open_ones = await tx.all(
        _Open,
        "select kind, subject from app.reconciliation_differences "
        "where tenant_id = $1 and provider = $2 and status = 'open' and kind <> 'coins'",
        name.value,
    )
    for one in open_ones:
        if (one.kind, one.subject) in still:
            continue
        is_gone = one.subject in (ours if one.kind == "missing_here" else theirs)
        if is_gone:
            await tx.run(
                "update app.reconciliation_differences set status = 'gone', closed_at = app.now() "
                "where tenant_id = $1 and provider = $2 and kind = $3 and subject = $4 and status = 'open'",
                *(name.value, one.kind, one.subject),
            )


async def _do_finish(tx: Tx, run_id: UUID, problem: str) -> None:
    await tx.run(
        "update app.reconciliations set problem = left($3, 500), finished_at = app.now() where tenant_id = $1 and id = $2",
        run_id,
        problem,
    )
