"""Stripe's API through Stripe's own library: an operator's keys, what its refusals mean for us, and its units of money."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from fractions import Fraction
from typing import Annotated, Any

import stripe
from msgspec import Meta, Struct

from meydan.integrations.payments.contract import ProviderLocked, ProviderRefused, ProviderUnavailable
from meydan.integrations.payments.money import decimals, to_minor

_TIMEOUT = 20.0
_RETRIES = 1
"""Of the library's own, a moment later with the same key. Jobs try again over hours."""

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
"""Stripe's zero-decimal currencies. Ariary have a minor unit in ISO 4217 and none here; krónur and Ugandan shillings are
the other way round: whole, and still said in hundredths. https://docs.stripe.com/currencies"""
_STRIPE_THOUSANDTHS = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})


class StripeAccount(Struct, frozen=True):
    secret_key: Annotated[
        str,
        Meta(
            pattern="^(sk|rk)_(test|live)_[A-Za-z0-9]+$",
            description="Developers → API keys: a restricted key (rk_…) with the rights named in docs/payments/stripe.md, or the secret key.",
        ),
    ]
    webhook_secret: Annotated[
        str,
        Meta(
            pattern="^whsec_.+$", description="Developers → Webhooks → the endpoint of this community: signing secret."
        ),
    ]
    api_url: Annotated[
        str, Meta(pattern="^https?://[^/]+$", description="Where Stripe's API is; only tests set another.")
    ] = stripe.DEFAULT_API_BASE

    @property
    def is_live(self) -> bool:
        return self.secret_key.split("_")[1] == "live"


def client_of(account: StripeAccount, http: stripe.HTTPXClient) -> stripe.StripeClient:
    return stripe.StripeClient(
        account.secret_key,
        base_addresses={"api": account.api_url},
        max_network_retries=_RETRIES,
        http_client=http,
    )


class _Http(stripe.HTTPXClient):
    """The library hands a body over in a way that httpx will not take for ever, and warns of with every question."""

    def _get_request_args_kwargs(
        self, method: str, url: str, headers: Mapping[str, str], post_data: object
    ) -> tuple[Any, dict[str, Any]]:
        where, how = super()._get_request_args_kwargs(method, url, headers, post_data)
        return where, {**how, "data": None, "content": post_data or None}


def new_http() -> stripe.HTTPXClient:
    return _Http(timeout=_TIMEOUT)


@contextmanager
def asking() -> Iterator[None]:
    """Stripe's errors in commerce's words. What Stripe says in prose is left out: it may repeat what was sent."""
    try:
        yield
    except (stripe.APIConnectionError, stripe.RateLimitError, stripe.APIError) as error:
        raise ProviderUnavailable(_said(error)) from error
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        raise ProviderLocked(_said(error)) from error
    except stripe.StripeError as error:
        raise ProviderRefused(_said(error)) from error


def _said(error: stripe.StripeError) -> str:
    parts = [type(error).__name__, error.code, getattr(error, "param", None)]
    if error.error is not None:
        parts.append(getattr(error.error, "decline_code", None))
    if error.request_id:
        parts.append(f"request {error.request_id}")
    return "Stripe: " + ", ".join(str(part) for part in parts if part)


def to_stripe(amount: int, currency: str) -> int:
    """Raises ProviderRefused where Stripe cannot take exactly so much."""
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
