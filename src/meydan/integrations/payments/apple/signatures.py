"""Apple's signatures (JWS): verified up to Apple's root certificate."""

import base64
import binascii
import hashlib

import msgspec
from appstoreserverlibrary.models.Environment import Environment
from appstoreserverlibrary.signed_data_verifier import SignedDataVerifier, VerificationException
from cattrs.errors import BaseValidationError
from msgspec import Struct

from meydan.integrations.payments.apple.models import Notification, Renewal, Transaction, renewal_of, transaction_of
from meydan.integrations.payments.contract import SignatureInvalid


class _Header(Struct, frozen=True):
    x5c: list[str]


class Verifier:
    """Verifies signatures offline: the whole chain must have been valid at the time of signing. Apple's OCSP responder is
    not asked, because each sale would then wait for one more service, and fail with it."""

    def __init__(self, roots: tuple[str, ...], environment: Environment, bundle_id: str, app_apple_id: int) -> None:
        self._roots = {root.replace(":", "").lower() for root in roots}
        self._environment = environment
        self._bundle_id = bundle_id
        self._app_apple_id = app_apple_id

    def notification(self, jws: str) -> Notification:
        """Raises: SignatureInvalid."""
        try:
            payload = self._verifier_of(jws).verify_and_decode_notification(jws)
        except (VerificationException, BaseValidationError) as error:
            raise SignatureInvalid from error
        if not (payload.notificationUUID and payload.rawNotificationType):
            raise SignatureInvalid
        data = payload.data
        transaction, renewal = (data.signedTransactionInfo, data.signedRenewalInfo) if data else (None, None)
        return Notification(
            id=payload.notificationUUID,
            type=payload.rawNotificationType,
            status=data.rawStatus if data else None,
            transaction=self.transaction(transaction) if transaction else None,
            renewal=self.renewal(renewal) if renewal else None,
        )

    def transaction(self, jws: str) -> Transaction:
        """Raises: SignatureInvalid."""
        try:
            return transaction_of(self._verifier_of(jws).verify_and_decode_signed_transaction(jws))
        except (VerificationException, BaseValidationError, msgspec.ValidationError) as error:
            raise SignatureInvalid from error

    def renewal(self, jws: str) -> Renewal:
        """Raises: SignatureInvalid."""
        try:
            return renewal_of(self._verifier_of(jws).verify_and_decode_renewal_info(jws))
        except (VerificationException, BaseValidationError, msgspec.ValidationError) as error:
            raise SignatureInvalid from error

    def _verifier_of(self, jws: str) -> SignedDataVerifier:
        """Builds a verifier that trusts the root of this chain, if it is among the known ones."""
        try:
            header = jws.split(".", 1)[0]
            chain = msgspec.json.decode(base64.urlsafe_b64decode(header + "=" * (-len(header) % 4)), type=_Header).x5c
            root = base64.b64decode(chain[-1], validate=True)
        except (binascii.Error, msgspec.DecodeError, IndexError, ValueError) as error:
            raise SignatureInvalid from error
        if hashlib.sha256(root).hexdigest() not in self._roots:
            raise SignatureInvalid
        return SignedDataVerifier([root], False, self._environment, self._bundle_id, self._app_apple_id)
