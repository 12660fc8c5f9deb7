"""Google Play: bought in the app's own sheet, told through Pub/Sub, and always asked from the Developer API.

What Google tells is only that something changed; the state is read when the notice is, so that order does not matter.
A chargeback that Google would let us argue about (pendingRefundReviewNotification) is left to Google.
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from msgspec import Struct

from meydan.integrations.payments.contract import (
    Awaited,
    Charge,
    Checkout,
    Disputed,
    DisputeState,
    Failed,
    Notice,
    Order,
    Paid,
    Provider,
    ProviderEvent,
    ProviderRefused,
    Refund,
    Refunded,
    RefundElsewhere,
    Statement,
    SubscriptionChanged,
    SubscriptionState,
    Webhook,
)
from meydan.integrations.payments.enums import PaymentKind, ProviderName
from meydan.integrations.payments.google import push
from meydan.integrations.payments.google.models import Money, PlayOrder, Product, PurchaseNotFound, Subscription
from meydan.kit import clock

if TYPE_CHECKING:
    from meydan.integrations.payments.google.client import Play

_CHECKOUT_LASTS = timedelta(days=1)
_VOIDED_REACH_BACK = timedelta(days=30) - timedelta(hours=1)
_ORDER = re.compile(r"GPA\.[0-9.-]{1,60}")
_TOKEN = re.compile(r"[A-Za-z0-9._-]{1,1500}")
_STATES = {
    "SUBSCRIPTION_STATE_ACTIVE": SubscriptionState.active,
    "SUBSCRIPTION_STATE_IN_GRACE_PERIOD": SubscriptionState.grace,
    "SUBSCRIPTION_STATE_CANCELED": SubscriptionState.cancelled,
    # On hold and paused give nothing until money comes again.
    "SUBSCRIPTION_STATE_ON_HOLD": SubscriptionState.expired,
    "SUBSCRIPTION_STATE_PAUSED": SubscriptionState.expired,
    "SUBSCRIPTION_STATE_EXPIRED": SubscriptionState.expired,
}


class _ServiceAccount(Struct, frozen=True):
    client_email: str
    private_key: str
    token_uri: str


class GoogleAccount(Struct, frozen=True):
    service_account_json: str
    """The whole file that Google Cloud gave for the service account's key."""
    package_name: str
    push_audience: str
    """As entered at the Pub/Sub subscription."""
    push_email: str
    """The service account the Pub/Sub subscription signs with."""
    api_url: str = "https://androidpublisher.googleapis.com/"
    certificates_url: str = "https://www.googleapis.com/oauth2/v1/certs"

    def __post_init__(self) -> None:
        try:
            key = msgspec.json.decode(self.service_account_json, type=_ServiceAccount).private_key
            # Whether it is a key at all; whether it is a good one (slow) is looked at where it signs.
            load_pem_private_key(key.encode(), password=None, unsafe_skip_rsa_key_validation=True)
        except (msgspec.DecodeError, ValueError, TypeError) as error:
            raise ValueError(f"service_account_json is not the file of a service account's key: {error}") from error


