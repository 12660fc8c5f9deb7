"""A user's passkeys: added and removed by the password, listed and renamed.

The password stays a way in beside them, so removing a passkey never locks anybody out. An authenticator keeps the
account's login name and a random handle. Neither is of a face, so nothing that it shows ties a face to the account.
"""

import secrets
from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from meydan.accounts import users
from meydan.accounts.events import SignInPart
from meydan.accounts.passkeys import challenges, verification
from meydan.accounts.passkeys.challenges import ChallengePurpose, ChallengeUse
from meydan.accounts.passkeys.relying_party import RelyingParty
from meydan.accounts.passkeys.verification import Unverified, VerifiedCredential
from meydan.accounts.passkeys.webauthn_json import (
    AuthenticatorSelection,
    CreationOptions,
    CredentialDescriptor,
    CredentialParameters,
    CredentialType,
    NewCredential,
    RelyingPartyEntity,
    UserEntity,
)
from meydan.accounts.second_factor import totp
from meydan.accounts.second_factor import verification as second_factor
from meydan.accounts.sign_in import login_throttle, password_changes, security_alerts
from meydan.kit.database import Database, Tx
from meydan.kit.errors import NotFound, Refused
from meydan.kit.identity import Identity
from meydan.kit.typed_text import as_typed

MOST = 20
_HANDLE = 32
Name = Annotated[str, Meta(max_length=60)]


class TooManyPasskeys(Refused):
    code, status, title = (
        "too_many_passkeys",
        409,
        "This account has as many passkeys as one may have. Remove one first.",
    )


class PasskeyRefused(Refused):
    code, status, title = (
        "passkey_refused",
        409,
        "This passkey was not added: its answer came too late or was not for us.",
    )


class PasskeyNameMissing(Refused):
    code, status, title = "passkey_name_missing", 422, "A passkey has a name of 1 to 60 characters."


class SecondFactorNeeded(Refused):
    code, status, title = "second_factor_needed", 403, "This account has a second factor: a code of it is needed too."


class Passkey(Struct, frozen=True):
    id: UUID
    name: str
    host: str
    """The only host at which it works."""
    is_backed_up: bool
    """False while it is on one device alone, and lost with it."""
    created_at: datetime
    last_used_at: datetime | None


class BeginAddingPasskeyRequest(Struct, frozen=True):
    password: Annotated[str, Meta(max_length=1024)]
    code: Annotated[str, Meta(max_length=second_factor.LONGEST)] | None = None
    """A code of the account's second factor, if it has one."""


class AddPasskeyRequest(Struct, frozen=True):
    name: Name
    credential: NewCredential


class _Registered(Struct, frozen=True):
    credential_id: bytes
    transports: list[str]


_COLUMNS = "id, name, rp_id as host, is_backed_up, created_at, last_used_at"


async def mine(tx: Tx) -> list[Passkey]:
    return await tx.all(
        Passkey, f"select {_COLUMNS} from app.passkeys where tenant_id = $1 order by created_at desc, id desc"
    )


async def do_begin_adding(
    db: Database, me: Identity, party: RelyingParty, browser_secret: str, wanted: BeginAddingPasskeyRequest
) -> CreationOptions:
    """Checks the password, and the second factor that a passkey would replace. Makes what the browser then needs.

    Raises: PasswordWrong, TooManyRequests, TooBusy, AccountBanned, TooManyPasskeys, SecondFactorNeeded,
    SecondFactorWrong, SecondFactorUsed.
    """
    password_hash = await password_changes.do_check_password(db, me, wanted.password)
    async with db.as_service(me.tenant_id) as tx:
        refusal = await _do_lock_and_check_code(tx, me, password_hash, wanted.code)
        outcome = refusal or await _do_make_options(tx, me, party, browser_secret, password_hash)
    if isinstance(outcome, Refused):
        raise outcome
    return outcome


async def _do_lock_and_check_code(tx: Tx, me: Identity, password_hash: str, code: str | None) -> Refused | None:
    """Returns a wrong code's refusal, so that the counted attempt is committed.

    Locks: login_attempts, users, totp_secrets.
    Raises: PasswordWrong, AccountBanned, SecondFactorNeeded, TooManyRequests.
    """
    if await totp.confirmed_at(tx, me.user_id) is None:
        await password_changes.lock_password(tx, me.user_id, password_hash)
        return None
    if code is None:
        raise SecondFactorNeeded
    counters = login_throttle.factor_counters(tx, me.user_id, "", me.client_device_id)
    await login_throttle.do_count(tx, counters)
    await password_changes.lock_password(tx, me.user_id, password_hash)
    proof = await second_factor.do_verify(tx, me.user_id, code)
    if isinstance(proof, Refused):
        return proof
    await login_throttle.do_reset(tx, counters)
    return None


async def _do_make_options(
    tx: Tx, me: Identity, party: RelyingParty, browser_secret: str, password_hash: str
) -> CreationOptions:
    """Raises: TooManyPasskeys."""
    await _check_number(tx, me.user_id)
    name = (await users.by_id(tx, me.user_id)).names[-1]
    handle = await _do_make_handle(tx, me.user_id)
    registered = await tx.all(
        _Registered,
        "select credential_id, transports from app.passkeys where tenant_id = $1 and user_id = $2 and rp_id = $3",
        me.user_id,
        party.id,
    )
    challenge = challenges.new(tx, _use(me, party, browser_secret, password_hash))
    return CreationOptions(
        rp=RelyingPartyEntity(party.id, party.name),
        user=UserEntity(verification.encoded(handle), name, name),
        challenge=verification.encoded(challenge),
        pub_key_cred_params=[
            CredentialParameters(algorithm, CredentialType.public_key) for algorithm in verification.ALGORITHMS
        ],
        timeout=challenges.TIMEOUT,
        exclude_credentials=[
            CredentialDescriptor(verification.encoded(one.credential_id), one.transports, CredentialType.public_key)
            for one in registered
        ],
        authenticator_selection=AuthenticatorSelection(),
    )


