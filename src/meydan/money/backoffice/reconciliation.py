"""Reconciliation as staff see it: when the books were held against the providers', and what differs."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from meydan import tenants
from meydan.integrations.payments.enums import ProviderName
from meydan.kit.database import Tx
from meydan.money.backoffice.person_view import Person, person
from meydan.money.provider_events import reconciliation as comparing

_RUNS = 50
_DIFFERENCES = 500


class DifferenceKind(StrEnum):
    missing_here = "missing_here"
    """The provider has a payment that we do not."""
    missing_there = "missing_there"
    amount = "amount"
    refunded = "refunded"
    disputed = "disputed"
    coins = "coins"
    """Coins given for settled payments are not what left the clearing account."""


class Run(Struct, frozen=True):
    id: UUID
    provider: ProviderName
    since: datetime
    until: datetime
    charges: int | None
    """That the provider listed."""
    payments: int | None
    """Of ours that were compared."""
    complete: bool | None
    """The provider listed everything, so what it did not list is not there."""
    problem: str | None
    created_at: datetime
    finished_at: datetime | None


class Difference(Struct, frozen=True):
    id: UUID
    provider: ProviderName
    kind: DifferenceKind
    subject: str
    """The provider's id of the payment; of ``coins``, the currency."""
    payment_id: UUID | None
    currency: str | None
    ours: int | None
    theirs: int | None
    status: comparing.DifferenceStatus
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
    """A service transaction."""
    return Reconciliation(
        runs=await tx.all(
            Run,
            "select id, provider, since, until, charges, payments, complete, problem, created_at, finished_at"
            " from app.reconciliations where tenant_id = $1 order by id desc limit $2",
            _RUNS,
        ),
        differences=await tx.all(
            Difference,
            f"select {_COLUMNS} from app.reconciliation_differences where tenant_id = $1 and status = 'open'"
            " order by first_seen_at, id limit $2",
            _DIFFERENCES,
        ),
    )


async def do_run(tx: Tx, actor: UUID) -> Reconciliation:
    """A service transaction."""
    await comparing.do_queue(tx)
    await tenants.do_record(tx, "reconciliation_asked", acted_by_user_id=actor)
    return await reconciliation(tx)


async def do_explain(tx: Tx, difference_id: UUID, note: str, actor: UUID) -> Difference:
    """Raises NotFound, AlreadyClosed. A service transaction."""
    await comparing.do_explain(tx, difference_id, note, actor)
    explained = await tx.one(
        Difference,
        f"select {_COLUMNS} from app.reconciliation_differences where tenant_id = $1 and id = $2",
        difference_id,
    )
    await tenants.do_record(tx, "difference_explained", acted_by_user_id=actor, difference_id=difference_id, note=note)
    return explained
