"""Login by password or one-time code. Neither the response nor its time tells whether the account exists."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from meydan import tenants
from meydan.accounts import users
from meydan.accounts.identifiers import Identifier, hint, read_identifier
from meydan.accounts.me import LoggedIn
from meydan.accounts.second_factor import challenges, totp
from meydan.accounts.second_factor.challenges import SecondFactorWanted
from meydan.accounts.sessions import devices
from meydan.accounts.sessions.authentication import Authentication
from meydan.accounts.sessions.devices import ClientDevice
from meydan.accounts.sessions.refresh_tokens import BrowserKey, read_browser_key
from meydan.accounts.settings import AccountsSettings
from meydan.accounts.sign_in import login_throttle, opening, otp, passwords, puzzles
from meydan.accounts.sign_in.otp import Purpose
from meydan.accounts.sign_in.puzzles import PuzzlePurpose, PuzzleWanted
from meydan.accounts.users import Standing
from meydan.kit.bounded_threads import Caller
from meydan.kit.database import Database, Tx
from meydan.kit.errors import Refused
from meydan.kit.networks import network_of


class LoginFailed(Refused):
    code, status, title = "login_failed", 401, "This does not open any account. Check what you typed."


class StepUpNeeded(Refused):
    code, status, title = (
        "step_up_needed",
        403,
        "This device is new: besides the password, a one-time code is needed.",
    )


class LogInRequest(Struct, frozen=True):
    identifier: str
    device: ClientDevice
    password: str | None = None
    proof: str | None = None
    browser_key: BrowserKey | None = None
    puzzle: Annotated[str, Meta(max_length=puzzles.LONGEST_PAYLOAD)] | None = None
    """The solved puzzle of a refusal `puzzle_needed`."""


class _Attempt(Struct, frozen=True):
    """The state read before the password is checked."""

    user_id: UUID | None
    password_hash: str | None
    caller: Caller
    """In the queue of hashes."""
    counters: login_throttle.Counters


class Browser(Struct, frozen=True):
    """The browser that a log in comes from."""

    ip_address: str
    secret: str
    """In the browser's cookie; a challenge belongs to it."""


async def do_log_in(
    db: Database, tenant_id: int, wanted: LogInRequest, browser: Browser
) -> LoggedIn | SecondFactorWanted:
    """Logs a user in, or asks for their second factor.

    The password is checked between two transactions, so that no connection waits for the hash.

    Raises: BrowserKeyInvalid, LoginFailed, TooManyRequests, PuzzleNeeded, PuzzleWrong, TooBusy, AccountBanned,
    StepUpNeeded, ProofRefused.
    """
    if wanted.password is None:
        async with db.as_service(tenant_id) as tx:
            return await _do_log_in_by_code(tx, wanted, browser)
    try:
        async with db.as_service(tenant_id) as tx:
            attempt = await _do_begin(tx, wanted, browser.ip_address)
    except PuzzleWanted as puzzle:
        raise await puzzles.needed(puzzle, network_of(browser.ip_address)) from None
    checked = await passwords.check(wanted.password, attempt.password_hash, attempt.caller)
    if not checked.is_right or attempt.user_id is None:
        raise LoginFailed
    async with db.as_service(tenant_id) as tx:
        await login_throttle.do_reset(tx, attempt.counters)
        standing = await _lock_standing(tx, attempt.user_id)
        if standing.password_hash == attempt.password_hash:
            if checked.better_hash is not None:
                await users.do_set_password_hash(tx, attempt.user_id, checked.better_hash)
            if not attempt.caller.is_known and await totp.confirmed_at(tx, attempt.user_id) is None:
                # A second factor takes the place of the one-time code that a new device may need.
                await _do_check_step_up(tx, attempt.user_id, wanted.proof)
            return await _do_open(tx, attempt.user_id, wanted, browser, Authentication.password)
    # The password was changed or rehashed by another login while this one checked it: check again.
    return await do_log_in(db, tenant_id, wanted, browser)


async def _lock_standing(tx: Tx, user_id: UUID) -> Standing:
    """Locks the user's standing: a ban or an erasure waits for this login and then ends its session too."""
    standing = await users.lock_standing(tx, user_id)
    if standing is None:
        raise LoginFailed
    standing.check_not_banned()
    return standing


async def _do_begin(tx: Tx, wanted: LogInRequest, ip_address: str) -> _Attempt:
    """Runs the same statements whether or not the account exists."""
    settings = await tenants.settings(tx, AccountsSettings)
    identifier = read_identifier(wanted.identifier, settings.default_region)
    user_id = await users.find(tx, identifier)
    nobody = UUID(int=0)
    is_known = await devices.is_known(tx, user_id or nobody, wanted.device.id)
    password_hash = await users.password_hash(tx, user_id or nobody)
    account = user_id or f"{identifier.method}:{identifier.value}"
    network = network_of(ip_address)
    counters = login_throttle.counters(tx, account, network, wanted.device.id if is_known else None)
    difficulty = await login_throttle.do_count(tx, counters)
    await puzzles.do_spend(tx, wanted.puzzle, PuzzlePurpose(tx.tenant_id, "password", identifier.value), difficulty)
    return _Attempt(user_id, password_hash, Caller(user_id if is_known else network, is_known), counters)


async def _do_log_in_by_code(tx: Tx, wanted: LogInRequest, browser: Browser) -> LoggedIn | SecondFactorWanted:
    if wanted.proof is None:
        raise LoginFailed
    proved = await otp.do_spend_proof(tx, wanted.proof, Purpose.login)
    user_id = await users.find(tx, Identifier(proved.method, proved.value))
    if user_id is None:
        raise LoginFailed
    await _lock_standing(tx, user_id)
    return await _do_open(tx, user_id, wanted, browser, Authentication.code)


async def _do_check_step_up(tx: Tx, user_id: UUID, proof: str | None) -> None:
    """Demands a one-time code on a new device, if the tenant requires it (`step_up`)."""
    user = await users.by_id(tx, user_id)
    if not (await tenants.settings(tx, AccountsSettings)).step_up or not user.contacts:
        return
    contacts = [contact.value for contact in user.contacts]
    if proof is None:
        raise StepUpNeeded(hints=[hint(contact) for contact in contacts])
    if (await otp.do_spend_proof(tx, proof, Purpose.login)).value not in contacts:
        raise LoginFailed


async def _do_open(
    tx: Tx, user_id: UUID, wanted: LogInRequest, browser: Browser, authenticated_by: Authentication
) -> LoggedIn | SecondFactorWanted:
    """Opens a session, unless the user has switched a second factor on.

    Raises: BrowserKeyInvalid.
    """
    browser_key = read_browser_key(wanted.browser_key)
    if await totp.confirmed_at(tx, user_id) is not None:
        return await challenges.do_begin(tx, user_id, wanted.device, browser_key, browser.secret)
    return await opening.do_open(tx, user_id, wanted.device, browser_key, browser.ip_address, authenticated_by)
