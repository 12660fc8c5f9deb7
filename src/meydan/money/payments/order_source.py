"""Source of an order: the device, IP address and page that it was placed from."""

from datetime import timedelta
from uuid import UUID

from msgspec import Struct

from meydan import integrations
from meydan.kit import rate_limits
from meydan.kit.hosts import host_name
from meydan.kit.http import AnyRequest, client_ip_address
from meydan.kit.identity import Identity
from meydan.tenants import Addresses, Tenant

ORDERS = rate_limits.Limit("payments.orders", timedelta(hours=1), 60)
"""Orders of any kind that one user may place."""


class OrderedFrom(Struct, frozen=True):
    """Device, IP address and page of an order."""

    client_device_id: UUID
    """As in Identity."""
    ip_address: str
    origin: str
    """URL of the site the buyer ordered on and returns to."""


def ordered_from(request: AnyRequest, tenant: Tenant, me: Identity) -> OrderedFrom:
    return OrderedFrom(me.client_device_id, client_ip_address(request), _origin(request, tenant))


def _origin(request: AnyRequest, tenant: Tenant) -> str:
    """The request's origin if the host is one of ours, else the public URL. A Host header can be forged."""
    addresses: Addresses = request.app.state.directory.addresses
    name = host_name(request.headers.get("host", ""))
    if addresses.is_main(name) or addresses.slug_in(name) == tenant.slug or name in tenant.hosts:
        return str(request.base_url).rstrip("/")
    return integrations.current().public_url
