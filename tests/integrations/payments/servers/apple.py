"""The App Store, as far as a server sees it: the Server API, and notifications signed by a chain of our own.

Signed and answered objects are read with the models of Apple's own library: a field, a word or a type that it does not
know fails its test. So does a question that our adapter must never ask.
"""

import itertools
import json
import time
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any
from uuid import UUID, uuid4

import jwt
from appstoreserverlibrary.models.LibraryUtility import _get_cattrs_converter
from appstoreserverlibrary.models.Status import Status
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.integrations.payments.fake_server import Answered, Asked, FakeServer, Refused
from tests.integrations.payments.servers.apple_chain import Chain

Json = dict[str, Any]

SUBSCRIPTION, CONSUMABLE = "Auto-Renewable Subscription", "Consumable"
_TYPES = {"AUTO_RENEWABLE": SUBSCRIPTION, "CONSUMABLE": CONSUMABLE}
_LONGEST_TOKEN = 60 * 60
_HISTORY = timedelta(days=180)
_MONTH = timedelta(days=30)
_TICK = timedelta(seconds=1)
"""Time between any two things that happen."""
_numbers = itertools.count(2_000_000_000_000_001)


def said(name: str, *, new_words: bool = False, **known: Any) -> Json:
    """JSON of one of Apple's objects, without what is None. Apple's library reads every field, and every word not new."""
    kind = getattr(import_module(f"appstoreserverlibrary.models.{name}"), name)
    converter = _get_cattrs_converter(kind)
    value = json.loads(json.dumps({field: one for field, one in known.items() if one is not None}))
    read = converter.structure(value, kind)
    assert converter.unstructure(read) == value
    assert new_words or all(getattr(read, field) is not None for field in value)
    return dict(value)


