"""Money that went back takes back what it had bought, in proportion; what was spent already is owed.

Nothing is counted step by step. A payment says how much of its money is gone, by refunds and by disputes that are open or
lost, and so how many coins it may still have given; the difference to what was taken so far is moved. Repeats, reordering
and a dispute won in the end all come out right that way.
"""

from collections.abc import Sequence
from uuid import UUID

from msgspec import Struct

from meydan.integrations.payments.contract import Disputed, DisputeState, Refunded
from meydan.kit.database import Tx
from meydan.kit.events import publish
from meydan.money.payments import fulfilment, orders, payment_rows
from meydan.money.payments.enums import PaymentStatus
from meydan.money.payments.events import PaymentTakenBack
from meydan.money.payments.fulfilment import Clawback
from meydan.money.payments.settlement import provider_subscriptions


class _Dispute(Struct, frozen=True):
    id: UUID
    amount: int
    status: DisputeState


async def do_refunded(tx: Tx, row: payment_rows.PaymentRow, event: Refunded) -> str | None:
    """Why it changed nothing, if so."""
    if event.currency != row.paid_currency:
        return "currency_differs"
    if row.refund_reversed_at is not None and event.happened_at <= row.refund_reversed_at:
        return None
    total = max(min(event.refunded, row.paid), 0)
    if event.reversed:
        await _do_reverse(tx, row, total, event)
    elif (amount := total - row.refunded) > 0:
        moved = await _do_set(tx, row, total, event)
        await _do_note(tx, row.id, event.refund, amount, moved)
    elif event.refund is not None:
        await tx.run(
            "update app.payment_refunds set status = 'done', done_at = app.now() "
            "where tenant_id = $1 and payment_id = $2 and provider_refund_id = $3 and status = 'asked'",
            row.id,
            event.refund,
        )
    return None


async def _do_reverse(tx: Tx, row: payment_rows.PaymentRow, total: int, event: Refunded) -> None:
    """The provider took a refund back. Also where that is heard first: the refund itself is older news then."""
    await tx.run(
        "update app.payments set refund_reversed_at = $3 where tenant_id = $1 and id = $2", row.id, event.happened_at
    )
    if total < row.refunded:
        await _do_set(tx, row, total, event)


async def _do_set(tx: Tx, row: payment_rows.PaymentRow, total: int, event: Refunded) -> Clawback:
    await tx.run("update app.payments set refunded = $3 where tenant_id = $1 and id = $2", row.id, total)
    # The time is part of the name: what was refunded, given back and refunded again is moved three times.
    cause = f"refund:{total}:{event.happened_at.isoformat()}"
    moved = await do_settle(tx, await payment_rows.lock_by_id(tx, row.id), cause=cause)
    await orders.tell(tx, row.id)
    return moved


async def do_disputed(tx: Tx, row: payment_rows.PaymentRow, event: Disputed) -> str | None:
    """Why it changed nothing, if so."""
    if event.currency != row.paid_currency:
        return "currency_differs"
    if event.amount <= 0:
        return "nothing_disputed"
    # Of two at the same moment the one that ends it is the newer.
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
    moved = await do_settle(tx, row, cause=cause, disputed=True)
    await tx.run(
        "update app.payment_disputes set coins = greatest(coins + $3, 0), owed = greatest(owed + $4, 0) "
        "where tenant_id = $1 and id = $2",
        dispute_id,
        moved.coins,
        moved.owed,
    )
    await orders.tell(tx, row.id)
    return None


async def do_settle(tx: Tx, row: payment_rows.PaymentRow, *, cause: str, disputed: bool = False) -> Clawback:
    """Move what has to be moved for the payment to be what its numbers say; ``cause`` names this change of them."""
    disputes = await tx.all(
        _Dispute,
        "select id, amount, status from app.payment_disputes "
        "where tenant_id = $1 and payment_id = $2 and status in ('opened', 'lost')",
        row.id,
    )
    covered = min(row.paid, row.refunded + sum(dispute.amount for dispute in disputes))
    moved = Clawback()
    if row.settled_at is not None:
        moved = await fulfilment.handler_of(row.kind).do_take_back(tx, row, covered, cause, disputed=disputed)
        if moved.coins > 0 or moved.ended:
            await publish(
                tx, PaymentTakenBack(row.id, row.user_id, max(moved.coins, 0), max(moved.owed, 0), disputed=disputed)
            )
    elif (
        row.provider_subscription_id is not None and 0 < row.paid <= covered
    ):  # it never began, and would be charged for
        await provider_subscriptions.do_stop_charging(tx, row.provider, row.provider_subscription_id)
    await tx.run(
        "update app.payments set status = $3, coins_clawed_back = coins_clawed_back + $4, owed = owed + $5 "
        "where tenant_id = $1 and id = $2",
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


async def _do_note(tx: Tx, payment_id: UUID, refund: str | None, amount: int, moved: Clawback) -> None:
    """In the list of refunds: the one that staff asked for, or one made at the provider."""
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
            "insert into app.payment_refunds (tenant_id, payment_id, status, amount, provider_refund_id, coins, owed, done_at) "
            "values ($1, $2, 'done', $3, $4, $5, $6, app.now())",
            *(payment_id, amount, refund, max(moved.coins, 0), max(moved.owed, 0)),
        )
