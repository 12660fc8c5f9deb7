"""Self-signed certificate, for `up --tls`."""

from __future__ import annotations

import ipaddress
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from meydan.kit.files import write_whole

_LIFE = timedelta(days=397)  # browsers refuse longer ones
_RENEW_BEFORE = timedelta(days=30)


def own_certificate(folder: Path, host: str) -> tuple[Path, Path]:
    """Paths of the certificate and its key, for this machine's names and IP addresses. Renewed when one is missing."""
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    names = _names(host)
    if not (key.exists() and certificate.exists() and _still_good(certificate, names)):
        _make(folder, certificate, key, names)
    return certificate, key


def _names(host: str) -> list[x509.GeneralName]:
    addresses = {"127.0.0.1", "::1"}
    texts = {"localhost", socket.gethostname()}
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        texts.add(host)
    else:
        addresses |= _own_addresses() if address.is_unspecified else {host}
    return [
        *(x509.DNSName(text) for text in sorted(texts)),
        *(x509.IPAddress(ipaddress.ip_address(address)) for address in sorted(addresses)),
    ]


def _own_addresses() -> set[str]:
    try:
        found = socket.getaddrinfo(socket.gethostname(), None)
    except socket.gaierror:
        return set()
    return {str(entry[4][0]).split("%")[0] for entry in found}


def _still_good(path: Path, names: list[x509.GeneralName]) -> bool:
    certificate = x509.load_pem_x509_certificate(path.read_bytes())
    held = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return datetime.now(UTC) + _RENEW_BEFORE < certificate.not_valid_after_utc and set(names) <= set(held)


def _make(folder: Path, certificate: Path, key: Path, names: list[x509.GeneralName]) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    private = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Meydan on this machine")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + _LIFE)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(private, hashes.SHA256())
    )
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    write_whole(key, pem)
    write_whole(certificate, made.public_bytes(serialization.Encoding.PEM), 0o644)
