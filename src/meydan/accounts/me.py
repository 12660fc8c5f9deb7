"""The user's own account, as the API returns it, and the response to a login."""

from datetime import date, datetime
from uuid import UUID

from msgspec import Struct, structs

from meydan import tenants
from meydan.accounts import users
from meydan.accounts.faces import profiles
from meydan.accounts.faces.profiles import NoSuchFace, Profile
from meydan.accounts.sessions.sessions import Opened
from meydan.accounts.settings import AccountsSettings
from meydan.accounts.standing import age_on, today_of
from meydan.kit import clock
from meydan.kit.crypto import keys
from meydan.kit.crypto.tokens import LIFETIME, sign_access
from meydan.kit.database import Tx
from meydan.kit.identity import Face, Identity, Role
from meydan.tenants import Language


class TenantSummary(Struct, frozen=True):
    slug: str
    name: str


class FaceLine(Struct, frozen=True):
    face: Face
    profile: Profile


class Me(Struct, frozen=True):
    user_id: UUID
    role: Role
    language: Language
    phone: str | None
    email: str | None
    username: str | None
    verified: bool
    """True when the account has proved what the tenant requires for meeting people."""
    birth_date: date
    profile: Profile
    """The active face."""
    faces: list[FaceLine]
    tenant: TenantSummary
    created_at: datetime


class Session(Struct, frozen=True):
    access_token: str
    expires_at: datetime
    expires_in: int
    """Seconds that the token lives from this answer on, for a client whose clock is wrong."""
    me: Me


class LoggedIn(Struct, frozen=True):
    """The session for the response body, and what opened it: its refresh token goes into a cookie only."""

    session: Session
    opened: Opened


async def read(tx: Tx, user_id: UUID, profile_id: UUID) -> Me:
    """Reads a user's own account.

    Raises: NoSuchFace (erased).
    Runs as: service or user.
    """
    user = await users.by_id(tx, user_id)
    tenant = await tenants.current(tx)
    faces = await (profiles.mine(tx) if tx.acts_for_person else profiles.of_user(tx, user_id))
    if user.birth_date is None:
        raise NoSuchFace  # erased a moment ago
    age = age_on(await today_of(tx), user.birth_date)
    faces = [structs.replace(face, age=age) for face in faces]
    return Me(
        user_id=user.id,
        role=user.role,
        language=user.language,
        phone=user.phone,
        email=user.email,
        username=user.username,
        verified=users.is_verified(user, (await tenants.settings(tx, AccountsSettings)).require_verified),
        birth_date=user.birth_date,
        profile=next(face for face in faces if face.id == profile_id),
        faces=[FaceLine(face.face, face) for face in faces],
        tenant=TenantSummary(tenant.slug, tenant.name),
        created_at=user.created_at,
    )


async def mine(tx: Tx) -> Me:
    return await read(tx, tx.me.user_id, tx.me.profile_id)


async def session_response(tx: Tx, identity: Identity) -> Session:
    """Signs an access token for the identity."""
    expires_at = clock.now() + LIFETIME
    token = sign_access(identity, keys.current().token_keyring, expires_at=expires_at)
    return Session(
        token, expires_at, int(LIFETIME.total_seconds()), await read(tx, identity.user_id, identity.profile_id)
    )


async def logged_in(tx: Tx, opened: Opened) -> LoggedIn:
    return LoggedIn(await session_response(tx, opened.identity), opened)
