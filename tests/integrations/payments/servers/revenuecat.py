"""A server that behaves like RevenueCat: what stores told it, both versions of its REST API, its webhooks.

There is no library of theirs for servers; ``revenuecat_shapes`` is what they publish.
"""

import json
import random
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

from msgspec import Struct

from meydan.integrations.payments.contract import Webhook
from meydan.kit import clock
from tests.integrations.payments.fake_server import Answered, Asked, FakeServer, badly_delivered, signed_at_send
from tests.integrations.payments.servers.revenuecat_shapes import SHAPES


def text(at: datetime | None) -> str | None:
    return None if at is None else at.strftime("%Y-%m-%dT%H:%M:%SZ")


def milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)


class Bought(Struct):
    """One product of one person; of a subscription, its newest period."""

    customer: str
    product: str
    price: float
    currency: str
    store: str
    transaction: str
    original: str
    purchased_at: datetime
    began_at: datetime
    expires_at: datetime | None = None
    id: str = ""
    plan: str | None = None
    period: str = "normal"
    sandbox: bool = False
    shared: bool = False
    earlier: list[tuple[str, datetime, datetime]] = []
    refunded_at: datetime | None = None
    unsubscribed_at: datetime | None = None
    issue_at: datetime | None = None
    grace_until: datetime | None = None

    @property
    def name(self) -> str:
        return f"{self.product}:{self.plan}" if self.plan else self.product


