"""The user's own second factor: switched on with a first code, switched off or given new recovery codes with another.

Each change needs the password besides: a stolen access token must not lock the owner out.
"""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from meydan import tenants
from meydan.accounts import staff, users
from meydan.accounts.events import SignInPart
from meydan.accounts.second_factor import challenges, qr_code, recovery_codes, totp, verification
from meydan.accounts.second_factor.qr_code import QrCode
from meydan.accounts.sessions import endings, sessions
from meydan.accounts.sessions.authentication import Authentication
from meydan.accounts.sessions.endings import EndReason
from meydan.accounts.sign_in import login_throttle, password_changes, security_alerts
from meydan.accounts.users import User
from meydan.kit.database import Database, Tx
from meydan.kit.errors import Refused
from meydan.kit.identity import Identity

Code = Annotated[str, Meta(max_length=verification.LONGEST)]
Password = Annotated[str, Meta(max_length=1024)]


class SecondFactorOff(Refused):
    code, status, title = "second_factor_off", 409, "The second factor is off."


class SecondFactorState(Struct, frozen=True):
    is_on: bool
    since: datetime | None
    recovery_codes_left: int
    is_required: bool
    """The community asks it of this user, who is of its staff."""
    is_session_strong: bool
    """A second factor opened this session."""


class BeginSecondFactorRequest(Struct, frozen=True):
    password: Password


class NewAuthenticator(Struct, frozen=True):
    id: UUID
    secret: str
    """Base 32, for typing it where no camera is."""
    uri: str
    qr_code: QrCode
    expires_at: datetime


class ConfirmSecondFactorRequest(Struct, frozen=True):
    id: UUID
    code: Code


class ChangeSecondFactorRequest(Struct, frozen=True):
    password: Password
    code: Code


class RecoveryCodes(Struct, frozen=True):
    """Shown once."""

    recovery_codes: list[str]


async def state(db: Database, me: Identity) -> SecondFactorState:
    async with db.as_service(me.tenant_id) as tx:
        since = await totp.confirmed_at(tx, me.user_id)
        authentication = await sessions.authentication(tx, me.session_id)
        return SecondFactorState(
            is_on=since is not None,
            since=since,
            recovery_codes_left=await recovery_codes.left(tx, me.user_id),
            is_required=await staff.is_second_factor_required(tx, (await users.by_id(tx, me.user_id)).role),
            is_session_strong=authentication is not None and authentication.is_two_factor,
        )


async def do_begin(db: Database, me: Identity, wanted: BeginSecondFactorRequest) -> NewAuthenticator:
    """Makes a secret, which does nothing until its first code has come.

    Raises: PasswordWrong, TooManyRequests, TooBusy, SecondFactorOn, AccountBanned.
    """
    password_hash = await password_changes.do_check_password(db, me, wanted.password)
    async with db.as_service(me.tenant_id) as tx:
        await password_changes.lock_password(tx, me.user_id, password_hash)
        new = await totp.do_begin(tx, me.user_id)
        community = tenants.name_in_messages((await tenants.current(tx)).name)
        uri = totp.uri(new.secret, _name(await users.by_id(tx, me.user_id)), community)
    return NewAuthenticator(new.id, new.secret, uri, qr_code.drawn(uri), new.expires_at)


def _name(user: User) -> str:
    """The name in the authenticator is one that the user logs in with: it is the same for both faces."""
    return user.username or user.email or user.phone or ""


async def do_confirm(db: Database, me: Identity, wanted: ConfirmSecondFactorRequest) -> RecoveryCodes:
    """Switches the second factor on. All other sessions end, and this one counts as opened by it.

    Raises: SecondFactorOn, SetupExpired, SecondFactorWrong, SecondFactorUsed, TooManyRequests.
    """
    async with db.as_service(me.tenant_id) as tx:
        outcome = await _do_confirm(tx, me, wanted)
    return _unless_refused(outcome)