class AppStore(FakeServer):
    issuer_id = "57246542-96fe-1a63-e053-0824d011072a"
    key_id = "2X9R4HXF34"

    def __init__(
        self,
        *,
        environment: str = "Production",
        bundle_id: str = "com.example.meydan",
        app_apple_id: int = 1_234_567_890,
        chain: Chain | None = None,
    ) -> None:
        super().__init__()
        self.app: Json = {"environment": environment, "bundleId": bundle_id, "appAppleId": app_apple_id}
        self.bundle_id, self.app_apple_id = bundle_id, app_apple_id
        self.chain = chain or Chain()
        self.page_size = 20
        self.now = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
        """The store's own time: what it does happens then, and signs with it."""
        self.transactions: dict[str, Json] = {}
        self.renewals: dict[str, Json] = {}
        self.statuses: dict[str, Status] = {}
        self.lengths: dict[str, timedelta] = {}
        """Periods of products that are not a month."""
        self.told: list[tuple[datetime, bytes]] = []
        """Every notification, oldest first, as it is posted. Tests post them late, twice, or in another order."""
        key = ec.generate_private_key(ec.SECP256R1())
        self._key = key.public_key()
        self.private_key = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()

    # What people do.

    def buy(
        self,
        product_id: str = "coins.500",
        *,
        price: int = 149_990,
        currency: str = "TRY",
        token: UUID | None = None,
        quantity: int = 1,
    ) -> str:
        transaction = self._charge(product_id, price, currency, _word(token), quantity=quantity)
        self.tell("ONE_TIME_CHARGE", transaction)
        return transaction

    def subscribe(
        self,
        product_id: str = "premium.month",
        *,
        price: int = 199_990,
        currency: str = "TRY",
        token: UUID | None = None,
        shared: bool = False,
    ) -> str:
        ends = self.now + self.lengths.get(product_id, _MONTH)
        owned = {"inAppOwnershipType": "FAMILY_SHARED"} if shared else {}
        name = self._charge(product_id, price, currency, _word(token), ends=ends, **owned)
        self.statuses[name] = Status.ACTIVE
        self.renewals[name] = {
            "originalTransactionId": name,
            "productId": product_id,
            "autoRenewProductId": product_id,
            "autoRenewStatus": 1,
            "renewalPrice": price,
            "environment": self.app["environment"],
        }
        self.tell("SUBSCRIBED", name, "INITIAL_BUY")
        return name

    def change_plan(self, subscription: str, product_id: str, *, price: int, days: int, at_once: bool) -> None:
        """A change at once, for which Apple gives back the rest of the old period, or with the next renewal."""
        last = self._last(subscription)
        self.renewals[subscription] |= {"autoRenewProductId": product_id, "renewalPrice": price}
        self.lengths[product_id] = timedelta(days=days)
        if not at_once:
            self.tell("DID_CHANGE_RENEWAL_PREF", last["transactionId"], "DOWNGRADE")
            return
        last["isUpgraded"] = True
        self.renewals[subscription]["productId"] = product_id
        transaction = self._charge_again(last, product_id, price, self.now, transactionReason="PURCHASE")
        self.tell("DID_CHANGE_RENEWAL_PREF", transaction, "UPGRADE")

    def keep_plan(self, subscription: str) -> None:
        """They thought better of it."""
        last = self._last(subscription)
        self.renewals[subscription] |= {"autoRenewProductId": last["productId"], "renewalPrice": last["price"]}
        self.tell("DID_CHANGE_RENEWAL_PREF", last["transactionId"])

    def renew(self, subscription: str, *, after_trouble: bool = False, early: timedelta = timedelta()) -> str:
        """Apple charges up to a day ``early``; the period begins when the last one ends all the same."""
        last, renewal = self._last(subscription), self.renewals[subscription]
        if not after_trouble:
            self.now = _moment(last["expiresDate"])
        product, price = renewal["autoRenewProductId"], renewal["renewalPrice"]
        transaction = self._charge_again(last, product, price, self.now)
        self.now -= early
        self.statuses[subscription] = Status.ACTIVE
        renewal |= {"productId": product, "gracePeriodExpiresDate": None}
        self.tell("DID_RENEW", transaction, "BILLING_RECOVERY" if after_trouble else None)
        return transaction

    def fail_to_renew(self, subscription: str, *, grace: timedelta | None) -> None:
        last = self._last(subscription)
        self.now = _moment(last["expiresDate"])
        self.statuses[subscription] = Status.BILLING_RETRY if grace is None else Status.BILLING_GRACE_PERIOD
        self.renewals[subscription]["gracePeriodExpiresDate"] = None if grace is None else _ms(self.now + grace)
        self.tell("DID_FAIL_TO_RENEW", last["transactionId"], None if grace is None else "GRACE_PERIOD")

    def end_grace(self, subscription: str) -> None:
        self.now = _moment(self.renewals[subscription]["gracePeriodExpiresDate"])
        self.statuses[subscription] = Status.BILLING_RETRY
        self.tell("GRACE_PERIOD_EXPIRED", self._last(subscription)["transactionId"])

    def set_renewal(self, subscription: str, *, on: bool) -> None:
        self.renewals[subscription]["autoRenewStatus"] = int(on)
        word = "AUTO_RENEW_ENABLED" if on else "AUTO_RENEW_DISABLED"
        self.tell("DID_CHANGE_RENEWAL_STATUS", self._last(subscription)["transactionId"], word)

    def refund(self, transaction: str, *, part: int | None = None) -> None:
        """``part`` in thousandths of a percent; without it the answer is of before Apple knew parts."""
        one = self.transactions[transaction]
        self.now += _TICK
        one |= {"revocationDate": _ms(self.now), "revocationReason": 1}
        if part is not None:
            word = "REFUND_FULL" if part == 100_000 else "REFUND_PRORATED"
            one |= {"revocationPercentage": part, "revocationType": word}
        subscription = one["originalTransactionId"]
        if one["type"] == SUBSCRIPTION and one is self._last(subscription):  # an older period's money ends nothing
            self.statuses[subscription] = Status.REVOKED
        self.tell("REFUND", transaction)

    def reverse_refund(self, transaction: str) -> None:
        for field in ("Date", "Reason", "Percentage", "Type"):
            self.transactions[transaction].pop(f"revocation{field}", None)
        self.tell("REFUND_REVERSED", transaction)

    def tell(self, kind: str, transaction: str | None = None, subtype: str | None = None) -> bytes:
        self.now += _TICK
        data = dict(self.app)
        if transaction is not None:
            one = self.transactions[transaction]
            data["signedTransactionInfo"] = self.sign(one)
            if one["type"] == SUBSCRIPTION:
                data["signedRenewalInfo"] = self.sign(self.renewals[one["originalTransactionId"]])
                data["status"] = self.statuses[one["originalTransactionId"]]
        payload = said(
            "ResponseBodyV2DecodedPayload",
            new_words=kind == "NEW_IDEA",
            notificationType=kind,
            subtype=subtype,
            notificationUUID=str(uuid4()),
            data=said("Data", **data),
            version="2.0",
            signedDate=_ms(self.now),
        )
        body = json.dumps(said("ResponseBodyV2", signedPayload=self.chain.sign(payload))).encode()
        self.told.append((self.now, body))
        return body

    def sign(self, one: Json) -> str:
        """A transaction, or how a subscription renews, signed now."""
        kind = "JWSTransactionDecodedPayload" if "transactionId" in one else "JWSRenewalInfoDecodedPayload"
        return self.chain.sign(said(kind, **one | {"signedDate": _ms(self.now)}))

    def _charge(
        self, product_id: str, price: int, currency: str, token: str | None, ends: datetime | None = None, **other: Any
    ) -> str:
        transaction = str(next(_numbers))
        self.transactions[transaction] = {
            "transactionId": transaction,
            "originalTransactionId": transaction,
            "bundleId": self.bundle_id,
            "productId": product_id,
            "purchaseDate": _ms(self.now),
            "expiresDate": ends and _ms(ends),
            "quantity": 1,
            "type": SUBSCRIPTION if ends else CONSUMABLE,
            "appAccountToken": token,
            "inAppOwnershipType": "PURCHASED",
            "environment": self.app["environment"],
            "storefront": "TUR",
            "transactionReason": "PURCHASE",
            "currency": currency,
            "price": price,
        } | other
        return transaction

    def _charge_again(self, last: Json, product_id: str, price: int, starts: datetime, **other: Any) -> str:
        """The next period of a subscription."""
        about = {"originalTransactionId": last["originalTransactionId"], "transactionReason": "RENEWAL"} | other
        ends = starts + self.lengths.get(product_id, _MONTH)
        return self._charge(product_id, price, last["currency"], last["appAccountToken"], ends, **about)

    def _last(self, subscription: str) -> Json:
        return [one for one in self.transactions.values() if one["originalTransactionId"] == subscription][-1]

    # What a server asks.

    async def answer(self, asked: Asked) -> Answered:
        if not self._allowed(asked.headers.get("authorization", "")):
            return Answered(401, "Unauthenticated\n\nRequest ID: 4VQXYG4MBXDRNQMH3Y5ZC42HTA.0.0\n")
        match asked.method, asked.path.split("/")[2:]:
            case "GET", ["v1", "transactions", name]:
                found = said("TransactionInfoResponse", signedTransactionInfo=self.sign(self._found(name)))
            case "GET", ["v2", "history", name]:
                found = self._history(self._found(name), asked.query)
            case "GET", ["v1", "subscriptions", name]:
                found = self._subscriptions(self._found(name)["originalTransactionId"])
            case "POST", ["v1", "notifications", "history"]:
                found = self._notifications(json.loads(asked.body), asked.query)
            case _:
                raise LookupError(asked.path)
        return Answered(body=found)

    def _allowed(self, authorization: str) -> bool:
        token = authorization.removeprefix("Bearer ")
        need: Any = {"require": ["exp", "iss", "aud", "bid"]}
        about: Any = {"algorithms": ["ES256"], "audience": "appstoreconnect-v1", "issuer": self.issuer_id}
        try:
            header = jwt.get_unverified_header(token)
            claims = jwt.decode(token, self._key, options=need, **about)
        except jwt.PyJWTError:
            return False
        in_time = claims["exp"] <= time.time() + _LONGEST_TOKEN
        return bool(header.get("kid") == self.key_id and claims["bid"] == self.bundle_id and in_time)

    def _found(self, transaction: str) -> Json:
        if not transaction.isdigit():
            raise _refused(400, 4000006, "Invalid transaction id.")
        if transaction not in self.transactions:
            raise _refused(404, 4040010, "Transaction id not found.")
        return self.transactions[transaction]

    def _history(self, mine: Json, query: dict[str, list[str]]) -> Json:
        """Transactions of the customer: here, the people of one token, or of one subscription."""
        assert query.get("sort", ["ASCENDING"]) == ["ASCENDING"]
        wanted = {_TYPES[one] for one in query.get("productType", _TYPES)}
        same = ("appAccountToken", "originalTransactionId")
        theirs = [
            one
            for one in self.transactions.values()
            if one["type"] in wanted and any(one[field] == mine[field] for field in same)
        ]
        start = int(query.get("revision", ["0"])[0])
        shown, rest = self.page(theirs, start)
        signed, more = [self.sign(one) for one in shown], rest is not None
        revision = str(start + len(shown))
        return said("HistoryResponse", revision=revision, hasMore=more, signedTransactions=signed, **self.app)

    def _subscriptions(self, subscription: str) -> Json:
        items = []
        if subscription in self.renewals:
            item = said(
                "LastTransactionsItem",
                status=self.statuses[subscription],
                originalTransactionId=subscription,
                signedTransactionInfo=self.sign(self._last(subscription)),
                signedRenewalInfo=self.sign(self.renewals[subscription]),
            )
            items.append(item)
        group = {"subscriptionGroupIdentifier": "20900001", "lastTransactions": items}
        return said("StatusResponse", data=[group], **self.app)

    def _notifications(self, wish: Json, query: dict[str, list[str]]) -> Json:
        since, until = wish.pop("startDate"), wish.pop("endDate")
        assert not wish
        assert _ms(datetime.now(UTC) - _HISTORY) <= since < until
        found = [(at, body) for at, body in self.told if since <= _ms(at) < until]
        shown, rest = self.page(found, int(query.get("paginationToken", ["page-0"])[0].removeprefix("page-")))
        items = [
            {
                "signedPayload": json.loads(body)["signedPayload"],
                "sendAttempts": [{"attemptDate": _ms(at), "sendAttemptResult": "SUCCESS"}],
            }
            for at, body in shown
        ]
        token = None if rest is None else f"page-{rest}"
        more = rest is not None
        return said("NotificationHistoryResponse", paginationToken=token, hasMore=more, notificationHistory=items)


def _refused(status: int, code: int, words: str) -> Refused:
    return Refused(Answered(status, {"errorCode": code, "errorMessage": words}))


def _word(token: UUID | None) -> str | None:
    return None if token is None else str(token)


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
