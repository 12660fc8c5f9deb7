"""Challenges that a passkey signs: short-lived, for one purpose and one browser, and used once.

Nothing is kept of a challenge that is not answered: its own keyed hash says for what it was made. An answered one is
spent in PostgreSQL, whatever comes of the answer.
"""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid4

from msgspec import Struct

from meydan.kit import clock
from meydan.kit.crypto import seal
from meydan.kit.database import Tx

LIFETIME = timedelta(minutes=5)
TIMEOUT = int(LIFETIME.total_seconds() * 1000)
"""The same for browsers, in milliseconds."""
_PURPOSE = "passkey challenges"
_ID, _EXPIRES_AT, _MAC = 16, 8, 32
"""Lengths of a challenge's parts."""


class ChallengePurpose(StrEnum):
    login = "login"
    addition = "addition"


class ChallengeUse(Struct, frozen=True):
    """The only use of a challenge."""

    purpose: ChallengePurpose
    rp_id: str
    browser_secret: str
    account: tuple[object, ...] = ()
    """For an addition: the user, the session, and the hash of the password that was checked."""


def new(tx: Tx, use: ChallengeUse) -> bytes:
    challenge_id = uuid4().bytes
    expires_at = int((clock.now() + LIFETIME).timestamp() * 1000).to_bytes(_EXPIRES_AT)
    return challenge_id + expires_at + seal.mac(_PURPOSE, *_signed(tx, use, challenge_id, expires_at))


async def do_spend(tx: Tx, challenge: bytes, use: ChallengeUse) -> bool:
    """Spends a challenge. False if it was not made for this use, is too old, or was spent before.

    Runs as: service.
    """
    if len(challenge) != _ID + _EXPIRES_AT + _MAC:
        return False
    challenge_id, expires_at = challenge[:_ID], challenge[_ID : _ID + _EXPIRES_AT]
    if not seal.is_mac(challenge[-_MAC:], _PURPOSE, *_signed(tx, use, challenge_id, expires_at)):
        return False
    spent = await tx.maybe(
        UUID,
        """
        insert into app.spent_passkey_challenges (tenant_id, id, expires_at) select $1, $2, $3 where $3 > app.now()
        on conflict do nothing returning id
        """,
        UUID(bytes=challenge_id),
        datetime.fromtimestamp(int.from_bytes(expires_at) / 1000, UTC),
    )
    return spent is not None


async def do_purge_old(tx: Tx) -> None:
    await tx.run("delete from app.spent_passkey_challenges where tenant_id = $1 and expires_at < app.now()")


def _signed(tx: Tx, use: ChallengeUse, challenge_id: bytes, expires_at: bytes) -> tuple[object, ...]:
    """The parts of a challenge's mac."""
    whose = use.purpose, use.rp_id, use.browser_secret, *use.account
    return tx.tenant_id, *whose, challenge_id, expires_at
