"""Keys of a community's account at the local provider. Nobody sets it up: each community has one."""

from pathlib import Path

from msgspec import Struct

from meydan.integrations.payments.local.endpoint import LocalPayments
from meydan.integrations.payments.local.signatures import api_keys, signing_keys


class LocalAccount(Struct, frozen=True):
    api_url: str
    api_key: str
    signing_key: str
    certificate: Path | None = None

    @classmethod
    def at(cls, endpoint: LocalPayments, tenant_id: int) -> "LocalAccount":
        return cls(endpoint.url, api_keys(tenant_id)[0], signing_keys(tenant_id)[0], endpoint.certificate)