class GoogleProvider(Provider):
    name = ProviderName.google
    renews = True
    store = True
    acknowledges = True

    def __init__(self, account: GoogleAccount, *, sandbox: bool) -> None:  # noqa: ARG002 -- a test purchase says so itself
        self._account = account

    @cached_property
    def _play(self) -> "Play":
        with push.library():
            from meydan.integrations.payments.google.client import Play
        account = self._account
        return Play(account.api_url, account.service_account_json, account.package_name)

    async def checkout(self, order: Order) -> Checkout:
        if order.store_product_id is None:
            raise ProviderRefused(f"{order.title!r} has no product id of Google Play")
        # The app hands the payment's id to Play as obfuscatedAccountId, and the purchase carries it from then on.
        return Checkout(reference=str(order.payment_id), url="", expires_at=clock.now() + _CHECKOUT_LASTS)

    async def verify(self, webhook: Webhook) -> Notice:
        await push.check_sender(
            webhook,
            audience=self._account.push_audience,
            email=self._account.push_email,
            certificates_url=self._account.certificates_url,
        )
        event_id, news = push.read_push(webhook.body, self._account.package_name)
        return Notice(event_id=event_id, payload=msgspec.to_builtins(news))

    async def read(self, notice: Notice) -> list[ProviderEvent]:
        news = msgspec.convert(notice.payload, push.News)
        if news.kind == "voided" and news.order_id is not None:
            return _taken_back(await self._play.order(news.order_id))
        if news.token is None:
            return []
        if news.kind == "subscription":
            return await self._subscription(news.token)
        return await self._product(await self._play.product(news.token))

    async def payment(self, reference: str) -> list[ProviderEvent]:
        """Of an order's id."""
        if _uuid(reference) is not None:
            return []  # our own id: Google finds nothing by it, and tells by a notification or through the app
        if not _ORDER.fullmatch(reference):
            raise ProviderRefused("This is no order's id")
        order = await self._play.order(reference)
        try:
            return await self._purchase(order.purchase_token)
        except PurchaseNotFound:  # long over; what remains is the order, which does not say whose it was
            return _taken_back(order)

    async def proof(self, proof: str) -> list[ProviderEvent]:
        """The purchase token, which only the buyer's own phone has."""
        if _ORDER.fullmatch(proof) or not _TOKEN.fullmatch(proof):
            raise ProviderRefused("This is no purchase token")
        return await self._purchase(proof)

    async def refund(self, charge: str, amount: int, currency: str, key: str) -> Refund:  # noqa: ARG002 -- an order is refunded once
        order = await self._play.order(charge)
        paid = order.paid
        if paid is None or paid.currency_code != currency:
            raise ProviderRefused(f"{charge} is {order.state}, and not paid in {currency}")
        done = Refund(refund=_refund_id(order), refunded=paid.minor)
        if order.state in {"REFUNDED", "PENDING_REFUND"}:
            return done
        if amount != paid.minor - order.refunded:
            raise RefundElsewhere(
                f"Here Google refunds all of {charge}; a part of it in Play Console, Order management"
            )
        await self._play.refund(charge)
        return done

    async def subscription(self, subscription: str, charge: str) -> list[ProviderEvent]:  # noqa: ARG002 -- its name is its first order
        return await self.payment(subscription)

    async def acknowledge(self, charge: str, kind: PaymentKind, *, given: bool) -> None:
        """Coins that were given are consumed, which lets them be bought again; what is held back is acknowledged only."""
        if not _ORDER.fullmatch(charge):  # a subscription's token
            subscription = await self._play.subscription(charge)
            if not subscription.acknowledged:
                await self._play.acknowledge_subscription(subscription.item.product_id, charge)
            return
        order = await self._play.order(charge)
        try:
            await self._do_acknowledge(order, kind, given=given)
        except ProviderRefused:
            if not await self._is_acknowledged(order, kind, given=given):
                raise

    async def _do_acknowledge(self, order: PlayOrder, kind: PaymentKind, *, given: bool) -> None:
        if await self._is_acknowledged(order, kind, given=given):
            return
        product, token = order.item.product_id, order.purchase_token
        if kind is PaymentKind.premium:
            await self._play.acknowledge_subscription(product, token)
        elif given:
            await self._play.consume(product, token)
        else:
            await self._play.acknowledge_product(product, token)

    async def _is_acknowledged(self, order: PlayOrder, kind: PaymentKind, *, given: bool) -> bool:
        if kind is PaymentKind.premium:
            return (await self._play.subscription(order.purchase_token)).acknowledged
        product = await self._play.product(order.purchase_token)
        return product.consumed or (product.acknowledged and not given)

    async def statement(self, since: datetime, until: datetime, known: Sequence[str]) -> Statement:  # noqa: ARG002 -- up to now
        """Google lists what was taken back, not what was sold: sales are those we know of."""
        voided = await self._play.voided(max(since, clock.now() - _VOIDED_REACH_BACK))
        orders = await self._play.orders(list(dict.fromkeys([*known, *voided])))
        return Statement(charges=[_charge(order, paid) for order in orders if (paid := order.paid)], complete=False)

    async def cancel(self, subscription: str) -> None:
        raise ProviderRefused(f"{subscription} is cancelled in Google Play itself; the app leads there")

    async def resume(self, subscription: str) -> None:
        raise ProviderRefused(f"{subscription} is resumed in Google Play itself; the app leads there")

    async def _purchase(self, token: str) -> list[ProviderEvent]:
        """A token does not say what it bought."""
        try:
            product = await self._play.product(token)
        except ProviderRefused:
            return await self._subscription(token)
        return await self._product(product)

    async def _product(self, product: Product) -> list[ProviderEvent]:
        payment_id, test = _uuid(product.obfuscated_external_account_id), product.test_purchase_context is not None
        if product.purchase_state_context.purchase_state == "PENDING":
            return [_awaited(payment_id)]  # cash at a kiosk, a slow bank: Google tells when it arrived
        order = await self._play.order(product.order_id) if product.order_id else None
        if order is not None and order.paid is not None:
            return self._paid(order, payment_id, test=test) + _taken_back(order)
        if product.purchase_state_context.purchase_state == "CANCELLED":
            return [_failed(payment_id, order.create_time if order else clock.now())]
        return []

    async def _subscription(self, token: str) -> list[ProviderEvent]:
        """Every order of it, oldest first, and how it stands."""
        subscription = await self._play.subscription(token)
        item = subscription.item
        payment_id = _uuid(subscription.account)
        if item.latest_successful_order_id is None:
            match subscription.subscription_state:
                case "SUBSCRIPTION_STATE_PENDING":
                    return [_awaited(payment_id)]
                case "SUBSCRIPTION_STATE_PENDING_PURCHASE_CANCELED":
                    return [_failed(payment_id, clock.now())]
                case _:
                    return []
        replaces = await self._replaced(subscription)
        first, _, last = item.latest_successful_order_id.partition("..")
        # Google counts renewals: GPA.1-2-3-4, then GPA.1-2-3-4..0, ..1, and so on. Those that failed may be missing.
        ids = [first, *(f"{first}..{number}" for number in range(int(last) + 1 if last else 0))]
        orders = sorted(await self._play.orders(ids), key=lambda order: order.paid_at)
        events: list[ProviderEvent] = []
        for order in orders:
            ours = payment_id if order.order_id == first else None
            events += self._paid(
                order, ours, test=subscription.test_purchase is not None, subscription=first, replaces=replaces
            )
            events += _taken_back(order)
        # It was read just now, and after what it shows was paid, whatever our clock and Google's think of each other.
        at = max([clock.now(), *(order.paid_at for order in orders)])
        return events + _state(subscription, first, payment_id, at, replaces, token)

    async def _replaced(self, subscription: Subscription) -> str | None:
        """A change of plan is a purchase of its own, with another token and other orders; it says which it goes on from."""
        if subscription.linked_purchase_token is None:
            return None
        try:
            before = await self._play.subscription(subscription.linked_purchase_token)
        except PurchaseNotFound:  # over for sixty days
            return None
        return before.first_order_id

    def _paid(
        self,
        order: PlayOrder,
        payment_id: UUID | None,
        *,
        test: bool,
        subscription: str | None = None,
        replaces: str | None = None,
    ) -> list[ProviderEvent]:
        paid = order.paid
        if paid is None:
            return []
        period = order.item.subscription_details
        return [
            Paid(
                event_id=f"{order.order_id}:paid",
                happened_at=order.paid_at,
                charge=order.order_id,
                amount=paid.minor,
                currency=paid.currency_code,
                payment_id=payment_id,
                product_id=order.item.product_id,
                subscription=subscription or (order.order_id.partition("..")[0] if period else None),
                replaces=replaces,
                period_ends_at=period.service_period_end_time if period else None,
                test=test,
            )
        ]


