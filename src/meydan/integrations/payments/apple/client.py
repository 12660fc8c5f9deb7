"""Client of Apple's App Store Server API through Apple's own library, with its errors as ours."""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from appstoreserverlibrary.api_client import APIError, APIException, AsyncAppStoreServerAPIClient
from appstoreserverlibrary.models.Environment import Environment
from cattrs.errors import BaseValidationError

from meydan.integrations.payments.apple.account import AppleAccount
from meydan.integrations.payments.contract import ProviderLocked, ProviderRefused, ProviderUnavailable

_TRY_AGAIN = {
    APIError.ACCOUNT_NOT_FOUND_RETRYABLE,
    APIError.APP_NOT_FOUND_RETRYABLE,
    APIError.ORIGINAL_TRANSACTION_ID_NOT_FOUND_RETRYABLE,
}
_NOT_THERE = {APIError.TRANSACTION_ID_NOT_FOUND, APIError.INVALID_TRANSACTION_ID}


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
def translated_errors() -> Iterator[None]:
    """Raises: ProviderUnavailable, ProviderLocked, UnknownTransaction, ProviderRefused."""
    try:
        yield
    except APIException as error:
        message = f"Apple answered {error.http_status_code} ({error.raw_api_error}: {error.error_message})"
        if error.http_status_code >= 500 or error.http_status_code == 429 or error.api_error in _TRY_AGAIN:
            raise ProviderUnavailable(message) from error
        if error.http_status_code == 401:
            message += ": issuer id, key id and private key do not belong together, or to another team"
            raise ProviderLocked(message) from error
        raise (UnknownTransaction if error.api_error in _NOT_THERE else ProviderRefused)(message) from error
    except httpx.HTTPError as error:
        raise ProviderUnavailable(f"Apple could not be reached: {error!r}") from error
    except (ValueError, BaseValidationError) as error:
        raise ProviderUnavailable(f"Apple's answer cannot be read: {error!r}") from error
