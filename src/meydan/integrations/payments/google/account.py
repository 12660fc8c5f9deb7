"""Google's keys and names of one community's app."""

import msgspec
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from msgspec import Struct


class _ServiceAccount(Struct, frozen=True):
    client_email: str
    private_key: str
    token_uri: str


class GoogleAccount(Struct, frozen=True):
    service_account_json: str
    """The whole file that Google Cloud gave for the service account's key."""
    package_name: str
    push_audience: str
    """As entered at the Pub/Sub subscription."""
    push_email: str
    """The service account the Pub/Sub subscription signs with."""
    api_url: str = "https://androidpublisher.googleapis.com/"
    certificates_url: str = "https://www.googleapis.com/oauth2/v1/certs"

    def __post_init__(self) -> None:
        try:
            key = msgspec.json.decode(self.service_account_json, type=_ServiceAccount).private_key
            # Only that it is a key: the slow check of its numbers is made where it signs.
            load_pem_private_key(key.encode(), password=None, unsafe_skip_rsa_key_validation=True)
        except (msgspec.DecodeError, ValueError, TypeError) as error:
            raise ValueError(f"service_account_json is not the file of a service account's key: {error}") from error