async def _do_confirm(tx: Tx, me: Identity, wanted: ConfirmSecondFactorRequest) -> RecoveryCodes | Refused:
    """Locks: login_attempts, users, totp_secrets."""
    counters = await _do_count(tx, me)
    await users.lock_standing(tx, me.user_id)
    check = await totp.do_confirm(tx, me.user_id, wanted.id, verification.as_digits(wanted.code))
    if (refusal := verification.refusal_of(check)) is not None:
        return refusal
    await login_throttle.do_reset(tx, counters)
    codes = await recovery_codes.do_make(tx, me.user_id)
    await _do_set_session(tx, me, Authentication.totp)
    await security_alerts.do_queue(tx, await users.by_id(tx, me.user_id), SignInPart.second_factor_on)
    return RecoveryCodes(codes)


async def do_renew_recovery_codes(db: Database, me: Identity, wanted: ChangeSecondFactorRequest) -> RecoveryCodes:
    """Makes ten new recovery codes; the earlier ones open nothing any more.

    Raises: PasswordWrong, SecondFactorOff, SecondFactorWrong, SecondFactorUsed, TooManyRequests, TooBusy, AccountBanned.
    """

    async def do_renew(tx: Tx) -> RecoveryCodes:
        codes = await recovery_codes.do_make(tx, me.user_id)
        await security_alerts.do_queue(tx, await users.by_id(tx, me.user_id), SignInPart.recovery_codes)
        return RecoveryCodes(codes)

    password_hash = await password_changes.do_check_password(db, me, wanted.password)
    async with db.as_service(me.tenant_id) as tx:
        refusal = await _do_check_code(tx, me, password_hash, wanted.code)
        outcome = await do_renew(tx) if refusal is None else refusal
    return _unless_refused(outcome)


async def do_switch_off(db: Database, me: Identity, wanted: ChangeSecondFactorRequest) -> None:
    """Switches the second factor off. All other sessions end.

    Raises: PasswordWrong, SecondFactorOff, SecondFactorWrong, SecondFactorUsed, TooManyRequests, TooBusy, AccountBanned.
    """
    password_hash = await password_changes.do_check_password(db, me, wanted.password)
    async with db.as_service(me.tenant_id) as tx:
        refusal = await _do_check_code(tx, me, password_hash, wanted.code)
        if refusal is None:
            await do_delete(tx, me.user_id)
            await _do_set_session(tx, me, Authentication.password)
            await security_alerts.do_queue(tx, await users.by_id(tx, me.user_id), SignInPart.second_factor_off)
    if refusal is not None:
        raise refusal


async def do_delete(tx: Tx, user_id: UUID) -> bool:
    """Deletes everything of the user's second factor. Returns whether it was on.

    Runs as: service.
    """
    was_on = await totp.do_remove(tx, user_id)
    await recovery_codes.do_remove(tx, user_id)
    await challenges.do_cancel(tx, user_id)
    return was_on


async def _do_check_code(tx: Tx, me: Identity, password_hash: str, code: str) -> Refused | None:
    """Locks: login_attempts, users, totp_secrets.

    Raises: PasswordWrong, SecondFactorOff, TooManyRequests, AccountBanned.
    """
    counters = await _do_count(tx, me)
    await password_changes.lock_password(tx, me.user_id, password_hash)
    if await totp.confirmed_at(tx, me.user_id) is None:
        raise SecondFactorOff
    proof = await verification.do_verify(tx, me.user_id, code)
    if isinstance(proof, Refused):
        return proof
    await login_throttle.do_reset(tx, counters)
    return None


async def _do_count(tx: Tx, me: Identity) -> login_throttle.Counters:
    """Raises: TooManyRequests."""
    counters = login_throttle.factor_counters(tx, me.user_id, "", me.client_device_id)
    await login_throttle.do_count(tx, counters)
    return counters


async def _do_set_session(tx: Tx, me: Identity, authenticated_by: Authentication) -> None:
    """Ends the other sessions. A session that a passkey opened is as strong without the authenticator as with it."""
    if await sessions.authentication(tx, me.session_id) is not Authentication.passkey:
        await sessions.do_set_authentication(tx, me.session_id, authenticated_by)
    await endings.do_end_all(tx, me.user_id, EndReason.second_factor, except_session=me.session_id)


def _unless_refused(outcome: RecoveryCodes | Refused) -> RecoveryCodes:
    if isinstance(outcome, Refused):
        raise outcome
    return outcome
