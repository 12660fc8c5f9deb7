"""From where somebody comes, as limits count it: one IPv4 address, or the /64 that an IPv6 customer has to themselves."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network


def of(address: str) -> str:
    try:
        ip = ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    return str(ip) if isinstance(ip, IPv4Address) else str(ip_network((ip, 64), strict=False))
