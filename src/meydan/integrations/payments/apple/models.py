"""Apple's transactions, renewals and notifications, reduced to the fields that are read here. Times are milliseconds.

Kept webhook events hold these structs as JSON: field names change only with a migration.
"""

from datetime import UTC, datetime
from fractions import Fraction

import msgspec
from appstoreserverlibrary.models.JWSRenewalInfoDecodedPayload import JWSRenewalInfoDecodedPayload
from appstoreserverlibrary.models.JWSTransactionDecodedPayload import JWSTransactionDecodedPayload
from msgspec import Struct

from meydan.integrations.payments.contract import ProviderRefused
from meydan.integrations.payments.money import to_minor

_SUBSCRIPTION = "Auto-Renewable Subscription"
_WHOLE = 100_000
"""A hundred percent, in Apple's milliunits of a percent."""


class Transaction(Struct, frozen=True, omit_defaults=True):
    """A payment, as Apple signed it at ``signed_at``."""

    id: str
    original_id: str
    product_id: str
    type: str
    purchased_at: int
    signed_at: int
    price: int | None = None
    """The price of the whole quantity, in thousandths of the currency's unit."""
    currency: str | None = None
    quantity: int = 1
    expires_at: int | None = None
    token: str | None = None
    """appAccountToken: the app puts our payment's id here."""
    renewal: bool = False
    shared: bool = False
    """A relative paid, through Family Sharing: no money of this person."""
    revoked_at: int | None = None
    revoked_part: int | None = None

    @property
    def subscription(self) -> str | None:
        return self.original_id if self.type == _SUBSCRIPTION else None

    @property
    def amount(self) -> int:
        if self.price is None:
            raise ProviderRefused(f"Apple's transaction {self.id} carries no price")
        return to_minor(Fraction(self.price, 1000), self.money)

    @property
    def money(self) -> str:
        if self.currency is None:
            raise ProviderRefused(f"Apple's transaction {self.id} carries no currency")
        return self.currency

    @property
    def refunded(self) -> int:
        """Refunded amount. Apple rounds the part to a thousandth of a percent; the nearest minor unit undoes that."""
        if self.revoked_at is None or self.shared:
            return 0
        part = _WHOLE if self.revoked_part is None else self.revoked_part
        return (2 * self.amount * part + _WHOLE) // (2 * _WHOLE)

    @property
    def is_money(self) -> bool:
        """False for a free trial, and for a relative's payment."""
        return not self.shared and self.price != 0


class Renewal(Struct, frozen=True, omit_defaults=True):
    """Apple's plan for a subscription's next period."""

    renews: bool
    signed_at: int
    product_id: str | None = None
    """Product of the next period."""
    grace_ends_at: int | None = None


class Notification(Struct, frozen=True, omit_defaults=True):
    """A notification, without the fields that are not needed."""

    id: str
    type: str
    status: int | None = None
    transaction: Transaction | None = None
    renewal: Renewal | None = None


def transaction_of(payload: JWSTransactionDecodedPayload) -> Transaction:
    return msgspec.convert(
        {
            "id": payload.transactionId,
            "original_id": payload.originalTransactionId,
            "product_id": payload.productId,
            "type": payload.rawType,
            "purchased_at": payload.purchaseDate,
            "signed_at": payload.signedDate,
            "price": payload.price,
            "currency": payload.currency,
            "quantity": 1 if payload.quantity is None else payload.quantity,
            "expires_at": payload.expiresDate,
            "token": payload.appAccountToken,
            "renewal": payload.rawTransactionReason == "RENEWAL",
            "shared": payload.rawInAppOwnershipType == "FAMILY_SHARED",
            "revoked_at": payload.revocationDate,
            "revoked_part": payload.revocationPercentage,
        },
        Transaction,
    )


def renewal_of(payload: JWSRenewalInfoDecodedPayload) -> Renewal:
    return msgspec.convert(
        {
            "renews": payload.rawAutoRenewStatus == 1,
            "signed_at": payload.signedDate,
            "product_id": payload.autoRenewProductId,
            "grace_ends_at": payload.gracePeriodExpiresDate,
        },
        Renewal,
    )


def moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
