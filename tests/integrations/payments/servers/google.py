"""Google Play, as far as a server sees it: the Developer API, access tokens, and pushes of Pub/Sub.

Its answers are held against Google's own description of the API (``google_schema``).
"""

import functools
import secrets
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from tests.integrations.payments.fake_server import Answered, Asked, Refused
from tests.integrations.payments.servers.google_books import ACKNOWLEDGED, Json, PlayBooks, key
from tests.integrations.payments.servers.google_schema import shape_of
from tests.integrations.payments.servers.shapes import check

SCOPE = "https://www.googleapis.com/auth/androidpublisher"
_AUDIENCE = "https://oauth2.googleapis.com/token"
"""Audience in an assertion, whatever address is asked: Google's library writes its own."""
_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_VOIDED_DAYS = 30


def _refused(status: int, reason: str, words: str) -> Refused:
    error = {"message": words, "domain": "androidpublisher", "reason": reason}
    return Refused(Answered(status, {"error": {"code": status, "message": words, "errors": [error]}}))


def _not_in_that_state() -> Refused:
    words = "The purchase is not in a valid state to perform the desired operation."
    return _refused(400, "invalidPurchaseState", words)


class PlayStore(PlayBooks):
    client_email = "play@meydan-example.iam.gserviceaccount.com"
    key_id = "0f6e8c4b2a"

    def __init__(self) -> None:
        super().__init__()
        self.gone: set[str] = set()
        """Tokens that are too old to ask for."""
        self.done: list[tuple[str, str]] = []
        """Acts of our adapter: acknowledged, consumed and refunded."""
        self.access_tokens: set[str] = set()

    @property
    def service_account(self) -> Json:
        pem = key("service account").private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return {
            "type": "service_account",
            "project_id": "meydan-example",
            "private_key_id": self.key_id,
            "private_key": pem.decode(),
            "client_email": self.client_email,
            "client_id": "1",
            "token_uri": f"{self.url}/token",
        }

    async def answer(self, asked: Asked) -> Answered:
        if asked.path == "/certs":
            certificates = {self.push_key: _certificate(self.push_key)}
            return Answered(body=certificates, headers={"cache-control": "max-age=3600"})
        if asked.path == "/token":
            return self._access(parse_qs(asked.body.decode()))
        if asked.headers.get("authorization", "").removeprefix("Bearer ") not in self.access_tokens:
            raise _refused(401, "authError", "Request had invalid authentication credentials.")
        package, _, path = asked.path.removeprefix("/androidpublisher/v3/applications/").partition("/")
        if package != self.package_name:
            raise _refused(404, "applicationNotFound", "No application was found for the package.")
        if asked.method == "POST" and asked.headers.get("x-http-method-override") == "GET":
            return self._read(path, parse_qs(asked.body.decode()))
        if asked.method == "GET":
            return self._read(path, asked.query)
        self._write(path, asked.query)
        return Answered(204)

    def _access(self, form: dict[str, list[str]]) -> Answered:
        about: Any = {"algorithms": ["RS256"], "audience": _AUDIENCE, "issuer": self.client_email}
        assertion = form["assertion"][0]
        try:
            claims = jwt.decode(assertion, key("service account").public_key(), **about)
        except jwt.PyJWTError:
            claims = {}
        if not claims or jwt.get_unverified_header(assertion)["kid"] != self.key_id:
            return Answered(400, {"error": "invalid_grant", "error_description": "Invalid JWT Signature."})
        assert (form["grant_type"], claims["scope"]) == ([_GRANT], SCOPE)
        assert claims["exp"] - claims["iat"] <= 3600
        token = secrets.token_hex(16)
        self.access_tokens.add(token)
        return Answered(body={"access_token": token, "expires_in": 3599, "token_type": "Bearer"})

    # What a server asks.

    def _read(self, path: str, query: dict[str, list[str]]) -> Answered:
        match path.split("/"):
            case ["purchases", "productsv2", "tokens", token]:
                shape, found = "ProductPurchaseV2", self._found(self.products, token)
            case ["purchases", "subscriptionsv2", "tokens", token]:
                shape, found = "SubscriptionPurchaseV2", self._found(self.subscriptions, token)
            case ["purchases", "voidedpurchases"]:
                shape, found = "VoidedPurchasesListResponse", self._voided(query)
            case ["orders", order]:
                shape, found = "Order", self._order(order)
            case ["orders:batchGet"]:
                wanted = query["orderIds"]
                assert len(set(wanted)) == len(wanted) <= 1000
                shape, found = "BatchGetOrdersResponse", {"orders": [self._order(one) for one in wanted]}
            case _:
                raise LookupError(path)
        return Answered(body=check(shape_of(shape), found))

    def _write(self, path: str, query: dict[str, list[str]]) -> None:
        *_, collection, product_id, _, name = ["", "", *path.split("/")]
        thing, _, act = name.partition(":")
        if act == "refund":
            order = self._order(thing)
            assert order["state"] in {"PROCESSED", "PARTIALLY_REFUNDED"}
            self.done.append(("refund" if query.get("revoke") == ["true"] else "refund only", thing))
            return self.refund(thing)
        purchase = self._found(self.products if collection == "products" else self.subscriptions, thing)
        (item,) = purchase.get("productLineItem") or purchase["lineItems"][:1]
        assert item["productId"] == product_id
        if purchase.get("purchaseStateContext", {"purchaseState": "PURCHASED"})["purchaseState"] != "PURCHASED":
            raise _not_in_that_state()
        if act == "consume":
            if item["productOfferDetails"]["consumptionState"] == "CONSUMPTION_STATE_CONSUMED":
                raise _not_in_that_state()
            item["productOfferDetails"]["consumptionState"] = "CONSUMPTION_STATE_CONSUMED"
        else:
            assert act == "acknowledge" and purchase["acknowledgementState"] != ACKNOWLEDGED
            purchase.pop("outOfAppPurchaseContext", None)
        purchase["acknowledgementState"] = ACKNOWLEDGED
        return self.done.append((act, thing))

    def _found(self, where: dict[str, Json], token: str) -> Json:
        if token in self.gone:
            words = "The purchase is no longer available for query because it has been expired for too long."
            raise _refused(410, "purchaseTokenNoLongerValid", words)
        if token not in where:
            raise _refused(404, "purchaseTokenNotFound", "The purchase token was not found.")
        return where[token]

    def _order(self, order_id: str) -> Json:
        if order_id not in self.orders:
            raise _refused(404, "orderNotFound", "The order was not found.")
        return self.orders[order_id]

    def _voided(self, query: dict[str, list[str]]) -> Json:
        since = int(query["startTime"][0])
        assert since >= (time.time() - _VOIDED_DAYS * 86400) * 1000
        subscriptions_too = query.get("type") == ["1"]
        found = [
            one
            for one in self.voided
            if int(one["voidedTimeMillis"]) >= since and (subscriptions_too or one["purchaseToken"] in self.products)
        ]
        shown, rest = self.page(found, int(query.get("token", ["0"])[0]))
        more = {} if rest is None else {"tokenPagination": {"nextPageToken": str(rest)}}
        return ({"voidedPurchases": shown} if shown else {}) | more


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
