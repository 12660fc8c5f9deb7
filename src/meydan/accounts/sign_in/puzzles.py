"""Puzzles: proof of work that makes a request dearer where many come. It slows a flood, and does not stop it.

The protocol is ALTCHA's (proof of work 2), with scrypt over 4 MiB. Browsers compute it about half as fast as servers.
A client tries counters until its derived key has the wanted beginning. We know the rest of the key, so checking costs one
HMAC. Making a puzzle costs one derivation, behind a queue of its own. A solved one is spent in PostgreSQL, in the
transaction that it opens. So a request that is rolled back spends none, and a lost Valkey opens nothing twice.
"""

import secrets
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from altcha import Challenge, Payload, create_challenge, verify_solution
from msgspec import Struct

from meydan.kit import clock
from meydan.kit.bounded_threads import BoundedThreads, Caller
from meydan.kit.crypto import seal
from meydan.kit.database import Tx
from meydan.kit.errors import Refused
from meydan.kit.rate_limits import Limit, take

LIFETIME = timedelta(minutes=10)
LONGEST_PAYLOAD = 4_000
_COUNTERS = {1: 8, 2: 16, 3: 28}
"""Counters by difficulty. A server's V8 needs 28 ms for one, a slow phone about six times as long."""
_BLOCKS, _BLOCK_SIZE = 4_096, 8  # N and r of scrypt: 128 · N · r bytes are 4 MiB
_MADE_FOR_NETWORK = Limit("puzzles", timedelta(minutes=1), 60)
_threads = BoundedThreads("puzzles", 1, 32)


class PuzzleNeeded(Refused):
    code, status, title = "puzzle_needed", 428, "Much is asked for at the moment: solve this puzzle and ask again."


class PuzzleWrong(Refused):
    code, status, title = (
        "puzzle_wrong",
        409,
        "This puzzle is not solved, too old, used already or meant for something else.",
    )


class PuzzleWanted(Exception):
    """A transaction would go on for a solved puzzle of this difficulty."""

    def __init__(self, purpose: "PuzzlePurpose", difficulty: int) -> None:
        super().__init__(purpose, difficulty)
        self.purpose, self.difficulty = purpose, difficulty


class PuzzlePurpose(Struct, frozen=True):
    """The request that a puzzle opens: of this tenant, for this purpose, with this number, address or name."""

    tenant_id: int
    purpose: str
    subject: str

    @property
    def macs(self) -> list[str]:
        """The purpose's hash under each seal key that proves something, the current one's first."""
        hashed = seal.accepted_macs("puzzles", self.tenant_id, self.purpose, self.subject)
        return [mac.hex() for mac in hashed]


async def needed(wanted: PuzzleWanted, network: str) -> PuzzleNeeded:
    """Makes the puzzle. No transaction is open meanwhile.

    Raises: TooManyRequests, TooBusy.
    """
    await take(_MADE_FOR_NETWORK, network)
    make = partial(_make, wanted.purpose.macs[0], wanted.difficulty)
    return PuzzleNeeded(challenge=await _threads.run(make, Caller(network)))


def _make(mac: str, difficulty: int) -> dict[str, Any]:
    """The upper half of the counters holds the solution, so that progress can be told honestly."""
    counters = _COUNTERS[difficulty]
    challenge = create_challenge(
        "SCRYPT",
        _BLOCKS,
        memory_cost=_BLOCK_SIZE,
        parallelism=1,
        counter=counters // 2 + secrets.randbelow(counters // 2),
        expires_at=clock.now() + LIFETIME,
        data={"id": uuid4().hex, "purpose": mac, "highest": counters - 1},
        hmac_secret=_keys("challenges")[0],
        hmac_key_secret=_keys("solutions")[0],
    )
    return challenge.to_dict()


async def do_spend(tx: Tx, payload: str | None, purpose: PuzzlePurpose, difficulty: int) -> None:
    """Spends a solved puzzle, if the difficulty wants one. Any difficulty counts: it was the price when it was asked for.

    Raises: PuzzleWanted, PuzzleWrong.
    Runs as: service.
    """
    if difficulty == 0:
        return
    if payload is None:
        raise PuzzleWanted(purpose, difficulty)
    challenge = _solved(payload)
    if (
        challenge is None
        or challenge.parameters.data is None
        or challenge.parameters.data["purpose"] not in purpose.macs
    ):
        raise PuzzleWrong
    expires_at = datetime.fromtimestamp(challenge.parameters.expires_at or 0, UTC)
    spent = await tx.maybe(
        UUID,
        """
        insert into app.spent_puzzles (tenant_id, id, expires_at) select $1, $2, $3 where $3 > app.now()
        on conflict do nothing returning id
        """,
        UUID(challenge.parameters.data["id"]),
        expires_at,
    )
    if spent is None:
        raise PuzzleWrong


def _solved(payload: str) -> Challenge | None:
    """The challenge of a payload, if it is ours, unchanged and solved."""
    try:
        read = Payload.from_base64(payload)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    for challenges, solutions in zip(_keys("challenges"), _keys("solutions"), strict=True):
        if verify_solution(read, challenges, hmac_key_secret=solutions).verified:
            return read.challenge
    return None


async def do_purge_old(tx: Tx) -> None:
    await tx.run("delete from app.spent_puzzles where tenant_id = $1 and expires_at < app.now()")


def _keys(use: str) -> list[bytes]:
    return seal.accepted_macs("puzzles", use)
