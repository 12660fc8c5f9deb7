"""The client's network, as limits count it: one IPv4 address, or the /64 that one IPv6 customer gets."""

from ipaddress import IPv4Address, IPv6Address, ip_network
from ipaddress import ip_address as parse_ip_address

UNKNOWN = "unknown"


def network_of(ip_address: str) -> str:
    try:
        ip = parse_ip_address(ip_address.split("%", maxsplit=1)[0])
    except ValueError:
        return UNKNOWN
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    return str(ip) if isinstance(ip, IPv4Address) else str(ip_network((ip, 64), strict=False))
