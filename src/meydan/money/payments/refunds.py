"""Refunds: staff request one, the provider makes it, and only the provider's answer claws coins back."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from meydan import tenants
from meydan.integrations.payments.contract import ProviderRefused, ProviderUnavailable, Refunded
from meydan.integrations.payments.enums import ProviderName
from meydan.kit import clock, jobs
from meydan.kit.database import Database, Tx
from meydan.kit.errors import Refused
from meydan.kit.jobs import retries
from meydan.money import wallet
from meydan.money.payments import payment_rows, provider_accounts, settlement
from meydan.money.payments.enums import DUPLICATE
from meydan.money.payments.orders import ReturnPayment

ASK_REFUND = "payments.ask_refund"


class RefundStatus(StrEnum):
    asked = "asked"
    done = "done"
    refused = "refused"


class Refund(Struct, frozen=True):
    id: UUID
    payment_id: UUID
    status: RefundStatus
    amount: int
    reason: str
    created_at: datetime
    coins: int
    """Coins clawed back; ``owed`` is the part that had been spent, and became debt."""
    owed: int
    acted_by_user_id: UUID | None = None
    """Absent for a provider_refund_id made at the provider or by a store."""
    provider_refund_id: str | None = None
    """The provider's id."""
    problem: str | None = None
    done_at: datetime | None = None


class AskRefund(retries.RetryableJob, frozen=True):
    refund_id: UUID


class NotPaid(Refused):
    code, status, title = "payment_not_paid", 409, "No money came for this payment, so none can go back."


class RefundTooLarge(Refused):
    """``left`` is the amount that can still be refunded."""

    code, status, title = "refund_too_large", 409, "There is not so much left of this payment to refund."


class RefundUnderWay(Refused):
    code, status, title = "refund_under_way", 409, "The provider is being asked to give this money back."


class _RequestedRefund(Struct, frozen=True):
    status: RefundStatus
    amount: int
    provider: ProviderName
    provider_charge_id: str
    paid_currency: str


COLUMNS = "id, payment_id, status, amount, reason, created_at, coins, owed, acted_by_user_id, provider_refund_id, problem, done_at"


async def do_refund(
    tx: Tx, payment_id: UUID, amount: int | None, *, reason: str, actor: UUID | None, key: str
) -> Refund:
    """Requests a refund of ``amount``, or of all that is left, and queues the call to the provider.

    Coins are clawed back only when the provider has made the refund.

    Raises: NotFound, NotPaid, RefundTooLarge, IdempotencyKeyReused.
    Runs as: service."""
    row = await payment_rows.lock_by_id(tx, payment_id)
    known = await tx.maybe(
        Refund,
        f"select {COLUMNS} from app.payment_refunds where tenant_id = $1 and payment_id = $2 and idempotency_key = $3",
        payment_id,
        key,
    )
    if known is not None:
        if amount not in (None, known.amount) or known.reason != reason:
            raise wallet.IdempotencyKeyReused
        return known
    if row.paid_at is None:
        raise NotPaid
    asked = await tx.one(
        int,
        """
        select coalesce(sum(amount), 0)::bigint from app.payment_refunds
        where tenant_id = $1 and payment_id = $2 and status = 'asked'
        """,
        payment_id,
    )
    left = row.paid - row.refunded - asked
    if left < (1 if amount is None else amount):
        raise RefundTooLarge(left=left)
    refund_id = await tx.one(
        UUID,
        """
        insert into app.payment_refunds (tenant_id, payment_id, status, amount, acted_by_user_id, reason, idempotency_key)
        values ($1, $2, 'asked', $3, $4, $5, $6) returning id
        """,
        *(payment_id, left if amount is None else amount, actor, reason, key),
    )
    await jobs.queue(tx, ASK_REFUND, AskRefund(refund_id=refund_id), dedupe_key=str(refund_id))
    await tenants.do_record(
        tx,
        "refund_asked",
        user_id=row.user_id,
        acted_by_user_id=actor,
        payment_id=payment_id,
        refund_id=refund_id,
        amount=amount,
    )
    return await refund(tx, refund_id)


