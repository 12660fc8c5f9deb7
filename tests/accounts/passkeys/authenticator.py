"""A browser with an authenticator, in software: makes passkeys and signs with them as WebAuthn has it."""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2 import cbor

PRESENT, VERIFIED, MAY_BE_COPIED, IS_COPIED, HAS_CREDENTIAL = 0x01, 0x04, 0x08, 0x10, 0x40
ES256 = -7


def text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def data(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Held:
    """A passkey as its authenticator holds it."""

    rp_id: str
    user: dict[str, str]
    id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    count: int = 0


class Authenticator:
    """``origin`` is of the page that asks. ``is_synced``: its passkeys are on several devices, and count nothing."""

    def __init__(self, origin: str, *, is_synced: bool = False) -> None:
        self.origin, self.is_synced = origin, is_synced
        self.held: list[Held] = []

    def create(self, options: dict[str, Any], *, flags: int = PRESENT | VERIFIED, **twists: Any) -> dict[str, Any]:
        """The answer to options for a new passkey."""
        held = Held(options["rp"]["id"], options["user"])
        held.id = twists.pop("id", held.id)
        self.held.append(held)
        numbers = held.key.public_key().public_numbers()
        alg = twists.pop("alg", ES256)
        key = {1: 2, 3: alg, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)}
        made = bytes(16) + len(held.id).to_bytes(2) + held.id + cbor.encode(key)
        spoken = self._spoken(held, flags | HAS_CREDENTIAL, twists) + made
        attestation = cbor.encode({"fmt": "none", "attStmt": {}, "authData": spoken})
        response = {
            "clientDataJSON": text(self._client_data("webauthn.create", options["challenge"], twists)),
            "attestationObject": text(attestation),
            "transports": ["internal", "hybrid"],
        }
        return self._credential(held, response)

    def get(self, options: dict[str, Any], *, flags: int = PRESENT | VERIFIED, **twists: Any) -> dict[str, Any]:
        """The answer to options for a login, by the passkey made last."""
        held = self.held[-1]
        if not self.is_synced:
            held.count = twists.pop("count", held.count + 1)
        spoken = self._spoken(held, flags, twists)
        client_data = self._client_data("webauthn.get", options["challenge"], twists)
        signature = held.key.sign(spoken + hashlib.sha256(client_data).digest(), ec.ECDSA(SHA256()))
        response = {
            "clientDataJSON": text(client_data),
            "authenticatorData": text(spoken),
            "signature": text(signature),
            "userHandle": held.user["id"],
        }
        return self._credential(held, response)

    def _spoken(self, held: Held, flags: int, twists: dict[str, Any]) -> bytes:
        rp_id = twists.get("rp_id", held.rp_id)
        copied = MAY_BE_COPIED | IS_COPIED if self.is_synced else 0
        return hashlib.sha256(rp_id.encode()).digest() + bytes([flags | copied]) + held.count.to_bytes(4)

    def _client_data(self, kind: str, challenge: str, twists: dict[str, Any]) -> bytes:
        said = {
            "type": twists.get("type", kind),
            "challenge": twists.get("challenge", challenge),
            "origin": twists.get("origin", self.origin),
            "crossOrigin": twists.get("cross_origin", False),
        }
        return json.dumps(said).encode()

    @staticmethod
    def _credential(held: Held, response: dict[str, Any]) -> dict[str, Any]:
        extras = {"clientExtensionResults": {}, "authenticatorAttachment": "platform"}
        return {"id": text(held.id), "rawId": text(held.id), "type": "public-key", "response": response, **extras}
