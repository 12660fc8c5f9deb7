"""Open connections of each network, counted over all processes of the installation.

Each process counts its own. Above a tenth of the limit it writes its count to Valkey, as a field with a lease. The
answer is the sum of all processes. Ordinary networks so cost no command, and N processes may together exceed the limit
by N tenths. Nobody waits for the answer: the newest connection is closed when it says that there are too many. A killed
process renews no lease. While Valkey is down or slow, the process's own count holds.
"""

import asyncio
import hashlib
import secrets
from collections import Counter
from collections.abc import Callable

from meydan.kit.valkey import Reply, Valkey, ValkeyDown, current

LEASE_SECONDS = 30.0
_RENEWALS = 3
"""Renewals within a lease, so that a lost one does no harm."""
_UNTOLD = 10
"""Part of the limit that a process tells nobody."""

Refuse = Callable[[], None]


class OpenConnections:
    """Counts of this process and, through Valkey, of all that use the same ``name``."""

    def __init__(
        self,
        name: str,
        most: int,
        *,
        lease_seconds: float = LEASE_SECONDS,
        find_valkey: Callable[[], Valkey | None] = current,
    ) -> None:
        self._name, self._most, self._lease_seconds, self._find_valkey = name, most, lease_seconds, find_valkey
        self._process = secrets.token_hex(6)
        self._own: Counter[str] = Counter()
        self._told: set[str] = set()
        self._renewal: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        """Connections that this process counts."""
        return self._own.total()

    def opened(self, network: str, refuse: Refuse) -> bool:
        """Counts a connection until ``closed``. False if this process alone has too many.

        Calls ``refuse`` later if all processes together have; the connection may be closed by then."""
        self._own[network] += 1
        if self._own[network] > self._most:
            return False
        self._tell(network, refuse)
        return True

    def closed(self, network: str) -> None:
        self._own[network] -= 1
        if self._own[network] <= 0:
            del self._own[network]
        self._tell(network)

    def _tell(self, network: str, refuse: Refuse | None = None) -> None:
        count = self._own[network] if self._own[network] > self._most // _UNTOLD else 0
        if count == 0 and network not in self._told:
            return
        if count:
            self._told.add(network)
        else:
            self._told.discard(network)
        self._renew_later()

        def answered(total: Reply) -> None:
            if refuse is not None and isinstance(total, int) and total > self._most:
                refuse()

        valkey = self._find_valkey()
        if valkey is None or not valkey.answers:
            return
        try:
            valkey.execute_with(answered, "FCALL", "hold", 1, self._key(network), self._process, count, self._lease_ms)
        except ValkeyDown:
            return

    @property
    def _lease_ms(self) -> int:
        return int(self._lease_seconds * 1000)

    def _key(self, network: str) -> str:
        return f"connections:{{{self._name}:{hashlib.blake2b(network.encode(), digest_size=16).hexdigest()}}}"

    def _renew_later(self) -> None:
        if self._renewal is None and self._told:
            loop = asyncio.get_running_loop()
            self._renewal = loop.call_later(self._lease_seconds / _RENEWALS, self._renew)

    def _renew(self) -> None:
        self._renewal = None
        for network in list(self._told):
            self._tell(network)
