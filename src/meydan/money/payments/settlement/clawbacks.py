"""Clawbacks: refunds and disputes take back what the money bought, in proportion; coins spent already become debt.

The amount is never counted step by step. Refunds and open or lost disputes say how many coins a payment may have given.
The difference to the coins clawed back so far is moved. So repeats and reordering end in the same state.
"""

from collections.abc import Sequence
from uuid import UUID

from msgspec import Struct

from meydan.integrations.payments.contract import Disputed, DisputeState, Refunded
from meydan.kit.database import Tx
from meydan.kit.events import publish
from meydan.money.payments import fulfilment, orders, payment_rows
from meydan.money.payments.enums import PaymentStatus
from meydan.money.payments.events import PaymentClawedBack
from meydan.money.payments.fulfilment import Clawback
from meydan.money.payments.settlement import provider_subscriptions


class _Dispute(Struct, frozen=True):
    id: UUID
    amount: int
    status: DisputeState


async def do_apply_refund(tx: Tx, row: payment_rows.PaymentRow, event: Refunded) -> str | None:
    """Applies the total that a provider has refunded, and answers a problem code if it cannot."""
    if event.currency != row.paid_currency:
        return "currency_differs"
    if row.refund_reversed_at is not None and event.happened_at <= row.refund_reversed_at:
        return None
    total = max(min(event.refunded, row.paid), 0)
    if event.reversed:
        await _do_reverse_refund(tx, row, total, event)
    elif (amount := total - row.refunded) > 0:
        moved = await _do_set_refunded(tx, row, total, event)
        await _do_record_refund(tx, row.id, event.refund, amount, moved)
    elif event.refund is not None:
        await tx.run(
            """
            update app.payment_refunds set status = 'done', done_at = app.now()
            where tenant_id = $1 and payment_id = $2 and provider_refund_id = $3 and status = 'asked'
            """,
            row.id,
            event.refund,
        )
    return None


async def _do_reverse_refund(tx: Tx, row: payment_rows.PaymentRow, total: int, event: Refunded) -> None:
    """Applies the reversal of a refund. Its time is stored: a refund event that is older is ignored from then on."""
    await tx.run(
        "update app.payments set refund_reversed_at = $3 where tenant_id = $1 and id = $2", row.id, event.happened_at
    )
    if total < row.refunded:
        await _do_set_refunded(tx, row, total, event)


async def _do_set_refunded(tx: Tx, row: payment_rows.PaymentRow, total: int, event: Refunded) -> Clawback:
    await tx.run("update app.payments set refunded = $3 where tenant_id = $1 and id = $2", row.id, total)
    # The time is part of the key: a refund, its reversal and a second refund are three moves.
    cause = f"refund:{total}:{event.happened_at.isoformat()}"
    moved = await do_apply_clawback(tx, await payment_rows.lock_by_id(tx, row.id), cause=cause)
    await orders.do_send_update(tx, row.id)
    return moved


async def do_apply_dispute(tx: Tx, row: payment_rows.PaymentRow, event: Disputed) -> str | None:
    """Applies the newest state of a dispute, and answers a problem code if it cannot."""
    if event.currency != row.paid_currency:
        return "currency_differs"
    if event.amount <= 0:
        return "nothing_disputed"
    # Of two events with the same time the one that closes the dispute is newer.
    dispute_id = await tx.maybe(
        UUID,
        """
        insert into app.payment_disputes as known (tenant_id, payment_id, provider, provider_dispute_id, amount, status, changed_at)
        values ($1, $2, $3, $4, $5, $6, $7)
        on conflict (tenant_id, provider, provider_dispute_id) do update
        set amount = excluded.amount, status = excluded.status, changed_at = excluded.changed_at
        where known.payment_id = excluded.payment_id
            and (known.status, known.amount) is distinct from (excluded.status, excluded.amount) and (
                known.changed_at < excluded.changed_at or (
                    known.changed_at = excluded.changed_at and known.status = 'opened' and excluded.status <> 'opened'
                )
            )
        returning id
        """,
        *(row.id, row.provider.value, event.dispute, min(event.amount, max(row.paid, 1)), event.state.value),
        event.happened_at,
    )
    if dispute_id is None:
        return None
    cause = f"dispute:{dispute_id}:{event.state}:{event.happened_at.isoformat()}"
    moved = await do_apply_clawback(tx, row, cause=cause, disputed=True)
    await tx.run(
        """
        update app.payment_disputes set coins = greatest(coins + $3, 0), owed = greatest(owed + $4, 0)
        where tenant_id = $1 and id = $2
        """,
        dispute_id,
        moved.coins,
        moved.owed,
    )
    await orders.do_send_update(tx, row.id)
    return None


