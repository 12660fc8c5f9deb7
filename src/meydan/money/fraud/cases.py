"""Fraud cases: held payments and frozen wallets, decided once, by staff or by the end of a delay."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from meydan import accounts, tenants
from meydan.kit import jobs
from meydan.kit.database import Tx
from meydan.kit.errors import Refused
from meydan.money import wallet
from meydan.money.fraud import fingerprints
from meydan.money.fraud.assessment import FREEZE_REASON
from meydan.money.fraud.scoring import Outcome
from meydan.money.payments import PaymentStatus, refunds, settlement

_BATCH = 500


class Choice(StrEnum):
    """Decisions open to staff."""

    release = "release"
    """Release the payment; later ones are assessed as strictly."""
    dismiss = "dismiss"
    """Release the payment, and trust this user with this card and device from now on."""
    refund = "refund"
    """Refund the payment."""
    freeze = "freeze"
    """Freeze the wallet. The payment stays held until the wallet is thawed or the payment refunded."""


class Decision(StrEnum):
    release = "release"
    dismiss = "dismiss"
    refund = "refund"
    freeze = "freeze"
    overtaken = "overtaken"
    """The payment was refunded or charged back before a decision."""


class CaseStatus(StrEnum):
    open = "open"
    closed = "closed"


class AlreadyDecided(Refused):
    code, status, title = "already_decided", 409, "This case has been decided already."


class NothingToRefund(Refused):
    code, status, title = "nothing_to_refund", 409, "This case is about gifts: there is no payment to give back."


class PersonGone(Refused):
    code, status, title = "person_gone", 409, "This person has left: what they bought can only be given back."


class ReleaseDelayed(Struct, frozen=True):
    """Payload of the job that ends a delay. Each case has a job of its own, so that a failure stops no other."""

    case_id: UUID


class _Case(Struct, frozen=True):
    id: UUID
    user_id: UUID
    payment_id: UUID | None
    outcome: Outcome
    status: CaseStatus
    decision: Decision | None
    decided_at: datetime | None


async def do_decide(tx: Tx, case_id: UUID, choice: Choice, note: str, actor: UUID) -> None:
    """Closes a case with a decision of staff and carries it out.

    Raises: NotFound, AlreadyDecided, NothingToRefund, PersonGone, RefundUnderWay.
    Runs as: service.
    """
    case = await _lock_case(tx, case_id)
    if case.status is CaseStatus.closed:
        raise AlreadyDecided(decision=case.decision, decided_at=case.decided_at)
    if choice is Choice.refund and case.payment_id is None:
        raise NothingToRefund
    await _do_close(tx, case, Decision(choice), note, actor)
    match choice:
        case Choice.release:
            await _do_release(tx, case, actor)
        case Choice.dismiss:
            if case.payment_id is not None:
                await fingerprints.do_trust(tx, case.payment_id)
            await _do_release(tx, case, actor)
        case Choice.refund if case.payment_id is not None:
            await refunds.do_refund(tx, case.payment_id, None, reason=note, actor=actor, key=f"fraud {case.id}")
        case Choice.freeze:
            await wallet.do_freeze(tx, case.user_id, FREEZE_REASON, actor)
    await tenants.do_record(
        tx, "fraud_case_decided", user_id=case.user_id, acted_by_user_id=actor, case_id=case.id, decision=choice
    )


async def do_thaw(tx: Tx, user_id: UUID, actor: UUID) -> None:
    """Thaws the wallet, and releases the payments that its freeze held.

    Locks: payments, users.
    Runs as: service.
    """
    await accounts.lock_against_erasure(tx, user_id)
    held = await tx.all(
        UUID,
        f"""
        select p.id from app.payments p join app.fraud_cases c on c.tenant_id = p.tenant_id and c.payment_id = p.id
        join app.users u on u.tenant_id = p.tenant_id and u.id = p.user_id and u.erased_at is null
        where p.tenant_id = $1 and p.user_id = $2 and p.status = 'held' and c.decision = 'freeze'
            and {_NOT_BEING_REFUNDED}
        order by p.id for no key update of p
        """,
        user_id,
    )
    await wallet.do_thaw(tx, user_id, actor)  # payments before wallets, the lock order of settlement
    for payment_id in held:
        await settlement.do_release(tx, payment_id)


async def do_queue_releases(tx: Tx) -> None:
    """Queues a job for each delay that has ended, and closes cases whose payment went back meanwhile.

    Runs as: service.
    """
    await tx.run(
        """
        update app.fraud_cases c set status = 'closed', decision = 'overtaken', decided_at = app.now()
        from app.payments p where c.tenant_id = $1 and c.status = 'open' and c.outcome in ('delay', 'review')
            and p.tenant_id = c.tenant_id and p.id = c.payment_id and p.status in ('refunded', 'charged_back')
        """
    )
    for case_id in await tx.all(UUID, _DUE, None, _BATCH):
        await jobs.queue(tx, "fraud.release_delayed", ReleaseDelayed(case_id), dedupe_key=str(case_id))


async def do_release_delayed(tx: Tx, case_id: UUID) -> None:
    """Releases a delayed payment, unless staff have decided or a graver case about the same user is open.

    Runs as: service.
    """
    case = await _lock_case(tx, case_id)
    if await tx.maybe(UUID, _DUE, case_id, 1) is None:
        return
    if case.status is CaseStatus.open:
        await _do_close(tx, case, Decision.release, "", None)
    await _do_release(tx, case, None)


async def _lock_case(tx: Tx, case_id: UUID) -> _Case:
    """The case under its row lock. Allowed payments are no cases.

    Locks: users (against erasure), fraud_cases.
    Raises: NotFound.
    """
    about = await tx.one(UUID, "select user_id from app.fraud_cases where tenant_id = $1 and id = $2", case_id)
    await accounts.lock_against_erasure(tx, about)
    return await tx.one(
        _Case,
        """
        select id, user_id, payment_id, outcome, status, decision, decided_at from app.fraud_cases
        where tenant_id = $1 and id = $2 and status <> 'allowed' for update
        """,
        case_id,
    )


async def _do_close(tx: Tx, case: _Case, decision: Decision, note: str, actor: UUID | None) -> None:
    await tx.run(
        """
        update app.fraud_cases set status = 'closed', decision = $3, note = $4, decided_by_user_id = $5,
            decided_at = app.now() where tenant_id = $1 and id = $2
        """,
        case.id,
        decision,
        note,
        actor,
    )


async def _do_release(tx: Tx, case: _Case, actor: UUID | None) -> None:
    """Releases the case's payment, and thaws a wallet that only this case froze.

    Locks: payments.
    Raises: PersonGone, RefundUnderWay.
    """
    status = None
    if case.payment_id is not None:  # payments before wallets, the lock order of settlement
        status = await tx.one(
            PaymentStatus,
            "select status from app.payments where tenant_id = $1 and id = $2 for update",
            case.payment_id,
        )
    if case.outcome is Outcome.freeze and await tx.one(bool, _MAY_THAW, case.user_id):
        await wallet.do_thaw(tx, case.user_id, actor)
    if case.payment_id is not None and status is PaymentStatus.held:
        if await tx.one(bool, _HAS_LEFT, case.user_id):
            raise PersonGone
        await refunds.check_not_under_way(tx, case.payment_id)
        await settlement.do_release(tx, case.payment_id)


_NOT_BEING_REFUNDED = """
    not exists (
        select from app.payment_refunds r
        where (r.tenant_id, r.payment_id, r.status) = (p.tenant_id, p.id, 'asked')
    )
