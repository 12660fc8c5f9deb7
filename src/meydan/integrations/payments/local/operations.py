"""What the provider of ours does: checkouts are opened and paid, money goes back, subscriptions renew when their time has come.

Every function runs in one transaction of the books (``Page``); what the merchant should hear is queued in it.
"""

import calendar
import hashlib
from datetime import datetime, timedelta

import msgspec

from meydan.integrations.payments.enums import Period
from meydan.integrations.payments.local import webhook_delivery
from meydan.integrations.payments.local.models import (
    AmountTooLarge,
    Card,
    Checkout,
    CheckoutOrder,
    CheckoutStatus,
    Dispute,
    DisputeStatus,
    KeyReused,
    Manner,
    NewsType,
    NotNow,
    Payment,
    PaymentStatus,
    RefundMade,
    Subscription,
    SubscriptionStatus,
)
from meydan.integrations.payments.local.store import Page, new_id
from meydan.kit import clock

CHECKOUT_LIFE = timedelta(minutes=30)
LATE = timedelta(seconds=20)
"""How long the money of a card that pays late is on its way."""
COMPLAINT = timedelta(seconds=5)
"""How long the holder of a card that is disputed waits."""
RETRY = timedelta(days=1)
ATTEMPTS = 3


def open_checkout(page: Page, account: int, key: str, order: CheckoutOrder) -> Checkout:
    """Raises KeyReused."""
    if known := _answered(page, account, f"checkout {key}", order):
        return page.get(Checkout, known)
    now = clock.now()
    checkout = Checkout(new_id("lch"), account, order, CheckoutStatus.open, now, now + CHECKOUT_LIFE)
    page.put(checkout)
    _remember(page, account, f"checkout {key}", order, checkout.id)
    return checkout


def pay(page: Page, checkout: Checkout, card: Card) -> bool:
    """Whether the card was taken; a card that must be confirmed has not paid yet. Raises NotNow."""
    if checkout.status is not CheckoutStatus.open:
        raise NotNow(reason=f"the checkout is {checkout.status}")
    if card.manner is Manner.declined:
        webhook_delivery.announce(
            page, NewsType.checkout_declined, clock.now(), msgspec.structs.replace(checkout, card=card)
        )
        return False
    checkout.card = card
    if card.manner is Manner.confirms:
        checkout.status = CheckoutStatus.confirming
        page.put(checkout)
    else:
        _charge_first(page, checkout, card)
    return True


def confirm(page: Page, checkout: Checkout, *, approved: bool) -> None:
    """What the bank asked was answered. Raises NotNow."""
    if checkout.status is not CheckoutStatus.confirming or checkout.card is None:
        raise NotNow(reason=f"the checkout is {checkout.status}")
    if approved:
        _charge_first(page, checkout, checkout.card)
    else:
        checkout.status, checkout.card = CheckoutStatus.open, None
        page.put(checkout)


def end_checkout(page: Page, checkout: Checkout, status: CheckoutStatus) -> None:
    """Cancelled by the buyer, or its time is up. Raises NotNow."""
    if not checkout.is_open:
        raise NotNow(reason=f"the checkout is {checkout.status}")
    checkout.status, checkout.card, checkout.ended_at = status, None, clock.now()
    page.put(checkout)
    webhook_delivery.announce(page, NewsType(f"checkout.{status}"), checkout.ended_at, checkout)


def refund(page: Page, payment: Payment, amount: int, key: str) -> str:
    """The refund's id. Raises NotNow, AmountTooLarge, KeyReused."""
    asked = [payment.id, amount]
    if known := _answered(page, payment.account, f"refund {key}", asked):
        return known
    if payment.status is not PaymentStatus.paid or payment.open_dispute:
        raise NotNow(reason="the payment is disputed" if payment.open_dispute else "the money is not there yet")
    if amount > payment.left:
        raise AmountTooLarge(left=payment.left)
    made = RefundMade(new_id("lre"), amount, clock.now())
    payment.refunds.append(made)
    page.put(payment)
    _remember(page, payment.account, f"refund {key}", asked, made.id)
    webhook_delivery.announce(page, NewsType.payment_refunded, made.created_at, payment)
    return made.id


