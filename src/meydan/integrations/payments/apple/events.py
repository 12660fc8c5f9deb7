"""Apple's transactions and notifications as our events. Nothing is asked here."""

from appstoreserverlibrary.models.Status import Status

from meydan.integrations.payments.apple.models import Renewal, Transaction, moment
from meydan.integrations.payments.contract import (
    Charge,
    Paid,
    ProviderEvent,
    ProviderRefused,
    Refunded,
    SubscriptionChanged,
    SubscriptionState,
)
from meydan.integrations.payments.identifiers import uuid_of

REFUNDS = frozenset({"REFUND", "REFUND_REVERSED"})
TYPES = REFUNDS | {
    "DID_CHANGE_RENEWAL_PREF",
    "DID_CHANGE_RENEWAL_STATUS",
    "DID_FAIL_TO_RENEW",
    "DID_RENEW",
    "EXPIRED",
    "GRACE_PERIOD_EXPIRED",
    "OFFER_REDEEMED",
    "ONE_TIME_CHARGE",
    "RENEWAL_EXTENDED",
    "REVOKE",
    "SUBSCRIBED",
}
"""Types of notifications that are read; the others change nothing here."""


def payment_events(one: Transaction, *, sandbox: bool, refund: bool = False) -> list[ProviderEvent]:
    """Reads a transaction: that it was paid, and how much of it was refunded."""
    if not one.is_money:
        return []
    if one.quantity != 1:
        raise ProviderRefused(f"Transaction {one.id} is for {one.quantity} at once; the app sells one at a time")
    events: list[ProviderEvent] = [
        Paid(
            event_id=f"{one.id}:paid",
            happened_at=moment(one.purchased_at),
            charge=one.id,
            amount=one.amount,
            currency=one.money,
            # Apple repeats the token of the first purchase in every renewal; only the purchase is our payment.
            payment_id=None if one.renewal else uuid_of(one.token),
            product_id=one.product_id,
            subscription=one.subscription,
            period_begins_at=None if one.subscription is None else moment(one.purchased_at),
            period_ends_at=None if one.expires_at is None else moment(one.expires_at),
            test=sandbox,
        )
    ]
    if refund or one.revoked_at is not None:
        at = one.revoked_at or one.signed_at
        events.append(
            Refunded(
                event_id=f"{one.id}:refunded:{one.refunded}:{at}",
                happened_at=moment(at),
                charge=one.id,
                refunded=one.refunded,
                currency=one.money,
                reversed=one.revoked_at is None,
            )
        )
    return events


def state_events(one: Transaction, renewal: Renewal | None, status: int | None) -> list[ProviderEvent]:
    """Reads the state of a subscription; empty for a relative's, and for a state Apple has not documented."""
    if one.subscription is None or one.shared or one.expires_at is None or status is None:
        return []
    ends, grace_ends = one.expires_at, None
    match status:
        case Status.ACTIVE:
            renews = renewal is None or renewal.renews
            state = SubscriptionState.active if renews else SubscriptionState.cancelled
        case Status.BILLING_GRACE_PERIOD:
            state = SubscriptionState.grace
            grace_ends = renewal.grace_ends_at if renewal else None
        case Status.EXPIRED | Status.BILLING_RETRY | Status.REVOKED:
            # Without a grace period Apple's retries give nothing; a payment that succeeds later starts it again.
            state = SubscriptionState.expired
            ends = min(ends, one.revoked_at or ends)
        case _:
            return []
    signed_at = (renewal or one).signed_at
    return [
        SubscriptionChanged(
            event_id=f"{one.subscription}:{state}:{signed_at}",
            happened_at=moment(signed_at),
            subscription=one.subscription,
            state=state,
            period_ends_at=moment(ends),
            payment_id=uuid_of(one.token),
            product_id=one.product_id,
            product_since=moment(one.purchased_at),
            next_product_id=renewal.product_id if renewal else None,
            grace_ends_at=None if grace_ends is None else moment(grace_ends),
        )
    ]


def charge_line(one: Transaction) -> Charge:
    return Charge(
        provider_charge_id=one.id,
        amount=one.amount,
        currency=one.money,
        refunded=one.refunded,
        disputed=False,
        paid_at=moment(one.purchased_at),
        payment_id=None if one.renewal else uuid_of(one.token),
    )
