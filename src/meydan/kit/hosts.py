"""Host names as they are compared: one spelling of each, and which of them only this machine or network has."""

from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

LOOPBACK_NAME = "localhost"

_GLOBAL_UNICAST = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")


@lru_cache(maxsize=1024)
def host_name(given: str) -> str:
    """The name or address of a Host header or URL's authority: without port, brackets, final dots and capitals.

    An address that maps IPv4 into IPv6 is the IPv4 address. Returns "" for what is no host at all.
    """
    try:
        name = (urlsplit(f"//{given.strip()}").hostname or "").rstrip(".").lower()
    except ValueError:
        return ""
    address = address_of(name)
    return str(address) if address else name


@lru_cache(maxsize=1024)
def address_of(name: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(name)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def is_loopback(name: str) -> bool:
    """True for this machine's own names: ``localhost``, what stands below it (RFC 6761), and loopback addresses.

    Strangers can own other names, and may let one resolve to this machine. A page of theirs in a developer's browser
    would then be of the same origin as ours (DNS rebinding).
    """
    if address := address_of(name):
        return address.is_loopback
    return name == LOOPBACK_NAME or name.endswith(f".{LOOPBACK_NAME}")


def is_private(name: str) -> bool:
    """True for an address of this machine or network, and for a name that no public name server gives."""
    if address := address_of(name):
        return address.is_private
    return "." not in name or is_loopback(name) or name.endswith((".local", ".internal", ".home.arpa"))


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """True for an address that anybody on the Internet reaches, and that leads into no other address.

    An IPv4 address inside an IPv6 one is looked at instead of it (mapped, NAT64); tunnels are refused.
    """
    if isinstance(address, IPv6Address):
        if address in _NAT64:
            return is_public(IPv4Address(int(address) & 0xFFFF_FFFF))
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if address not in _GLOBAL_UNICAST or address.sixtofour is not None or address.teredo is not None:
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved
