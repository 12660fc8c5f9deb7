"""Authenticators: a sealed secret for each user, and the codes made from it (RFC 6238), each accepted once.

A code of the step before or after now is taken too. Accepted steps are kept in a short list. A single highest one would
lock out whoever logged in while the server's clock ran ahead.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

import pyotp
from msgspec import Struct

from meydan.kit.crypto import seal
from meydan.kit.database import Tx
from meydan.kit.errors import Refused

SETUP_LIFETIME = timedelta(minutes=30)
"""Time in which a new secret's first code must come."""
_PURPOSE = "authenticators"
_WINDOW = (0, -1, 1)
_KEPT_STEPS = 10


class SecondFactorOn(Refused):
    code, status, title = "second_factor_on", 409, "The second factor is on already."


class SetupExpired(Refused):
    code, status, title = "second_factor_setup_expired", 410, "This key is no longer valid. Begin again."


class CodeCheck(StrEnum):
    right = "right"
    used = "used"
    """A code that would be right, had it not been accepted before."""
    wrong = "wrong"


class NewSecret(Struct, frozen=True):
    id: UUID
    secret: str
    expires_at: datetime


class _Row(Struct, frozen=True):
    id: UUID
    sealed_secret: bytes
    used_steps: list[int]
    confirmed_at: datetime | None
    is_expired: bool
    now: datetime

    @property
    def secret(self) -> str:
        return seal.unseal(_PURPOSE, self.sealed_secret).decode()


class _Sealed(Struct, frozen=True):
    user_id: UUID
    sealed_secret: bytes


def steps_of(secret: str, code: str, now: datetime) -> list[int]:
    """The steps around now whose code this is: none, or nearly always a single one."""
    totp = pyotp.TOTP(secret)
    present = totp.timecode(now)
    return [
        present + offset
        for offset in _WINDOW
        if seal.constant_time_equal(totp.at(now, counter_offset=offset).encode(), code.encode())
    ]


def uri(secret: str, name: str, issuer: str) -> str:
    """The secret as authenticators read it from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=issuer)


async def confirmed_at(tx: Tx, user_id: UUID) -> datetime | None:
    """The time since which the user logs in with an authenticator; None for one who does not.

    Runs as: service.
    """
    return await tx.maybe(
        datetime,
        """
        select confirmed_at from app.totp_secrets
        where tenant_id = $1 and user_id = $2 and confirmed_at is not null
        """,
        user_id,
    )


async def do_begin(tx: Tx, user_id: UUID) -> NewSecret:
    """Makes a secret that waits for its first code, in place of one that waited before.

    The caller holds the user's standing.

    Raises: SecondFactorOn.
    Runs as: service.
    """
    secret = pyotp.random_base32()
    row = await tx.maybe(
        _Row,
        """
        insert into app.totp_secrets as known (tenant_id, user_id, sealed_secret) values ($1, $2, $3)
        on conflict (tenant_id, user_id) do update set id = uuidv7(), sealed_secret = excluded.sealed_secret,
            used_steps = '{}', created_at = app.now()
        where known.confirmed_at is null
        returning id, sealed_secret, used_steps, confirmed_at, false as is_expired, app.now() as now
        """,
        user_id,
        seal.seal(_PURPOSE, secret.encode()),
    )
    if row is None:
        raise SecondFactorOn
    return NewSecret(row.id, secret, row.now + SETUP_LIFETIME)


async def do_confirm(tx: Tx, user_id: UUID, secret_id: UUID, code: str) -> CodeCheck:
    """Puts a waiting secret into use, if this is its code.

    Locks: totp_secrets.
    Raises: SecondFactorOn, SetupExpired.
    Runs as: service.
    """
    row = await _lock_secret(tx, user_id)
    if row is not None and row.confirmed_at is not None:
        raise SecondFactorOn
    if row is None or row.id != secret_id or row.is_expired:
        raise SetupExpired
    check = await _do_accept(tx, user_id, row, code)
    if check is CodeCheck.right:
        await tx.run(
            "update app.totp_secrets set confirmed_at = app.now() where tenant_id = $1 and user_id = $2", user_id
        )
    return check


async def do_accept(tx: Tx, user_id: UUID, code: str) -> CodeCheck:
    """Checks a code of the user's authenticator, and remembers its step so that it is right only once.

    Locks: totp_secrets.
    Runs as: service.
    """
    row = await _lock_secret(tx, user_id)
    return CodeCheck.wrong if row is None or row.confirmed_at is None else await _do_accept(tx, user_id, row, code)


async def _lock_secret(tx: Tx, user_id: UUID) -> _Row | None:
    """Locks: totp_secrets."""
    return await tx.maybe(
        _Row,
        """
        select id, sealed_secret, used_steps, confirmed_at, created_at + $3::interval < app.now() as is_expired,
            app.now() as now
        from app.totp_secrets where tenant_id = $1 and user_id = $2 for update
        """,
        user_id,
        SETUP_LIFETIME,
    )


async def _do_accept(tx: Tx, user_id: UUID, row: _Row, code: str) -> CodeCheck:
    steps = steps_of(row.secret, code, row.now)
    step = next((step for step in steps if step not in row.used_steps), None)
    if step is None:
        return CodeCheck.used if steps else CodeCheck.wrong
    await tx.run(
        "update app.totp_secrets set used_steps = $3 where tenant_id = $1 and user_id = $2",
        user_id,
        [*row.used_steps, step][-_KEPT_STEPS:],
    )
    return CodeCheck.right


async def do_reseal(tx: Tx) -> None:
    """Seals with the current key what an older one sealed.

    Locks: totp_secrets.
    Runs as: service.
    """
    for row in await tx.all(
        _Sealed, "select user_id, sealed_secret from app.totp_secrets where tenant_id = $1 order by user_id for update"
    ):
        if not seal.is_current(_PURPOSE, row.sealed_secret):
            await tx.run(
                "update app.totp_secrets set sealed_secret = $3 where tenant_id = $1 and user_id = $2",
                row.user_id,
                seal.seal(_PURPOSE, seal.unseal(_PURPOSE, row.sealed_secret)),
            )


def opening_key(sealed_secret: bytes) -> str | None:
    """Id of the seal key that opens a stored secret; None if it is missing here."""
    return seal.opening_key(_PURPOSE, sealed_secret)


async def do_remove(tx: Tx, user_id: UUID) -> bool:
    """Returns whether an authenticator was in use.

    Runs as: service.
    """
    removed = await tx.maybe(
        bool,
        "delete from app.totp_secrets where tenant_id = $1 and user_id = $2 returning confirmed_at is not null",
        user_id,
    )
    return removed is True


async def do_purge_old(tx: Tx) -> None:
    """Deletes secrets whose first code never came."""
    await tx.run(
        """
        delete from app.totp_secrets
        where tenant_id = $1 and confirmed_at is null and created_at < app.now() - $2::interval
        """,
        SETUP_LIFETIME,
    )
