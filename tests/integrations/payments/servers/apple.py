"""The App Store, as far as a server sees it: the Server API, and notifications signed by a chain of our own.

What it signs and answers is built from the models of Apple's own library and read back with them: a field the library
does not know cannot be said, and a type it would not read fails here.
"""

import itertools
import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import jwt
from appstoreserverlibrary.models.AutoRenewStatus import AutoRenewStatus
from appstoreserverlibrary.models.Data import Data
from appstoreserverlibrary.models.Environment import Environment
from appstoreserverlibrary.models.HistoryResponse import HistoryResponse
from appstoreserverlibrary.models.InAppOwnershipType import InAppOwnershipType
from appstoreserverlibrary.models.JWSRenewalInfoDecodedPayload import JWSRenewalInfoDecodedPayload
from appstoreserverlibrary.models.JWSTransactionDecodedPayload import JWSTransactionDecodedPayload
from appstoreserverlibrary.models.LastTransactionsItem import LastTransactionsItem
from appstoreserverlibrary.models.LibraryUtility import _get_cattrs_converter
from appstoreserverlibrary.models.NotificationHistoryResponse import NotificationHistoryResponse
from appstoreserverlibrary.models.NotificationHistoryResponseItem import NotificationHistoryResponseItem
from appstoreserverlibrary.models.NotificationTypeV2 import NotificationTypeV2 as Kind
from appstoreserverlibrary.models.ResponseBodyV2 import ResponseBodyV2
from appstoreserverlibrary.models.ResponseBodyV2DecodedPayload import ResponseBodyV2DecodedPayload
from appstoreserverlibrary.models.RevocationReason import RevocationReason
from appstoreserverlibrary.models.RevocationType import RevocationType
from appstoreserverlibrary.models.SendAttemptItem import SendAttemptItem
from appstoreserverlibrary.models.SendAttemptResult import SendAttemptResult
from appstoreserverlibrary.models.Status import Status
from appstoreserverlibrary.models.StatusResponse import StatusResponse
from appstoreserverlibrary.models.SubscriptionGroupIdentifierItem import SubscriptionGroupIdentifierItem
from appstoreserverlibrary.models.Subtype import Subtype
from appstoreserverlibrary.models.TransactionInfoResponse import TransactionInfoResponse
from appstoreserverlibrary.models.TransactionReason import TransactionReason
from appstoreserverlibrary.models.Type import Type
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.integrations.payments.fake_server import Answered, Asked, FakeServer
from tests.integrations.payments.servers.apple_chain import Chain

_LONGEST_TOKEN = 60 * 60
_HISTORY_DAYS = 180
_MONTH = timedelta(days=30)
_TICK = timedelta(seconds=1)
"""Nothing happens at the same moment as something else."""
_numbers = itertools.count(2_000_000_000_000_001)


def plain(model: Any) -> dict[str, Any]:
    """As JSON; and the library reads from it what was meant."""
    kind: Any = type(model)
    converter = _get_cattrs_converter(kind)
    said: dict[str, Any] = converter.unstructure(model)
    assert converter.structure(json.loads(json.dumps(said)), kind) == model
    return said


