"""Stripe's keys of one community."""

from typing import Annotated

from msgspec import Meta, Struct


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
    ] = "https://api.stripe.com"

    @property
    def is_live(self) -> bool:
        return self.secret_key.split("_")[1] == "live"
