"""Operations of the local provider: checkouts are opened and paid, money is refunded, subscriptions renew in time.

Every function runs in a transaction of the store, and queues the merchant's webhooks in it.
"""

import calendar
import hashlib
from datetime import datetime, timedelta

import msgspec

from meydan.integrations.payments.enums import Period
from meydan.integrations.payments.local.books import webhook_delivery
from meydan.integrations.payments.local.books.store import Transaction, new_id
from meydan.integrations.payments.local.models import (
    AmountTooLarge,
    Behaviour,
    Card,
    CheckoutStatus,
    Dispute,
    DisputeStatus,
    KeyReused,
    LocalCheckout,
    LocalEventType,
    LocalPayment,
    LocalPaymentStatus,
    LocalSubscription,
    LocalSubscriptionStatus,
    NotNow,
    OpenCheckoutRequest,
    RefundMade,
)
from meydan.kit import clock

CHECKOUT_LIFE = timedelta(minutes=30)
LATE = timedelta(seconds=20)
"""Time until the money of a card that pays late arrives."""
COMPLAINT = timedelta(seconds=5)
"""Time until the holder of a card that is disputed complains."""
RETRY = timedelta(days=1)
ATTEMPTS = 3


def do_open_checkout(tx: Transaction, account: int, key: str, order: OpenCheckoutRequest) -> LocalCheckout:
    """Opens a checkout. Idempotent by ``key``.

    Raises: KeyReused."""
    if known := _answered(tx, account, f"checkout {key}", order):
        return tx.get(LocalCheckout, known)
    now = clock.now()
    checkout = LocalCheckout(new_id("lch"), account, order, CheckoutStatus.open, now, now + CHECKOUT_LIFE)
    tx.do_put(checkout)
    _do_remember(tx, account, f"checkout {key}", order, checkout.id)
    return checkout


def do_pay(tx: Transaction, checkout: LocalCheckout, card: Card) -> bool:
    """Tries a card; False if it was declined. A card that must be confirmed has not paid yet.

    Raises: NotNow."""
    if checkout.status is not CheckoutStatus.open:
        raise NotNow(reason=f"the checkout is {checkout.status}")
    if card.behaviour is Behaviour.declined:
        webhook_delivery.do_announce(
            tx, LocalEventType.checkout_declined, clock.now(), msgspec.structs.replace(checkout, card=card)
        )
        return False
    checkout.card = card
    if card.behaviour is Behaviour.confirms:
        checkout.status = CheckoutStatus.confirming
        tx.do_put(checkout)
    else:
        _do_charge_first(tx, checkout, card)
    return True


def do_confirm(tx: Transaction, checkout: LocalCheckout, *, approved: bool) -> None:
    """Answers the bank's question.

    Raises: NotNow."""
    if checkout.status is not CheckoutStatus.confirming or checkout.card is None:
        raise NotNow(reason=f"the checkout is {checkout.status}")
    if approved:
        _do_charge_first(tx, checkout, checkout.card)
    else:
        checkout.status, checkout.card = CheckoutStatus.open, None
        tx.do_put(checkout)


def do_end_checkout(tx: Transaction, checkout: LocalCheckout, status: CheckoutStatus) -> None:
    """Ends a checkout: cancelled by the buyer, or its time is up.

    Raises: NotNow."""
    if not checkout.is_open:
        raise NotNow(reason=f"the checkout is {checkout.status}")
    checkout.status, checkout.card, checkout.ended_at = status, None, clock.now()
    tx.do_put(checkout)
    webhook_delivery.do_announce(tx, LocalEventType(f"checkout.{status}"), checkout.ended_at, checkout)


def do_refund(tx: Transaction, payment: LocalPayment, amount: int, key: str) -> str:
    """Refunds a part or all of a payment, and returns the refund's id. Idempotent by ``key``.

    Raises: NotNow, AmountTooLarge, KeyReused."""
    asked = [payment.id, amount]
    if known := _answered(tx, payment.account, f"refund {key}", asked):
        return known
    if payment.status is not LocalPaymentStatus.paid or payment.open_dispute:
        raise NotNow(reason="the payment is disputed" if payment.open_dispute else "the money is not there yet")
    if amount > payment.left:
        raise AmountTooLarge(left=payment.left)
    made = RefundMade(new_id("lre"), amount, clock.now())
    payment.refunds.append(made)
    tx.do_put(payment)
    _do_remember(tx, payment.account, f"refund {key}", asked, made.id)
    webhook_delivery.do_announce(tx, LocalEventType.payment_refunded, made.created_at, payment)
    return made.id


