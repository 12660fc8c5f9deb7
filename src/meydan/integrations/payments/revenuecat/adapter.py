"""RevenueCat: purchases in the stores' own sheets, gathered by their library in the app and told by webhooks.

A webhook is proved by a value the operator chose, and by a signature if they turned it on. It says about whom and which
purchase; whether that purchase was made, what it cost and whether it was refunded is then asked from RevenueCat.
"""

import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cached_property
from uuid import UUID

import msgspec

from meydan.integrations.payments.contract import (
    Charge,
    Checkout,
    Notice,
    Order,
    Paid,
    Provider,
    ProviderEvent,
    ProviderRefused,
    ProviderUnavailable,
    Refund,
    Refunded,
    RefundElsewhere,
    SignatureInvalid,
    Statement,
    SubscriptionState,
    Webhook,
)
from meydan.integrations.payments.enums import ProviderName
from meydan.integrations.payments.revenuecat import events as news
from meydan.integrations.payments.revenuecat.client import (
    Client,
    CustomerInfo,
    OneTime,
    RevenueCatAccount,
    Subscribed,
    from_milliseconds,
)
from meydan.kit import clock

__all__ = ["RevenueCatAccount", "RevenueCatProvider"]

_CHECKOUT_LASTS = timedelta(days=1)
_TOLERANCE = 300
_DIGITS = 12
_PURCHASES = frozenset({"INITIAL_PURCHASE", "NON_RENEWING_PURCHASE", "RENEWAL"})
_NEWS = _PURCHASES | {
    "BILLING_ISSUE",
    "CANCELLATION",
    "EXPIRATION",
    "PRODUCT_CHANGE",
    "REFUND_REVERSED",
    "SUBSCRIPTION_EXTENDED",
    "SUBSCRIPTION_PAUSED",
    "UNCANCELLATION",
}