def _refund_id(order: PlayOrder) -> str:
    """Google gives a refund no id; all of an order is given back once."""
    return f"{order.order_id}:refund"


def _failed(payment_id: UUID | None, at: datetime) -> Failed:
    return Failed(
        event_id=f"{payment_id}:failed", happened_at=at, payment_id=payment_id, checkout=None, reason="cancelled"
    )


def _awaited(payment_id: UUID | None) -> Awaited:
    return Awaited(event_id=f"{payment_id}:awaited", happened_at=clock.now(), payment_id=payment_id, checkout=None)


def _taken_back(order: PlayOrder) -> list[ProviderEvent]:
    paid, back = order.paid, order.charged_back
    if paid is None:
        return []
    events: list[ProviderEvent] = []
    if order.refunded > 0:
        events.append(
            Refunded(
                event_id=f"{order.order_id}:refunded:{order.refunded}",
                happened_at=order.refunded_at,
                charge=order.order_id,
                refunded=order.refunded,
                currency=paid.currency_code,
                refund=_refund_id(order) if order.refunded == paid.minor else None,
            )
        )
    if back is not None and order.refunded < paid.minor:
        # Google argues with the bank, or does not; what reaches us is decided.
        events.append(
            Disputed(
                event_id=f"{order.order_id}:chargeback",
                happened_at=back.event_time,
                charge=order.order_id,
                dispute=f"{order.order_id}:chargeback",
                amount=paid.minor - order.refunded,
                currency=paid.currency_code,
                state=DisputeState.lost,
            )
        )
    return events


def _state(
    subscription: Subscription, reference: str, payment_id: UUID | None, at: datetime, replaces: str | None, token: str
) -> list[ProviderEvent]:
    item = subscription.item
    state = _STATES.get(subscription.subscription_state)
    if state is None or item.expiry_time is None or subscription.is_replaced:
        return []  # of a replaced one: what it goes on as says how it stands
    if state is SubscriptionState.active and not (
        item.auto_renewing_plan and item.auto_renewing_plan.auto_renew_enabled
    ):
        state = SubscriptionState.cancelled
    return [
        SubscriptionChanged(
            event_id=f"{reference}:{state}:{subscription.etag or item.expiry_time.isoformat()}",
            happened_at=at,
            subscription=reference,
            state=state,
            period_ends_at=item.expiry_time,
            payment_id=payment_id,
            product_id=item.product_id,
            next_product_id=item.next_product_id,
            replaces=replaces,
            claim=None if subscription.acknowledged or state is SubscriptionState.expired else token,
            grace_ends_at=item.expiry_time if state is SubscriptionState.grace else None,
        )
    ]


def _charge(order: PlayOrder, paid: Money) -> Charge:
    return Charge(
        charge=order.order_id,
        amount=paid.minor,
        currency=paid.currency_code,
        refunded=order.refunded,
        disputed=order.charged_back is not None,
        paid_at=order.paid_at,
    )


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
