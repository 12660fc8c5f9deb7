"""RevenueCat's keys of one community's app."""

from typing import Annotated

from msgspec import Meta, Struct

_SECRET_KEY = "^sk_[A-Za-z0-9]+$"  # noqa: S105 -- how one looks


class RevenueCatAccount(Struct, frozen=True):
    secret_key_v1: Annotated[
        str, Meta(pattern=_SECRET_KEY, description="Project → API keys → secret key, version V1: reads customers.")
    ]
    secret_key_v2: Annotated[
        str,
        Meta(
            pattern=_SECRET_KEY,
            description="Project → API keys → secret key, version V2, with read rights for customer information.",
        ),
    ]
    project_id: Annotated[str, Meta(pattern="^[A-Za-z0-9_]+$", description="Project settings → General: project id.")]
    authorization_secret: Annotated[
        str,
        Meta(
            min_length=24,
            description="Integrations → Webhooks → Authorization header value: a long random text of your own.",
        ),
    ]
    signing_secret: Annotated[
        str | None,
        Meta(description="Integrations → Webhooks → signing secret, where signatures are turned on."),
    ] = None
    api_url: Annotated[
        str, Meta(pattern="^https?://[^/]+$", description="Where RevenueCat's API is; only tests set another.")
    ] = "https://api.revenuecat.com"