async def do_add(
    db: Database, me: Identity, party: RelyingParty, browser_secret: str, wanted: AddPasskeyRequest
) -> Passkey:
    """Adds a passkey.

    Raises: PasskeyNameMissing, PasskeyRefused, TooManyPasskeys, AccountBanned.
    """
    name = _checked_name(wanted.name)
    async with db.as_service(me.tenant_id) as tx:
        added = await _do_add(tx, me, party, browser_secret, name, wanted.credential)
    if isinstance(added, Refused):
        raise added
    return added


async def _do_add(
    tx: Tx, me: Identity, party: RelyingParty, browser_secret: str, name: str, answer: NewCredential
) -> Passkey | PasskeyRefused:
    """Returns a refusal of the answer, so that its challenge stays spent.

    Locks: users.
    """
    standing = await users.lock_standing(tx, me.user_id)
    if standing is None:
        raise NotFound
    standing.check_not_banned()
    await _check_number(tx, me.user_id)
    challenge = verification.challenge_in(answer.response.client_data_json)
    if not await challenges.do_spend(tx, challenge, _use(me, party, browser_secret, standing.password_hash)):
        return PasskeyRefused()
    try:
        made = verification.verify_new(party, challenge, answer)
    except Unverified:
        return PasskeyRefused()
    added = await _do_insert(tx, me.user_id, party, name, made, answer.response.transports)
    if added is None:
        return PasskeyRefused()
    await security_alerts.do_queue(tx, await users.by_id(tx, me.user_id), SignInPart.passkey_added)
    return added


async def _do_insert(
    tx: Tx, user_id: UUID, party: RelyingParty, name: str, made: VerifiedCredential, transports: list[str]
) -> Passkey | None:
    """None for a passkey that is registered here already, whoever has it."""
    return await tx.maybe(
        Passkey,
        f"""
        insert into app.passkeys
            (tenant_id, user_id, rp_id, credential_id, public_key, sign_count, is_backup_eligible, is_backed_up,
            transports, name)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (tenant_id, rp_id, credential_id) do nothing
        returning {_COLUMNS}
        """,
        user_id,
        party.id,
        made.credential_id,
        made.public_key,
        made.signed.sign_count,
        made.signed.is_backup_eligible,
        made.signed.is_backed_up,
        transports,
        name,
    )


async def do_set_name(tx: Tx, passkey_id: UUID, name: str) -> Passkey:
    """Raises: PasskeyNameMissing, NotFound.
    Runs as: user.
    """
    renamed = await tx.maybe(
        Passkey,
        f"update app.passkeys set name = $3 where tenant_id = $1 and id = $2 returning {_COLUMNS}",
        passkey_id,
        _checked_name(name),
    )
    if renamed is None:
        raise NotFound
    return renamed


async def do_remove(db: Database, me: Identity, passkey_id: UUID, password: str) -> None:
    """Removes a passkey. Sessions that it opened go on.

    Raises: PasswordWrong, TooManyRequests, TooBusy, NotFound, AccountBanned.
    """
    password_hash = await password_changes.do_check_password(db, me, password)
    async with db.as_service(me.tenant_id) as tx:
        await password_changes.lock_password(tx, me.user_id, password_hash)
        if not await do_delete(tx, me.user_id, passkey_id):
            raise NotFound
        await security_alerts.do_queue(tx, await users.by_id(tx, me.user_id), SignInPart.passkey_removed)


async def do_delete(tx: Tx, user_id: UUID, passkey_id: UUID) -> bool:
    """False where the user has no such passkey. A restore of a backup does it again.

    Runs as: service.
    """
    deleted = await tx.maybe(
        UUID,
        "delete from app.passkeys where tenant_id = $1 and user_id = $2 and id = $3 returning id",
        user_id,
        passkey_id,
    )
    return deleted is not None


async def _check_number(tx: Tx, user_id: UUID) -> None:
    """Raises: TooManyPasskeys."""
    number = await tx.one(
        int, "select count(*)::integer from app.passkeys where tenant_id = $1 and user_id = $2", user_id
    )
    if number >= MOST:
        raise TooManyPasskeys(most=MOST)


async def _do_make_handle(tx: Tx, user_id: UUID) -> bytes:
    """The account's random handle, by which an authenticator knows it; made with its first passkey."""
    return await tx.one(
        bytes,
        """
        update app.users set passkey_handle = coalesce(passkey_handle, $3)
        where tenant_id = $1 and id = $2 and erased_at is null returning passkey_handle
        """,
        user_id,
        secrets.token_bytes(_HANDLE),
    )


def _use(me: Identity, party: RelyingParty, browser_secret: str, password_hash: str) -> ChallengeUse:
    account = me.user_id, me.session_id, password_hash
    return ChallengeUse(ChallengePurpose.addition, party.id, browser_secret, account)


def _checked_name(given: str) -> str:
    """Raises: PasskeyNameMissing."""
    name = as_typed(given)
    if not 1 <= len(name) <= 60:
        raise PasskeyNameMissing
    return name
