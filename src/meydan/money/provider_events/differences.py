"""Differences between our books and a provider's: found by comparing, stored once, closed when gone or explained."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from meydan.integrations.payments.contract import Charge, Statement
from meydan.integrations.payments.enums import ProviderName
from meydan.kit.database import Tx
from meydan.kit.errors import Refused

WEBHOOK_DELAY = timedelta(minutes=10)
"""A payment counts as missing only after its webhook is so late."""
CLOCK_SKEW = timedelta(hours=1)
"""The two clocks may disagree about the payments at the beginning of the compared time."""


class DifferenceStatus(StrEnum):
    open = "open"
    gone = "gone"
    """Found no more by a later comparison."""
    healed = "healed"
    """Fetched from the provider by the comparison itself."""
    explained = "explained"


class DifferenceClosed(Refused):
    code, status, title = "difference_closed", 409, "This difference is gone or explained already."


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


async def do_store(tx: Tx, name: ProviderName, found: list[Difference]) -> None:
    """Stores the differences found. Coins are always compared in full, so one that was not found is gone."""
    for difference in found:
        await do_store_difference(tx, name, difference)
    await tx.run(
        """
        update app.reconciliation_differences set status = 'gone', closed_at = app.now()
        where tenant_id = $1 and provider = $2 and status = 'open' and kind = 'coins' and not subject = any($3::text[])
        """,
        *(name.value, [difference.subject for difference in found if difference.kind == "coins"]),
    )


async def do_store_difference(tx: Tx, name: ProviderName, found: Difference, *, healed: bool = False) -> None:
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


async def do_close_gone(
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
