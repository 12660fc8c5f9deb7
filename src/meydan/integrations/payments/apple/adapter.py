"""Apple's App Store: bought in the app's own sheet, told by App Store Server Notifications V2, checked by the Server API.

Apple refunds by itself, and only the person can cancel. It asks how much of a purchase was used before it refunds
(CONSUMPTION_REQUEST); an answer needs the person's consent, which nobody asks for here, so it gets none.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cached_property
from uuid import UUID

import msgspec
from appstoreserverlibrary.api_client import GetTransactionHistoryVersion
from appstoreserverlibrary.models.Environment import Environment
from appstoreserverlibrary.models.NotificationHistoryRequest import NotificationHistoryRequest
from appstoreserverlibrary.models.Status import Status
from appstoreserverlibrary.models.TransactionHistoryRequest import Order as Sort
from appstoreserverlibrary.models.TransactionHistoryRequest import ProductType, TransactionHistoryRequest
from msgspec import Struct

from meydan.integrations.payments.apple.client import AppleAccount, Client, UnknownTransaction, asking
from meydan.integrations.payments.apple.jws import Renewal, Signed, Transaction, Verifier, milliseconds, moment
from meydan.integrations.payments.contract import (
    Charge,
    Checkout,
    Notice,
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
    SubscriptionChanged,
    SubscriptionState,
    Webhook,
)
from meydan.integrations.payments.enums import ProviderName
from meydan.kit import clock

_CHECKOUT_LASTS = timedelta(days=1)
_REFUNDS = frozenset({"REFUND", "REFUND_REVERSED"})
_NEWS = _REFUNDS | {
    "DID_CHANGE_RENEWAL_PREF",
    "DID_CHANGE_RENEWAL_STATUS",
    "DID_FAIL_TO_RENEW",
    "DID_RENEW",
    "EXPIRED",
    "GRACE_PERIOD_EXPIRED",
    "OFFER_REDEEMED",
    "ONE_TIME_CHARGE",
    "RENEWAL_EXTENDED",
    "REVOKE",
    "SUBSCRIBED",
}


class _Body(Struct, frozen=True, rename="camel"):
    signed_payload: str


class AppleProvider(Provider):
    name = ProviderName.apple
    renews = True
    store = True
    gives_back = False

    def __init__(self, account: AppleAccount, *, sandbox: bool) -> None:
        self._account = account
        self._sandbox = sandbox
        self._environment = Environment.SANDBOX if sandbox else Environment.PRODUCTION
        self._signed = Verifier(account.root_fingerprints, self._environment, account.bundle_id, account.app_apple_id)

    @cached_property
    def _api(self) -> Client:
        return Client(self._account, self._environment)

    async def checkout(self, order: Order) -> Checkout:
        if order.store_product_id is None:
            raise ProviderRefused(f"{order.title!r} has no product id of the App Store")
        # The app hands the payment's id to StoreKit as appAccountToken, and it comes back in everything Apple signs.
        return Checkout(reference=str(order.payment_id), url="", expires_at=clock.now() + _CHECKOUT_LASTS)

    async def verify(self, webhook: Webhook) -> Notice:
        try:
            body = msgspec.json.decode(webhook.body, type=_Body)
        except msgspec.DecodeError as error:
            raise SignatureInvalid from error
        signed = self._signed.notification(body.signed_payload)
        return Notice(event_id=signed.id, payload=msgspec.to_builtins(signed))

    async def read(self, notice: Notice) -> list[ProviderEvent]:
        signed = msgspec.convert(notice.payload, Signed)
        transaction = signed.transaction
        if signed.type not in _NEWS or transaction is None:
            return []
        if signed.type in _REFUNDS or transaction.revoked_at is not None:
            # A refund may be taken back, and its two notices may change places: what counts is how it stands now.
            transaction = await self._transaction(transaction.id)
        events = self._money(transaction, refund=signed.type in _REFUNDS)
        if signed.type in _REFUNDS and transaction.subscription is not None:
            return events + await self._standing(transaction.subscription)  # it may be an older period's money
        return events + _state(transaction, signed.renewal, signed.status)

    async def payment(self, reference: str) -> list[ProviderEvent]:
        """Of a transaction's id: the Server API is asked in any case."""
        if _uuid(reference) is not None:
            return []  # our own id: Apple finds nothing by it, and tells by a notification or through the app
        if not (reference.isascii() and reference.isdigit()):
            raise ProviderRefused("This is no transaction's id")
        transaction = await self._transaction(reference)
        if transaction.shared:
            raise ProviderRefused(f"Transaction {transaction.id} came through Family Sharing: somebody else paid")
        if transaction.subscription is None:
            return self._money(transaction)
        return await self._subscription(transaction.subscription)

    async def proof(self, proof: str) -> list[ProviderEvent]:
        """The signed transaction (jwsRepresentation), which only the buyer's own phone has."""
        try:
            transaction = self._signed.transaction(proof)
        except SignatureInvalid as error:
            raise ProviderRefused("This is not a transaction that Apple signed for this app") from error
        return await self.payment(transaction.id)

    async def refund(self, charge: str, amount: int, currency: str, key: str) -> Refund:  # noqa: ARG002 -- none of it is ours
        raise RefundElsewhere(
            f"Apple refunds by itself: the person asks for {charge} at https://reportaproblem.apple.com"
        )

    async def cancel(self, subscription: str) -> None:
        raise ProviderRefused(f"{subscription} is cancelled in the iPhone's own settings; the app leads there")

    async def resume(self, subscription: str) -> None:
        raise ProviderRefused(f"{subscription} is resumed in the iPhone's own settings; the app leads there")

    async def statement(self, since: datetime, until: datetime, known: Sequence[str]) -> Statement:
        """Apple has no list of an app's sales, only of what it told us; what it did not tell is asked for one by one."""
        newest: dict[str, Transaction] = {}
        request = NotificationHistoryRequest(startDate=milliseconds(since), endDate=milliseconds(clock.now()))
        page: str | None = None
        while True:
            with asking():
                answer = await self._api.get_notification_history(page, request)
            for item in answer.notificationHistory or []:
                told = self._own(item.signedPayload)
                if told is not None and told.signed_at >= getattr(newest.get(told.id), "signed_at", 0):
                    newest[told.id] = told
            page = answer.paginationToken
            if not answer.hasMore or page is None:
                break
        for charge in known:
            if charge not in newest:
                try:
                    newest[charge] = await self._transaction(charge)
                except UnknownTransaction:
                    continue  # not in Apple's books: exactly what a statement is there to show
        wanted = set(known)
        return Statement(
            charges=[
                _charge(one)
                for one in newest.values()
                if _is_money(one) and (one.id in wanted or since <= moment(one.purchased_at) < until)
            ],
            complete=False,
        )

    async def close(self) -> None:
        if "_api" in self.__dict__:
            await self._api.http_client.aclose()

    def _own(self, signed_payload: str | None) -> Transaction | None:
        try:
            return self._signed.notification(signed_payload or "").transaction
        except SignatureInvalid as error:
            raise ProviderUnavailable("Apple's history holds a notification whose signature does not hold") from error

    async def _transaction(self, transaction_id: str) -> Transaction:
        with asking():
            answer = await self._api.get_transaction_info(transaction_id)
        return self._answered(answer.signedTransactionInfo)

    def _answered(self, jws: str | None) -> Transaction:
        try:
            return self._signed.transaction(jws or "")
        except SignatureInvalid as error:
            raise ProviderUnavailable("Apple's answer is not signed for this app") from error

    async def _subscription(self, subscription: str) -> list[ProviderEvent]:
        """Every payment of it, oldest first, and how it stands."""
        events: list[ProviderEvent] = []
        request = TransactionHistoryRequest(sort=Sort.ASCENDING, productTypes=[ProductType.AUTO_RENEWABLE])
        revision: str | None = None
        while True:
            with asking():
                answer = await self._api.get_transaction_history(
                    subscription, revision, request, GetTransactionHistoryVersion.V2
                )
            for jws in answer.signedTransactions or []:
                one = self._answered(jws)
                if one.subscription == subscription:
                    events += self._money(one)
            revision = answer.revision
            if not answer.hasMore or revision is None:
                break
        return events + await self._standing(subscription)

    async def _standing(self, subscription: str) -> list[ProviderEvent]:
        """By its newest payment, whichever one was asked about."""
        events: list[ProviderEvent] = []
        with asking():
            statuses = await self._api.get_all_subscription_statuses(subscription)
        for group in statuses.data or []:
            for last in group.lastTransactions or []:
                if last.originalTransactionId == subscription and last.signedRenewalInfo:
                    try:
                        renewal = self._signed.renewal(last.signedRenewalInfo)
                    except SignatureInvalid as error:
                        raise ProviderUnavailable("Apple's answer is not signed for this app") from error
                    events += _state(self._answered(last.signedTransactionInfo), renewal, last.rawStatus)
        return events

    def _money(self, one: Transaction, *, refund: bool = False) -> list[ProviderEvent]:
        if not _is_money(one):
            return []
        if one.quantity != 1:
            raise ProviderRefused(f"Transaction {one.id} is for {one.quantity} at once; the app sells one at a time")
        events: list[ProviderEvent] = [
            Paid(
                event_id=f"{one.id}:paid",
                happened_at=moment(one.purchased_at),
                charge=one.id,
                amount=one.amount,
                currency=one.money,
                # Apple repeats the token of the first purchase in every renewal; only the purchase is our payment.
                payment_id=None if one.renewal else _uuid(one.token),
                product_id=one.product_id,
                subscription=one.subscription,
                period_begins_at=None if one.subscription is None else moment(one.purchased_at),
                period_ends_at=None if one.expires_at is None else moment(one.expires_at),
                test=self._sandbox,
            )
        ]
        if refund or one.revoked_at is not None:
            at = one.revoked_at or one.signed_at
            events.append(
                Refunded(
                    event_id=f"{one.id}:refunded:{one.refunded}:{at}",
                    happened_at=moment(at),
                    charge=one.id,
                    refunded=one.refunded,
                    currency=one.money,
                    reversed=one.revoked_at is None,
                )
            )
        return events


