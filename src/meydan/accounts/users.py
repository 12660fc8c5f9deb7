"""A person's account: how it is found, what of it is proved, and whether it may be used."""

from datetime import date, datetime
from uuid import UUID

from msgspec import Struct

from meydan import tenants
from meydan.accounts.identifiers import Address, Identifier
from meydan.accounts.settings import AccountsSettings, RequireVerified, SignIn
from meydan.accounts.standing import Banned, TooYoung, VerificationNeeded, age_on, is_banned, today_of
from meydan.integrations import Channel
from meydan.kit.database import Tx
from meydan.kit.identity import Role
from meydan.tenants import Language


class User(Struct, frozen=True):
    """Without the password hash: a person's own login may read all of this."""

    id: UUID
    phone: str | None
    email: str | None
    username: str | None
    birth_date: date | None
    role: Role
    language: Language
    ban_reason: str | None
    banned_until: datetime | None
    created_at: datetime

    @property
    def addresses(self) -> list[Address]:
        """Proved, all of them."""
        by_channel = (Channel.sms, self.phone), (Channel.email, self.email)
        return [Address(channel, value) for channel, value in by_channel if value]

    @property
    def names(self) -> list[str]:
        return [name for name in (self.phone, self.email, self.username) if name]


class Standing(Struct, frozen=True):
    """What decides whether somebody comes in."""

    password_hash: str
    ban_reason: str | None
    banned_until: datetime | None

    def check(self) -> None:
        """Raises Banned."""
        if is_banned(self.ban_reason, self.banned_until):
            raise Banned(reason=self.ban_reason, until=self.banned_until)


_COLUMNS = "id, phone, email, username, birth_date, role, language, ban_reason, banned_until, created_at"
_BY = {
    SignIn.phone: "select id from app.users where tenant_id = $1 and phone = $2",
    SignIn.email: "select id from app.users where tenant_id = $1 and email = $2",
    SignIn.username: "select id from app.users where tenant_id = $1 and username = $2",
}


async def by_id(tx: Tx, user_id: UUID) -> User:
    return await tx.one(User, f"select {_COLUMNS} from app.users where tenant_id = $1 and id = $2", user_id)


async def find(tx: Tx, identifier: Identifier) -> UUID | None:
    return await tx.maybe(UUID, _BY[identifier.kind], identifier.value)


async def password_hash(tx: Tx, user_id: UUID) -> str | None:
    """A service transaction: no person's login may read it."""
    return await tx.maybe(
        str, "select password_hash from app.users where tenant_id = $1 and id = $2 and erased_at is null", user_id
    )


async def do_hold(tx: Tx, user_id: UUID) -> Standing | None:
    """Keep the account as it is until this transaction ends: a ban, a new password or erasing waits, and then sees what
    was done here. None when it was erased. A service transaction."""
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


def is_verified(user: User, wanted: RequireVerified) -> bool:
    """Whether the person has proved what the community asks of whoever wants to meet somebody."""
    match wanted:
        case RequireVerified.phone:
            return user.phone is not None
        case RequireVerified.any:
            return bool(user.addresses)
        case RequireVerified.none:
            return True


async def check_may_meet(tx: Tx) -> None:
    """Whether the caller may be brought together with strangers. Raises Banned, VerificationNeeded, TooYoung."""
    me = await by_id(tx, tx.me.user_id)
    if me.ban_reason is not None and is_banned(me.ban_reason, me.banned_until):
        raise Banned(reason=me.ban_reason, until=me.banned_until)
    settings = await tenants.settings(tx, AccountsSettings)
    if not is_verified(me, settings.require_verified):
        raise VerificationNeeded(wanted=settings.require_verified)
    if me.birth_date is None or age_on(await today_of(tx), me.birth_date) < settings.minimum_age:
        raise TooYoung(minimum_age=settings.minimum_age)
