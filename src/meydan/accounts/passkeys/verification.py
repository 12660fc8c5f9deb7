"""Verification of what a passkey signed, by Yubico's fido2, which knows WebAuthn's formats and checks signatures.

Its import costs three megabytes, so the first passkey brings it, and processes that see none go without. Our own checks
besides: the algorithm, no page of another site around ours, and backup flags that agree.
"""

import base64
import binascii
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from meydan.accounts.passkeys.relying_party import RelyingParty
from meydan.accounts.passkeys.webauthn_json import Assertion, NewCredential

if TYPE_CHECKING:
    from fido2.server import Fido2Server
    from fido2.webauthn import AuthenticatorData, CollectedClientData

ALGORITHMS = [-7, -8, -257]
"""COSE numbers of ES256, EdDSA (Ed25519) and RS256, the best first."""
_LONGEST_KEY = 1_024
_SHORTEST_ID, _LONGEST_ID = 16, 1_023
_ALGORITHM, _UNKNOWN_MODEL = 3, bytes(16)


class Unverified(Exception):
    """The answer is malformed, forged, or meant for another host, page or challenge."""


class Signed(Struct, frozen=True):
    """The authenticator's own words in an answer that was verified."""

    sign_count: int
    """0 where the passkey has no counter, as those that are copied between devices."""
    is_backup_eligible: bool
    """True for a passkey that may be on several devices. It never changes."""
    is_backed_up: bool


class VerifiedCredential(Struct, frozen=True):
    credential_id: bytes
    public_key: bytes
    """In COSE's format."""
    signed: Signed


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def decoded(text: str) -> bytes | None:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (ValueError, binascii.Error):
        return None


class _ClientData(Struct):
    challenge: str


def challenge_in(client_data_json: str) -> bytes:
    """The challenge that an answer names; b"" where it names none."""
    try:
        client_data = msgspec.json.decode(decoded(client_data_json) or b"", type=_ClientData)
    except (msgspec.DecodeError, ValueError):
        return b""
    return decoded(client_data.challenge) or b""


def verify_new(party: RelyingParty, challenge: bytes, answer: NewCredential) -> VerifiedCredential:
    """Verifies a new passkey. Its maker and model are not asked for (attestation *none*).

    Raises: Unverified.
    """
    from fido2.webauthn import RegistrationResponse

    try:
        read = RegistrationResponse.from_dict(msgspec.to_builtins(answer))
        found = _server(party).register_complete(_state(challenge), read)
        signed = _signed(read.response.client_data, found)
        return VerifiedCredential(read.raw_id, _checked_key(found, read.raw_id), signed)
    except Exception as fault:  # a stranger's bytes make the parser raise whatever it likes
        raise Unverified from fault


def verify_assertion(party: RelyingParty, challenge: bytes, answer: Assertion, public_key: bytes) -> Signed:
    """Verifies that the holder of a passkey signed a challenge, and has proved to the device who they are.

    Raises: Unverified.
    """
    from fido2 import cbor
    from fido2.cose import CoseKey
    from fido2.webauthn import Aaguid, AttestedCredentialData, AuthenticationResponse

    try:
        read = AuthenticationResponse.from_dict(msgspec.to_builtins(answer))
        key = CoseKey.parse(cbor.decode_from(public_key)[0])
        kept = AttestedCredentialData.create(Aaguid(_UNKNOWN_MODEL), read.raw_id, key)
        _server(party).authenticate_complete(_state(challenge), [kept], read)
        return _signed(read.response.client_data, read.response.authenticator_data)
    except Exception as fault:  # as above
        raise Unverified from fault


def _checked_key(found: "AuthenticatorData", credential_id: bytes) -> bytes:
    """The public key of a new passkey, in COSE's format.

    Raises: Unverified.
    """
    from fido2 import cbor

    made = found.credential_data
    if made is None or made.credential_id != credential_id or made.public_key[_ALGORITHM] not in ALGORITHMS:
        raise Unverified
    key = cbor.encode(made.public_key)
    if len(key) > _LONGEST_KEY or not _SHORTEST_ID <= len(credential_id) <= _LONGEST_ID:
        raise Unverified
    return key


def _server(party: RelyingParty) -> "Fido2Server":
    from fido2.server import Fido2Server
    from fido2.webauthn import PublicKeyCredentialRpEntity

    entity = PublicKeyCredentialRpEntity(id=party.id, name=party.name)
    return Fido2Server(entity, verify_origin=lambda origin: origin == party.origin)


def _state(challenge: bytes) -> dict[str, str]:
    return {"challenge": encoded(challenge), "user_verification": "required"}


def _signed(client_data: "CollectedClientData", found: "AuthenticatorData") -> Signed:
    if client_data.cross_origin is not False or (found.is_backed_up() and not found.is_backup_eligible()):
        raise Unverified
    return Signed(found.counter, found.is_backup_eligible(), found.is_backed_up())
