"""Log ins half done: the password or one-time code was right, the second factor is still to come.

A challenge belongs to the browser that asked, told by the secret in its cookie. It lives for ten minutes and opens one
session. Until then nothing is written that a log in writes: the device stays unknown, and no session exists. Whoever
has no challenge gets one answer, whatever they send.
"""

import secrets
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from meydan.accounts import users
from meydan.accounts.me import LoggedIn
from meydan.accounts.second_factor import verification
from meydan.accounts.sessions import devices
from meydan.accounts.sessions.devices import ClientDevice
from meydan.accounts.sign_in import login_throttle, opening
from meydan.kit.crypto import seal
from meydan.kit.database import Database, Tx
from meydan.kit.errors import Refused
from meydan.kit.networks import network_of

LIFETIME = timedelta(minutes=10)


class LogInExpired(Refused):
    code, status, title = "log_in_expired", 410, "This log in took too long, or was begun elsewhere. Begin again."


class SecondFactorWanted(Struct, frozen=True):
    """The answer to a right password or one-time code of somebody who has switched a second factor on."""

    challenge: UUID
    expires_at: datetime


class FinishLogInRequest(Struct, frozen=True):
    challenge: UUID
    code: Annotated[str, Meta(max_length=verification.LONGEST)]
    """The authenticator's code, or a recovery code."""


class _Challenge(Struct, frozen=True):
    id: UUID
    user_id: UUID
    client_device_id: UUID
    device_name: str
    browser_key: bytes | None


async def do_begin(
    tx: Tx, user_id: UUID, device: ClientDevice, browser_key: bytes | None, browser_secret: str
) -> SecondFactorWanted:
    """The caller holds the user's standing: a password that changes afterwards cancels the challenge.

    Runs as: service.
    """
    await tx.run(
        "delete from app.login_challenges where tenant_id = $1 and user_id = $2 and expires_at <= app.now()", user_id
    )
    challenge_id = UUID(bytes=secrets.token_bytes(16), version=4)
    expires_at = await tx.one(
        datetime,
        """
        insert into app.login_challenges
            (tenant_id, id, user_id, browser, client_device_id, device_name, browser_key, expires_at)
        values ($1, $2, $3, $4, $5, $6, $7, app.now() + $8::interval) returning expires_at
        """,
        challenge_id,
        user_id,
        seal.mac(*_of_browser(tx, browser_secret)),
        device.id,
        device.name,
        browser_key,
        LIFETIME,
    )
    return SecondFactorWanted(challenge_id, expires_at)


async def do_finish(
    db: Database, tenant_id: int, wanted: FinishLogInRequest, ip_address: str, browser_secret: str | None
) -> LoggedIn:
    """Opens the session of a challenge.

    Raises: LogInExpired, SecondFactorWrong, SecondFactorUsed, TooManyRequests, AccountBanned.
    """
    async with db.as_service(tenant_id) as tx:
        outcome = await _do_finish(tx, wanted, ip_address, browser_secret)
    if isinstance(outcome, Refused):
        raise outcome
    return outcome


async def _do_finish(
    tx: Tx, wanted: FinishLogInRequest, ip_address: str, browser_secret: str | None
) -> LoggedIn | Refused:
    """Returns a wrong code, so that the attempt is committed.

    Locks: login_attempts, users, totp_secrets.
    """
    challenge = None if browser_secret is None else await _find(tx, wanted.challenge, browser_secret)
    if challenge is None or browser_secret is None:
        return LogInExpired()
    is_known = await devices.is_known(tx, challenge.user_id, challenge.client_device_id)
    counters = login_throttle.factor_counters(
        tx,
        challenge.user_id,
        network_of(ip_address),
        challenge.client_device_id if is_known else None,
    )
    await login_throttle.do_count(tx, counters)
    standing = await users.lock_standing(tx, challenge.user_id)
    # A second tab may have finished it, or a new password cancelled it, while this one waited for the lock.
    if standing is None or await _find(tx, wanted.challenge, browser_secret) is None:
        return LogInExpired()
    standing.check_not_banned()
    proof = await verification.do_verify(tx, challenge.user_id, wanted.code)
    if isinstance(proof, Refused):
        return proof
    await login_throttle.do_reset(tx, counters)
    await tx.run("delete from app.login_challenges where tenant_id = $1 and id = $2", challenge.id)
    device = ClientDevice(challenge.client_device_id, challenge.device_name)
    return await opening.do_open(tx, challenge.user_id, device, challenge.browser_key, ip_address, proof)


async def _find(tx: Tx, challenge_id: UUID, browser_secret: str) -> _Challenge | None:
    return await tx.maybe(
        _Challenge,
        """
        select id, user_id, client_device_id, device_name, browser_key from app.login_challenges
        where tenant_id = $1 and id = $2 and browser = any($3::bytea[]) and expires_at > app.now()
        """,
        challenge_id,
        seal.accepted_macs(*_of_browser(tx, browser_secret)),
    )


async def do_cancel(tx: Tx, user_id: UUID) -> None:
    """Cancels every log in of the user that waits for a second factor.

    Runs as: service.
    """
    await tx.run("delete from app.login_challenges where tenant_id = $1 and user_id = $2", user_id)


async def do_purge_old(tx: Tx) -> None:
    await tx.run("delete from app.login_challenges where tenant_id = $1 and expires_at < app.now()")


def _of_browser(tx: Tx, secret: str) -> tuple[str, int, str]:
    return "browsers of challenges", tx.tenant_id, secret
