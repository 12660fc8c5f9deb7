"""Deferred events, open disputes, doubts and keys of requests mean what they meant."""

import json
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import msgspec
import pytest

from meydan import (
    rooms,  # noqa: F401 -- registers every room's jobs and settings
)
from meydan.integrations.payments.contract import (
    Disputed,
    DisputeState,
    Paid,
)
from meydan.integrations.payments.enums import ProviderName
from meydan.kit import clock
from meydan.kit.database import Tx
from meydan.meeting import purchases
from meydan.money import metering, wallet
from meydan.money.backoffice import adjustments, case_queue
from meydan.money.fraud import Outcome
from meydan.money.fraud.cases import CaseStatus
from meydan.money.gifts import gifts
from meydan.money.payments import (
    coins,
    order_source,
    orders,
    refunds,
    settlement,
)
from meydan.money.payments.enums import PaymentStatus
from meydan.money.payments.settlement import deferred_events
from meydan.money.premium import membership
from meydan.money.wallet import daily_bonus
from tests.conftest import MovableClock
from tests.stored_words.older import FACTS, TENANT, Moved, leaves, lost, who


async def test_deferred_events_are_what_they_were(moved: Moved):
    subjects = {(row["provider"], row["subject"]) for row in moved.before.deferred}
    for provider, subject in subjects:
        said = [json.loads(row["event"]) for row in moved.before.deferred if row["subject"] == subject]
        async with moved.db.as_service(TENANT) as tx:
            events = await deferred_events.do_take_deferred(tx, ProviderName(provider), subject)
        assert len(events) == len(said)
        assert not lost(said, events)


async def test_a_refund_that_came_first_is_still_applied_when_its_payment_comes(moved: Moved):
    facts = FACTS["refunded_before_paid"]
    payment_id = UUID(facts["payment"])
    paid = Paid("evt_late", clock.now(), facts["charge"], facts["amount"], facts["currency"], payment_id)
    async with moved.db.as_service(TENANT) as tx:
        await settlement.do_apply(tx, ProviderName.stripe, paid)
        assert (await orders.payment(tx, payment_id)).status is PaymentStatus.refunded


async def test_a_dispute_that_is_open_can_be_won(moved: Moved):
    facts = FACTS["dispute"]
    payment_id = UUID(facts["payment"])
    won = Disputed(
        *("evt_won", clock.now() + timedelta(seconds=1), facts["charge"], facts["dispute"]),
        *(facts["amount"], facts["currency"], DisputeState.won),
    )
    async with moved.db.as_service(TENANT) as tx:
        assert (await orders.payment(tx, payment_id)).status is PaymentStatus.disputed
        await settlement.do_apply(tx, ProviderName.stripe, won)
        assert (await orders.payment(tx, payment_id)).status is PaymentStatus.paid


async def test_what_was_doubted_is_shown_and_released_in_time(moved: Moved, at_its_time: MovableClock):
    staff = UUID(FACTS["adjust"]["actor"])
    async with moved.db.as_service(TENANT) as tx:
        shown = (await case_queue.page(tx, staff, CaseStatus.open, None, 50)).items
        held = {case.outcome: case.payment.id for case in shown if case.payment is not None}
    assert not leaves(moved.before.findings) - leaves([msgspec.to_builtins(case.findings) for case in shown])
    at_its_time.forward(hours=3)
    await moved.do_those_called("release_delayed")
    async with moved.db.as_service(TENANT) as tx:
        assert (await orders.payment(tx, held[Outcome.delay])).status is PaymentStatus.paid
        assert (await orders.payment(tx, held[Outcome.review])).status is PaymentStatus.held