"""
# A frozen wallet or a graver open case keeps delayed payments waiting too.
_DUE = f"""
    select c.id from app.fraud_cases c
    join app.payments p on p.tenant_id = c.tenant_id and p.id = c.payment_id and p.status = 'held'
    join app.users u on u.tenant_id = c.tenant_id and u.id = c.user_id and u.erased_at is null
    where c.tenant_id = $1 and (
            (c.status = 'open' and c.outcome = 'delay' and c.release_at <= app.now())
            -- Decided while the payment was disputed, when there was nothing to give; the dispute has been won since.
            or c.decision in ('release', 'dismiss', 'freeze')
        )
        and ($2::uuid is null or c.id = $2) and {_NOT_BEING_REFUNDED}
        and not exists (
            select from app.fraud_cases graver
            where graver.tenant_id = c.tenant_id and graver.user_id = c.user_id
                and graver.status = 'open' and graver.outcome in ('review', 'freeze')
        )
        and not exists (
            select from app.wallet_freezes f
            where f.tenant_id = c.tenant_id and f.user_id = c.user_id and f.thawed_at is null
        )
    order by c.release_at, c.id limit $3
"""
_HAS_LEFT = "select erased_at is not null from app.users where tenant_id = $1 and id = $2"
# True for a wallet that a rule froze and no decision keeps frozen. Only staff thaw what staff froze.
_MAY_THAW = """
    select exists (
        select from app.wallet_freezes f
        where f.tenant_id = $1 and f.user_id = $2 and f.thawed_at is null and f.frozen_by_user_id is null
            and not exists (
                select from app.fraud_cases c
                where c.tenant_id = f.tenant_id and c.user_id = f.user_id
                    and (
                        (c.status = 'open' and c.outcome = 'freeze')
                        or (c.decision = 'freeze' and c.decided_at >= f.created_at)
                    )
            )
    )
"""
