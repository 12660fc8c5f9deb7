"""Client of Stripe's API through Stripe's own library: its errors as ours, and its units of money."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from fractions import Fraction
from typing import Any

import stripe

from meydan.integrations.payments.contract import ProviderLocked, ProviderRefused, ProviderUnavailable
from meydan.integrations.payments.money import decimals, to_minor
from meydan.integrations.payments.stripe.account import StripeAccount

_TIMEOUT = 20.0
_RETRIES = 1
"""Retries of the library's own, a moment later with the same key. Jobs retry over hours."""

_STRIPE_WHOLE = frozenset(
    {
        "BIF",
        "CLP",
        "DJF",
        "GNF",
        "JPY",
        "KMF",
        "KRW",
        "MGA",
        "PYG",
        "RWF",
        "VND",
        "VUV",
        "XAF",
        "XOF",
        "XPF",
    }
)
"""Stripe's zero-decimal currencies. Ariary have a minor unit in ISO 4217 and none here. Krónur and Ugandan shillings are
the other way round: whole, and still said in hundredths. See https://docs.stripe.com/currencies"""
_STRIPE_THOUSANDTHS = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})


def client_of(account: StripeAccount, http: stripe.HTTPXClient) -> stripe.StripeClient:
    return stripe.StripeClient(
        account.secret_key,
        base_addresses={"api": account.api_url},
        max_network_retries=_RETRIES,
        http_client=http,
    )


class _Http(stripe.HTTPXClient):
    """Hands the body over as ``content``: the library uses ``data``, which httpx deprecates with a warning at each request."""

    def _get_request_args_kwargs(
        self, method: str, url: str, headers: Mapping[str, str], post_data: object
    ) -> tuple[Any, dict[str, Any]]:
        arguments, options = super()._get_request_args_kwargs(method, url, headers, post_data)
        return arguments, {**options, "data": None, "content": post_data or None}


def new_http() -> stripe.HTTPXClient:
    return _Http(timeout=_TIMEOUT)


@contextmanager
def translated_errors() -> Iterator[None]:
    """Translates Stripe's errors, without their prose: it may repeat personal data that was sent.

    Raises: ProviderUnavailable, ProviderLocked, ProviderRefused."""
    try:
        yield
    except (stripe.APIConnectionError, stripe.RateLimitError, stripe.APIError) as error:
        raise ProviderUnavailable(_message(error)) from error
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        raise ProviderLocked(_message(error)) from error
    except stripe.StripeError as error:
        raise ProviderRefused(_message(error)) from error


def _message(error: stripe.StripeError) -> str:
    parts = [type(error).__name__, error.code, getattr(error, "param", None)]
    if error.error is not None:
        parts.append(getattr(error.error, "decline_code", None))
    if error.request_id:
        parts.append(f"request {error.request_id}")
    return "Stripe: " + ", ".join(str(part) for part in parts if part)


def to_stripe(amount: int, currency: str) -> int:
    """Converts an amount, exactly.

    Raises: ProviderRefused (Stripe cannot take this amount)."""
    units: Fraction = Fraction(amount, 10 ** decimals(currency)) * 10 ** _stripe_decimals(currency)
    # The smallest piece of a dinar that Stripe takes is ten thousandths.
    if units.denominator != 1 or (currency in _STRIPE_THOUSANDTHS and units % 10):
        raise ProviderRefused(f"Stripe takes no amount of {amount} in the minor unit of {currency}")
    return units.numerator


def from_stripe(units: int, currency: str) -> tuple[int, str]:
    """The amount in the currency's minor unit, and the currency as we write it."""
    name = currency.upper()
    return to_minor(Fraction(units, 10 ** _stripe_decimals(name)), name), name


def _stripe_decimals(currency: str) -> int:
    if currency in _STRIPE_WHOLE:
        return 0
    return 3 if currency in _STRIPE_THOUSANDTHS else 2
