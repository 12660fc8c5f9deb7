"""Logging in: by password or by a one-time code. Nothing in the answer or its time says whether there is an account."""

from typing import ClassVar
from uuid import UUID

from msgspec import Struct

from meydan import tenants
from meydan.accounts import devices, me, sessions, users
from meydan.accounts.devices import DeviceHere
from meydan.accounts.identifiers import Identifier, hint, read_identifier
from meydan.accounts.me import LoggedIn
from meydan.accounts.settings import AccountsSettings
from meydan.accounts.sign_in import client_network, login_throttle, otp, passwords
from meydan.accounts.sign_in.otp import Purpose
from meydan.accounts.users import Standing
from meydan.kit.database import Database, Tx
from meydan.kit.errors import Refused


class LoginFailed(Refused):
    code: ClassVar[str] = "login_failed"
    status: ClassVar[int] = 401
    title: ClassVar[str] = "This does not open any account. Check what you typed."


class StepUpNeeded(Refused):
    code: ClassVar[str] = "step_up_needed"
    status: ClassVar[int] = 403
    title: ClassVar[str] = "This device is new: besides the password, a one-time code is needed."


class Login(Struct, frozen=True):
    identifier: str
    device: DeviceHere
    password: str | None = None
    proof: str | None = None


class _Attempt(Struct, frozen=True):
    """What is known before the password is looked at."""

    user_id: UUID | None
    password_hash: str | None
    is_known_device: bool
    counters: login_throttle.Counters


async def login(db: Database, tenant_id: int, wanted: Login, address: str) -> LoggedIn:
    """Raises LoginFailed, TooManyRequests, Banned, StepUpNeeded, ProofRefused. Opens its own transactions: a password is
    checked between two of them, so that no connection waits for it."""
    if wanted.password is None:
        async with db.as_service(tenant_id) as tx:
            return await _do_log_in_by_code(tx, wanted, address)
    async with db.as_service(tenant_id) as tx:
        attempt = await _do_begin(tx, wanted, address)
    checked = await passwords.check(wanted.password, attempt.password_hash)
    if not checked.is_right or attempt.user_id is None:
        raise LoginFailed
    async with db.as_service(tenant_id) as tx:
        await login_throttle.do_forgive(tx, attempt.counters)
        standing = await _hold(tx, attempt.user_id)
        if standing.password_hash == attempt.password_hash:
            if checked.better_hash is not None:
                await users.do_set_password_hash(tx, attempt.user_id, checked.better_hash)
            if not attempt.is_known_device:
                await _check_step_up(tx, attempt.user_id, wanted.proof)
            return await _do_open(tx, attempt.user_id, wanted.device, address)
    # While we looked at it the password was changed, or kept in a better way by a log in beside this one: look again.
    return await login(db, tenant_id, wanted, address)


async def _hold(tx: Tx, user_id: UUID) -> Standing:
    """Whoever is banned or erased from here on is so after this log in, which ends with all others. Raises Banned."""
    standing = await users.do_hold(tx, user_id)
    if standing is None:
        raise LoginFailed
    standing.check()
    return standing


async def _do_begin(tx: Tx, wanted: Login, address: str) -> _Attempt:
    """The same statements whether or not the account exists."""
    settings = await tenants.settings(tx, AccountsSettings)
    identifier = read_identifier(wanted.identifier, settings.default_region)
    user_id = await users.find(tx, identifier)
    nobody = UUID(int=0)
    is_known = await devices.is_known(tx, user_id or nobody, wanted.device.id)
    password_hash = await users.password_hash(tx, user_id or nobody)
    account = user_id or f"{identifier.kind}:{identifier.value}"
    counters = login_throttle.counters(tx, account, client_network.of(address), wanted.device.id if is_known else None)
    await login_throttle.do_count(tx, counters)
    return _Attempt(user_id, password_hash, is_known, counters)


async def _do_log_in_by_code(tx: Tx, wanted: Login, address: str) -> LoggedIn:
    if wanted.proof is None:
        raise LoginFailed
    proved = await otp.do_spend_proof(tx, wanted.proof, Purpose.login)
    user_id = await users.find(tx, Identifier(proved.kind, proved.value))
    if user_id is None:
        raise LoginFailed
    await _hold(tx, user_id)
    return await _do_open(tx, user_id, wanted.device, address)


async def _check_step_up(tx: Tx, user_id: UUID, proof: str | None) -> None:
    """Where the community asks for it: a password alone does not open an account on a device it has not been used on."""
    user = await users.by_id(tx, user_id)
    if not (await tenants.settings(tx, AccountsSettings)).step_up or not user.addresses:
        return
    addresses = [address.value for address in user.addresses]
    if proof is None:
        raise StepUpNeeded(hints=[hint(address) for address in addresses])
    if (await otp.do_spend_proof(tx, proof, Purpose.login)).value not in addresses:
        raise LoginFailed


async def _do_open(tx: Tx, user_id: UUID, device: DeviceHere, address: str) -> LoggedIn:
    device_row = await devices.do_see(tx, user_id, device)
    return await me.logged_in(tx, await sessions.do_start(tx, user_id, device_row, address))
