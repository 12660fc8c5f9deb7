"""Apple's keys and names of one community's app."""

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from msgspec import Struct

APPLE_ROOT_CA_G3 = "63343abfb89a6a03ebb57e9b3f5fa7be7c4f5c756f3017b3a8c488c3653e9179"
"""SHA-256 of "Apple Root CA - G3", https://www.apple.com/certificateauthority/. Apple sends the certificate itself in
every chain, so its fingerprint is as good as a copy. A chain that ends anywhere else is refused."""


class AppleAccount(Struct, frozen=True):
    issuer_id: str
    """App Store Connect, Users and Access, Integrations, In-App Purchase; the key's id and its .p8 are there too."""
    key_id: str
    private_key: str
    bundle_id: str
    app_apple_id: int
    """App Store Connect, App Information: "Apple ID", a number."""
    api_url: str | None = None
    root_fingerprints: tuple[str, ...] = (APPLE_ROOT_CA_G3,)
    """SHA-256 of the root certificates a signature may end at."""

    def __post_init__(self) -> None:
        try:
            key = load_pem_private_key(self.private_key.encode(), password=None)
        except (ValueError, TypeError) as error:
            raise ValueError("private_key is not the text of Apple's .p8 file") from error
        if not isinstance(key, EllipticCurvePrivateKey):
            raise ValueError("private_key is not the text of Apple's .p8 file")  # noqa: TRY004 -- msgspec says it in words