class RevenueCatServer(FakeServer):
    def __init__(self) -> None:
        super().__init__()
        self.secret_key_v1, self.secret_key_v2, self.project_id = "sk_one", "sk_two", "proj1ab2c3d4"
        self.authorization = "Bearer a-long-random-text-of-the-operator"
        self.signing_secret = "whsec_of_this_webhook"
        self.now = clock.now().replace(microsecond=0)
        self.bought: list[Bought] = []
        self.events: list[dict[str, Any]] = []
        self.page_size = 20
        self._number = count(1000)

    def later(self, **by: float) -> None:
        self.now += timedelta(**by)

    # What people and stores do

    def buy(
        self, customer: str, product: str = "coins_500", price: float = 149.9, currency: str = "TRY", **other: Any
    ) -> Bought:
        bought = self._new(customer, product, price, currency, **other)
        self.tell("NON_RENEWING_PURCHASE", bought)
        return bought

    def subscribe(
        self, customer: str, product: str = "premium", price: float = 99.0, currency: str = "TRY", **other: Any
    ) -> Bought:
        bought = self._new(customer, product, price, currency, expires_at=self.now + timedelta(days=30), **other)
        self.tell("INITIAL_PURCHASE", bought)
        return bought

    def renew(self, bought: Bought, price: float | None = None) -> None:
        assert bought.expires_at is not None
        bought.earlier = [(bought.transaction, bought.purchased_at, bought.expires_at), *bought.earlier]
        bought.transaction = self._transaction(bought.store)
        bought.purchased_at = bought.expires_at
        bought.expires_at += timedelta(days=30)
        bought.issue_at = bought.grace_until = bought.unsubscribed_at = None
        bought.period = "normal"
        bought.price = bought.price if price is None else price
        self.tell("RENEWAL", bought, is_trial_conversion=False)

    def announce_change(self, bought: Bought, product: str) -> None:
        self.tell("PRODUCT_CHANGE", bought, new_product_id=product)

    def change(self, bought: Bought, product: str, price: float, *, days: int = 30, **other: Any) -> Bought:
        """The other product begins now, and what there was ends: with another transaction, listed beside it."""
        bought.expires_at = bought.unsubscribed_at = self.now
        made = self._new(
            bought.customer,
            product,
            price,
            bought.currency,
            store=bought.store,
            expires_at=self.now + timedelta(days=days),
            **other,
        )
        self.tell("RENEWAL" if bought.store == "app_store" else "INITIAL_PURCHASE", made)
        self.tell("EXPIRATION", bought, expiration_reason="UNSUBSCRIBE")
        return made

    def cancel(self, bought: Bought) -> None:
        bought.unsubscribed_at = self.now
        self.tell("CANCELLATION", bought, cancel_reason="UNSUBSCRIBE")

    def uncancel(self, bought: Bought) -> None:
        bought.unsubscribed_at = None
        self.tell("UNCANCELLATION", bought)

    def fail_renewal(self, bought: Bought, grace: timedelta) -> None:
        assert bought.expires_at is not None
        bought.issue_at = bought.unsubscribed_at = self.now
        bought.grace_until = bought.expires_at + grace
        self.tell("BILLING_ISSUE", bought, grace_period_expiration_at_ms=milliseconds(bought.grace_until))
        self.tell("CANCELLATION", bought, cancel_reason="BILLING_ERROR")

    def expire(self, bought: Bought) -> None:
        self.tell("EXPIRATION", bought, expiration_reason="BILLING_ERROR")

    def extend(self, bought: Bought, by: timedelta) -> None:
        assert bought.expires_at is not None
        bought.expires_at += by
        self.tell("SUBSCRIPTION_EXTENDED", bought)

    def refund(self, bought: Bought) -> None:
        bought.refunded_at = self.now
        price = -bought.price
        self.tell("CANCELLATION", bought, cancel_reason="CUSTOMER_SUPPORT", price_in_purchased_currency=price)

    def reverse_refund(self, bought: Bought) -> None:
        bought.refunded_at = None
        self.tell("REFUND_REVERSED", bought)

    def transfer(self, source: str, target: str) -> None:
        for bought in self.bought:
            if bought.customer == source:
                bought.customer = target
        ids = {"transferred_from": [source], "transferred_to": [target]}
        self.events.append(SHAPES.made("Transfer", id=str(uuid4()), environment="PRODUCTION", **ids))

    def tell(self, type: str, bought: Bought, **other: Any) -> dict[str, Any]:
        expires = bought.expires_at
        about = {
            "id": str(uuid4()),
            "app_user_id": bought.customer,
            "original_app_user_id": "$RCAnonymousID:87c6049c58069238dce29853916d624c",
            "aliases": [bought.customer],
            "subscriber_attributes": {"$email": {"updated_at_ms": 1, "value": "ayse@example.org"}},
            "product_id": bought.name,
            "period_type": bought.period.upper(),
            "purchased_at_ms": milliseconds(bought.purchased_at),
            "expiration_at_ms": milliseconds(expires) if expires is not None else None,
            "store": bought.store.upper(),
            "environment": "SANDBOX" if bought.sandbox else "PRODUCTION",
            "currency": bought.currency,
            "price_in_purchased_currency": bought.price,
            "transaction_id": bought.transaction,
            "original_transaction_id": bought.original,
            "is_family_share": bought.shared,
            "country_code": "TR",
        }
        event = SHAPES.made("Event", type=type, **about | other)
        self.events.append(event)
        return event

    # Webhooks

    def webhook(
        self,
        event: dict[str, Any],
        *,
        authorization: str | None = None,
        secrets: tuple[str, ...] | None = None,
        age: float = 0,
    ) -> Webhook:
        """``age``: seconds since it was signed, which is anew with each of its attempts."""
        body = json.dumps({"api_version": "1.0", "event": event}, ensure_ascii=False).encode()
        signature = signed_at_send(body, *(secrets or (self.signing_secret,)), age=age)
        given = authorization or self.authorization
        return Webhook({"authorization": given, "x-revenuecat-webhook-signature": signature}, body)

    def webhooks(self, *types: str, repeats: int = 0, shuffled: random.Random | None = None) -> list[Webhook]:
        sent = [event for event in self.events if not types or event["type"] in types]
        return [self.webhook(event) for event in badly_delivered(sent, repeats=repeats, shuffled=shuffled)]

    # The API

    async def answer(self, asked: Asked) -> Answered:
        version = asked.path.split("/")[1]
        key = asked.headers.get("authorization", "").removeprefix("Bearer ")
        if key != (self.secret_key_v1 if version == "v1" else self.secret_key_v2):
            return (
                _refused_v1(401, 7225, "Invalid API Key.") if version == "v1" else _refused(401, "authentication_error")
            )
        if asked.method != "GET":
            return _refused(404, "resource_missing")
        if version == "v1":
            return self._customer(asked.path.removeprefix("/v1/subscribers/"))
        prefix = f"/v2/projects/{self.project_id}/"
        if not asked.path.startswith(prefix):
            return _refused(403, "authorization_error")
        return self._search(asked, asked.path.removeprefix(prefix))

    def _customer(self, name: str) -> Answered:
        if not name or "/" in name:
            return _refused_v1(404, 7117, "Page not found.")
        mine = [bought for bought in self.bought if bought.customer == name]
        once: dict[str, list[Any]] = {}
        for bought in mine:
            if bought.expires_at is None:
                once.setdefault(bought.product, []).append(self._once(bought))
        subscriptions = {one.product: self._subscription(one) for one in mine if one.expires_at is not None}
        have = {"non_subscriptions": once, "subscriptions": subscriptions, "original_app_user_id": name}
        subscriber = SHAPES.made("Subscriber", **have)
        said = SHAPES.made("Customer", request_date_ms=milliseconds(self.now), subscriber=subscriber)
        return Answered(200 if mine else 201, said)

    def _search(self, asked: Asked, what: str) -> Answered:
        wanted = asked.query.get
        if what == "customers":
            items = [{"object": "customer", "id": name} for name in {one.customer for one in self.bought}]
            return Answered(200, {"object": "list", "items": items, "next_page": None, "url": asked.path})
        if what == "purchases" and wanted("store_purchase_identifier"):
            (name,) = asked.query["store_purchase_identifier"]
            found = [one for one in self.bought if one.expires_at is None and one.transaction == name]
            return self._listed(asked, "PurchasePage", [self._purchase(one) for one in found])
        if what == "subscriptions" and wanted("store_subscription_identifier"):
            (name,) = asked.query["store_subscription_identifier"]
            found = [one for one in self.bought if one.expires_at is not None and one.transaction == name]
            return self._listed(asked, "SubscriptionPage", [self._found(one) for one in found])
        kind, _, rest = what.partition("/")
        name, _, last = rest.partition("/")
        found = [one for one in self.bought if one.id == name]
        if kind == "subscriptions" and last == "transactions" and found and found[0].expires_at is not None:
            newest = (found[0].transaction, found[0].purchased_at, found[0].expires_at)
            periods = [newest, *found[0].earlier]
            items = [self._period(*period) for period in periods]
            return self._listed(asked, "TransactionPage", items)
        return _refused(404, "resource_missing")

    def _listed(self, asked: Asked, shape: str, items: list[Any]) -> Answered:
        after = asked.query.get("starting_after")
        start = [item["id"] for item in items].index(after[0]) + 1 if after else 0
        page, rest = self.page(items, start)
        more = f"{asked.path}?starting_after={page[-1]['id']}" if rest is not None else None
        said = {"object": "list", "items": page, "next_page": more, "url": asked.path}
        return Answered(200, SHAPES.check(shape, said))

    def _new(self, customer: str, product: str, price: float, currency: str, **other: Any) -> Bought:
        store = other.pop("store", "app_store")
        transaction = self._transaction(store)
        bought = Bought(
            customer, product, price, currency, store, transaction, transaction, self.now, self.now, **other
        )
        bought.id = f"rc{next(self._number)}"
        self.bought.append(bought)
        return bought

    def _transaction(self, store: str) -> str:
        number = next(self._number)
        return f"GPA.3309-9122-6177-{number}" if store == "play_store" else f"20000000{number}"

    def _once(self, bought: Bought) -> dict[str, Any]:
        return SHAPES.made(
            "NonSubscription",
            is_sandbox=bought.sandbox,
            purchase_date=text(bought.purchased_at),
            store=bought.store,
            price={"amount": bought.price, "currency": bought.currency},
            store_transaction_id=bought.transaction,
        )

    def _subscription(self, bought: Bought) -> dict[str, Any]:
        return SHAPES.made(
            "SubscriptionV1",
            billing_issues_detected_at=text(bought.issue_at),
            expires_date=text(bought.expires_at),
            grace_period_expires_date=text(bought.grace_until),
            is_sandbox=bought.sandbox,
            ownership_type="FAMILY_SHARED" if bought.shared else "PURCHASED",
            period_type=bought.period,
            price={"amount": bought.price, "currency": bought.currency},
            product_plan_identifier=bought.plan,
            purchase_date=text(bought.purchased_at),
            refunded_at=text(bought.refunded_at),
            store=bought.store,
            store_transaction_id=int(bought.transaction) if bought.transaction.isdigit() else bought.transaction,
            unsubscribe_detected_at=text(bought.unsubscribed_at),
        )

    def _purchase(self, bought: Bought) -> dict[str, Any]:
        status = "refunded" if bought.refunded_at else "owned"
        return SHAPES.made(
            "Purchase", **self._owned(bought), status=status, store_purchase_identifier=bought.transaction
        )

    def _found(self, bought: Bought) -> dict[str, Any]:
        return SHAPES.made("Subscription", **self._owned(bought), store_subscription_identifier=bought.transaction)

    def _owned(self, bought: Bought) -> dict[str, Any]:
        return {"id": bought.id, "customer_id": bought.customer, "store": bought.store}

    def _period(self, transaction: str, began: datetime, ends: datetime) -> dict[str, Any]:
        dates = {"purchased_at": milliseconds(began), "expiration_date": milliseconds(ends)}
        return SHAPES.made("Transaction", id=transaction, **dates)


def _refused_v1(status: int, code: int, message: str) -> Answered:
    return Answered(status, SHAPES.check("ErrorV1", {"code": code, "message": message}))


def _refused(status: int, type: str) -> Answered:
    return Answered(status, SHAPES.made("ErrorV2", type=type))
