"""The realtime gateway: its own process, any number of them; holds sockets and no database."""

from meydan.gateway.server import Gateway, run, serving
from meydan.gateway.settings import GatewaySettings

__all__ = ["Gateway", "GatewaySettings", "run", "serving"]
