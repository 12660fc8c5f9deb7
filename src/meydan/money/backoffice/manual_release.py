"""A payment that is held for another reason than a rule's doubt, and given all the same: staff decide, and say why."""

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

_GIVEN = "payment_given"


class CaseOpen(Refused):
    """What the rules doubt is decided with its reasons before the eyes. ``case_id`` says where."""

    code, status, title = "fraud_case_open", 409, "The fraud rules doubt this payment: decide its case instead."


class Given(Struct, frozen=True):
    by: Person | None
    reason: str
    at: datetime


class _Held(Struct, frozen=True):
    user_id: UUID
    status: PaymentStatus
    problem: str | None
    case_id: UUID | None


async def do_give(tx: Tx, payment_id: UUID, reason: str, actor: UUID) -> None:
    """Raises NotFound, OwnAffair, NotHeld, CaseOpen, RefundUnderWay, PersonGone. A service transaction."""
    payer = await tx.one(UUID, "select user_id from app.payments where (tenant_id, id) = ($1, $2)", payment_id)
    is_here = await accounts.lock_against_erasure(tx, payer)
    # What is read about it next stays so.
    await tx.run("select from app.payments where (tenant_id, id) = ($1, $2) for update", payment_id)
    held = await tx.one(
        _Held,
        """
        select p.user_id, p.status, p.problem,
            (
                select c.id from app.fraud_cases c
                where (c.tenant_id, c.payment_id) = (p.tenant_id, p.id) and c.status = 'open'
            ) as case_id
        from app.payments p where (p.tenant_id, p.id) = ($1, $2)
        """,
        payment_id,
    )
    await conflict_of_interest.check(tx, actor, held.user_id)
    if held.status is not PaymentStatus.held:
        raise settlement.NotHeld
    if held.case_id is not None:
        raise CaseOpen(case_id=held.case_id)
    await refunds.check_not_under_way(tx, payment_id)
    if not is_here:
        raise PersonGone
    await settlement.do_release(tx, payment_id)
    await tenants.do_record(
        tx,
        _GIVEN,
        user_id=held.user_id,
        acted_by_user_id=actor,
        payment_id=payment_id,
        problem=held.problem,
        reason=reason,
    )


async def given(tx: Tx, payment_id: UUID) -> Given | None:
    """Who gave it by hand, and why, as the log has it. A service transaction."""
    return await tx.maybe(
        Given,
        f"select {person('log.actor_user_id')} as by, log.details->>'reason' as reason, log.created_at as at"
        " from app.payments p join app.system_logs log on (log.tenant_id, log.user_id) = (p.tenant_id, p.user_id)"
        " where (p.tenant_id, p.id) = ($1, $2) and log.action = $3 and log.details->>'payment_id' = p.id::text",
        payment_id,
        _GIVEN,
    )
