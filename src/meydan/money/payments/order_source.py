"""Source of an order: the device, IP address and page that it was placed from."""

from datetime import timedelta
from urllib.parse import urlsplit
from uuid import UUID

from msgspec import Struct

from meydan import integrations
from meydan.kit import rate_limits
from meydan.kit.http import AnyRequest, client_ip_address, is_private_name
from meydan.kit.identity import Identity
from meydan.tenants import Tenant

ORDERS = rate_limits.Limit("payments.orders", timedelta(hours=1), 60)
"""Orders of any kind that one user may place."""


class OrderedFrom(Struct, frozen=True):
    """Where somebody orders."""

    client_device_id: UUID
    """As in Identity."""
    ip_address: str
    origin: str
    """The address of the page they came from, and return to."""


def ordered_from(request: AnyRequest, tenant: Tenant, me: Identity) -> OrderedFrom:
    return OrderedFrom(me.client_device_id, client_ip_address(request), _origin(request, tenant))


def _origin(request: AnyRequest, tenant: Tenant) -> str:
    """Where the buyer comes back to: the address they came by, if it is one of ours. A Host header can say anything."""
    public_url = integrations.current().public_url
    public, host = urlsplit(public_url).hostname, request.url.hostname or ""
    if host in {public, *tenant.hosts} or host.endswith(f".{public}") or is_private_name(host):
        return str(request.base_url).rstrip("/")
    return public_url