def do_dispute(tx: Transaction, payment: LocalPayment) -> None:
    """Opens a dispute: the bank takes the money back until it is decided.

    Raises: NotNow."""
    payment.disputed_at = None
    if payment.left == 0:
        raise NotNow(reason="nothing is left of the payment")
    payment.disputes.append(Dispute(new_id("ldi"), payment.left, DisputeStatus.opened, clock.now()))
    tx.do_put(payment)
    webhook_delivery.do_announce(tx, LocalEventType.payment_disputed, clock.now(), payment)


def do_decide_dispute(tx: Transaction, payment: LocalPayment, *, won: bool) -> None:
    """Decides a dispute; ``won`` by the merchant, who gets the money again.

    Raises: NotNow."""
    if (opened := payment.open_dispute) is None:
        raise NotNow(reason="no dispute is open")
    opened.status, opened.changed_at = (DisputeStatus.won if won else DisputeStatus.lost), clock.now()
    tx.do_put(payment)
    webhook_delivery.do_announce(tx, LocalEventType.payment_disputed, opened.changed_at, payment)


def do_cancel(tx: Transaction, subscription: LocalSubscription) -> None:
    """Cancels at the period's end.

    Raises: NotNow."""
    if subscription.status is LocalSubscriptionStatus.cancelled:
        return
    if subscription.status is LocalSubscriptionStatus.expired:
        raise NotNow(reason="the subscription has ended")
    # One whose renewal failed has no paid period left to wait for: its next moment is its last.
    subscription.status, subscription.renews_at = LocalSubscriptionStatus.cancelled, subscription.period_ends_at
    _do_changed(tx, subscription)


def do_resume(tx: Transaction, subscription: LocalSubscription) -> None:
    """Takes a cancellation back.

    Raises: NotNow."""
    if subscription.status in (LocalSubscriptionStatus.active, LocalSubscriptionStatus.past_due):
        return
    if subscription.status is LocalSubscriptionStatus.expired or subscription.period_ends_at <= clock.now():
        raise NotNow(reason="the subscription has ended")
    subscription.status, subscription.renews_at = LocalSubscriptionStatus.active, subscription.period_ends_at
    _do_changed(tx, subscription)


def do_renew(tx: Transaction, subscription: LocalSubscription, *, fails: bool = False) -> None:
    """Charges the next period, now.

    Raises: NotNow."""
    if subscription.status not in (LocalSubscriptionStatus.active, LocalSubscriptionStatus.past_due):
        raise NotNow(reason=f"the subscription is {subscription.status}")
    now = clock.now()
    if fails or subscription.card.behaviour is Behaviour.renewal_declined:
        subscription.attempts += 1
        ended = subscription.attempts >= ATTEMPTS
        subscription.status = LocalSubscriptionStatus.expired if ended else LocalSubscriptionStatus.past_due
        subscription.renews_at = None if ended else now + RETRY
        _do_changed(tx, subscription)
        return
    subscription.periods += 1
    subscription.period_ends_at = period_end(subscription.started_at, subscription.period, subscription.periods)
    subscription.status, subscription.attempts = LocalSubscriptionStatus.active, 0
    subscription.renews_at = subscription.period_ends_at
    _do_changed(tx, subscription)
    payment = LocalPayment(
        id=new_id("lpy"),
        account=subscription.account,
        title=subscription.title,
        amount=subscription.amount,
        currency=subscription.currency,
        buyer=subscription.buyer,
        card=subscription.card,
        status=LocalPaymentStatus.processing,
        created_at=now,
        webhook_url=subscription.webhook_url,
        subscription=subscription.id,
        period_ends_at=subscription.period_ends_at,
    )
    _do_settle(tx, payment)


def do_due(tx: Transaction) -> None:
    """Makes every change whose time has come."""
    now = clock.now()
    for checkout in tx.due(LocalCheckout, now):
        do_end_checkout(tx, checkout, CheckoutStatus.expired)
    for payment in tx.due(LocalPayment, now):
        if payment.settles_at is not None:
            _do_settle_late(tx, payment)
        elif payment.left > 0:
            do_dispute(tx, payment)
        else:  # refunded before anybody complained
            payment.disputed_at = None
            tx.do_put(payment)
    # Each pass takes one period, so that a clock that leapt over several leaves none out.
    while subscriptions := tx.due(LocalSubscription, now):
        for subscription in subscriptions:
            if subscription.status is LocalSubscriptionStatus.cancelled:
                subscription.status, subscription.renews_at = LocalSubscriptionStatus.expired, None
                _do_changed(tx, subscription)
            else:
                do_renew(tx, subscription)


