"""Networks of clients: which one a connection belongs to, through which proxies, and how many it has open."""

from meydan.kit.networks.client_network import UNKNOWN, network_of
from meydan.kit.networks.open_connections import OpenConnections
from meydan.kit.networks.trusted_proxies import TrustedProxies

__all__ = ["UNKNOWN", "OpenConnections", "TrustedProxies", "network_of"]