async def test_what_was_asked_for_once_is_not_done_again(moved: Moved):
    """Idempotency keys are stored words too: a repeated request answers what the first one did."""

    async def books() -> list[int]:
        return [
            await moved.owner.fetchval(f"select count(*) from app.{table}")
            for table in ("payments", "payment_refunds", "subscriptions", "coin_transactions", "coin_holds", "meters")
        ]

    before = await books()
    async with moved.db.as_service(TENANT) as tx:
        await _ask_again(tx)
    gift = FACTS["gift"]
    async with moved.db.as_user(who(gift)) as tx:
        sent = await gifts.do_send(
            tx, UUID(gift["gift"]), gift["quantity"], UUID(gift["to"]), gift["note"], key=gift["key"]
        )
    assert sent.id == UUID(gift["sent"])
    assert await books() == before
    async with moved.db.as_service(TENANT) as tx:
        assert (await wallet.do_audit(tx, whole=True)).fault_count == 0


async def test_a_stored_transfer_still_has_its_fingerprint(alone: Moved):
    """Entries are asked for in the order of locks. A chargeback stands for its request, which is not stored."""
    rows = await alone.owner.fetch("""
        select header.idempotency_key as key, header.fingerprint as stored, app.ledger_fingerprint(
            header.transaction_type, header.user_id, header.subject_id, header.reverses_id, null, array_agg(
                (account.kind, account.user_id, account.provider, account.currency, entry.amount)::app.ledger_entry
                order by app.ledger_rank(account.kind)
            )
        ) as present
        from app.coin_transactions header
        join app.coin_entries entry on entry.tenant_id = header.tenant_id and entry.transaction_id = header.id
        join app.ledger_accounts account on account.tenant_id = entry.tenant_id and account.id = entry.account_id
        where header.transaction_type <> 'chargeback'
        group by header.tenant_id, header.id
    """)
    assert len(rows) == 12
    assert {row["key"]: row["present"] for row in rows} == {row["key"]: row["stored"] for row in rows}


async def _ask_again(tx: Tx) -> None:
    purchase, refund, spent = FACTS["purchase"], FACTS["refund"], FACTS["spend"]
    meter, hold, adjust, subscribe = FACTS["meter"], FACTS["hold"], FACTS["adjust"], FACTS["subscribe"]
    at = order_source.OrderedFrom(uuid4(), "203.0.113.7", "https://harbour.example")
    ordered = await coins.do_order(
        tx, UUID(purchase["user"]), UUID(FACTS["package"]), ProviderName.stripe, purchase["key"], at
    )
    assert ordered.id == UUID(purchase["payment"])
    await refunds.do_refund(
        *(tx, UUID(refund["payment"]), refund["amount"]),
        reason=refund["reason"],
        actor=UUID(refund["actor"]),
        key=refund["key"],
    )
    await purchases.do_spend(tx, UUID(spent["user"]), purchases.Item(spent["item"]), spent["quantity"], spent["key"])
    await membership.do_subscribe_with_coins(tx, UUID(subscribe["user"]), UUID(subscribe["plan"]), subscribe["key"])
    await adjustments.do_adjust(
        *(
            tx,
            UUID(adjust["user"]),
            adjustments.Direction.give,
            adjust["coins"],
            adjust["reason"],
            UUID(adjust["actor"]),
        ),
        key=adjust["key"],
    )
    held = await wallet.do_hold(
        *(tx, UUID(hold["user"]), hold["amount"]),
        key=hold["key"],
        purpose=hold["purpose"],
        expires_at=datetime.fromisoformat(hold["expires_at"]),
    )
    assert held.id == UUID(hold["hold"])
    running = await metering.do_start_meter(
        tx,
        payer=UUID(meter["payer"]),
        payee=UUID(meter["payee"]),
        coins_per_minute=meter["coins_per_minute"],
        subject_id=UUID(meter["subject"]),
        key=meter["key"],
    )
    assert running.id == UUID(meter["meter"])
    with pytest.raises(daily_bonus.AlreadyEarned):
        async with tx.savepoint():
            await daily_bonus.do_earn_daily(tx, UUID(FACTS["daily"]["user"]))