class AppStore(FakeServer):
    issuer_id = "57246542-96fe-1a63-e053-0824d011072a"
    key_id = "2X9R4HXF34"

    def __init__(
        self,
        *,
        environment: Environment = Environment.PRODUCTION,
        bundle_id: str = "com.example.meydan",
        app_apple_id: int = 1_234_567_890,
        chain: Chain | None = None,
        page: int = 20,
    ) -> None:
        super().__init__()
        self.environment = environment
        self.bundle_id = bundle_id
        self.app_apple_id = app_apple_id
        self.chain = chain or Chain()
        self.page_size = page
        self.now = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
        """The store's own time: what it does happens then, and signs with it."""
        self.transactions: dict[str, JWSTransactionDecodedPayload] = {}
        self.renewals: dict[str, JWSRenewalInfoDecodedPayload] = {}
        self.statuses: dict[str, Status] = {}
        self.lengths: dict[str, timedelta] = {}
        """Of products whose period is not a month."""
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
        transaction = self._charge(Type.CONSUMABLE, product_id, price, currency, token, quantity=quantity)
        self.tell(Kind.ONE_TIME_CHARGE, transaction)
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
        transaction = self._charge(
            Type.AUTO_RENEWABLE_SUBSCRIPTION, product_id, price, currency, token, ends=self.now + _MONTH, shared=shared
        )
        self.statuses[transaction] = Status.ACTIVE
        self.renewals[transaction] = JWSRenewalInfoDecodedPayload(
            originalTransactionId=transaction,
            productId=product_id,
            autoRenewProductId=product_id,
            autoRenewStatus=AutoRenewStatus.ON,
            environment=self.environment,
            renewalDate=_ms(self.now + _MONTH),
            appAccountToken=None if token is None else str(token),
        )
        self.tell(Kind.SUBSCRIBED, transaction, Subtype.INITIAL_BUY)
        return transaction

    def change_plan(self, subscription: str, product_id: str, *, price: int, days: int, at_once: bool) -> str | None:
        """At once, what was left of the old period is given back by Apple; else it comes with the next renewal."""
        last = self._last(subscription)
        assert last.currency is not None
        self.renewals[subscription].autoRenewProductId = product_id
        self.renewals[subscription].renewalPrice = price
        self.lengths[product_id] = timedelta(days=days)
        if not at_once:
            self.tell(Kind.DID_CHANGE_RENEWAL_PREF, self._id(last), Subtype.DOWNGRADE)
            return None
        last.isUpgraded = True
        token = None if last.appAccountToken is None else UUID(last.appAccountToken)
        transaction = self._charge(
            Type.AUTO_RENEWABLE_SUBSCRIPTION,
            product_id,
            price,
            last.currency,
            token,
            ends=self.now + self.lengths[product_id],
            original=subscription,
        )
        self.transactions[transaction].transactionReason = TransactionReason.PURCHASE
        self.renewals[subscription].productId = product_id
        self.tell(Kind.DID_CHANGE_RENEWAL_PREF, transaction, Subtype.UPGRADE)
        return transaction

    def keep_plan(self, subscription: str) -> None:
        """They thought better of it."""
        last = self._last(subscription)
        self.renewals[subscription].autoRenewProductId = last.productId
        self.renewals[subscription].renewalPrice = last.price
        self.tell(Kind.DID_CHANGE_RENEWAL_PREF, self._id(last))

    def renew(self, subscription: str, *, after_trouble: bool = False, early: timedelta = timedelta()) -> str:
        """Apple charges up to a day ``early``; the period begins when the last one ends all the same."""
        last, renewal = self._last(subscription), self.renewals[subscription]
        assert last.expiresDate is not None and last.productId and last.price and last.currency
        starts = self.now if after_trouble else datetime.fromtimestamp(last.expiresDate / 1000, UTC)
        self.now = starts
        product = renewal.autoRenewProductId or last.productId
        transaction = self._charge(
            Type.AUTO_RENEWABLE_SUBSCRIPTION,
            product,
            renewal.renewalPrice or last.price,
            last.currency,
            None if last.appAccountToken is None else UUID(last.appAccountToken),
            ends=starts + self.lengths.get(product, _MONTH),
            original=subscription,
        )
        renewal.productId = product
        self.now -= early
        self.statuses[subscription] = Status.ACTIVE
        self.renewals[subscription].gracePeriodExpiresDate = None
        self.tell(Kind.DID_RENEW, transaction, Subtype.BILLING_RECOVERY if after_trouble else None)
        return transaction

    def fail_to_renew(self, subscription: str, *, grace: timedelta | None) -> None:
        last = self._last(subscription)
        assert last.expiresDate is not None
        self.now = datetime.fromtimestamp(last.expiresDate / 1000, UTC)
        self.statuses[subscription] = Status.BILLING_RETRY if grace is None else Status.BILLING_GRACE_PERIOD
        self.renewals[subscription].gracePeriodExpiresDate = None if grace is None else _ms(self.now + grace)
        self.tell(Kind.DID_FAIL_TO_RENEW, self._id(last), None if grace is None else Subtype.GRACE_PERIOD)

    def end_grace(self, subscription: str) -> None:
        ends = self.renewals[subscription].gracePeriodExpiresDate
        assert ends is not None
        self.now = datetime.fromtimestamp(ends / 1000, UTC)
        self.statuses[subscription] = Status.BILLING_RETRY
        self.tell(Kind.GRACE_PERIOD_EXPIRED, self._id(self._last(subscription)))

    def expire(self, subscription: str) -> None:
        last = self._last(subscription)
        assert last.expiresDate is not None
        self.now = datetime.fromtimestamp(last.expiresDate / 1000, UTC)
        self.statuses[subscription] = Status.EXPIRED
        self.tell(Kind.EXPIRED, self._id(last), Subtype.VOLUNTARY)

    def set_renewal(self, subscription: str, *, on: bool) -> None:
        self.renewals[subscription].autoRenewStatus = AutoRenewStatus.ON if on else AutoRenewStatus.OFF
        self.tell(
            Kind.DID_CHANGE_RENEWAL_STATUS,
            self._id(self._last(subscription)),
            Subtype.AUTO_RENEW_ENABLED if on else Subtype.AUTO_RENEW_DISABLED,
        )

    def refund(self, transaction: str, *, part: int | None = None) -> None:
        """``part`` in thousandths of a percent; without it the answer is of before Apple knew parts."""
        one = self.transactions[transaction]
        self.now += _TICK
        one.revocationDate = _ms(self.now)
        one.revocationReason = RevocationReason.REFUNDED_DUE_TO_ISSUE
        if part is not None:
            one.revocationPercentage = part
            one.revocationType = RevocationType.REFUND_FULL if part == 100_000 else RevocationType.REFUND_PRORATED
        subscription = one.originalTransactionId if one.type == Type.AUTO_RENEWABLE_SUBSCRIPTION else None
        if subscription is not None and one is self._last(subscription):  # an older period's money ends nothing
            self.statuses[subscription] = Status.REVOKED
        self.tell(Kind.REFUND, transaction)

    def reverse_refund(self, transaction: str) -> None:
        one = self.transactions[transaction]
        one.revocationDate = one.revocationReason = one.revocationPercentage = one.revocationType = None
        self.tell(Kind.REFUND_REVERSED, transaction)

    def tell(self, kind: Kind | str, transaction: str | None = None, subtype: Subtype | None = None) -> bytes:
        self.now += _TICK
        data = Data(environment=self.environment, appAppleId=self.app_apple_id, bundleId=self.bundle_id)
        if transaction is not None:
            one = self.transactions[transaction]
            data.signedTransactionInfo = self.sign(one)
            if one.type == Type.AUTO_RENEWABLE_SUBSCRIPTION and one.originalTransactionId is not None:
                data.signedRenewalInfo = self.sign(self.renewals[one.originalTransactionId])
                data.status = self.statuses[one.originalTransactionId]
        said = ResponseBodyV2DecodedPayload(
            notificationType=kind if isinstance(kind, Kind) else None,
            rawNotificationType=kind if isinstance(kind, str) and not isinstance(kind, Kind) else None,
            subtype=subtype,
            notificationUUID=str(uuid4()),
            data=data,
            version="2.0",
            signedDate=_ms(self.now),
        )
        body = json.dumps(plain(ResponseBodyV2(signedPayload=self.chain.sign(plain(said))))).encode()
        self.told.append((self.now, body))
        return body

    def sign(self, model: Any) -> str:
        model.signedDate = _ms(self.now)
        return self.chain.sign(plain(model))

    def _charge(
        self,
        type_: Type,
        product_id: str,
        price: int,
        currency: str,
        token: UUID | None,
        *,
        quantity: int = 1,
        ends: datetime | None = None,
        original: str | None = None,
        shared: bool = False,
    ) -> str:
        transaction = str(next(_numbers))
        self.transactions[transaction] = JWSTransactionDecodedPayload(
            transactionId=transaction,
            originalTransactionId=original or transaction,
            bundleId=self.bundle_id,
            productId=product_id,
            purchaseDate=_ms(self.now),
            originalPurchaseDate=_ms(self.now),
            expiresDate=None if ends is None else _ms(ends),
            quantity=quantity,
            type=type_,
            appAccountToken=None if token is None else str(token),
            inAppOwnershipType=InAppOwnershipType.FAMILY_SHARED if shared else InAppOwnershipType.PURCHASED,
            environment=self.environment,
            storefront="TUR",
            storefrontId="143480",
            transactionReason=TransactionReason.PURCHASE if original is None else TransactionReason.RENEWAL,
            currency=currency,
            price=price,
            signedDate=_ms(self.now),
        )
        return transaction

    def _last(self, subscription: str) -> JWSTransactionDecodedPayload:
        return [one for one in self.transactions.values() if one.originalTransactionId == subscription][-1]

    def _id(self, one: JWSTransactionDecodedPayload) -> str:
        assert one.transactionId is not None
        return one.transactionId

    # What a server asks.

    async def answer(self, asked: Asked) -> Answered:
        if not self._allowed(asked.headers.get("authorization", "")):
            return Answered(401, "Unauthenticated\n\nRequest ID: 4VQXYG4MBXDRNQMH3Y5ZC42HTA.0.0\n")
        match asked.method, asked.path.split("/")[2:]:
            case "GET", ["v1", "transactions", transaction]:
                return self._info(transaction)
            case "GET", ["v2", "history", transaction]:
                return self._history(transaction, asked.query)
            case "GET", ["v1", "subscriptions", transaction]:
                return self._subscriptions(transaction)
            case "POST", ["v1", "notifications", "history"]:
                return self._notifications(asked)
        return Answered(404, "Not Found\n")

    def _allowed(self, authorization: str) -> bool:
        token = authorization.removeprefix("Bearer ")
        try:
            header = jwt.get_unverified_header(token)
            claims = jwt.decode(
                token,
                self._key,
                algorithms=["ES256"],
                audience="appstoreconnect-v1",
                issuer=self.issuer_id,
                options={"require": ["exp", "iss", "aud", "bid"]},
            )
        except jwt.PyJWTError:
            return False
        return (
            header.get("kid") == self.key_id
            and claims["bid"] == self.bundle_id
            and claims["exp"] <= time.time() + _LONGEST_TOKEN
        )

    def _info(self, transaction: str) -> Answered:
        if refused := self._refused(transaction):
            return refused
        return Answered(
            body=plain(TransactionInfoResponse(signedTransactionInfo=self.sign(self.transactions[transaction])))
        )

    def _history(self, transaction: str, query: dict[str, list[str]]) -> Answered:
        """Of the customer, to whom the transaction leads: here the people of one token, or of one subscription."""
        if refused := self._refused(transaction):
            return refused
        mine = self.transactions[transaction]
        types = {"AUTO_RENEWABLE": Type.AUTO_RENEWABLE_SUBSCRIPTION, "CONSUMABLE": Type.CONSUMABLE}
        if unknown := set(query.get("productType", [])) - types.keys():
            return _error(400, 4000022, f"Invalid request. The productType {unknown} is invalid.")
        wanted = {types[one] for one in query.get("productType", types)}
        theirs = [
            one
            for one in self.transactions.values()
            if one.type in wanted
            and (one.appAccountToken == mine.appAccountToken or one.originalTransactionId == mine.originalTransactionId)
        ]
        if query.get("sort", ["ASCENDING"]) == ["DESCENDING"]:
            theirs.reverse()
        revision = query.get("revision", ["0"])[0]
        if not revision.isdigit():
            return _error(400, 4000005, "Invalid request revision.")
        start = int(revision)
        shown, rest = self.page(theirs, start)
        return Answered(
            body=plain(
                HistoryResponse(
                    revision=str(start + len(shown)),
                    hasMore=rest is not None,
                    bundleId=self.bundle_id,
                    appAppleId=self.app_apple_id,
                    environment=self.environment,
                    signedTransactions=[self.sign(one) for one in shown],
                )
            )
        )

    def _subscriptions(self, transaction: str) -> Answered:
        if refused := self._refused(transaction):
            return refused
        subscription = self.transactions[transaction].originalTransactionId
        items = []
        if subscription in self.renewals:
            items.append(
                LastTransactionsItem(
                    status=self.statuses[subscription],
                    originalTransactionId=subscription,
                    signedTransactionInfo=self.sign(self._last(subscription)),
                    signedRenewalInfo=self.sign(self.renewals[subscription]),
                )
            )
        return Answered(
            body=plain(
                StatusResponse(
                    environment=self.environment,
                    bundleId=self.bundle_id,
                    appAppleId=self.app_apple_id,
                    data=[
                        SubscriptionGroupIdentifierItem(subscriptionGroupIdentifier="20900001", lastTransactions=items)
                    ],
                )
            )
        )

    def _notifications(self, asked: Asked) -> Answered:
        wish = json.loads(asked.body)
        if wrong := _wrong_period(wish):
            return wrong
        since, until = wish["startDate"], wish["endDate"]
        token = asked.query.get("paginationToken", ["page-0"])[0]
        if not token.startswith("page-"):
            return _error(400, 4000014, "Invalid request. The pagination token is invalid.")
        found = [(at, body) for at, body in self.told if since <= _ms(at) < until]
        shown, rest = self.page(found, int(token.removeprefix("page-")))
        return Answered(
            body=plain(
                NotificationHistoryResponse(
                    paginationToken=None if rest is None else f"page-{rest}",
                    hasMore=rest is not None,
                    notificationHistory=[
                        NotificationHistoryResponseItem(
                            signedPayload=json.loads(body)["signedPayload"],
                            sendAttempts=[
                                SendAttemptItem(attemptDate=_ms(at), sendAttemptResult=SendAttemptResult.SUCCESS)
                            ],
                        )
                        for at, body in shown
                    ],
                )
            )
        )

    def _refused(self, transaction: str) -> Answered | None:
        if not transaction.isdigit():
            return _error(400, 4000006, "Invalid transaction id.")
        if transaction not in self.transactions:
            return _error(404, 4040010, "Transaction id not found.")
        return None


def _wrong_period(wish: dict[str, Any]) -> Answered | None:
    known = {"startDate", "endDate", "notificationType", "notificationSubtype", "transactionId", "onlyFailures"}
    since, until = wish.get("startDate"), wish.get("endDate")
    if wish.keys() - known:
        return _error(400, 4000000, "Bad request.")
    if not isinstance(since, int):
        return _error(400, 4000015, "Invalid request. The start date is not a timestamp value in milliseconds.")
    if not isinstance(until, int):
        return _error(400, 4000016, "Invalid request. The end date is not a timestamp value in milliseconds.")
    if since < (time.time() - _HISTORY_DAYS * 86400) * 1000:
        return _error(400, 4000012, "Invalid request. The start date is earlier than the allowed start date.")
    if since >= until:
        return _error(400, 4000013, "Invalid request. The end date precedes the start date or the dates are the same.")
    return None


def _error(status: int, code: int, words: str) -> Answered:
    return Answered(status, {"errorCode": code, "errorMessage": words})


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
