"""Password changes: by the current password, or by a one-time code when it is forgotten. Other sessions end."""

from uuid import UUID

from meydan.accounts import users
from meydan.accounts.events import SignInPart
from meydan.accounts.identifiers import Identifier
from meydan.accounts.second_factor import challenges
from meydan.accounts.sessions import endings
from meydan.accounts.sessions.endings import EndReason
from meydan.accounts.sign_in import login_throttle, otp, passwords, security_alerts
from meydan.accounts.sign_in.otp import ProofRefused, Purpose
from meydan.kit.bounded_threads import Caller
from meydan.kit.database import Database, Tx
from meydan.kit.errors import Refused
from meydan.kit.identity import Identity


class PasswordWrong(Refused):
    code, status, title = "password_wrong", 403, "This is not your password."


async def do_check_password(db: Database, me: Identity, password: str) -> str:
    """Checks the caller's password and returns its hash. Throttled: a session must not serve to guess passwords.

    Raises: PasswordWrong, TooManyRequests, TooBusy.
    """
    async with db.as_service(me.tenant_id) as tx:
        counters = login_throttle.counters(tx, me.user_id, "", me.client_device_id)
        await login_throttle.do_count(tx, counters)
        password_hash = await users.password_hash(tx, me.user_id)
    checked = await passwords.check(password, password_hash, Caller(me.user_id, is_known=True))
    if not checked.is_right or password_hash is None:
        raise PasswordWrong
    async with db.as_service(me.tenant_id) as tx:
        await login_throttle.do_reset(tx, counters)
    return password_hash


async def lock_password(tx: Tx, user_id: UUID, password_hash: str) -> None:
    """Locks the password until commit, if it is still the one that was checked.

    Locks: users.
    Raises: PasswordWrong, AccountBanned.
    Runs as: service.
    """
    standing = await users.lock_standing(tx, user_id)
    if standing is None or standing.password_hash != password_hash:
        raise PasswordWrong
    standing.check_not_banned()


async def do_change_password(db: Database, me: Identity, current: str, new: str) -> None:
    """Changes the password and ends all sessions but the caller's.

    Raises: PasswordWrong, WeakPassword, TooBusy.
    """
    current_hash = await do_check_password(db, me, current)
    async with db.as_service(me.tenant_id) as tx:
        names = (await users.by_id(tx, me.user_id)).names
    passwords.check_strength(new, names)
    password_hash = await passwords.hash_of(new, Caller(me.user_id, is_known=True))
    async with db.as_service(me.tenant_id) as tx:
        await lock_password(tx, me.user_id, current_hash)
        await _do_set(tx, me.user_id, password_hash, keep=me.session_id)


async def do_reset_password(db: Database, tenant_id: int, proof: str, new: str) -> None:
    """Sets a new password for the account of a proved contact, and ends all its sessions. A second factor stays.

    Raises: ProofRefused, WeakPassword, TooBusy.
    """
    async with db.as_service(tenant_id) as tx:
        proved = await otp.check_proof(tx, proof, Purpose.reset)
    passwords.check_strength(new, [proved.value])
    password_hash = await passwords.hash_of(new, Caller(proved.value))
    async with db.as_service(tenant_id) as tx:
        await otp.do_spend_proof(tx, proof, Purpose.reset)
        user_id = await users.find(tx, Identifier(proved.method, proved.value))
        if user_id is None:
            raise ProofRefused
        await _do_set(tx, user_id, password_hash, keep=None)


async def _do_set(tx: Tx, user_id: UUID, password_hash: str, *, keep: UUID | None) -> None:
    await users.do_set_password_hash(tx, user_id, password_hash)
    await endings.do_end_all(tx, user_id, EndReason.password, except_session=keep)
    await challenges.do_cancel(tx, user_id)
    await security_alerts.do_queue(tx, await users.by_id(tx, user_id), SignInPart.password)
