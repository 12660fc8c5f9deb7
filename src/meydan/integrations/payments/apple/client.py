"""Apple's App Store Server API through Apple's own library, and what its refusals mean for us."""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from appstoreserverlibrary.api_client import APIError, APIException, AsyncAppStoreServerAPIClient
from appstoreserverlibrary.models.Environment import Environment
from cattrs.errors import BaseValidationError
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from msgspec import Struct

from meydan.integrations.payments.apple.jws import APPLE_ROOT_CA_G3
from meydan.integrations.payments.contract import ProviderLocked, ProviderRefused, ProviderUnavailable

_TRY_AGAIN = {
    APIError.ACCOUNT_NOT_FOUND_RETRYABLE,
    APIError.APP_NOT_FOUND_RETRYABLE,
    APIError.ORIGINAL_TRANSACTION_ID_NOT_FOUND_RETRYABLE,
}
_NOT_THERE = {APIError.TRANSACTION_ID_NOT_FOUND, APIError.INVALID_TRANSACTION_ID}


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


class UnknownTransaction(ProviderRefused):
    """Apple has no such transaction in this environment."""


class Client(AsyncAppStoreServerAPIClient):
    def __init__(self, account: AppleAccount, environment: Environment) -> None:
        super().__init__(
            account.private_key.encode(), account.key_id, account.issuer_id, account.bundle_id, environment
        )
        if account.api_url is not None:
            self._base_url = account.api_url


@contextmanager
def asking() -> Iterator[None]:
    try:
        yield
    except APIException as error:
        said = f"Apple answered {error.http_status_code} ({error.raw_api_error}: {error.error_message})"
        if error.http_status_code >= 500 or error.http_status_code == 429 or error.api_error in _TRY_AGAIN:
            raise ProviderUnavailable(said) from error
        if error.http_status_code == 401:
            said += ": issuer id, key id and private key do not belong together, or to another team"
            raise ProviderLocked(said) from error
        raise (UnknownTransaction if error.api_error in _NOT_THERE else ProviderRefused)(said) from error
    except httpx.HTTPError as error:
        raise ProviderUnavailable(f"Apple could not be reached: {error!r}") from error
    except (ValueError, BaseValidationError) as error:
        raise ProviderUnavailable(f"Apple's answer cannot be read: {error!r}") from error
