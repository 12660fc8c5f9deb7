"""Reconciliation as staff see it: comparisons with the providers' books, and the differences."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from meydan import tenants
from meydan.integrations.payments.enums import ProviderName
from meydan.kit.database import Tx
from meydan.money import provider_events
from meydan.money.backoffice.person_view import Person, person

_RUNS = 50
_DIFFERENCES = 500


class DifferenceKind(StrEnum):
    missing_here = "missing_here"
    """The provider's books have a payment that ours lack."""
    missing_there = "missing_there"
    amount = "amount"
    refunded = "refunded"
    disputed = "disputed"
    coins = "coins"
    """The coins of settled payments differ from those that left the clearing account."""


class Run(Struct, frozen=True):
    id: UUID
    provider: ProviderName
    since: datetime
    until: datetime
    charges: int | None
    """Number of charges in the provider's statement."""
    payments: int | None
    """Number of our payments that were compared."""
    complete: bool | None
    """True for a complete statement: a payment that is not in it does not exist at the provider."""
    problem: str | None
    created_at: datetime
    finished_at: datetime | None


class Difference(Struct, frozen=True):
    id: UUID
    provider: ProviderName
    kind: DifferenceKind
    subject: str
    """The provider's id of the payment; for ``coins``, the currency."""
    payment_id: UUID | None
    currency: str | None
    ours: int | None
    theirs: int | None
    status: provider_events.differences.DifferenceStatus
    note: str
    explained_by: Person | None
    first_seen_at: datetime
    last_seen_at: datetime
    closed_at: datetime | None


class Reconciliation(Struct, frozen=True):
    runs: list[Run]
    """The newest fifty."""
    differences: list[Difference]
    """Open ones, the oldest first."""


_COLUMNS = (
    "id, provider, kind, subject, payment_id, currency, ours, theirs, status, note,"
    f" {person('reconciliation_differences.explained_by_user_id')} as explained_by, first_seen_at, last_seen_at, closed_at"
)


async def reconciliation(tx: Tx) -> Reconciliation:
    """The newest comparisons, and the open differences.

    Runs as: service."""
    return Reconciliation(
        runs=await tx.all(
            Run,
            """
            select id, provider, since, until, charges, payments, complete, problem, created_at, finished_at
            from app.reconciliations where tenant_id = $1 order by id desc limit $2
            """,
            _RUNS,
        ),
        differences=await tx.all(
            Difference,
            f"""
            select {_COLUMNS} from app.reconciliation_differences where tenant_id = $1 and status = 'open'
            order by first_seen_at, id limit $2
            """,
            _DIFFERENCES,
        ),
    )


async def do_run(tx: Tx, actor: UUID) -> Reconciliation:
    """Queues a comparison with every provider.

    Runs as: service."""
    await provider_events.reconciliation.do_queue_all(tx)
    await tenants.do_record(tx, "reconciliation_asked", acted_by_user_id=actor)
    return await reconciliation(tx)


async def do_explain(tx: Tx, difference_id: UUID, note: str, actor: UUID) -> Difference:
    """Closes a difference with a note, and logs it.

    Raises: NotFound, DifferenceClosed.
    Runs as: service."""
    await provider_events.differences.do_explain(tx, difference_id, note, actor)
    explained = await tx.one(
        Difference,
        f"select {_COLUMNS} from app.reconciliation_differences where tenant_id = $1 and id = $2",
        difference_id,
    )
    await tenants.do_record(tx, "difference_explained", acted_by_user_id=actor, difference_id=difference_id, note=note)
    return explained