def dispute(page: Page, payment: Payment) -> None:
    """The card's holder complains: the bank takes the money back until it is decided. Raises NotNow."""
    payment.disputed_at = None
    if payment.left == 0:
        raise NotNow(reason="nothing is left of the payment")
    payment.disputes.append(Dispute(new_id("ldi"), payment.left, DisputeStatus.opened, clock.now()))
    page.put(payment)
    webhook_delivery.announce(page, NewsType.payment_disputed, clock.now(), payment)


def decide_dispute(page: Page, payment: Payment, *, won: bool) -> None:
    """``won`` by the merchant, who gets the money again. Raises NotNow."""
    if (opened := payment.open_dispute) is None:
        raise NotNow(reason="no dispute is open")
    opened.status, opened.changed_at = (DisputeStatus.won if won else DisputeStatus.lost), clock.now()
    page.put(payment)
    webhook_delivery.announce(page, NewsType.payment_disputed, opened.changed_at, payment)


def cancel(page: Page, subscription: Subscription) -> None:
    """At the period's end. Raises NotNow."""
    if subscription.status is SubscriptionStatus.cancelled:
        return
    if subscription.status is SubscriptionStatus.expired:
        raise NotNow(reason="the subscription has ended")
    # One whose renewal failed has no paid period left to wait for: its next moment is its last.
    subscription.status, subscription.renews_at = SubscriptionStatus.cancelled, subscription.period_ends_at
    _changed(page, subscription)


def resume(page: Page, subscription: Subscription) -> None:
    """Raises NotNow."""
    if subscription.status in (SubscriptionStatus.active, SubscriptionStatus.past_due):
        return
    if subscription.status is SubscriptionStatus.expired or subscription.period_ends_at <= clock.now():
        raise NotNow(reason="the subscription has ended")
    subscription.status, subscription.renews_at = SubscriptionStatus.active, subscription.period_ends_at
    _changed(page, subscription)


def renew(page: Page, subscription: Subscription, *, fails: bool = False) -> None:
    """The next period is charged, now. Raises NotNow."""
    if subscription.status not in (SubscriptionStatus.active, SubscriptionStatus.past_due):
        raise NotNow(reason=f"the subscription is {subscription.status}")
    now = clock.now()
    if fails or subscription.card.manner is Manner.renewal_declined:
        subscription.attempts += 1
        ended = subscription.attempts >= ATTEMPTS
        subscription.status = SubscriptionStatus.expired if ended else SubscriptionStatus.past_due
        subscription.renews_at = None if ended else now + RETRY
        _changed(page, subscription)
        return
    subscription.periods += 1
    subscription.period_ends_at = period_end(subscription.started_at, subscription.period, subscription.periods)
    subscription.status, subscription.attempts = SubscriptionStatus.active, 0
    subscription.renews_at = subscription.period_ends_at
    _changed(page, subscription)
    payment = Payment(
        id=new_id("lpy"),
        account=subscription.account,
        title=subscription.title,
        amount=subscription.amount,
        currency=subscription.currency,
        buyer=subscription.buyer,
        card=subscription.card,
        status=PaymentStatus.processing,
        created_at=now,
        webhook_url=subscription.webhook_url,
        subscription=subscription.id,
        period_ends_at=subscription.period_ends_at,
    )
    _settle(page, payment)


def do_due(page: Page) -> None:
    """Whatever the time has come for."""
    now = clock.now()
    for checkout in page.due(Checkout, now):
        end_checkout(page, checkout, CheckoutStatus.expired)
    for payment in page.due(Payment, now):
        if payment.settles_at is not None:
            _settle_late(page, payment)
        elif payment.left > 0:
            dispute(page, payment)
        else:  # refunded before anybody complained
            payment.disputed_at = None
            page.put(payment)
    # Each pass takes one period, so that a clock that leapt over several leaves none out.
    while subscriptions := page.due(Subscription, now):
        for subscription in subscriptions:
            if subscription.status is SubscriptionStatus.cancelled:
                subscription.status, subscription.renews_at = SubscriptionStatus.expired, None
                _changed(page, subscription)
            else:
                renew(page, subscription)