def _is_money(one: Transaction) -> bool:
    """A free trial costs nothing, and what a relative paid is not this person's."""
    return not one.shared and one.price != 0


def _state(one: Transaction, renewal: Renewal | None, status: int | None) -> list[ProviderEvent]:
    if one.subscription is None or one.shared or one.expires_at is None or status is None:
        return []
    ends, grace_ends = one.expires_at, None
    match status:
        case Status.ACTIVE:
            renews = renewal is None or renewal.renews
            state = SubscriptionState.active if renews else SubscriptionState.cancelled
        case Status.BILLING_GRACE_PERIOD:
            state = SubscriptionState.grace
            grace_ends = renewal.grace_ends_at if renewal else None
        case Status.EXPIRED | Status.BILLING_RETRY | Status.REVOKED:
            # Without a grace period Apple's retries give nothing; a payment that succeeds later starts it again.
            state = SubscriptionState.expired
            ends = min(ends, one.revoked_at or ends)
        case _:
            return []
    signed_at = (renewal or one).signed_at
    return [
        SubscriptionChanged(
            event_id=f"{one.subscription}:{state}:{signed_at}",
            happened_at=moment(signed_at),
            subscription=one.subscription,
            state=state,
            period_ends_at=moment(ends),
            payment_id=_uuid(one.token),
            product_id=one.product_id,
            product_since=moment(one.purchased_at),
            next_product_id=renewal.product_id if renewal else None,
            grace_ends_at=None if grace_ends is None else moment(grace_ends),
        )
    ]


def _charge(one: Transaction) -> Charge:
    return Charge(
        charge=one.id,
        amount=one.amount,
        currency=one.money,
        refunded=one.refunded,
        disputed=False,
        paid_at=moment(one.purchased_at),
        payment_id=None if one.renewal else _uuid(one.token),
    )


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
