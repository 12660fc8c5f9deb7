"""Manual release: staff fulfil a payment that is held for another reason than a fraud case, and say why."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from meydan import accounts, tenants
from meydan.kit.database import Tx
from meydan.kit.errors import Refused
from meydan.money.backoffice import conflict_of_interest
from meydan.money.backoffice.person_view import Person, person
from meydan.money.fraud import PersonGone
from meydan.money.payments import PaymentStatus, refunds, settlement

_RELEASED = "payment_given"


class CaseOpen(Refused):
    """A payment with an open case is decided there, beside its findings. ``case_id`` names it."""

    code, status, title = "fraud_case_open", 409, "The fraud rules doubt this payment: decide its case instead."


class ManualRelease(Struct, frozen=True):
    by: Person | None
    reason: str
    at: datetime


class _HeldPayment(Struct, frozen=True):
    user_id: UUID
    status: PaymentStatus
    problem: str | None
    case_id: UUID | None


async def do_release(tx: Tx, payment_id: UUID, reason: str, actor: UUID) -> None:
    """Fulfils a held payment, and logs the reason.

    Locks: the payer against erasure, then the payment.
    Raises: NotFound, ConflictOfInterest, NotHeld, CaseOpen, RefundUnderWay, PersonGone.
    Runs as: service."""
    payer = await tx.one(UUID, "select user_id from app.payments where tenant_id = $1 and id = $2", payment_id)
    is_present = await accounts.lock_against_erasure(tx, payer)
    # Locked before it is read, so that its state cannot change until the decision.
    await tx.run("select from app.payments where tenant_id = $1 and id = $2 for update", payment_id)
    held = await tx.one(
        _HeldPayment,
        """
        select p.user_id, p.status, p.problem,
            (
                select c.id from app.fraud_cases c
                where c.tenant_id = p.tenant_id and c.payment_id = p.id and c.status = 'open'
            ) as case_id
        from app.payments p where p.tenant_id = $1 and p.id = $2
        """,
        payment_id,
    )
    await conflict_of_interest.check(tx, actor, held.user_id)
    if held.status is not PaymentStatus.held:
        raise settlement.NotHeld
    if held.case_id is not None:
        raise CaseOpen(case_id=held.case_id)
    await refunds.check_not_under_way(tx, payment_id)
    if not is_present:
        raise PersonGone
    await settlement.do_release(tx, payment_id)
    await tenants.do_record(
        tx,
        _RELEASED,
        user_id=held.user_id,
        acted_by_user_id=actor,
        payment_id=payment_id,
        problem=held.problem,
        reason=reason,
    )


async def manual_release_of(tx: Tx, payment_id: UUID) -> ManualRelease | None:
    """The manual release of a payment, as the log has it.

    Runs as: service."""
    return await tx.maybe(
        ManualRelease,
        f"""
        select {person("log.acted_by_user_id")} as by, log.details->>'reason' as reason, log.created_at as at
        from app.payments p join app.system_logs log on log.tenant_id = p.tenant_id and log.user_id = p.user_id
        where p.tenant_id = $1 and p.id = $2 and log.action = $3 and log.details->>'payment_id' = p.id::text
        """,
        payment_id,
        _RELEASED,
    )
