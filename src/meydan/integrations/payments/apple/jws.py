"""What Apple signs: verified up to Apple's root, and read into the few words we need of it."""

import base64
import binascii
import hashlib
from datetime import UTC, datetime
from fractions import Fraction

import msgspec
from appstoreserverlibrary.models.Environment import Environment
from appstoreserverlibrary.models.JWSRenewalInfoDecodedPayload import JWSRenewalInfoDecodedPayload
from appstoreserverlibrary.models.JWSTransactionDecodedPayload import JWSTransactionDecodedPayload
from appstoreserverlibrary.signed_data_verifier import SignedDataVerifier, VerificationException
from cattrs.errors import BaseValidationError
from msgspec import Struct

from meydan.integrations.payments.contract import ProviderRefused, SignatureInvalid
from meydan.integrations.payments.money import to_minor

APPLE_ROOT_CA_G3 = "63343abfb89a6a03ebb57e9b3f5fa7be7c4f5c756f3017b3a8c488c3653e9179"
"""SHA-256 of "Apple Root CA - G3", https://www.apple.com/certificateauthority/. Apple sends the certificate itself in
every chain, so knowing its fingerprint is as good as holding a copy: a chain that ends anywhere else is refused."""

_SUBSCRIPTION = "Auto-Renewable Subscription"
_WHOLE = 100_000
"""A hundred percent, in Apple's milliunits of a percent."""


class Transaction(Struct, frozen=True, omit_defaults=True):
    """One payment, as Apple signed it at ``signed_at``. Times are milliseconds."""

    id: str
    original_id: str
    product_id: str
    type: str
    purchased_at: int
    signed_at: int
    price: int | None = None
    """Of the whole quantity, in thousandths of the currency's unit."""
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
        """Apple rounds the part it gave back to a thousandth of a percent; the nearest minor unit undoes that."""
        if self.revoked_at is None or self.shared:
            return 0
        part = _WHOLE if self.revoked_part is None else self.revoked_part
        return (2 * self.amount * part + _WHOLE) // (2 * _WHOLE)


class Renewal(Struct, frozen=True, omit_defaults=True):
    """What Apple means to do with a subscription."""

    renews: bool
    signed_at: int
    product_id: str | None = None
    """Of the next period."""
    grace_ends_at: int | None = None


class Signed(Struct, frozen=True, omit_defaults=True):
    """A notification, without what nobody needs."""

    id: str
    type: str
    status: int | None = None
    transaction: Transaction | None = None
    renewal: Renewal | None = None


class _Header(Struct, frozen=True):
    x5c: list[str]


class Verifier:
    """Checks are made offline: at the time a thing says it was signed, the whole chain must have been valid. Apple's OCSP
    responder is not asked, because each sale would then wait for one more service, and fail with it."""

    def __init__(self, roots: tuple[str, ...], environment: Environment, bundle_id: str, app_apple_id: int) -> None:
        self._roots = {root.replace(":", "").lower() for root in roots}
        self._environment = environment
        self._bundle_id = bundle_id
        self._app_apple_id = app_apple_id

    def notification(self, jws: str) -> Signed:
        try:
            said = self._of(jws).verify_and_decode_notification(jws)
        except (VerificationException, BaseValidationError) as error:
            raise SignatureInvalid from error
        if not (said.notificationUUID and said.rawNotificationType):
            raise SignatureInvalid
        data = said.data
        transaction, renewal = (data.signedTransactionInfo, data.signedRenewalInfo) if data else (None, None)
        return Signed(
            id=said.notificationUUID,
            type=said.rawNotificationType,
            status=data.rawStatus if data else None,
            transaction=self.transaction(transaction) if transaction else None,
            renewal=self.renewal(renewal) if renewal else None,
        )

    def transaction(self, jws: str) -> Transaction:
        try:
            return _transaction(self._of(jws).verify_and_decode_signed_transaction(jws))
        except (VerificationException, BaseValidationError, msgspec.ValidationError) as error:
            raise SignatureInvalid from error

    def renewal(self, jws: str) -> Renewal:
        try:
            return _renewal(self._of(jws).verify_and_decode_renewal_info(jws))
        except (VerificationException, BaseValidationError, msgspec.ValidationError) as error:
            raise SignatureInvalid from error

    def _of(self, jws: str) -> SignedDataVerifier:
        """A verifier that trusts the root this chain brings, and only if it is one of those we know."""
        try:
            header = jws.split(".", 1)[0]
            chain = msgspec.json.decode(base64.urlsafe_b64decode(header + "=" * (-len(header) % 4)), type=_Header).x5c
            root = base64.b64decode(chain[-1], validate=True)
        except (binascii.Error, msgspec.DecodeError, IndexError, ValueError) as error:
            raise SignatureInvalid from error
        if hashlib.sha256(root).hexdigest() not in self._roots:
            raise SignatureInvalid
        return SignedDataVerifier([root], False, self._environment, self._bundle_id, self._app_apple_id)


def _transaction(said: JWSTransactionDecodedPayload) -> Transaction:
    return msgspec.convert(
        {
            "id": said.transactionId,
            "original_id": said.originalTransactionId,
            "product_id": said.productId,
            "type": said.rawType,
            "purchased_at": said.purchaseDate,
            "signed_at": said.signedDate,
            "price": said.price,
            "currency": said.currency,
            "quantity": 1 if said.quantity is None else said.quantity,
            "expires_at": said.expiresDate,
            "token": said.appAccountToken,
            "renewal": said.rawTransactionReason == "RENEWAL",
            "shared": said.rawInAppOwnershipType == "FAMILY_SHARED",
            "revoked_at": said.revocationDate,
            "revoked_part": said.revocationPercentage,
        },
        Transaction,
    )


def _renewal(said: JWSRenewalInfoDecodedPayload) -> Renewal:
    return msgspec.convert(
        {
            "renews": said.rawAutoRenewStatus == 1,
            "signed_at": said.signedDate,
            "product_id": said.autoRenewProductId,
            "grace_ends_at": said.gracePeriodExpiresDate,
        },
        Renewal,
    )


def moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