def period_end(start: datetime, period: Period, periods: int) -> datetime:
    """End of the n-th period after the start: on its day, or on the last of a shorter month."""
    if period is Period.week:
        return start + timedelta(weeks=periods)
    months = start.month - 1 + (12 if period is Period.year else 1) * periods
    year, month = start.year + months // 12, months % 12 + 1
    return start.replace(year=year, month=month, day=min(start.day, calendar.monthrange(year, month)[1]))


def _do_charge_first(tx: Transaction, checkout: LocalCheckout, card: Card) -> None:
    now, order = clock.now(), checkout.order
    late = card.behaviour is Behaviour.late
    payment = LocalPayment(
        id=new_id("lpy"),
        account=checkout.account,
        title=order.title,
        amount=order.amount,
        currency=order.currency,
        buyer=order.buyer,
        card=card,
        status=LocalPaymentStatus.processing,
        created_at=now,
        webhook_url=order.webhook_url,
        reference=order.reference,
        checkout=checkout.id,
        settles_at=now + LATE if late else None,
        disputed_at=now + COMPLAINT if card.behaviour is Behaviour.disputed else None,
    )
    checkout.payment = payment.id
    checkout.status = CheckoutStatus.processing if late else CheckoutStatus.paid
    tx.do_put(checkout)
    if late:
        tx.do_put(payment)
    else:
        _do_start(tx, checkout, payment)


def _do_settle_late(tx: Transaction, payment: LocalPayment) -> None:
    payment.settles_at = None
    checkout = tx.get(LocalCheckout, payment.checkout or "")
    checkout.status = CheckoutStatus.paid
    tx.do_put(checkout)
    _do_start(tx, checkout, payment)


def _do_start(tx: Transaction, checkout: LocalCheckout, payment: LocalPayment) -> None:
    """Starts the subscription of a first payment, and settles it."""
    now, order = clock.now(), checkout.order
    if order.period is not None:
        ends_at = period_end(now, order.period, 1)
        subscription = LocalSubscription(
            id=new_id("lsu"),
            account=checkout.account,
            title=order.title,
            amount=order.amount,
            currency=order.currency,
            period=order.period,
            buyer=order.buyer,
            reference=order.reference,
            card=payment.card,
            status=LocalSubscriptionStatus.active,
            started_at=now,
            periods=1,
            period_ends_at=ends_at,
            changed_at=now,
            webhook_url=order.webhook_url,
            renews_at=ends_at,
        )
        payment.subscription, payment.period_ends_at = subscription.id, ends_at
        checkout.subscription = subscription.id
        tx.do_put(checkout)
        _do_changed(tx, subscription)
    _do_settle(tx, payment)


def _do_settle(tx: Transaction, payment: LocalPayment) -> None:
    payment.status, payment.paid_at = LocalPaymentStatus.paid, clock.now()
    tx.do_put(payment)
    webhook_delivery.do_announce(tx, LocalEventType.payment_paid, payment.paid_at, payment)


def _do_changed(tx: Transaction, subscription: LocalSubscription) -> None:
    subscription.changed_at = clock.now()
    subscription.version += 1
    tx.do_put(subscription)
    webhook_delivery.do_announce(tx, LocalEventType.subscription_changed, subscription.changed_at, subscription)


def _answered(tx: Transaction, account: int, key: str, asked: object) -> str | None:
    row = tx.run("select fingerprint, answer from keys where account = ? and key = ?", (account, key)).fetchone()
    if row is None:
        return None
    if row["fingerprint"] != _fingerprint(asked):
        raise KeyReused
    return str(row["answer"])


def _do_remember(tx: Transaction, account: int, key: str, asked: object, answer: str) -> None:
    tx.run("insert into keys values (?, ?, ?, ?)", (account, key, _fingerprint(asked), answer))


def _fingerprint(asked: object) -> str:
    return hashlib.sha256(msgspec.json.encode(asked)).hexdigest()
