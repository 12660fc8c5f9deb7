"""Limit of reading: everybody may read generously, whatever the route, and nobody without end.

A guard of the whole application counts each GET in this process, by person or by a stranger's network. It costs no
round trip. Routes with a limit of their own still count here. An exception says why in its ``opt``.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.handlers import BaseRouteHandler

from meydan.kit.errors import Refused
from meydan.kit.identity import Identity
from meydan.kit.networks import TrustedProxies
from meydan.kit.rate_limits import Buckets

READS_FREELY = "reads_freely"
"""Key of a route's ``opt``: says in words why its reads are not counted."""

PERSON_READS_PER_MINUTE = 1200
"""Some ten times what the busiest page asks; also the largest burst."""
NETWORK_READS_PER_MINUTE = 3000
"""Strangers' reads: customers of a mobile network share an address. Also the largest burst."""

Connection = ASGIConnection[Any, Any, Any, State]
IdentityOf = Callable[[Connection], Awaitable[Identity]]


class ReadLimit:
    """A Litestar guard for all routes. ``identity_of`` remembers a request's identity for guards and handler after it."""

    def __init__(self, identity_of: IdentityOf) -> None:
        self._identity_of = identity_of
        self._people, self._networks = Buckets("reads.people"), Buckets("reads.networks")
        self._this_machine = TrustedProxies()

    async def __call__(self, connection: Connection, handler: BaseRouteHandler) -> None:
        """Raises: TooManyRequests."""
        if connection.scope.get("method") != "GET" or READS_FREELY in handler.opt:
            return
        person = await self._person(connection)
        if person is not None:
            self.take_person(person)
        elif (network := self._network(connection)) is not None:
            self.take_network(network)

    def take_person(self, person: object) -> None:
        """Raises: TooManyRequests."""
        self._people.take(person, PERSON_READS_PER_MINUTE, PERSON_READS_PER_MINUTE / 60)

    def take_network(self, network: str) -> None:
        """Raises: TooManyRequests."""
        self._networks.take(network, NETWORK_READS_PER_MINUTE, NETWORK_READS_PER_MINUTE / 60)

    async def _person(self, connection: Connection) -> object:
        """The user's id. None for a stranger, and for a token that the route itself will refuse."""
        if "authorization" not in connection.headers:
            return None
        try:
            return (await self._identity_of(connection)).user_id
        except Refused:
            return None

    def _network(self, connection: Connection) -> str | None:
        """None for this machine: its monitors and its development pages."""
        return self._this_machine.counted_network(connection.client.host) if connection.client else None
