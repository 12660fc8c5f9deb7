"""A chain of certificates like the one Apple signs with: its algorithms, its order, its object identifiers."""

import base64
import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any, Self

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

LEAF = x509.ObjectIdentifier("1.2.840.113635.100.6.11.1")
"""A leaf that signs receipts."""
INTERMEDIATE = x509.ObjectIdentifier("1.2.840.113635.100.6.2.1")
"""The intermediate of Apple's Worldwide Developer Relations."""

_LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
_YEARS = timedelta(days=365 * 20)


class _Issuer:
    def __init__(self, name: str, curve: ec.EllipticCurve, by: Self | None = None, mark: x509.ObjectIdentifier | None = None, *, authority: bool = True, until: datetime = _LONG_AGO + _YEARS) -> None:  # fmt: skip
        self.key = ec.generate_private_key(curve)
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        issuer = by or self
        built = (
            x509.CertificateBuilder()
            .subject_name(self.name)
            .issuer_name(issuer.name)
            .public_key(self.key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(_LONG_AGO)
            .not_valid_after(until)
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .add_extension(_usage(authority=authority), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(self.key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key()), critical=False)
        )
        if mark is not None:
            built = built.add_extension(x509.UnrecognizedExtension(mark, b"\x05\x00"), critical=False)
        self.der = built.sign(issuer.key, hashes.SHA384()).public_bytes(Encoding.DER)


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        key_cert_sign=authority,
        crl_sign=authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


class Chain:
    def __init__(
        self,
        *,
        root: _Issuer | None = None,
        leaf_mark: x509.ObjectIdentifier | None = LEAF,
        intermediate_mark: x509.ObjectIdentifier | None = INTERMEDIATE,
        leaf_until: datetime = _LONG_AGO + _YEARS,
    ) -> None:
        self.root = root or _Issuer("A root like Apple's", ec.SECP384R1())
        self.intermediate = _Issuer("An intermediate", ec.SECP384R1(), self.root, intermediate_mark)
        self.leaf = _Issuer("A leaf", ec.SECP256R1(), self.intermediate, leaf_mark, authority=False, until=leaf_until)

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256(self.root.der).hexdigest()

    def sign(self, payload: dict[str, Any], *, root: bytes | None = None) -> str:
        """A JWS as Apple writes it. With ``root``, the chain claims to end there."""
        chain = [self.leaf.der, self.intermediate.der, root or self.root.der]
        x5c = [base64.b64encode(one).decode() for one in chain]
        return jwt.encode(payload, self.leaf.key, algorithm="ES256", headers={"x5c": x5c, "typ": None})
