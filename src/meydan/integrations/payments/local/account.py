"""Keys of a community's account at the local provider. Nobody sets it up: each community has one."""

from pathlib import Path

from msgspec import Struct

from meydan.integrations.payments.local.endpoint import LocalPayments
from meydan.integrations.payments.local.signatures import api_key, signing_key


class LocalAccount(Struct, frozen=True):
    api_url: str
    api_key: str
    signing_key: str
    certificate: Path | None = None

    @classmethod
    def at(cls, endpoint: LocalPayments, tenant_id: int) -> "LocalAccount":
        return cls(endpoint.url, api_key(tenant_id), signing_key(tenant_id), endpoint.certificate)
