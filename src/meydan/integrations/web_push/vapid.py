"""VAPID (RFC 8292): the installation's key. A push service takes messages only from the key that a browser let in."""

from datetime import timedelta
from functools import cache
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jwt
from joserfc.jwk import ECKey

from meydan.integrations.web_push.encryption import encoded
from meydan.kit import clock

_LIFETIME = timedelta(hours=12)
_ALGORITHMS = ["ES256"]
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


class Vapid:
    """``push_key`` is the installation's secret; the key pair is computed from it. ``contact`` is a URL of the operator."""

    def __init__(self, push_key: str, contact: str) -> None:
        self._contact = contact
        private = _private_key(push_key)
        self._key = ECKey.import_key(private)
        self.public_key = encoded(private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))
        """A browser's ``applicationServerKey``."""

    def header(self, endpoint: str) -> str:
        """The ``Authorization`` of a request to this endpoint."""
        parts = urlsplit(endpoint)
        claims = {
            "aud": f"{parts.scheme}://{parts.netloc}",
            "exp": int((clock.now() + _LIFETIME).timestamp()),
            "sub": self._contact,
        }
        token = jwt.encode({"typ": "JWT", "alg": "ES256"}, claims, self._key, algorithms=_ALGORITHMS)
        return f"vapid t={token}, k={self.public_key}"


@cache
def _private_key(push_key: str) -> ec.EllipticCurvePrivateKey:
    """A key of P-256 from a random text. 64 bits more than needed make no key likelier (FIPS 186-5, A.2.1)."""
    derived = HKDF(SHA256(), 40, salt=None, info=b"meydan web push").derive(push_key.encode())
    return ec.derive_private_key(int.from_bytes(derived) % (_ORDER - 1) + 1, ec.SECP256R1())
