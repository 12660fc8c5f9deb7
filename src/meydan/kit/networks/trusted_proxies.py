"""Trusted proxies: their connections belong to the client that they name in ``X-Forwarded-For``.

The rules are uvicorn's, which names the client of the API's requests. The gateway has no uvicorn.
"""

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import ip_network

from meydan.kit.hosts import address_of, is_loopback
from meydan.kit.networks.client_network import UNKNOWN, network_of


class TrustedProxies:
    """Addresses or networks of proxies; ``*`` for everybody."""

    def __init__(self, given: Iterable[str] = ()) -> None:
        names = tuple(given)
        self._trusts_all = "*" in names
        self._networks = [ip_network(name, strict=False) for name in names if _is_network(name)]

    def __contains__(self, address: str) -> bool:
        if self._trusts_all:
            return True
        if not self._networks:
            return False
        parsed = address_of(address.split("%", maxsplit=1)[0])
        return parsed is not None and any(parsed in network for network in self._networks)

    def counted_network(self, peer: str, forwarded_for: Iterable[str] = ()) -> str | None:
        """Network that a connection is counted under. None for this machine, and for a proxy that names no client.

        Each proxy appends its peer: the last address that is no proxy's is the client's."""
        client = peer
        if peer in self:
            hops = [_without_port(hop.strip()) for value in forwarded_for for hop in value.split(",")]
            if not any(hops):
                return None
            client = hops[0] if self._trusts_all else next((hop for hop in reversed(hops) if hop not in self), peer)
            if client == peer:
                return None
        return _network_elsewhere(client)

    def forwarded_network(self, client: str) -> str | None:
        """Network of a client whom uvicorn has read from the header. None for this machine, and for a proxy itself."""
        return None if client in self and not self._trusts_all else _network_elsewhere(client)


# Cached: clients that were cut come back from the same addresses, all at once.
@lru_cache(maxsize=16_384)
def _network_elsewhere(client: str) -> str | None:
    network = network_of(client)
    return None if network == UNKNOWN or is_loopback(client) else network


def _without_port(hop: str) -> str:
    if hop.startswith("["):
        return hop[1:].partition("]")[0]
    return hop.partition(":")[0] if hop.count(":") == 1 else hop


def _is_network(text: str) -> bool:
    try:
        ip_network(text, strict=False)
    except ValueError:
        return False
    return True
