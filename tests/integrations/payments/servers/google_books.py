"""Books of our Google Play: purchases and orders, acts of people, banks and time upon them, and the pushes that follow."""

import base64
import functools
import itertools
import json
import secrets
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from meydan.integrations.payments.contract import Webhook
from tests.integrations.payments.fake_server import FakeServer

Json = dict[str, Any]
Price = tuple[int, int, str]
"""Units, billionths of one, and the currency."""

PENDING, ACKNOWLEDGED = "ACKNOWLEDGEMENT_STATE_PENDING", "ACKNOWLEDGEMENT_STATE_ACKNOWLEDGED"
_TICK = timedelta(seconds=1)
_numbers = itertools.count(1)


@functools.cache
def key(name: str) -> rsa.RSAPrivateKey:
    """A key that is made once: making it takes a while."""
    return rsa.generate_private_key(65537, 2048)


class PlayBooks(FakeServer):
    package_name = "com.example.meydan"
    push_email = "push@meydan-example.iam.gserviceaccount.com"
    push_audience = "https://meydan.example/api/payments/webhooks/google/square"

    def __init__(self) -> None:
        super().__init__()
        self.now = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
        """The store's own time."""
        self.products: dict[str, Json] = {}
        self.subscriptions: dict[str, Json] = {}
        self.orders: dict[str, Json] = {}
        self.voided: list[Json] = []
        self.told: list[Webhook] = []
        self.push_key = "a"

    # What people do.

    def buy(
        self,
        product_id: str = "coins.500",
        *,
        price: Price = (149, 990_000_000, "TRY"),
        account: UUID | None = None,
        test: bool = False,
        pending: bool = False,
        quantity: int = 1,
    ) -> str:
        """Answers the purchase token."""
        token, order = _token(), _order_id()
        details = {"quantity": quantity, "consumptionState": "CONSUMPTION_STATE_YET_TO_BE_CONSUMED"}
        self.products[token] = {
            "orderId": order,
            "acknowledgementState": PENDING,
            "purchaseStateContext": {"purchaseState": "PENDING"},
            "productLineItem": [{"productId": product_id, "productOfferDetails": details}],
            **({"obfuscatedExternalAccountId": str(account)} if account else {}),
            **({"testPurchaseContext": {"fopType": "TEST"}} if test else {}),
        }
        self._new_order(order, token, product_id, money(price), {"oneTimePurchaseDetails": {"quantity": quantity}})
        if not pending:
            self.complete(token)
        return token

    def complete(self, token: str) -> None:
        purchase = self.products[token]
        purchase["purchaseStateContext"] = {"purchaseState": "PURCHASED"}
        purchase["purchaseCompletionTime"] = text(self.now)
        self._process(purchase["orderId"])
        self._tell_product(token, 1)

    def give_up(self, token: str) -> None:
        """A pending purchase is never paid."""
        self.products[token]["purchaseStateContext"] = {"purchaseState": "CANCELLED"}
        history = {"cancellationEvent": {"eventTime": text(self.now)}}
        self.orders[self.products[token]["orderId"]] |= {"state": "CANCELED", "orderHistory": history}
        self._tell_product(token, 2)

    def subscribe(
        self,
        product_id: str = "premium.month",
        *,
        price: Price = (199, 990_000_000, "TRY"),
        account: UUID | None = None,
        test: bool = False,
    ) -> str:
        about: Json = {"testPurchase": {}} if test else {}
        if account is not None:
            about["externalAccountIdentifiers"] = {"obfuscatedExternalAccountId": str(account)}
        token = self._new_subscription([_item(product_id, money(price))], **about)
        self._charge(token)
        self._tell_subscription(token, 4)
        return token

    def renew(self, token: str, *, after_trouble: bool = False) -> str:
        """Answers the order's id. In trouble the month starts when the money comes."""
        item = self._item_of(token)
        first, _, last = item["latestSuccessfulOrderId"].partition("..")
        if not after_trouble:
            self.now = moment(item["expiryTime"])
        order = self._charge(token, f"{first}..{int(last) + 1 if last else 0}")
        self._become(token, "ACTIVE", 1 if after_trouble else 2)
        return order

    def fail_to_renew(self, token: str, *, grace: timedelta | None) -> None:
        item = self._item_of(token)
        self.now = moment(item["expiryTime"])
        if grace is None:
            return self._become(token, "ON_HOLD", 5)
        item["expiryTime"] = text(self.now + grace)
        return self._become(token, "IN_GRACE_PERIOD", 6)

    def end_grace(self, token: str) -> None:
        self.now = moment(self._item_of(token)["expiryTime"])
        self._become(token, "ON_HOLD", 5)

    def cancel(self, token: str) -> None:
        self._item_of(token)["autoRenewingPlan"]["autoRenewEnabled"] = False
        context = {"userInitiatedCancellation": {"cancelTime": text(self.now)}}
        self.subscriptions[token]["canceledStateContext"] = context
        self._become(token, "CANCELED", 3)

    def restart(self, token: str) -> None:
        self._item_of(token)["autoRenewingPlan"]["autoRenewEnabled"] = True
        del self.subscriptions[token]["canceledStateContext"]
        self._become(token, "ACTIVE", 7)

    def change_plan(self, token: str, product_id: str, price: Price, *, later: bool = False, days: int = 30) -> str:
        """Answers another token, with orders of its own: at once, or ``later`` with the renewal.

        The price may be nothing: what was paid is worth some time of the new plan."""
        old, item = self.subscriptions[token], _item(product_id, money(price))
        kept = old["lineItems"][0] | {"deferredItemReplacement": {"productId": product_id}}
        identifiers = {"externalAccountIdentifiers": old["externalAccountIdentifiers"]}
        new = self._new_subscription([kept, item] if later else [item], linkedPurchaseToken=token, **identifiers)
        if not later:
            self._charge(new, days=days)
        self._tell_subscription(new, 4)
        old["canceledStateContext"] = {"replacementCancellation": {}}
        self._become(token, "EXPIRED", 13)
        return new

    def begin_plan(self, token: str) -> None:
        """A change for later comes with the renewal."""
        kept, item = self.subscriptions[token]["lineItems"]
        self.now = moment(kept["expiryTime"])
        self.subscriptions[token]["lineItems"] = [item]
        self._charge(token)
        self._become(token, "ACTIVE", 2)

    def resubscribe(self, token: str) -> str:
        """In Google Play, after it ended: another token, and only there it says whose the last one was."""
        old, item = self.subscriptions[token], self._item_of(token)
        context = {
            "expiredExternalAccountIdentifiers": old["externalAccountIdentifiers"],
            "expiredPurchaseToken": token,
        }
        again = _item(item["productId"], item["autoRenewingPlan"]["recurringPrice"])
        new = self._new_subscription([again], outOfAppPurchaseContext=context)
        self._charge(new)
        self._tell_subscription(new, 4)
        return new

    def expire(self, token: str) -> None:
        self.now = moment(self._item_of(token)["expiryTime"])
        self._become(token, "EXPIRED", 13)

    def refund(self, order_id: str, *, reason: str = "OTHER") -> None:
        order = self.orders[order_id]
        order["state"] = "REFUNDED"
        order["orderHistory"]["refundEvent"] = {
            "eventTime": text(self.now),
            "refundDetails": {"total": order["total"]},
            "refundReason": reason,
        }
        if (product := self.products.get(order["purchaseToken"])) is not None:
            product["purchaseStateContext"] = {"purchaseState": "CANCELLED"}
        names = {name: order[name] for name in ("orderId", "purchaseToken")}
        self.voided.append(names | {"voidedTimeMillis": _millis(self.now)})
        kinds = {"productType": 1 if product is None else 2, "refundType": 1}
        self.tell({"voidedPurchaseNotification": names | kinds})

    def refund_part(self, order_id: str, part: Price, *, state: str = "PROCESSED_SUCCESSFULLY") -> None:
        order = self.orders[order_id]
        order["state"] = "PARTIALLY_REFUNDED"
        event = {"createTime": text(self.now), "state": state, "refundDetails": {"total": money(part)}}
        order["orderHistory"].setdefault("partialRefundEvents", []).append(event)

    def three_days_pass(self) -> None:
        """Google takes back what nobody acknowledged."""
        self.now += timedelta(days=3)
        for token, purchase in (self.products | self.subscriptions).items():
            if purchase["acknowledgementState"] == PENDING:
                for order in [one for one in self.orders.values() if one["purchaseToken"] == token]:
                    self.refund(order["orderId"])

    # What it tells.

    def tell(self, said: Json) -> Webhook:
        self.now += _TICK
        notification = {"version": "1.0", "packageName": self.package_name, "eventTimeMillis": _millis(self.now)} | said
        data = base64.b64encode(json.dumps(notification).encode()).decode()
        message = {"data": data, "messageId": str(next(_numbers)), "publishTime": text(self.now)}
        body = {"message": message, "subscription": "projects/meydan-example/subscriptions/play"}
        webhook = self.push(json.dumps(body).encode())
        self.told.append(webhook)
        return webhook

    def push(self, body: bytes, *, signed_by: str | None = None, kid: str | None = None, **claims: Any) -> Webhook:
        now = int(time.time())
        said = {
            "iss": "https://accounts.google.com",
            "aud": self.push_audience,
            "email": self.push_email,
            "email_verified": True,
            "iat": now,
            "exp": now + 3600,
        } | claims
        signer = signed_by or self.push_key
        token = jwt.encode(said, key(signer), algorithm="RS256", headers={"kid": kid or signer})
        return Webhook(headers={"authorization": f"Bearer {token}"}, body=body)

    def _tell_product(self, token: str, kind: int) -> None:
        sku = self.products[token]["productLineItem"][0]["productId"]
        said = {"version": "1.0", "notificationType": kind, "purchaseToken": token, "sku": sku}
        self.tell({"oneTimeProductNotification": said})

    def _tell_subscription(self, token: str, kind: int) -> None:
        self.subscriptions[token]["etag"] = secrets.token_hex(8)
        self.tell({"subscriptionNotification": {"version": "1.0", "notificationType": kind, "purchaseToken": token}})

    # What it writes down.

    def _become(self, token: str, state: str, kind: int) -> None:
        self.subscriptions[token]["subscriptionState"] = f"SUBSCRIPTION_STATE_{state}"
        self._tell_subscription(token, kind)

    def _item_of(self, token: str) -> Json:
        item: Json = self.subscriptions[token]["lineItems"][0]
        return item

    def _new_subscription(self, items: list[Json], **known: Any) -> str:
        token = _token()
        self.subscriptions[token] = {
            "startTime": text(self.now),
            "subscriptionState": "SUBSCRIPTION_STATE_ACTIVE",
            "acknowledgementState": PENDING,
            "lineItems": items,
        } | known
        return token

    def _new_order(self, order: str, token: str, product_id: str, total: Json, details: Json) -> None:
        self.orders[order] = {
            "orderId": order,
            "purchaseToken": token,
            "state": "PENDING",
            "createTime": text(self.now),
            "total": total,
            "lineItems": [{"productId": product_id, "total": total} | details],
            "orderHistory": {},
        }

    def _process(self, order: str) -> None:
        self.orders[order]["state"] = "PROCESSED"
        self.orders[order]["orderHistory"]["processedEvent"] = {"eventTime": text(self.now)}

    def _charge(self, token: str, order: str = "", *, days: int = 30) -> str:
        """Answers the id of the order for the period from now on."""
        item, ends, order = self._item_of(token), text(self.now + timedelta(days=days)), order or _order_id()
        total, period = item["autoRenewingPlan"]["recurringPrice"], {"servicePeriodEndTime": ends}
        self._new_order(order, token, item["productId"], total, {"subscriptionDetails": period})
        self._process(order)
        item |= {"latestSuccessfulOrderId": order, "expiryTime": ends}
        return order


def _item(product_id: str, price: Json) -> Json:
    return {"productId": product_id, "autoRenewingPlan": {"autoRenewEnabled": True, "recurringPrice": price}}


def _token() -> str:
    return f"{secrets.token_hex(12)}.AO-J1O{secrets.token_urlsafe(60)}"


def _order_id() -> str:
    number = f"{next(_numbers):017}"
    return f"GPA.{number[:4]}-{number[4:8]}-{number[8:12]}-{number[12:]}"


def money(price: Price) -> Json:
    units, nanos, currency = price
    return {"units": str(units), "nanos": nanos, "currencyCode": currency}


def text(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def moment(written: str) -> datetime:
    return datetime.fromisoformat(written)


def _millis(at: datetime) -> str:
    return str(int(at.timestamp() * 1000))