async def do_refund_in_full(tx: Tx, job: ReturnPayment) -> None:
    """Refunds a duplicate payment in full, once.

    Raises: NotFound, NotPaid.
    Runs as: service.
    """
    try:
        await do_refund(tx, job.payment_id, None, reason="A membership was paid for twice.", actor=None, key=DUPLICATE)
    except RefundTooLarge:
        return  # refunded already


async def refund(tx: Tx, refund_id: UUID) -> Refund:
    return await tx.one(
        Refund, f"select {COLUMNS} from app.payment_refunds where tenant_id = $1 and id = $2", refund_id
    )


async def check_not_under_way(tx: Tx, payment_id: UUID) -> None:
    """Refuses to release a payment while a refund of it is requested.

    Raises: RefundUnderWay."""
    asked = (
        "select exists (select from app.payment_refunds where tenant_id = $1 and payment_id = $2 and status = 'asked')"
    )
    if await tx.one(bool, asked, payment_id):
        raise RefundUnderWay


async def refunds_of(tx: Tx, payment_id: UUID) -> list[Refund]:
    return await tx.all(
        Refund,
        f"select {COLUMNS} from app.payment_refunds where tenant_id = $1 and payment_id = $2 order by id",
        payment_id,
    )


async def ask_refund(db: Database, tenant_id: int, job: AskRefund) -> None:
    """Makes a requested refund at the provider. The refund's id is the idempotency key, so a retry makes it once."""
    async with db.as_service(tenant_id) as tx:
        asked = await tx.one(
            _RequestedRefund,
            """
            select asked.status, asked.amount, payment.provider, payment.provider_charge_id, payment.paid_currency
            from app.payment_refunds asked
            join app.payments payment on payment.tenant_id = asked.tenant_id and payment.id = asked.payment_id
            where asked.tenant_id = $1 and asked.id = $2
            """,
            job.refund_id,
        )
    if asked.status is not RefundStatus.asked:
        return
    try:
        async with provider_accounts.opened(db, tenant_id, asked.provider) as provider:
            made = await provider.do_refund(
                asked.provider_charge_id, asked.amount, asked.paid_currency, str(job.refund_id)
            )
    except ProviderUnavailable as error:
        async with db.as_service(tenant_id) as tx:
            if not await retries.do_retry(tx, ASK_REFUND, job, retries.PATIENTLY, dedupe_key=str(job.refund_id)):
                await _do_mark_refused(tx, job.refund_id, str(error))
        return
    except (ProviderRefused, provider_accounts.ProviderNotConnected) as error:
        async with db.as_service(tenant_id) as tx:
            await _do_mark_refused(tx, job.refund_id, str(error) or type(error).__name__)
        return
    async with db.as_service(tenant_id) as tx:
        await payment_rows.lock_known_charge(
            tx, asked.provider, asked.provider_charge_id
        )  # payment first: settlement's lock order
        await tx.run(
            "update app.payment_refunds set provider_refund_id = $3 where tenant_id = $1 and id = $2 and status = 'asked'",
            job.refund_id,
            made.provider_refund_id,
        )
        event = Refunded(
            event_id=f"refund:{job.refund_id}",
            happened_at=clock.now(),
            charge=asked.provider_charge_id,
            refunded=made.refunded,
            currency=asked.paid_currency,
            refund=made.provider_refund_id,
        )
        await settlement.do_apply(tx, asked.provider, event)


async def _do_mark_refused(tx: Tx, refund_id: UUID, why: str) -> None:
    await tx.run(
        """
        update app.payment_refunds set status = 'refused', problem = left($3, 500), done_at = app.now()
        where tenant_id = $1 and id = $2 and status = 'asked'
        """,
        refund_id,
        why,
    )
    await tenants.do_record(tx, "refund_refused", refund_id=refund_id, problem=why[:500])
