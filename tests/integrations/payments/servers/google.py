"""Google Play, as far as a server sees it: the Developer API, access tokens, and pushes of Pub/Sub.

Where it is asked, and what it may answer, is read from Google's own description of the API (``google_schema``).
"""

import base64
import functools
import itertools
import json
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from meydan.integrations.payments.contract import Webhook
from tests.integrations.payments.fake_server import Answered, Asked, FakeServer
from tests.integrations.payments.servers import google_schema

Json = dict[str, Any]

SCOPE = "https://www.googleapis.com/auth/androidpublisher"
_AUDIENCE = "https://oauth2.googleapis.com/token"
"""Whatever address is asked: Google's library writes its own."""
_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_TICK = timedelta(seconds=1)
_numbers = itertools.count(1)


@functools.cache
def key(name: str) -> rsa.RSAPrivateKey:
    """Making one takes a while."""
    return rsa.generate_private_key(65537, 2048)


class Refusal(Exception):
    def __init__(self, status: int, reason: str, words: str) -> None:
        super().__init__(words)
        self.answered = Answered(
            status,
            {
                "error": {
                    "code": status,
                    "message": words,
                    "errors": [{"message": words, "domain": "androidpublisher", "reason": reason}],
                }
            },
        )


class PlayStore(FakeServer):
    package_name = "com.example.meydan"
    client_email = "play@meydan-example.iam.gserviceaccount.com"
    key_id = "0f6e8c4b2a"
    push_email = "push@meydan-example.iam.gserviceaccount.com"
    push_audience = "https://meydan.example/api/payments/webhooks/google/square"

    def __init__(self, *, page: int = 100) -> None:
        super().__init__()
        self.page_size = page
        self.now = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
        """The store's own time."""
        self.products: dict[str, Json] = {}
        self.subscriptions: dict[str, Json] = {}
        self.orders: dict[str, Json] = {}
        self.voided: list[Json] = []
        self.gone: set[str] = set()
        """Tokens that are too old to ask for."""
        self.told: list[Webhook] = []
        self.done: list[tuple[str, str]] = []
        """What was acknowledged, consumed and refunded."""
        self.access_tokens: set[str] = set()
        self.push_key = "a"
        self._methods = google_schema.methods()
        self._handlers: dict[str, Callable[[dict[str, str], dict[str, list[str]]], Json | None]] = {
            "androidpublisher.purchases.productsv2.getproductpurchasev2": self._get_product,
            "androidpublisher.purchases.subscriptionsv2.get": self._get_subscription,
            "androidpublisher.purchases.products.acknowledge": self._do_acknowledge_product,
            "androidpublisher.purchases.products.consume": self._do_consume,
            "androidpublisher.purchases.subscriptions.acknowledge": self._do_acknowledge,
            "androidpublisher.purchases.voidedpurchases.list": self._list_voided,
            "androidpublisher.orders.get": self._get_order,
            "androidpublisher.orders.batchget": self._get_orders,
            "androidpublisher.orders.refund": self._do_refund,
        }

    @property
    def service_account(self) -> Json:
        return {
            "type": "service_account",
            "project_id": "meydan-example",
            "private_key_id": self.key_id,
            "private_key": key("service account")
            .private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            .decode(),
            "client_email": self.client_email,
            "client_id": "1",
            "token_uri": f"{self.url}/token",
        }

    # What people do.

    def buy(
        self,
        product_id: str = "coins.500",
        *,
        price: tuple[int, int, str] = (149, 990_000_000, "TRY"),
        account: UUID | None = None,
        test: bool = False,
        pending: bool = False,
        quantity: int = 1,
    ) -> str:
        """Answers the purchase token."""
        token, order = _token(), _order_id()
        details = {"quantity": quantity, "refundableQuantity": quantity, "consumptionState": "CONSUMPTION_STATE_YET_TO_BE_CONSUMED"}  # fmt: skip
        self.products[token] = {
            "kind": "androidpublisher#productPurchaseV2",
            "orderId": order,
            "regionCode": "TR",
            "acknowledgementState": "ACKNOWLEDGEMENT_STATE_PENDING",
            "purchaseStateContext": {"purchaseState": "PENDING"},
            "productLineItem": [{"productId": product_id, "productOfferDetails": details}],
        }
        if account is not None:
            self.products[token]["obfuscatedExternalAccountId"] = str(account)
        if test:
            self.products[token]["testPurchaseContext"] = {"fopType": "TEST"}
        self._new_order(order, token, product_id, price, {"oneTimePurchaseDetails": {"quantity": quantity}})
        if not pending:
            self.complete(token)
        return token

    def complete(self, token: str) -> None:
        purchase = self.products[token]
        purchase["purchaseStateContext"] = {"purchaseState": "PURCHASED"}
        purchase["purchaseCompletionTime"] = _text(self.now)
        self._process(purchase["orderId"])
        self._tell_product(token, 1)

    def give_up(self, token: str) -> None:
        """What was pending is never paid."""
        self.products[token]["purchaseStateContext"] = {"purchaseState": "CANCELLED"}
        order = self.orders[self.products[token]["orderId"]]
        order["state"] = "CANCELED"
        order["orderHistory"] = {"cancellationEvent": {"eventTime": _text(self.now)}}
        self._tell_product(token, 2)

    def subscribe(
        self,
        product_id: str = "premium.month",
        *,
        price: tuple[int, int, str] = (199, 990_000_000, "TRY"),
        account: UUID | None = None,
        test: bool = False,
    ) -> str:
        token, order = _token(), _order_id()
        self.subscriptions[token] = {
            "kind": "androidpublisher#subscriptionPurchaseV2",
            "regionCode": "TR",
            "startTime": _text(self.now),
            "subscriptionState": "SUBSCRIPTION_STATE_ACTIVE",
            "acknowledgementState": "ACKNOWLEDGEMENT_STATE_PENDING",
            "lineItems": [
                {
                    "productId": product_id,
                    "autoRenewingPlan": {"autoRenewEnabled": True, "recurringPrice": _money(price)},
                    "offerDetails": {"basePlanId": "monthly"},
                }
            ],
        }
        if account is not None:
            self.subscriptions[token]["externalAccountIdentifiers"] = {"obfuscatedExternalAccountId": str(account)}
        if test:
            self.subscriptions[token]["testPurchase"] = {}
        self._charge(token, order, price)
        self._tell_subscription(token, 4)
        return token

    def renew(self, token: str, *, after_trouble: bool = False) -> str:
        """Answers the order's id. In trouble the month starts when the money comes."""
        item = self.subscriptions[token]["lineItems"][0]
        first, _, last = item["latestSuccessfulOrderId"].partition("..")
        order = f"{first}..{int(last) + 1 if last else 0}"
        if not after_trouble:
            self.now = _moment(item["expiryTime"])
        money = item["autoRenewingPlan"]["recurringPrice"]
        self._charge(token, order, (int(money["units"]), money["nanos"], money["currencyCode"]))
        self._become(token, "ACTIVE", 1 if after_trouble else 2)
        return order

    def fail_to_renew(self, token: str, *, grace: timedelta | None) -> None:
        item = self.subscriptions[token]["lineItems"][0]
        self.now = _moment(item["expiryTime"])
        if grace is None:
            return self._become(token, "ON_HOLD", 5)
        item["expiryTime"] = _text(self.now + grace)
        return self._become(token, "IN_GRACE_PERIOD", 6)

    def end_grace(self, token: str) -> None:
        self.now = _moment(self.subscriptions[token]["lineItems"][0]["expiryTime"])
        self._become(token, "ON_HOLD", 5)

    def cancel(self, token: str) -> None:
        self.subscriptions[token]["lineItems"][0]["autoRenewingPlan"]["autoRenewEnabled"] = False
        self.subscriptions[token]["canceledStateContext"] = {
            "userInitiatedCancellation": {"cancelTime": _text(self.now)}
        }
        self._become(token, "CANCELED", 3)

    def restart(self, token: str) -> None:
        self.subscriptions[token]["lineItems"][0]["autoRenewingPlan"]["autoRenewEnabled"] = True
        del self.subscriptions[token]["canceledStateContext"]
        self._become(token, "ACTIVE", 7)

    def change_plan(
        self, token: str, product_id: str, price: tuple[int, int, str], *, later: bool = False, days: int = 30
    ) -> str:
        """With another token, and orders of its own. At once, the price may be nothing: what was paid is worth some time of
        the new plan; or ``later``, with the renewal."""
        new, order, old = _token(), _order_id(), self.subscriptions[token]
        kept = old["lineItems"][0]
        plan = {"autoRenewEnabled": True, "recurringPrice": _money(price)}
        item = {"productId": product_id, "autoRenewingPlan": plan, "offerDetails": {"basePlanId": "other"}}
        made = old | {
            "startTime": _text(self.now),
            "acknowledgementState": "ACKNOWLEDGEMENT_STATE_PENDING",
            "linkedPurchaseToken": token,
            "lineItems": [kept | {"deferredItemReplacement": {"productId": product_id}}, item] if later else [item],
        }
        self.subscriptions[new] = made
        if not later:
            self._charge(new, order, price, days=days)
        self._tell_subscription(new, 4)
        old["canceledStateContext"] = {"replacementCancellation": {}}
        self._become(token, "EXPIRED", 13)
        return new

    def begin_plan(self, token: str) -> str:
        """The renewal with which a change for later comes."""
        kept, item = self.subscriptions[token]["lineItems"]
        self.now = _moment(kept["expiryTime"])
        self.subscriptions[token]["lineItems"] = [item]
        money, order = item["autoRenewingPlan"]["recurringPrice"], _order_id()
        self._charge(token, order, (int(money["units"]), money["nanos"], money["currencyCode"]))
        self._become(token, "ACTIVE", 2)
        return order

    def resubscribe(self, token: str) -> str:
        """In Google Play, after it ended: another token, and only there it says whose the last one was."""
        new, old = _token(), self.subscriptions[token]
        plan = old["lineItems"][0]["autoRenewingPlan"] | {"autoRenewEnabled": True}
        money = plan["recurringPrice"]
        self.subscriptions[new] = {
            name: value
            for name, value in old.items()
            if name not in ("externalAccountIdentifiers", "canceledStateContext", "linkedPurchaseToken")
        } | {
            "startTime": _text(self.now),
            "subscriptionState": "SUBSCRIPTION_STATE_ACTIVE",
            "acknowledgementState": "ACKNOWLEDGEMENT_STATE_PENDING",
            "lineItems": [{"productId": old["lineItems"][0]["productId"], "autoRenewingPlan": plan}],
            "outOfAppPurchaseContext": {
                "expiredExternalAccountIdentifiers": old["externalAccountIdentifiers"],
                "expiredPurchaseToken": token,
            },
        }
        self._charge(new, _order_id(), (int(money["units"]), money["nanos"], money["currencyCode"]))
        self._tell_subscription(new, 4)
        return new

    def expire(self, token: str) -> None:
        self.now = _moment(self.subscriptions[token]["lineItems"][0]["expiryTime"])
        self._become(token, "EXPIRED", 13)

    def refund(self, order_id: str, *, reason: str = "OTHER") -> None:
        order = self.orders[order_id]
        order["state"] = "REFUNDED"
        order["orderHistory"]["refundEvent"] = {
            "eventTime": _text(self.now),
            "refundDetails": {"total": order["total"]},
            "refundReason": reason,
        }
        if (product := self.products.get(order["purchaseToken"])) is not None:
            product["purchaseStateContext"] = {"purchaseState": "CANCELLED"}
        self._void(order, 7 if reason == "CHARGEBACK" else 0)

    def refund_part(self, order_id: str, part: tuple[int, int, str], *, state: str = "PROCESSED_SUCCESSFULLY") -> None:
        order = self.orders[order_id]
        order["state"] = "PARTIALLY_REFUNDED"
        order["orderHistory"].setdefault("partialRefundEvents", []).append(
            {
                "createTime": _text(self.now),
                "processTime": _text(self.now),
                "state": state,
                "refundDetails": {"total": _money(part)},
            }
        )
        order["lastEventTime"] = _text(self.now)

    def three_days_pass(self) -> None:
        """Google takes back what nobody acknowledged."""
        self.now += timedelta(days=3)
        for token, purchase in (self.products | self.subscriptions).items():
            if purchase["acknowledgementState"] == "ACKNOWLEDGEMENT_STATE_PENDING":
                for order in [one for one in self.orders.values() if one["purchaseToken"] == token]:
                    self.refund(order["orderId"])

    # What it tells.

    def tell(self, said: Json) -> Webhook:
        self.now += _TICK
        notification = {
            "version": "1.0",
            "packageName": self.package_name,
            "eventTimeMillis": str(int(self.now.timestamp() * 1000)),
        } | said
        number = str(next(_numbers))
        message = {
            "data": base64.b64encode(json.dumps(notification).encode()).decode(),
            "messageId": number,
            "message_id": number,
            "publishTime": _text(self.now),
            "publish_time": _text(self.now),
            "attributes": {},
        }
        body = {"message": message, "subscription": "projects/meydan-example/subscriptions/play"}
        webhook = self.push(json.dumps(body).encode())
        self.told.append(webhook)
        return webhook

    def push(self, body: bytes, *, signed_by: str | None = None, kid: str | None = None, **claims: Any) -> Webhook:
        now = int(time.time())
        said = {
            "iss": "https://accounts.google.com",
            "aud": self.push_audience,
            "azp": "113774264463038321964",
            "sub": "113774264463038321964",
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

    def _become(self, token: str, state: str, kind: int) -> None:
        self.subscriptions[token]["subscriptionState"] = f"SUBSCRIPTION_STATE_{state}"
        self._tell_subscription(token, kind)

    def _new_order(self, order: str, token: str, product_id: str, price: tuple[int, int, str], details: Json) -> None:
        self.orders[order] = {
            "orderId": order,
            "purchaseToken": token,
            "state": "PENDING",
            "createTime": _text(self.now),
            "lastEventTime": _text(self.now),
            "buyerAddress": {"buyerCountry": "TR"},
            "total": _money(price),
            "tax": _money((0, 0, price[2])),
            "lineItems": [{"productId": product_id, "total": _money(price)} | details],
            "orderHistory": {},
        }

    def _process(self, order: str) -> None:
        self.orders[order]["state"] = "PROCESSED"
        self.orders[order]["orderHistory"]["processedEvent"] = {"eventTime": _text(self.now)}

    def _charge(self, token: str, order: str, price: tuple[int, int, str], *, days: int = 30) -> None:
        item, ends = self.subscriptions[token]["lineItems"][0], _text(self.now + timedelta(days=days))
        period = {"servicePeriodStartTime": _text(self.now), "servicePeriodEndTime": ends, "basePlanId": "monthly"}
        self._new_order(order, token, item["productId"], price, {"subscriptionDetails": period})
        self._process(order)
        item["latestSuccessfulOrderId"], item["expiryTime"] = order, ends

    def _void(self, order: Json, reason: int) -> None:
        one_time = order["purchaseToken"] in self.products
        self.voided.append(
            {
                "kind": "androidpublisher#voidedPurchase",
                "orderId": order["orderId"],
                "purchaseToken": order["purchaseToken"],
                "purchaseTimeMillis": _millis(_moment(order["createTime"])),
                "voidedTimeMillis": _millis(self.now),
                "voidedReason": reason,
                "voidedSource": 2,
            }
        )
        self.tell(
            {
                "voidedPurchaseNotification": {
                    "purchaseToken": order["purchaseToken"],
                    "orderId": order["orderId"],
                    "productType": 2 if one_time else 1,
                    "refundType": 1,
                }
            }
        )

    # What a server asks.

    async def answer(self, asked: Asked) -> Answered:
        if asked.path == "/certs":
            return Answered(
                body={self.push_key: _certificate(self.push_key)}, headers={"cache-control": "max-age=3600"}
            )
        if asked.path == "/token":
            return self._access(asked)
        if asked.headers.get("authorization", "").removeprefix("Bearer ") not in self.access_tokens:
            words = "Request had invalid authentication credentials."
            return Answered(401, {"error": {"code": 401, "message": words, "status": "UNAUTHENTICATED"}})
        return self._asked(asked)

    def _asked(self, asked: Asked) -> Answered:
        verb, query, body = asked.method, asked.query, asked.body
        if verb == "POST" and asked.headers.get("x-http-method-override") == "GET":
            verb, query, body = "GET", parse_qs(body.decode()), b""
        for method in self._methods:
            if (path := method.match(verb, asked.path)) is not None and (handle := self._handlers.get(method.id)):
                method.check_query(query)
                method.check_request(body)
                if path["packageName"] != self.package_name:
                    return Refusal(404, "applicationNotFound", "No application was found for the package.").answered
                try:
                    said = handle(path, query)
                except Refusal as refusal:
                    return refusal.answered
                method.check_answer(said)
                return Answered(204 if said is None else 200, said)
        return Answered(404, "Not Found")

    def _access(self, asked: Asked) -> Answered:
        form = parse_qs(asked.body.decode())
        try:
            (assertion,) = form["assertion"]
            claims = jwt.decode(
                assertion,
                key("service account").public_key(),
                algorithms=["RS256"],
                audience=_AUDIENCE,
                issuer=self.client_email,
            )
            right = (
                form["grant_type"] == [_GRANT]
                and jwt.get_unverified_header(assertion)["kid"] == self.key_id
                and claims["scope"] == SCOPE
                and claims["exp"] - claims["iat"] <= 3600
            )
        except (jwt.PyJWTError, KeyError, ValueError):
            right = False
        if not right:
            return Answered(400, {"error": "invalid_grant", "error_description": "Invalid JWT Signature."})
        token = secrets.token_hex(16)
        self.access_tokens.add(token)
        return Answered(body={"access_token": token, "expires_in": 3599, "token_type": "Bearer"})

    def _get_product(self, path: dict[str, str], query: dict[str, list[str]]) -> Json:
        return self._found(self.products, path["token"])

    def _get_subscription(self, path: dict[str, str], query: dict[str, list[str]]) -> Json:
        return self._found(self.subscriptions, path["token"])

    def _found(self, where: dict[str, Json], token: str) -> Json:
        if token in self.gone:
            words = "The purchase is no longer available for query because it has been expired for too long."
            raise Refusal(410, "purchaseTokenNoLongerValid", words)
        if token not in where:
            raise Refusal(404, "purchaseTokenNotFound", "The purchase token was not found.")
        return where[token]

    def _get_order(self, path: dict[str, str], query: dict[str, list[str]]) -> Json:
        return self._order(path["orderId"])

    def _get_orders(self, path: dict[str, str], query: dict[str, list[str]]) -> Json:
        wanted = query["orderIds"]
        if len(set(wanted)) != len(wanted) or len(wanted) > 1000:
            raise Refusal(400, "badRequest", "The order IDs must be distinct, and at most 1000.")
        return {"orders": [self._order(one) for one in wanted]}

    def _order(self, order_id: str) -> Json:
        if order_id not in self.orders:
            raise Refusal(404, "orderNotFound", "The order was not found.")
        return self.orders[order_id]

    def _do_refund(self, path: dict[str, str], query: dict[str, list[str]]) -> None:
        order = self._order(path["orderId"])
        if order["state"] not in {"PROCESSED", "PARTIALLY_REFUNDED"}:
            raise Refusal(400, "orderNotRefundable", "The order cannot be refunded in its current state.")
        self.done.append(("refund" if query.get("revoke") == ["true"] else "refund only", order["orderId"]))
        self.refund(order["orderId"])

    def _do_consume(self, path: dict[str, str], query: dict[str, list[str]]) -> None:
        purchase = self._mine(self.products, path["token"], path["productId"])
        details = purchase["productLineItem"][0]["productOfferDetails"]
        if details["consumptionState"] == "CONSUMPTION_STATE_CONSUMED":
            raise _not_in_that_state()
        details["consumptionState"] = "CONSUMPTION_STATE_CONSUMED"
        purchase["acknowledgementState"] = "ACKNOWLEDGEMENT_STATE_ACKNOWLEDGED"
        self.done.append(("consume", path["token"]))

    def _do_acknowledge_product(self, path: dict[str, str], query: dict[str, list[str]]) -> None:
        purchase = self._mine(self.products, path["token"], path["productId"])
        if purchase["acknowledgementState"] == "ACKNOWLEDGEMENT_STATE_ACKNOWLEDGED":
            raise _not_in_that_state()
        purchase["acknowledgementState"] = "ACKNOWLEDGEMENT_STATE_ACKNOWLEDGED"
        self.done.append(("acknowledge", path["token"]))

    def _do_acknowledge(self, path: dict[str, str], query: dict[str, list[str]]) -> None:
        purchase = self._mine(self.subscriptions, path["token"], path["subscriptionId"])
        if purchase["acknowledgementState"] == "ACKNOWLEDGEMENT_STATE_ACKNOWLEDGED":
            raise _not_in_that_state()
        purchase["acknowledgementState"] = "ACKNOWLEDGEMENT_STATE_ACKNOWLEDGED"
        purchase.pop("outOfAppPurchaseContext", None)
        self.done.append(("acknowledge", path["token"]))

    def _mine(self, where: dict[str, Json], token: str, product_id: str) -> Json:
        purchase = self._found(where, token)
        items = purchase.get("productLineItem") or purchase["lineItems"]
        if items[0]["productId"] != product_id:
            raise Refusal(
                400, "purchaseTokenDoesNotMatchProductId", "The purchase token does not match the product ID."
            )
        if purchase.get("purchaseStateContext", {"purchaseState": "PURCHASED"})["purchaseState"] != "PURCHASED":
            raise _not_in_that_state()
        return purchase

    def _list_voided(self, path: dict[str, str], query: dict[str, list[str]]) -> Json:
        since = int(query["startTime"][0])
        if since < (time.time() - 30 * 86400) * 1000:
            raise Refusal(400, "invalidStartTime", "The start time cannot be older than 30 days.")
        subscriptions = query.get("type") == ["1"]
        found = [
            one
            for one in self.voided
            if int(one["voidedTimeMillis"]) >= since and (subscriptions or one["purchaseToken"] in self.products)
        ]
        shown, rest = self.page(found, int(query.get("token", ["0"])[0]))
        said: Json = {"voidedPurchases": shown} if shown else {}
        if rest is not None:
            said["tokenPagination"] = {"nextPageToken": str(rest)}
        return said


@functools.cache
def _certificate(name: str) -> str:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "federated-signon.system.gserviceaccount.com")])
    now = datetime.now(UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key(name).public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=14))
    )
    return built.sign(key(name), hashes.SHA256()).public_bytes(Encoding.PEM).decode()


def _not_in_that_state() -> Refusal:
    words = "The purchase is not in a valid state to perform the desired operation."
    return Refusal(400, "invalidPurchaseState", words)


def _token() -> str:
    return f"{secrets.token_hex(12)}.AO-J1O{secrets.token_urlsafe(60)}"


def _order_id() -> str:
    number = f"{next(_numbers):017}"
    return f"GPA.{number[:4]}-{number[4:8]}-{number[8:12]}-{number[12:]}"


def _money(price: tuple[int, int, str]) -> Json:
    units, nanos, currency = price
    return {"units": str(units), "nanos": nanos, "currencyCode": currency}


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _millis(moment: datetime) -> str:
    return str(int(moment.timestamp() * 1000))