class RevenueCatProvider(Provider):
    name = ProviderName.revenuecat
    renews = True
    store = True
    gives_back = False

    def __init__(self, account: RevenueCatAccount, *, sandbox: bool) -> None:  # noqa: ARG002 -- each purchase says it
        self._account = account

    @cached_property
    def _api(self) -> Client:
        return Client(self._account)

    async def checkout(self, order: Order) -> Checkout:
        """Nothing is opened there: the app shows the store's sheet, logged in to RevenueCat as the buyer's reference."""
        if order.store_product_id is None:
            raise ProviderRefused(f"{order.title!r} has no product id of a store")
        return Checkout(f"{order.buyer.reference}:{order.payment_id}", "", clock.now() + _CHECKOUT_LASTS)

    async def verify(self, webhook: Webhook) -> Notice:
        given = webhook.headers.get("authorization", "").encode()
        if not hmac.compare_digest(given, self._account.authorization_secret.encode()):
            raise SignatureInvalid
        if self._account.signing_secret is not None:
            _check_signature(webhook, self._account.signing_secret)
        try:
            event = msgspec.json.decode(webhook.body, type=news.Body).event
        except msgspec.DecodeError as error:
            raise SignatureInvalid from error
        return Notice(event.id, msgspec.to_builtins(news.told_of(event)))

    async def read(self, notice: Notice) -> list[ProviderEvent]:
        told = msgspec.convert(notice.payload, news.Told)
        if told.type == "TRANSFER":
            return await self._moved(told)
        buyer = news.uuid_of(told.customer or "")
        if told.type not in _NEWS or buyer is None:
            return []
        seen = await self._api.customer(str(told.customer))
        events: list[ProviderEvent] = []
        if told.transaction is not None:
            if told.type in _PURCHASES:
                line = await self._bought(seen, told, told.transaction)
                events += [news.paid(line, buyer, seen)] if line is not None else []
            if told.refunded or told.type == "REFUND_REVERSED":
                events.append(await self._refund(seen, told, told.transaction))
        for product in news.with_what_follows(seen, told.products):
            comes = told.next_product if product == told.products[0] else None
            events += news.state_of(seen, buyer, product, comes)
        return events

    async def payment(self, reference: str) -> list[ProviderEvent]:
        """Of a checkout, or of a store's transaction."""
        buyer = news.uuid_of(reference.partition(":")[0])
        if buyer is None:
            return await self._of_transaction(reference)
        seen = await self._api.customer(str(buyer))
        events: list[ProviderEvent] = []
        for product, bought in news.bought_by(seen):
            is_recent = bought.purchase_date > seen.seen_at - 2 * _CHECKOUT_LASTS
            line = news.line_of(product, bought) if is_recent else None
            if line is not None:
                events += [news.paid(line, buyer, seen), *news.state_of(seen, buyer, product)]
        return events

    async def proof(self, proof: str) -> list[ProviderEvent]:
        """A transaction's id, which stands on receipts: it counts for the buyer it belongs to, and for nobody else."""
        events = await self._of_transaction(proof)
        if any(isinstance(event, Paid) and event.buyer is None for event in events):
            raise ProviderRefused("bought while the app was not logged in to RevenueCat as one of our buyers")
        return events

    async def subscription(self, subscription: str, charge: str) -> list[ProviderEvent]:
        name, _, product = subscription.partition(":")
        buyer = news.uuid_of(name)
        seen = await self._api.customer(name) if buyer is not None else None
        newest = news.subscribed_to(seen, product) if seen is not None else None
        if buyer is None or seen is None or newest is None:
            return await self.payment(charge)
        line = news.line_of(product, newest)
        return [
            *([news.paid(line, buyer, seen)] if line is not None else []),
            *news.state_of(seen, buyer, product),
        ]

    async def refund(self, charge: str, amount: int, currency: str, key: str) -> Refund:  # noqa: ARG002 -- none of it helps
        raise RefundElsewhere(f"{charge} is refunded in the store it was bought in")

    async def statement(self, since: datetime, until: datetime, known: Sequence[str]) -> Statement:  # noqa: ARG002 -- it cannot list
        charges: list[Charge] = []
        if not known:
            await self._api.check()
        for charge in known:
            _, _, line = await self._line(charge)
            if line is not None:
                refunded = line.amount if await self._is_refunded(line.charge, line.bought) else 0
                charges.append(
                    Charge(
                        charge, line.amount, line.currency, refunded, disputed=False, paid_at=line.bought.purchase_date
                    )
                )
        return Statement(charges, complete=False)

    async def close(self) -> None:
        if "_api" in self.__dict__:
            await self._api.close()

    async def _bought(self, seen: CustomerInfo, told: news.Told, charge: str) -> news.Line | None:
        """None if it cost nothing. Raises ProviderUnavailable while RevenueCat does not know of it."""
        found = news.found(seen, charge)
        if found is not None:
            return news.line_of(*found)
        for product in told.products:
            newest = news.subscribed_to(seen, product)
            if newest is not None and newest.store_transaction_id is not None:
                # Late news: renewed since, and only the list of the subscription's transactions still has this one.
                period = await self._earlier(str(newest.store_transaction_id), charge, newest, told)
                if period is not None:
                    return news.line_of(product, period)
        raise ProviderUnavailable(f"RevenueCat does not know transaction {charge}")

    async def _earlier(self, newest_id: str, charge: str, newest: Subscribed, told: news.Told) -> Subscribed | None:
        for subscription in await self._api.subscriptions(newest_id):
            for transaction in await self._api.transactions(subscription.id):
                if transaction.id == charge:
                    ends = transaction.expiration_date
                    return msgspec.structs.replace(
                        newest,
                        store_transaction_id=charge,
                        purchase_date=from_milliseconds(transaction.purchased_at),
                        expires_date=from_milliseconds(ends) if ends is not None else told.ends_at,
                        price=told.price,
                    )
        return None

    async def _refund(self, seen: CustomerInfo, told: news.Told, charge: str) -> Refunded:
        """Confirmed: a subscription says so itself, a one-time purchase is looked up."""
        found = news.found(seen, charge)
        refunded = await self._is_refunded(charge, found[1] if found else None)
        if refunded is not told.refunded:
            raise ProviderUnavailable(f"RevenueCat's books do not say yet what became of {charge}")
        price = (found[1].price if found else None) or told.price
        if price is None:
            raise ProviderRefused(f"RevenueCat does not say how much {charge} was")
        amount, currency = news.minor(price)
        return news.refunded_event(charge, amount if refunded else 0, currency, seen.seen_at)

    async def _is_refunded(self, charge: str, bought: OneTime | Subscribed | None) -> bool:
        if isinstance(bought, Subscribed):
            return bought.refunded_at is not None
        return any(found.status == "refunded" for found in await self._api.purchases(charge))

    async def _of_transaction(self, charge: str) -> list[ProviderEvent]:
        customer, seen, line = await self._line(charge)
        if seen is None or line is None:
            raise ProviderRefused("RevenueCat knows no such transaction")
        buyer = news.uuid_of(customer)
        events: list[ProviderEvent] = [news.paid(line, buyer, seen)]
        if await self._is_refunded(charge, line.bought):
            events.append(news.refunded_event(charge, line.amount, line.currency, seen.seen_at))
        return events + (list(news.state_of(seen, buyer, line.product)) if buyer is not None else [])

    async def _line(self, charge: str) -> tuple[str, CustomerInfo | None, news.Line | None]:
        """Whose it is, what they have, and the purchase itself."""
        owners = [one.customer_id for one in await self._api.purchases(charge)]
        owners = owners or [one.customer_id for one in await self._api.subscriptions(charge)]
        if not owners:
            return "", None, None
        seen = await self._api.customer(owners[0])
        found = news.found(seen, charge)
        return owners[0], seen, news.line_of(*found) if found is not None else None

    async def _moved(self, told: news.Told) -> list[ProviderEvent]:
        """Purchases went from one account of the app to another, which uses the same account of the store."""
        events: list[ProviderEvent] = []
        for to in told.moved_to:
            there = await self._api.customer(to)
            products = [news.named(key, one) for key, one in there.subscriber.subscriptions.items()]
            events += [event for product in products for event in news.state_of(there, UUID(to), product)]
            for name in told.moved_from:
                left = await self._api.customer(name)
                gone = [product for product in products if news.subscribed_to(left, product) is None]
                events += [
                    news.changed(left, UUID(name), product, SubscriptionState.expired, left.seen_at, None)
                    for product in gone
                ]
        return events


def _check_signature(webhook: Webhook, secret: str) -> None:
    """``X-RevenueCat-Webhook-Signature: t=<seconds>,v1=<HMAC-SHA256 of "t.body" in hexadecimal>``, signed anew for each
    attempt; with two ``v1`` while a secret is being changed."""
    parts = [part.partition("=") for part in webhook.headers.get("x-revenuecat-webhook-signature", "").split(",")]
    stamp = next((value for name, _, value in parts if name.strip() == "t"), "")
    is_moment = stamp.isascii() and stamp.isdigit() and len(stamp) <= _DIGITS
    if not is_moment or abs(clock.now().timestamp() - int(stamp)) > _TOLERANCE:
        raise SignatureInvalid
    expected = hmac.new(secret.encode(), f"{stamp}.".encode() + webhook.body, hashlib.sha256).hexdigest().encode()
    given = [value.strip().encode() for name, _, value in parts if name.strip() == "v1"]
    if not any([hmac.compare_digest(expected, one) for one in given]):  # noqa: C419 -- all of them, in the same time
        raise SignatureInvalid
