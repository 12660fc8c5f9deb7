"""Users: lookup, locks on the row, proved contacts, and the checks before meeting strangers."""

from datetime import date, datetime
from uuid import UUID

from msgspec import Struct

from meydan import tenants
from meydan.accounts.identifiers import Contact, Identifier
from meydan.accounts.settings import AccountsSettings, RequireVerified, SignInMethod
from meydan.accounts.standing import (
    AccountBanned,
    MatchingSuspended,
    TooYoung,
    VerificationNeeded,
    age_on,
    is_banned,
    today_of,
)
from meydan.integrations import Channel
from meydan.kit import clock
from meydan.kit.database import Tx
from meydan.kit.identity import Role
from meydan.tenants import Language


class User(Struct, frozen=True):
    """The columns that a user's own database login may read: all but the password hash."""

    id: UUID
    phone: str | None
    email: str | None
    username: str | None
    birth_date: date | None
    role: Role
    language: Language
    ban_reason: str | None
    banned_until: datetime | None
    matching_suspended_until: datetime | None
    created_at: datetime

    @property
    def is_banned(self) -> bool:
        return is_banned(self.ban_reason, self.banned_until)

    @property
    def suspended_until(self) -> datetime | None:
        """The end of a suspension of matching; None when matching is not suspended now."""
        until = self.matching_suspended_until
        return until if until is not None and until > clock.now() else None

    @property
    def contacts(self) -> list[Contact]:
        """All of them are proved."""
        by_channel = (Channel.sms, self.phone), (Channel.email, self.email)
        return [Contact(channel, value) for channel, value in by_channel if value]

    @property
    def names(self) -> list[str]:
        return [name for name in (self.phone, self.email, self.username) if name]


class Standing(Struct, frozen=True):
    """The columns that decide whether a login succeeds."""

    password_hash: str
    ban_reason: str | None
    banned_until: datetime | None

    def check_not_banned(self) -> None:
        """Raises: AccountBanned."""
        if is_banned(self.ban_reason, self.banned_until):
            raise AccountBanned(reason=self.ban_reason, until=self.banned_until)


_COLUMNS = """
    id, phone, email, username, birth_date, role, language, ban_reason, banned_until, matching_suspended_until, created_at
"""
_BY = {
    SignInMethod.phone: "select id from app.users where tenant_id = $1 and phone = $2",
    SignInMethod.email: "select id from app.users where tenant_id = $1 and email = $2",
    SignInMethod.username: "select id from app.users where tenant_id = $1 and username = $2",
}


async def by_id(tx: Tx, user_id: UUID) -> User:
    return await tx.one(User, f"select {_COLUMNS} from app.users where tenant_id = $1 and id = $2", user_id)


async def find(tx: Tx, identifier: Identifier) -> UUID | None:
    return await tx.maybe(UUID, _BY[identifier.method], identifier.value)


async def password_hash(tx: Tx, user_id: UUID) -> str | None:
    """The hash, which no user's database login may read.

    Runs as: service.
    """
    return await tx.maybe(
        str, "select password_hash from app.users where tenant_id = $1 and id = $2 and erased_at is null", user_id
    )


async def lock_standing(tx: Tx, user_id: UUID) -> Standing | None:
    """Locks the account until commit: a ban, a new password or an erasure waits. None for an erased account.

    Locks: users.
    Runs as: service.
    """
    return await tx.maybe(
        Standing,
        """
        select password_hash, ban_reason, banned_until from app.users
        where tenant_id = $1 and id = $2 and erased_at is null for no key update
        """,
        user_id,
    )


async def do_set_password_hash(tx: Tx, user_id: UUID, password_hash: str) -> None:
    await tx.run(
        "update app.users set password_hash = $3 where tenant_id = $1 and id = $2 and erased_at is null",
        user_id,
        password_hash,
    )


async def do_set_language(tx: Tx, language: Language) -> None:
    await tx.run("update app.users set language = $3 where tenant_id = $1 and id = $2", tx.me.user_id, language)


def is_verified(user: User, required: RequireVerified) -> bool:
    """True when the user has proved what the tenant requires for meeting strangers."""
    match required:
        case RequireVerified.phone:
            return user.phone is not None
        case RequireVerified.any:
            return bool(user.contacts)
        case RequireVerified.none:
            return True


async def check_may_meet(tx: Tx) -> User:
    """Returns the caller. Refuses one who may not be matched with strangers.

    Raises: AccountBanned, MatchingSuspended, VerificationNeeded, TooYoung.
    """
    me = await by_id(tx, tx.me.user_id)
    if me.is_banned:
        raise AccountBanned(reason=me.ban_reason, until=me.banned_until)
    if me.suspended_until is not None:
        raise MatchingSuspended(until=me.suspended_until)
    settings = await tenants.settings(tx, AccountsSettings)
    if not is_verified(me, settings.require_verified):
        raise VerificationNeeded(wanted=settings.require_verified)
    if me.birth_date is None or age_on(await today_of(tx), me.birth_date) < settings.minimum_age:
        raise TooYoung(minimum_age=settings.minimum_age)
    return me
