"""Adapter of Google Play. Purchases are made in the app's own sheet, told through Pub/Sub, and always asked from the
Developer API.

A notification only says that something changed. The state is read when the notification is, so that order does not
matter.

A chargeback that Google would let us argue about (pendingRefundReviewNotification) is left to Google.
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from meydan.integrations.payments.contract import (
    Checkout,
    Order,
    Provider,
    ProviderEvent,
    ProviderRefused,
    Refund,
    RefundElsewhere,
    Statement,
    Webhook,
    WebhookEvent,
)
from meydan.integrations.payments.enums import ProviderName
from meydan.integrations.payments.google import events, models, signatures
from meydan.integrations.payments.google.account import GoogleAccount
from meydan.integrations.payments.google.models import PlayOrder, Product, PurchaseNotFound, Subscription
from meydan.integrations.payments.identifiers import uuid_of
from meydan.kit import clock

if TYPE_CHECKING:
    from meydan.integrations.payments.google.client import Play

_CHECKOUT_LASTS = timedelta(days=1)
_VOIDED_REACH_BACK = timedelta(days=30) - timedelta(hours=1)
_ORDER = re.compile(r"GPA\.[0-9.-]{1,60}")
_TOKEN = re.compile(r"[A-Za-z0-9._-]{1,1500}")


class GoogleProvider(Provider):
    name = ProviderName.google
    renews = True
    store = True
    acknowledges = True

    def __init__(self, account: GoogleAccount, *, sandbox: bool) -> None:  # noqa: ARG002 -- a test purchase says so itself
        self._account = account

    @cached_property
    def _play(self) -> "Play":
        with signatures.library():
            from meydan.integrations.payments.google.client import Play
        account = self._account
        return Play(account.api_url, account.service_account_json, account.package_name)

    async def do_open_checkout(self, order: Order) -> Checkout:
        if order.store_product_id is None:
            raise ProviderRefused(f"{order.title!r} has no product id of Google Play")
        # The app hands the payment's id to Play as obfuscatedAccountId, and the purchase carries it from then on.
        return Checkout(provider_checkout_id=str(order.payment_id), url="", expires_at=clock.now() + _CHECKOUT_LASTS)

    async def verify(self, webhook: Webhook) -> WebhookEvent:
        await signatures.check_sender(
            webhook,
            audience=self._account.push_audience,
            email=self._account.push_email,
            certificates_url=self._account.certificates_url,
        )
        event_id, notification = models.read_push(webhook.body, self._account.package_name)
        return WebhookEvent(event_id=event_id, payload=msgspec.to_builtins(notification))

    async def read(self, event: WebhookEvent) -> list[ProviderEvent]:
        notification = msgspec.convert(event.payload, models.Notification)
        if notification.kind == "voided" and notification.order_id is not None:
            return events.reversal_events(await self._play.order(notification.order_id))
        if notification.token is None:
            return []
        if notification.kind == "subscription":
            return await self._subscription(notification.token)
        return await self._product(await self._play.product(notification.token))

    async def payment(self, provider_id: str) -> list[ProviderEvent]:
        """Asks about an order's id."""
        if uuid_of(provider_id) is not None:
            return []  # our own id: Google finds nothing by it, and tells by a notification or through the app
        if not _ORDER.fullmatch(provider_id):
            raise ProviderRefused("This is no order's id")
        order = await self._play.order(provider_id)
        try:
            return await self._purchase(order.purchase_token)
        except PurchaseNotFound:  # long over; what remains is the order, which does not say whose it was
            return events.reversal_events(order)

    async def receipt(self, receipt: str) -> list[ProviderEvent]:
        """Asks about the purchase token, which only the buyer's own phone has."""
        if _ORDER.fullmatch(receipt) or not _TOKEN.fullmatch(receipt):
            raise ProviderRefused("This is no purchase token")
        return await self._purchase(receipt)

    async def do_refund(self, charge: str, amount: int, currency: str, key: str) -> Refund:  # noqa: ARG002 -- an order is refunded once
        order = await self._play.order(charge)
        paid = order.paid
        if paid is None or paid.currency_code != currency:
            raise ProviderRefused(f"{charge} is {order.state}, and not paid in {currency}")
        done = Refund(provider_refund_id=events.refund_id(order), refunded=paid.minor)
        if order.state in {"REFUNDED", "PENDING_REFUND"}:
            return done
        if amount != paid.minor - order.refunded:
            raise RefundElsewhere(
                f"Here Google refunds all of {charge}; a part of it in Play Console, Order management"
            )
        await self._play.do_refund(charge)
        return done

    async def subscription(self, subscription_id: str, charge: str) -> list[ProviderEvent]:  # noqa: ARG002 -- its name is its first order
        return await self.payment(subscription_id)

    async def do_acknowledge(self, charge: str, *, subscription: bool, given: bool) -> None:
        """Consumes a given one-off purchase, so that it can be bought again; a held one is acknowledged only."""
        if not _ORDER.fullmatch(charge):  # a subscription's token
            purchase = await self._play.subscription(charge)
            if not purchase.acknowledged:
                await self._play.do_acknowledge_subscription(purchase.item.product_id, charge)
            return
        order = await self._play.order(charge)
        try:
            await self._do_acknowledge(order, subscription=subscription, given=given)
        except ProviderRefused:
            if not await self._is_acknowledged(order, subscription=subscription, given=given):
                raise

    async def _do_acknowledge(self, order: PlayOrder, *, subscription: bool, given: bool) -> None:
        if await self._is_acknowledged(order, subscription=subscription, given=given):
            return
        product, token = order.item.product_id, order.purchase_token
        if subscription:
            await self._play.do_acknowledge_subscription(product, token)
        elif given:
            await self._play.do_consume(product, token)
        else:
            await self._play.do_acknowledge_product(product, token)

    async def _is_acknowledged(self, order: PlayOrder, *, subscription: bool, given: bool) -> bool:
        if subscription:
            return (await self._play.subscription(order.purchase_token)).acknowledged
        product = await self._play.product(order.purchase_token)
        return product.consumed or (product.acknowledged and not given)

    async def statement(self, since: datetime, until: datetime, known: Sequence[str]) -> Statement:  # noqa: ARG002 -- up to now
        """Reads refunds and chargebacks, which Google lists; it lists no sales, so those are the ones we know of."""
        voided = await self._play.voided(max(since, clock.now() - _VOIDED_REACH_BACK))
        orders = await self._play.orders(list(dict.fromkeys([*known, *voided])))
        return Statement(
            charges=[events.charge_line(order, paid) for order in orders if (paid := order.paid)], complete=False
        )

    async def do_cancel(self, subscription_id: str) -> None:
        raise ProviderRefused(f"{subscription_id} is cancelled in Google Play itself; the app leads there")

    async def do_resume(self, subscription_id: str) -> None:
        raise ProviderRefused(f"{subscription_id} is resumed in Google Play itself; the app leads there")

    async def _purchase(self, token: str) -> list[ProviderEvent]:
        """Asks as a product, then as a subscription: a token does not say which of the two it bought."""
        try:
            product = await self._play.product(token)
        except ProviderRefused:
            return await self._subscription(token)
        return await self._product(product)

    async def _product(self, product: Product) -> list[ProviderEvent]:
        payment_id, test = uuid_of(product.obfuscated_external_account_id), product.test_purchase_context is not None
        if product.purchase_state_context.purchase_state == "PENDING":
            return [events.awaited(payment_id)]  # cash at a kiosk, a slow bank: Google tells when it arrived
        order = await self._play.order(product.order_id) if product.order_id else None
        if order is not None and order.paid is not None:
            return events.paid_events(order, payment_id, test=test) + events.reversal_events(order)
        if product.purchase_state_context.purchase_state == "CANCELLED":
            return [events.failed(payment_id, order.create_time if order else clock.now())]
        return []

    async def _subscription(self, token: str) -> list[ProviderEvent]:
        """Reads every order of a subscription, oldest first, and its state."""
        subscription = await self._play.subscription(token)
        item = subscription.item
        payment_id = uuid_of(subscription.account)
        if item.latest_successful_order_id is None:
            match subscription.subscription_state:
                case "SUBSCRIPTION_STATE_PENDING":
                    return [events.awaited(payment_id)]
                case "SUBSCRIPTION_STATE_PENDING_PURCHASE_CANCELED":
                    return [events.failed(payment_id, clock.now())]
                case _:
                    return []
        replaces = await self._replaced(subscription)
        first, _, last = item.latest_successful_order_id.partition("..")
        # Google counts renewals: GPA.1-2-3-4, then GPA.1-2-3-4..0, ..1, and so on. Those that failed may be missing.
        ids = [first, *(f"{first}..{number}" for number in range(int(last) + 1 if last else 0))]
        orders = sorted(await self._play.orders(ids), key=lambda order: order.paid_at)
        found: list[ProviderEvent] = []
        for order in orders:
            ours = payment_id if order.order_id == first else None
            found += events.paid_events(
                order, ours, test=subscription.test_purchase is not None, subscription=first, replaces=replaces
            )
            found += events.reversal_events(order)
        # It was read just now, and after its orders were paid, however our clock and Google's differ.
        at = max([clock.now(), *(order.paid_at for order in orders)])
        return found + events.state_events(subscription, first, payment_id, at, replaces, token)

    async def _replaced(self, subscription: Subscription) -> str | None:
        """Finds the subscription that this one replaces: a change of plan is a purchase with its own token and orders."""
        if subscription.linked_purchase_token is None:
            return None
        try:
            before = await self._play.subscription(subscription.linked_purchase_token)
        except PurchaseNotFound:  # over for sixty days
            return None
        return before.first_order_id
