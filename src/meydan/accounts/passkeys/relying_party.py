"""The relying party of a request: the host that its passkeys are bound to.

Each host is one of its own. A browser offers a passkey only where it was made, even where one community has several
hosts. Host and scheme are the request's, as the house resolves them; the client names neither.
"""

from enum import StrEnum
from urllib.parse import urlsplit

from msgspec import Struct

from meydan.kit.errors import Refused
from meydan.kit.hosts import address_of, host_name, is_loopback
from meydan.kit.http import AnyRequest
from meydan.tenants import Directory, Tenant

_DEFAULT_PORTS = {"http": 80, "https": 443}


class PasskeyPlace(StrEnum):
    """The address that a page was opened at, as passkeys see it: ready for them, or why not."""

    ready = "ready"
    bare_address = "bare_address"
    """A number, such as 127.0.0.1: browsers bind passkeys to names."""
    plain_http = "plain_http"
    """Browsers want https, except for this machine's own names."""
    other_host = "other_host"
    """The name leads to another community, or the installation does not know it."""


class PasskeysUnavailable(Refused):
    """``reason`` is a PasskeyPlace."""

    code, status, title = (
        "passkeys_unavailable",
        409,
        "Passkeys do not work at the address that this page was opened at.",
    )


class RelyingParty(Struct, frozen=True):
    id: str
    """The host's name, without a port."""
    name: str
    origin: str
    """Origin of the pages that may use its passkeys, as browsers write it."""


def place_of(request: AnyRequest, tenant: Tenant) -> PasskeyPlace:
    name = _name(request)
    if address_of(name):
        return PasskeyPlace.bare_address
    if not _is_host_of(request, name, tenant):
        return PasskeyPlace.other_host
    if request.url.scheme != "https" and not is_loopback(name):
        return PasskeyPlace.plain_http
    return PasskeyPlace.ready


def relying_party(request: AnyRequest, tenant: Tenant) -> RelyingParty:
    """Raises: PasskeysUnavailable."""
    if (place := place_of(request, tenant)) is not PasskeyPlace.ready:
        raise PasskeysUnavailable(reason=place)
    name, scheme = _name(request), request.url.scheme
    port = urlsplit(f"//{request.headers['host']}").port
    is_usual = port is None or port == _DEFAULT_PORTS[scheme]
    return RelyingParty(name, tenant.name, f"{scheme}://{name}" if is_usual else f"{scheme}://{name}:{port}")


def _is_host_of(request: AnyRequest, name: str, tenant: Tenant) -> bool:
    """True if the host itself leads to the community. The header that names one is the client's word."""
    addresses = request.app.state.directory.addresses
    if addresses.is_main(name):
        return tenant.slug == Directory.default_slug
    return addresses.slug_in(name) == tenant.slug or name in tenant.hosts


def _name(request: AnyRequest) -> str:
    return host_name(request.headers.get("host", ""))
