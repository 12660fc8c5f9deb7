"""Adapter of Apple's App Store. Purchases are made in the app's own sheet, and App Store Server Notifications V2 tell of
them. The Server API checks them.

Apple refunds by itself, and only the person can cancel. It asks how much of a purchase was used before it refunds
(CONSUMPTION_REQUEST). An answer needs the person's consent, which nobody asks for here, so it gets none.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cached_property

import msgspec
from appstoreserverlibrary.api_client import GetTransactionHistoryVersion
from appstoreserverlibrary.models.Environment import Environment
from appstoreserverlibrary.models.NotificationHistoryRequest import NotificationHistoryRequest
from appstoreserverlibrary.models.TransactionHistoryRequest import Order as Sort
from appstoreserverlibrary.models.TransactionHistoryRequest import ProductType, TransactionHistoryRequest
from msgspec import Struct

from meydan.integrations.payments.apple import events
from meydan.integrations.payments.apple.account import AppleAccount
from meydan.integrations.payments.apple.client import Client, UnknownTransaction, translated_errors
from meydan.integrations.payments.apple.models import Notification, Transaction, milliseconds, moment
from meydan.integrations.payments.apple.signatures import Verifier
from meydan.integrations.payments.contract import (
    Checkout,
    Order,
    Provider,
    ProviderEvent,
    ProviderRefused,
    ProviderUnavailable,
    Refund,
    RefundElsewhere,
    SignatureInvalid,
    Statement,
    Webhook,
    WebhookEvent,
)
from meydan.integrations.payments.enums import ProviderName
from meydan.integrations.payments.identifiers import uuid_of
from meydan.kit import clock

_CHECKOUT_LASTS = timedelta(days=1)


class _Body(Struct, frozen=True, rename="camel"):
    signed_payload: str


class AppleProvider(Provider):
    name = ProviderName.apple
    renews = True
    store = True
    refundable = False

    def __init__(self, account: AppleAccount, *, sandbox: bool) -> None:
        self._account = account
        self._sandbox = sandbox
        self._environment = Environment.SANDBOX if sandbox else Environment.PRODUCTION
        self._verifier = Verifier(account.root_fingerprints, self._environment, account.bundle_id, account.app_apple_id)

    @cached_property
    def _api(self) -> Client:
        return Client(self._account, self._environment)

    async def do_open_checkout(self, order: Order) -> Checkout:
        if order.store_product_id is None:
            raise ProviderRefused(f"{order.title!r} has no product id of the App Store")
        # The app hands the payment's id to StoreKit as appAccountToken, and it comes back in everything Apple signs.
        return Checkout(provider_checkout_id=str(order.payment_id), url="", expires_at=clock.now() + _CHECKOUT_LASTS)

    async def verify(self, webhook: Webhook) -> WebhookEvent:
        """Raises: SignatureInvalid."""
        try:
            body = msgspec.json.decode(webhook.body, type=_Body)
        except msgspec.DecodeError as error:
            raise SignatureInvalid from error
        notification = self._verifier.notification(body.signed_payload)
        return WebhookEvent(event_id=notification.id, payload=msgspec.to_builtins(notification))

    async def read(self, event: WebhookEvent) -> list[ProviderEvent]:
        notification = msgspec.convert(event.payload, Notification)
        transaction, is_refund = notification.transaction, notification.type in events.REFUNDS
        if notification.type not in events.TYPES or transaction is None:
            return []
        if is_refund or transaction.revoked_at is not None:
            # A refund may be taken back, and its two notifications may change places: the present state counts.
            transaction = await self._transaction(transaction.id)
        found = self._payment_events(transaction, refund=is_refund)
        if is_refund and transaction.subscription is not None:
            return found + await self._state(transaction.subscription)  # it may be an older period's money
        return found + events.state_events(transaction, notification.renewal, notification.status)

    async def payment(self, provider_id: str) -> list[ProviderEvent]:
        """Asks the Server API about a transaction's id."""
        if uuid_of(provider_id) is not None:
            return []  # our own id: Apple finds nothing by it, and tells by a notification or through the app
        if not (provider_id.isascii() and provider_id.isdigit()):
            raise ProviderRefused("This is no transaction's id")
        transaction = await self._transaction(provider_id)
        if transaction.shared:
            raise ProviderRefused(f"Transaction {transaction.id} came through Family Sharing: somebody else paid")
        if transaction.subscription is None:
            return self._payment_events(transaction)
        return await self._subscription(transaction.subscription)

    async def receipt(self, receipt: str) -> list[ProviderEvent]:
        """Asks about the signed transaction (jwsRepresentation), which only the buyer's own phone has."""
        try:
            transaction = self._verifier.transaction(receipt)
        except SignatureInvalid as error:
            raise ProviderRefused("This is not a transaction that Apple signed for this app") from error
        return await self.payment(transaction.id)

    async def do_refund(self, charge: str, amount: int, currency: str, key: str) -> Refund:  # noqa: ARG002 -- none of it is ours
        raise RefundElsewhere(
            f"Apple refunds by itself: the person asks for {charge} at https://reportaproblem.apple.com"
        )

    async def do_cancel(self, subscription_id: str) -> None:
        raise ProviderRefused(f"{subscription_id} is cancelled in the iPhone's own settings; the app leads there")

    async def do_resume(self, subscription_id: str) -> None:
        raise ProviderRefused(f"{subscription_id} is resumed in the iPhone's own settings; the app leads there")

    async def statement(self, since: datetime, until: datetime, known: Sequence[str]) -> Statement:
        """Reads Apple's notification history, for it lists no sales; other known charges are asked for one by one."""
        newest: dict[str, Transaction] = {}
        request = NotificationHistoryRequest(startDate=milliseconds(since), endDate=milliseconds(clock.now()))
        page: str | None = None
        while True:
            with translated_errors():
                answer = await self._api.get_notification_history(page, request)
            for item in answer.notificationHistory or []:
                transaction = self._notified(item.signedPayload)
                if transaction is not None and transaction.signed_at >= getattr(
                    newest.get(transaction.id), "signed_at", 0
                ):
                    newest[transaction.id] = transaction
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
                events.charge_line(one)
                for one in newest.values()
                if one.is_money and (one.id in wanted or since <= moment(one.purchased_at) < until)
            ],
            complete=False,
        )

    async def close(self) -> None:
        if "_api" in self.__dict__:
            await self._api.http_client.aclose()

    def _notified(self, signed_payload: str | None) -> Transaction | None:
        try:
            return self._verifier.notification(signed_payload or "").transaction
        except SignatureInvalid as error:
            raise ProviderUnavailable("Apple's history holds a notification whose signature does not hold") from error

    async def _transaction(self, transaction_id: str) -> Transaction:
        with translated_errors():
            answer = await self._api.get_transaction_info(transaction_id)
        return self._verified(answer.signedTransactionInfo)

    def _verified(self, jws: str | None) -> Transaction:
        try:
            return self._verifier.transaction(jws or "")
        except SignatureInvalid as error:
            raise ProviderUnavailable("Apple's answer is not signed for this app") from error

    async def _subscription(self, subscription: str) -> list[ProviderEvent]:
        """Reads every payment of a subscription, oldest first, and its state."""
        found: list[ProviderEvent] = []
        request = TransactionHistoryRequest(sort=Sort.ASCENDING, productTypes=[ProductType.AUTO_RENEWABLE])
        revision: str | None = None
        while True:
            with translated_errors():
                answer = await self._api.get_transaction_history(
                    subscription, revision, request, GetTransactionHistoryVersion.V2
                )
            for jws in answer.signedTransactions or []:
                one = self._verified(jws)
                if one.subscription == subscription:
                    found += self._payment_events(one)
            revision = answer.revision
            if not answer.hasMore or revision is None:
                break
        return found + await self._state(subscription)

    async def _state(self, subscription: str) -> list[ProviderEvent]:
        """Reads a subscription's state by its newest payment."""
        found: list[ProviderEvent] = []
        with translated_errors():
            statuses = await self._api.get_all_subscription_statuses(subscription)
        for group in statuses.data or []:
            for last in group.lastTransactions or []:
                if last.originalTransactionId == subscription and last.signedRenewalInfo:
                    try:
                        renewal = self._verifier.renewal(last.signedRenewalInfo)
                    except SignatureInvalid as error:
                        raise ProviderUnavailable("Apple's answer is not signed for this app") from error
                    found += events.state_events(self._verified(last.signedTransactionInfo), renewal, last.rawStatus)
        return found

    def _payment_events(self, transaction: Transaction, *, refund: bool = False) -> list[ProviderEvent]:
        return events.payment_events(transaction, sandbox=self._sandbox, refund=refund)
