"""A server that behaves like RevenueCat: what stores told it, both versions of its REST API, its webhooks.

There is no library of theirs for servers; ``revenuecat_shapes`` is what they publish.
"""

import json
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

from msgspec import Struct

from meydan.integrations.payments.contract import Webhook
from meydan.kit import clock
from tests.integrations.payments.fake_server import Answered, Asked, FakeServer, Refused, signed_at_send
from tests.integrations.payments.servers.revenuecat_shapes import SHAPES


def text(at: datetime | None) -> str | None:
    return None if at is None else at.strftime("%Y-%m-%dT%H:%M:%SZ")


def milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)


class Bought(Struct):
    """A product that a person bought, with the newest period of a subscription."""

    customer: str
    product: str
    price: float
    currency: str
    store: str
    transaction: str
    original: str
    purchased_at: datetime
    id: str = ""
    expires_at: datetime | None = None
    plan: str | None = None
    period: str = "normal"
    sandbox: bool = False
    shared: bool = False
    earlier: list[tuple[str, datetime, datetime | None]] = []
    refunded_at: datetime | None = None
    unsubscribed_at: datetime | None = None
    issue_at: datetime | None = None
    grace_until: datetime | None = None

    @property
    def kind(self) -> str:
        return "purchase" if self.expires_at is None else "subscription"

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

    def change(self, bought: Bought, product: str, price: float, *, days: int) -> None:
        """The other product begins now, and what there was ends: with another transaction, listed beside it."""
        bought.expires_at = bought.unsubscribed_at = self.now
        about = {"store": bought.store, "expires_at": self.now + timedelta(days=days)}
        made = self._new(bought.customer, product, price, bought.currency, **about)
        self.tell("RENEWAL" if bought.store == "app_store" else "INITIAL_PURCHASE", made)
        self.tell("EXPIRATION", bought, expiration_reason="UNSUBSCRIBE")

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
            "expiration_at_ms": milliseconds(expires) if expires is not None else None,
            "store": bought.store.upper(),
            "environment": "SANDBOX" if bought.sandbox else "PRODUCTION",
            "currency": bought.currency,
            "price_in_purchased_currency": bought.price,
            "transaction_id": bought.transaction,
            "original_transaction_id": bought.original,
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

    # The API

    async def answer(self, asked: Asked) -> Answered:
        assert asked.method == "GET"
        _, version, *rest = asked.path.split("/")
        key = asked.headers.get("authorization", "").removeprefix("Bearer ")
        if version == "v1":
            if key != self.secret_key_v1:
                raise Refused(Answered(401, SHAPES.made("ErrorV1", code=7225, message="Invalid API Key.")))
            collection, name = rest
            assert collection == "subscribers"
            return self._customer(name)
        if key != self.secret_key_v2:
            raise _refused(401, "authentication_error")
        if rest[:2] != ["projects", self.project_id]:
            raise _refused(403, "authorization_error")
        shape, items = self._search(rest[2:], {name: values[0] for name, values in asked.query.items()})
        return self._listed(asked, shape, items)

    def _customer(self, name: str) -> Answered:
        mine = [bought for bought in self.bought if bought.customer == name]
        once: dict[str, list[Any]] = {}
        for bought in mine:
            if bought.expires_at is None:
                once.setdefault(bought.product, []).append(_once(bought))
        subscriptions = {one.product: _subscription(one) for one in mine if one.expires_at is not None}
        have = {"non_subscriptions": once, "subscriptions": subscriptions, "original_app_user_id": name}
        subscriber = SHAPES.made("Subscriber", **have)
        said = SHAPES.made("Customer", request_date_ms=milliseconds(self.now), subscriber=subscriber)
        return Answered(200 if mine else 201, said)

    def _search(self, path: list[str], query: dict[str, str]) -> tuple[str, list[dict[str, Any]]]:
        """Answers the shape of a page, and everything that belongs on its pages."""
        match path:
            case ["customers"]:
                return "CustomerPage", [{"object": "customer", "id": one.customer} for one in self.bought]
            case ["purchases" | "subscriptions" as collection]:
                kind = collection.removesuffix("s")
                if (wanted := query.get(f"store_{kind}_identifier")) is None:
                    raise _refused(400, "parameter_error")
                found = [one for one in self.bought if one.transaction == wanted and one.kind == kind]
                return f"{kind.title()}Page", [_found(one) for one in found]
            case ["subscriptions", name, "transactions"]:
                (one,) = (bought for bought in self.bought if bought.id == name)
                periods = [(one.transaction, one.purchased_at, one.expires_at), *one.earlier]
                return "TransactionPage", [_period(*period) for period in periods]
        raise LookupError(path)

    def _listed(self, asked: Asked, shape: str, items: list[Any]) -> Answered:
        after = asked.query.get("starting_after")
        start = [item["id"] for item in items].index(after[0]) + 1 if after else 0
        page, rest = self.page(items, start)
        more = f"{asked.path}?starting_after={page[-1]['id']}" if rest is not None else None
        return Answered(200, SHAPES.made(shape, items=page, next_page=more, url=asked.path))

    def _new(self, customer: str, product: str, price: float, currency: str, **other: Any) -> Bought:
        store = other.pop("store", "app_store")
        name, now = self._transaction(store), self.now
        bought = Bought(customer, product, price, currency, store, name, name, now, f"rc{next(self._number)}", **other)
        self.bought.append(bought)
        return bought

    def _transaction(self, store: str) -> str:
        number = next(self._number)
        return f"GPA.3309-9122-6177-{number}" if store == "play_store" else f"20000000{number}"


def _once(bought: Bought) -> dict[str, Any]:
    return SHAPES.made(
        "NonSubscription",
        is_sandbox=bought.sandbox,
        purchase_date=text(bought.purchased_at),
        store=bought.store,
        price={"amount": bought.price, "currency": bought.currency},
        store_transaction_id=bought.transaction,
    )


def _subscription(bought: Bought) -> dict[str, Any]:
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


def _found(bought: Bought) -> dict[str, Any]:
    about = {"id": bought.id, "customer_id": bought.customer, "store": bought.store}
    name = {f"store_{bought.kind}_identifier": bought.transaction}
    status = {"status": "refunded" if bought.refunded_at else "owned"} if bought.kind == "purchase" else {}
    return SHAPES.made(bought.kind.title(), **about, **name, **status)


def _period(transaction: str, began: datetime, ends: datetime | None) -> dict[str, Any]:
    dates = {"purchased_at": milliseconds(began), "expiration_date": ends and milliseconds(ends)}
    return SHAPES.made("Transaction", id=transaction, **dates)


def _refused(status: int, type: str) -> Refused:
    return Refused(Answered(status, SHAPES.made("ErrorV2", type=type)))
