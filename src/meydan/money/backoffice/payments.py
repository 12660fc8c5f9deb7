"""A payment as staff see it: with webhooks, refunds, disputes and the fraud case."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from meydan.integrations.payments.contract import DisputeState
from meydan.kit.database import Tx
from meydan.money.backoffice import conflict_of_interest
from meydan.money.backoffice.lists.payments import COLUMNS, StaffPayment
from meydan.money.backoffice.manual_release import ManualRelease, manual_release_of
from meydan.money.backoffice.person_view import Person, person
from meydan.money.fraud import Decision, Outcome
from meydan.money.payments import RefundStatus, refunds


class StaffWebhookEvent(Struct, frozen=True):
    """A webhook about the payment, without its body: that may name people."""

    id: UUID
    event_id: str
    problem: str | None
    received_at: datetime
    read_at: datetime | None


class StaffRefund(Struct, frozen=True):
    id: UUID
    status: RefundStatus
    amount: int
    coins: int
    """Coins clawed back for it."""
    owed: int
    by: Person | None
    """None for a refund made at the provider or by a store."""
    reason: str
    problem: str | None
    created_at: datetime
    done_at: datetime | None


class StaffDispute(Struct, frozen=True):
    id: UUID
    provider_dispute_id: str
    status: DisputeState
    amount: int
    coins: int
    owed: int
    created_at: datetime
    changed_at: datetime


class CaseLine(Struct, frozen=True):
    id: UUID
    outcome: Outcome
    points: int
    decision: Decision | None


class StaffPaymentDetails(Struct, frozen=True):
    payment: StaffPayment
    webhook_events: list[StaffWebhookEvent]
    refunds: list[StaffRefund]
    disputes: list[StaffDispute]
    case: CaseLine | None
    manual_release: ManualRelease | None
    conflict_of_interest: bool
    """True for the viewer's own payment: another staff member decides about it."""


async def details(tx: Tx, payment_id: UUID, viewer: UUID) -> StaffPaymentDetails:
    """A payment with all that is known of it.

    Raises: NotFound.
    Runs as: service."""
    payment = await tx.one(
        StaffPayment, f"select {COLUMNS} from app.payments where tenant_id = $1 and id = $2", payment_id
    )
    return StaffPaymentDetails(
        payment=payment,
        webhook_events=await tx.all(
            StaffWebhookEvent,
            """
            select id, event_id, problem, received_at, read_at from app.webhook_events
            where tenant_id = $1 and payment_id = $2 order by id
            """,
            payment_id,
        ),
        refunds=await tx.all(
            StaffRefund,
            f"""
            select id, status, amount, coins, owed, {person("payment_refunds.acted_by_user_id")} as by, reason, problem,
                created_at, done_at from app.payment_refunds where tenant_id = $1 and payment_id = $2 order by id
            """,
            payment_id,
        ),
        disputes=await tx.all(
            StaffDispute,
            """
            select id, provider_dispute_id, status, amount, coins, owed, created_at, changed_at from app.payment_disputes
            where tenant_id = $1 and payment_id = $2 order by id
            """,
            payment_id,
        ),
        case=await tx.maybe(
            CaseLine,
            """
            select id, outcome, points, decision from app.fraud_cases
            where tenant_id = $1 and payment_id = $2 and status <> 'allowed'
            """,
            payment_id,
        ),
        manual_release=await manual_release_of(tx, payment_id),
        conflict_of_interest=await conflict_of_interest.is_own(tx, viewer, payment.person.user_id),
    )


async def do_refund(tx: Tx, payment_id: UUID, amount: int | None, reason: str, actor: UUID, *, key: str) -> None:
    """Requests a refund, unless the payment is the staff member's own.

    Raises: ConflictOfInterest and what ``refunds.do_refund`` raises.
    Runs as: service."""
    payer = await tx.one(UUID, "select user_id from app.payments where tenant_id = $1 and id = $2", payment_id)
    await conflict_of_interest.check(tx, actor, payer)
    await refunds.do_refund(tx, payment_id, amount, reason=reason, actor=actor, key=key)
