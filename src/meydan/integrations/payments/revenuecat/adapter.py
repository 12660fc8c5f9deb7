"""Adapter of RevenueCat. Purchases are made in the stores' own sheets, gathered by its library in the app, and told by
webhooks.

A webhook is proved by a value the operator chose, and by a signature if they turned it on. It only names a customer and a
purchase; the purchase, its price and its refund are then asked from RevenueCat.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cached_property
from uuid import UUID

import msgspec

from meydan.integrations.payments.contract import (
    Charge,
    Checkout,
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
    WebhookEvent,
)
from meydan.integrations.payments.enums import ProviderName
from meydan.integrations.payments.identifiers import uuid_of
from meydan.integrations.payments.revenuecat import events, models
from meydan.integrations.payments.revenuecat.account import RevenueCatAccount
from meydan.integrations.payments.revenuecat.client import Client
from meydan.integrations.payments.revenuecat.models import (
    CustomerInfo,
    OneTime,
    Subject,
    Subscribed,
    from_milliseconds,
)
from meydan.integrations.payments.revenuecat.signatures import check_webhook
from meydan.kit import clock

_CHECKOUT_LASTS = timedelta(days=1)


class RevenueCatProvider(Provider):
    name = ProviderName.revenuecat
    renews = True
    store = True
    refundable = False

    def __init__(self, account: RevenueCatAccount, *, sandbox: bool) -> None:  # noqa: ARG002 -- each purchase says it
        self._account = account

    @cached_property
    def _api(self) -> Client:
        return Client(self._account)

    async def do_open_checkout(self, order: Order) -> Checkout:
        """Opens nothing there: the app shows the store's sheet, logged in to RevenueCat as the customer reference."""
        if order.store_product_id is None:
            raise ProviderRefused(f"{order.title!r} has no product id of a store")
        return Checkout(f"{order.buyer.customer_reference}:{order.payment_id}", "", clock.now() + _CHECKOUT_LASTS)

    async def verify(self, webhook: Webhook) -> WebhookEvent:
        """Raises: SignatureInvalid."""
        check_webhook(webhook, self._account)
        try:
            event = msgspec.json.decode(webhook.body, type=models.Body).event
        except msgspec.DecodeError as error:
            raise SignatureInvalid from error
        return WebhookEvent(event.id, msgspec.to_builtins(models.subject_of(event)))

    async def read(self, event: WebhookEvent) -> list[ProviderEvent]:
        subject = msgspec.convert(event.payload, Subject)
        if subject.type == "TRANSFER":
            return await self._moved(subject)
        buyer = uuid_of(subject.customer or "")
        if subject.type not in events.TYPES or buyer is None:
            return []
        seen = await self._api.customer(str(subject.customer))
        found: list[ProviderEvent] = []
        if subject.transaction is not None:
            if subject.type in events.PURCHASES:
                purchase = await self._bought(seen, subject, subject.transaction)
                found += [events.paid_event(purchase, buyer, seen)] if purchase is not None else []
            if subject.refunded or subject.type == "REFUND_REVERSED":
                found.append(await self._refund(seen, subject, subject.transaction))
        for product in events.with_replaced(seen, subject.products):
            comes = subject.next_product if product == subject.products[0] else None
            found += events.state_events(seen, buyer, product, comes)
        return found

    async def payment(self, provider_id: str) -> list[ProviderEvent]:
        """Asks about a checkout, or a store's transaction."""
        buyer = uuid_of(provider_id.partition(":")[0])
        if buyer is None:
            return await self._of_transaction(provider_id)
        seen = await self._api.customer(str(buyer))
        found: list[ProviderEvent] = []
        for product, bought in events.bought_by(seen):
            is_recent = bought.purchase_date > seen.seen_at - 2 * _CHECKOUT_LASTS
            purchase = events.purchase_of(product, bought) if is_recent else None
            if purchase is not None:
                found += [events.paid_event(purchase, buyer, seen), *events.state_events(seen, buyer, product)]
        return found

    async def receipt(self, receipt: str) -> list[ProviderEvent]:
        """Asks about a transaction's id, which stands on receipts: it counts only for the buyer it belongs to."""
        found = await self._of_transaction(receipt)
        if any(isinstance(event, Paid) and event.buyer is None for event in found):
            raise ProviderRefused("bought while the app was not logged in to RevenueCat as one of our buyers")
        return found

    async def subscription(self, subscription_id: str, charge: str) -> list[ProviderEvent]:
        name, _, product = subscription_id.partition(":")
        buyer = uuid_of(name)
        seen = await self._api.customer(name) if buyer is not None else None
        newest = events.subscribed_to(seen, product) if seen is not None else None
        if buyer is None or seen is None or newest is None:
            return await self.payment(charge)
        purchase = events.purchase_of(product, newest)
        return [
            *([events.paid_event(purchase, buyer, seen)] if purchase is not None else []),
            *events.state_events(seen, buyer, product),
        ]

    async def do_refund(self, charge: str, amount: int, currency: str, key: str) -> Refund:  # noqa: ARG002 -- none of it helps
        raise RefundElsewhere(f"{charge} is refunded in the store it was bought in")

    async def statement(self, since: datetime, until: datetime, known: Sequence[str]) -> Statement:  # noqa: ARG002 -- it cannot list
        charges: list[Charge] = []
        if not known:
            await self._api.check()
        for charge in known:
            _, _, purchase = await self._purchase(charge)
            if purchase is not None:
                refunded = purchase.amount if await self._is_refunded(purchase.charge, purchase.bought) else 0
                charges.append(
                    Charge(
                        charge,
                        purchase.amount,
                        purchase.currency,
                        refunded,
                        disputed=False,
                        paid_at=purchase.bought.purchase_date,
                    )
                )
        return Statement(charges, complete=False)

    async def close(self) -> None:
        if "_api" in self.__dict__:
            await self._api.close()

    async def _bought(self, seen: CustomerInfo, subject: Subject, charge: str) -> events.Purchase | None:
        """Finds a purchase; None if it cost nothing.

        Raises: ProviderUnavailable (RevenueCat does not know it yet)."""
        found = events.purchase_with(seen, charge)
        if found is not None:
            return events.purchase_of(*found)
        for product in subject.products:
            newest = events.subscribed_to(seen, product)
            if newest is not None and newest.store_transaction_id is not None:
                # A late webhook: renewed since, and only the list of the subscription's transactions still has this one.
                period = await self._earlier(str(newest.store_transaction_id), charge, newest, subject)
                if period is not None:
                    return events.purchase_of(product, period)
        raise ProviderUnavailable(f"RevenueCat does not know transaction {charge}")

    async def _earlier(self, newest_id: str, charge: str, newest: Subscribed, subject: Subject) -> Subscribed | None:
        for subscription in await self._api.subscriptions(newest_id):
            for transaction in await self._api.transactions(subscription.id):
                if transaction.id == charge:
                    ends = transaction.expiration_date
                    return msgspec.structs.replace(
                        newest,
                        store_transaction_id=charge,
                        purchase_date=from_milliseconds(transaction.purchased_at),
                        expires_date=from_milliseconds(ends) if ends is not None else subject.ends_at,
                        price=subject.price,
                    )
        return None

    async def _refund(self, seen: CustomerInfo, subject: Subject, charge: str) -> Refunded:
        """Confirms a refund: by the subscription itself, or by looking a one-time purchase up.

        Raises: ProviderUnavailable (the books do not agree yet)."""
        found = events.purchase_with(seen, charge)
        refunded = await self._is_refunded(charge, found[1] if found else None)
        if refunded is not subject.refunded:
            raise ProviderUnavailable(f"RevenueCat's books do not say yet what became of {charge}")
        price = (found[1].price if found else None) or subject.price
        if price is None:
            raise ProviderRefused(f"RevenueCat does not say how much {charge} was")
        amount, currency = events.minor(price)
        return events.refunded_event(charge, amount if refunded else 0, currency, seen.seen_at)

    async def _is_refunded(self, charge: str, bought: OneTime | Subscribed | None) -> bool:
        if isinstance(bought, Subscribed):
            return bought.refunded_at is not None
        return any(found.status == "refunded" for found in await self._api.purchases(charge))

    async def _of_transaction(self, charge: str) -> list[ProviderEvent]:
        customer, seen, purchase = await self._purchase(charge)
        if seen is None or purchase is None:
            raise ProviderRefused("RevenueCat knows no such transaction")
        buyer = uuid_of(customer)
        found: list[ProviderEvent] = [events.paid_event(purchase, buyer, seen)]
        if await self._is_refunded(charge, purchase.bought):
            found.append(events.refunded_event(charge, purchase.amount, purchase.currency, seen.seen_at))
        return found + (list(events.state_events(seen, buyer, purchase.product)) if buyer is not None else [])

    async def _purchase(self, charge: str) -> tuple[str, CustomerInfo | None, events.Purchase | None]:
        """Finds a transaction's customer, what they have, and the purchase itself."""
        owners = [one.customer_id for one in await self._api.purchases(charge)]
        owners = owners or [one.customer_id for one in await self._api.subscriptions(charge)]
        if not owners:
            return "", None, None
        seen = await self._api.customer(owners[0])
        found = events.purchase_with(seen, charge)
        return owners[0], seen, events.purchase_of(*found) if found is not None else None

    async def _moved(self, subject: Subject) -> list[ProviderEvent]:
        """Reads a transfer of purchases to another account of the app, which uses the same account of the store."""
        found: list[ProviderEvent] = []
        for to in subject.moved_to:
            there = await self._api.customer(to)
            products = [events.named(key, one) for key, one in there.subscriber.subscriptions.items()]
            found += [event for product in products for event in events.state_events(there, UUID(to), product)]
            for name in subject.moved_from:
                left = await self._api.customer(name)
                gone = [product for product in products if events.subscribed_to(left, product) is None]
                found += [
                    events.changed_event(left, UUID(name), product, SubscriptionState.expired, left.seen_at, None)
                    for product in gone
                ]
        return found