def period_end(start: datetime, period: Period, periods: int) -> datetime:
    """So many periods after the start: by its day, or the month's last where there is no such day."""
    if period is Period.week:
        return start + timedelta(weeks=periods)
    months = start.month - 1 + (12 if period is Period.year else 1) * periods
    year, month = start.year + months // 12, months % 12 + 1
    return start.replace(year=year, month=month, day=min(start.day, calendar.monthrange(year, month)[1]))


def _charge_first(page: Page, checkout: Checkout, card: Card) -> None:
    now, order = clock.now(), checkout.order
    late = card.manner is Manner.late
    payment = Payment(
        id=new_id("lpy"),
        account=checkout.account,
        title=order.title,
        amount=order.amount,
        currency=order.currency,
        buyer=order.buyer,
        card=card,
        status=PaymentStatus.processing,
        created_at=now,
        webhook_url=order.webhook_url,
        reference=order.reference,
        checkout=checkout.id,
        settles_at=now + LATE if late else None,
        disputed_at=now + COMPLAINT if card.manner is Manner.disputed else None,
    )
    checkout.payment = payment.id
    checkout.status = CheckoutStatus.processing if late else CheckoutStatus.paid
    page.put(checkout)
    if late:
        page.put(payment)
    else:
        _start(page, checkout, payment)


def _settle_late(page: Page, payment: Payment) -> None:
    payment.settles_at = None
    checkout = page.get(Checkout, payment.checkout or "")
    checkout.status = CheckoutStatus.paid
    page.put(checkout)
    _start(page, checkout, payment)


def _start(page: Page, checkout: Checkout, payment: Payment) -> None:
    """The first money is there: what runs on it begins."""
    now, order = clock.now(), checkout.order
    if order.period is not None:
        ends_at = period_end(now, order.period, 1)
        subscription = Subscription(
            id=new_id("lsu"),
            account=checkout.account,
            title=order.title,
            amount=order.amount,
            currency=order.currency,
            period=order.period,
            buyer=order.buyer,
            reference=order.reference,
            card=payment.card,
            status=SubscriptionStatus.active,
            started_at=now,
            periods=1,
            period_ends_at=ends_at,
            changed_at=now,
            webhook_url=order.webhook_url,
            renews_at=ends_at,
        )
        payment.subscription, payment.period_ends_at = subscription.id, ends_at
        checkout.subscription = subscription.id
        page.put(checkout)
        _changed(page, subscription)
    _settle(page, payment)


def _settle(page: Page, payment: Payment) -> None:
    payment.status, payment.paid_at = PaymentStatus.paid, clock.now()
    page.put(payment)
    webhook_delivery.announce(page, NewsType.payment_paid, payment.paid_at, payment)


def _changed(page: Page, subscription: Subscription) -> None:
    subscription.changed_at = clock.now()
    subscription.version += 1
    page.put(subscription)
    webhook_delivery.announce(page, NewsType.subscription_changed, subscription.changed_at, subscription)


def _answered(page: Page, account: int, key: str, asked: object) -> str | None:
    row = page.run("select fingerprint, answer from keys where account = ? and key = ?", (account, key)).fetchone()
    if row is None:
        return None
    if row["fingerprint"] != _fingerprint(asked):
        raise KeyReused
    return str(row["answer"])


def _remember(page: Page, account: int, key: str, asked: object, answer: str) -> None:
    page.run("insert into keys values (?, ?, ?, ?)", (account, key, _fingerprint(asked), answer))


def _fingerprint(asked: object) -> str:
    return hashlib.sha256(msgspec.json.encode(asked)).hexdigest()
