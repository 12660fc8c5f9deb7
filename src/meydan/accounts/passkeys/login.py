"""Login by passkey. The browser finds the account; nobody types a name, and the answer never says who is unknown."""

from uuid import UUID

from msgspec import Struct

from meydan.accounts import users
from meydan.accounts.me import LoggedIn
from meydan.accounts.passkeys import challenges, verification
from meydan.accounts.passkeys.challenges import ChallengePurpose, ChallengeUse
from meydan.accounts.passkeys.relying_party import RelyingParty
from meydan.accounts.passkeys.verification import Signed, Unverified
from meydan.accounts.passkeys.webauthn_json import Assertion, RequestOptions
from meydan.accounts.sessions.authentication import Authentication
from meydan.accounts.sessions.devices import ClientDevice
from meydan.accounts.sessions.refresh_tokens import BrowserKey, read_browser_key
from meydan.accounts.sign_in.login import Browser
from meydan.accounts.sign_in.opening import do_open
from meydan.accounts.standing import AccountBanned
from meydan.kit.database import Database, Tx
from meydan.kit.errors import Refused


class PasskeyLoginFailed(Refused):
    code, status, title = "passkey_login_failed", 401, "This passkey does not open any account here."


class PasskeyCopied(Refused):
    code, status, title = (
        "passkey_copied",
        401,
        "This passkey counted backwards, as a copy of it would. Log in another way and replace it.",
    )


class LogInByPasskeyRequest(Struct, frozen=True):
    credential: Assertion
    device: ClientDevice
    browser_key: BrowserKey | None = None


class _Kept(Struct, frozen=True):
    id: UUID
    user_id: UUID
    user_handle: bytes
    public_key: bytes
    sign_count: int
    is_backup_eligible: bool

    def is_behind(self, signed: Signed) -> bool:
        """True for a counter that did not go on: somebody else has used a copy of the passkey meanwhile."""
        return (signed.sign_count > 0 or self.sign_count > 0) and signed.sign_count <= self.sign_count


async def begin(db: Database, tenant_id: int, party: RelyingParty, browser_secret: str) -> RequestOptions:
    async with db.as_service(tenant_id) as tx:
        challenge = challenges.new(tx, _use(party, browser_secret))
    return RequestOptions(verification.encoded(challenge), challenges.TIMEOUT, party.id)


async def do_log_in(
    db: Database,
    tenant_id: int,
    party: RelyingParty,
    wanted: LogInByPasskeyRequest,
    browser: Browser,
) -> LoggedIn:
    """Logs a user in. The passkey's own lock was the second factor, so none is asked for.

    Raises: BrowserKeyInvalid, PasskeyLoginFailed, PasskeyCopied, AccountBanned.
    """
    async with db.as_service(tenant_id) as tx:
        outcome = await _do_log_in(tx, party, wanted, browser)
    if isinstance(outcome, Refused):
        raise outcome
    return outcome


async def _do_log_in(
    tx: Tx, party: RelyingParty, wanted: LogInByPasskeyRequest, browser: Browser
) -> LoggedIn | Refused:
    """Returns refusals of the answer, so that its challenge stays spent.

    Locks: users, passkeys.
    Raises: BrowserKeyInvalid.
    """
    browser_key = read_browser_key(wanted.browser_key)
    challenge = verification.challenge_in(wanted.credential.response.client_data_json)
    if not await challenges.do_spend(tx, challenge, _use(party, browser.secret)):
        return PasskeyLoginFailed()
    try:
        user_id = await _do_use(tx, party, challenge, wanted.credential)
    except (PasskeyLoginFailed, PasskeyCopied, AccountBanned) as refusal:
        return refusal
    return await do_open(tx, user_id, wanted.device, browser_key, browser.ip_address, Authentication.passkey)


async def _do_use(tx: Tx, party: RelyingParty, challenge: bytes, answer: Assertion) -> UUID:
    """Verifies an answer and notes the use of its passkey. Returns whose it is.

    Locks: users, so that a ban or an erasure waits for this login and then ends its session too; passkeys.
    Raises: PasskeyLoginFailed, PasskeyCopied, AccountBanned.
    """
    user_id = await _find_user(tx, party, answer)
    standing = None if user_id is None else await users.lock_standing(tx, user_id)
    kept = None if standing is None else await _lock_passkey(tx, party, answer)
    if standing is None or kept is None:
        raise PasskeyLoginFailed
    try:
        signed = verification.verify_assertion(party, challenge, answer, kept.public_key)
    except Unverified:
        raise PasskeyLoginFailed from None
    if verification.decoded(answer.response.user_handle or "") != kept.user_handle:
        raise PasskeyLoginFailed
    if signed.is_backup_eligible != kept.is_backup_eligible:
        raise PasskeyLoginFailed
    if kept.is_behind(signed):
        raise PasskeyCopied
    standing.check_not_banned()
    await _do_note_use(tx, kept.id, signed)
    return kept.user_id


async def _find_user(tx: Tx, party: RelyingParty, answer: Assertion) -> UUID | None:
    return await tx.maybe(
        UUID,
        "select user_id from app.passkeys where tenant_id = $1 and rp_id = $2 and credential_id = $3",
        party.id,
        verification.decoded(answer.raw_id),
    )


async def _lock_passkey(tx: Tx, party: RelyingParty, answer: Assertion) -> _Kept | None:
    """Locks: passkeys."""
    return await tx.maybe(
        _Kept,
        """
        select p.id, p.user_id, u.passkey_handle as user_handle, p.public_key, p.sign_count, p.is_backup_eligible
        from app.passkeys p join app.users u on u.tenant_id = p.tenant_id and u.id = p.user_id
        where p.tenant_id = $1 and p.rp_id = $2 and p.credential_id = $3 for update of p
        """,
        party.id,
        verification.decoded(answer.raw_id),
    )


async def _do_note_use(tx: Tx, passkey_id: UUID, signed: Signed) -> None:
    await tx.run(
        """
        update app.passkeys set sign_count = $3, is_backed_up = $4, last_used_at = app.now()
        where tenant_id = $1 and id = $2
        """,
        passkey_id,
        signed.sign_count,
        signed.is_backed_up,
    )


def _use(party: RelyingParty, browser_secret: str) -> ChallengeUse:
    return ChallengeUse(ChallengePurpose.login, party.id, browser_secret)