async def do_apply_clawback(tx: Tx, row: payment_rows.PaymentRow, *, cause: str, disputed: bool = False) -> Clawback:
    """Moves the difference between what the payment has given and what it may give. ``cause`` is an idempotency key."""
    disputes = await tx.all(
        _Dispute,
        """
        select id, amount, status from app.payment_disputes
        where tenant_id = $1 and payment_id = $2 and status in ('opened', 'lost')
        """,
        row.id,
    )
    covered = min(row.paid, row.refunded + sum(dispute.amount for dispute in disputes))
    moved = Clawback()
    if row.settled_at is not None:
        moved = await fulfilment.handler_of(row.kind).do_claw_back(tx, row, covered, cause, disputed=disputed)
        if moved.coins > 0 or moved.ended:
            await publish(
                tx, PaymentClawedBack(row.id, row.user_id, max(moved.coins, 0), max(moved.owed, 0), disputed=disputed)
            )
    elif (
        row.provider_subscription_id is not None and 0 < row.paid <= covered
    ):  # it never began, and would be charged again
        await provider_subscriptions.do_stop_charging(tx, row.provider, row.provider_subscription_id)
    await tx.run(
        """
        update app.payments set status = $3, coins_clawed_back = coins_clawed_back + $4, owed = owed + $5
        where tenant_id = $1 and id = $2
        """,
        *(row.id, _status(row, disputes).value, moved.coins, moved.owed),
    )
    return moved


def _status(row: payment_rows.PaymentRow, disputes: Sequence[_Dispute]) -> PaymentStatus:
    states = {dispute.status for dispute in disputes}
    if DisputeState.opened in states:
        return PaymentStatus.disputed
    if DisputeState.lost in states:
        return PaymentStatus.charged_back
    if row.paid and row.refunded >= row.paid:
        return PaymentStatus.refunded
    if row.settled_at is None:
        return PaymentStatus.held
    return PaymentStatus.partly_refunded if row.refunded else PaymentStatus.paid


async def _do_record_refund(tx: Tx, payment_id: UUID, refund: str | None, amount: int, moved: Clawback) -> None:
    """Completes the refund that staff requested, or records one made at the provider."""
    asked = await tx.maybe(
        UUID,
        """
        update app.payment_refunds set status = 'done', done_at = app.now(), amount = $4, coins = $5, owed = $6,
            provider_refund_id = coalesce($3, provider_refund_id)
        where tenant_id = $1 and id = (
            select id from app.payment_refunds
            where tenant_id = $1 and payment_id = $2 and status = 'asked' and (provider_refund_id = $3 or (provider_refund_id is null and amount = $4))
            order by id limit 1
        )
        returning id
        """,
        *(payment_id, refund, amount, max(moved.coins, 0), max(moved.owed, 0)),
    )
    if asked is None:
        await tx.run(
            """
            insert into app.payment_refunds (tenant_id, payment_id, status, amount, provider_refund_id, coins, owed, done_at)
            values ($1, $2, 'done', $3, $4, $5, $6, app.now())
            """,
            *(payment_id, amount, refund, max(moved.coins, 0), max(moved.owed, 0)),
        )
