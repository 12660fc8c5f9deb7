"""Staff of a community: the database is asked on each request, because a token may be older than a dismissal."""

from dataclasses import dataclass
from uuid import UUID

from litestar.handlers import BaseRouteHandler

from meydan import tenants
from meydan.accounts import users
from meydan.accounts.identifiers import read_identifier
from meydan.accounts.sessions import access, sessions
from meydan.accounts.settings import AccountsSettings
from meydan.kit.database import Database, Tx
from meydan.kit.errors import NotFound, Refused
from meydan.kit.http import check_request
from meydan.kit.identity import Identity, Role

STAFF = (Role.moderator, Role.admin, Role.owner)
"""In the order of their rank."""


class StaffOnly(Refused):
    code, status, title = "staff_only", 403, "Only those who run this community may see this."


class SecondFactorRequired(Refused):
    code, status, title = (
        "second_factor_required",
        403,
        "This community asks its staff for a second factor: set one up, or log in with it.",
    )


class Outranked(Refused):
    code, status, title = "outranked", 403, "Only staff of a higher rank may do this to somebody of the staff."


class InstallationStaffOnly(Refused):
    code, status, title = "installation_staff_only", 403, "Only those who run this installation may see this."


async def check_staff(db: Database, me: Identity, *roles: Role, of_installation: bool = False) -> None:
    """Refuses a user without one of these roles now, a banned one, and a session weaker than required.

    ``of_installation`` also refuses staff of any tenant but the default one.

    Raises: StaffOnly, InstallationStaffOnly, SecondFactorRequired.
    """
    async with db.as_service(me.tenant_id) as tx:
        person = await users.by_id(tx, me.user_id)
        if person.role not in roles or person.is_banned:
            raise StaffOnly
        if await is_second_factor_required(tx, person.role):
            authentication = await sessions.authentication(tx, me.session_id)
            if authentication is None or not authentication.is_two_factor:
                raise SecondFactorRequired
        if of_installation and (await tenants.current(tx)).slug != tenants.Directory.default_slug:
            raise InstallationStaffOnly


async def is_second_factor_required(tx: Tx, role: Role) -> bool:
    """True where the community opens its staff's pages only to a session with two factors, and this role is staff."""
    return role in STAFF and (await tenants.settings(tx, AccountsSettings)).require_staff_second_factor


@dataclass(frozen=True)
class StaffGuard:
    """A Litestar guard: runs before the body is read, so that a stranger learns nothing of what a route takes."""

    roles: tuple[Role, ...]
    of_installation: bool = False

    async def __call__(self, connection: access.Connection, _: BaseRouteHandler) -> None:
        check_request(connection)  # guards run before the application's own check of it
        db: Database = connection.app.state.db
        me = await access.identity_of(connection)
        await check_staff(db, me, *self.roles, of_installation=self.of_installation)


def staff_only(*roles: Role, of_installation: bool = False) -> StaffGuard:
    """The guard of a staff route: ``@get(..., guards=[accounts.staff_only(Role.admin, Role.owner)])``.

    ``of_installation``: who run the default tenant decide about all others."""
    return StaffGuard(roles, of_installation)


async def staff_of(tx: Tx, *roles: Role) -> list[UUID]:
    """The ids of users with one of these roles.

    Runs as: service.
    """
    return await tx.all(
        UUID,
        "select id from app.users where tenant_id = $1 and role = any($2::text[]) and erased_at is null order by id",
        [role.value for role in roles],
    )


async def outranks(tx: Tx, actor: UUID, user_id: UUID) -> bool:
    """True for members, and for staff of a lower rank than the actor's.

    Runs as: service.
    """
    role, own_role = (await users.by_id(tx, user_id)).role, (await users.by_id(tx, actor)).role
    return role not in STAFF or (own_role in STAFF and STAFF.index(role) < STAFF.index(own_role))


async def user_by_identifier(tx: Tx, identifier: str) -> UUID:
    """The id of the user with this phone number, e-mail address or username.

    Raises: NotFound.
    Runs as: service.
    """
    settings = await tenants.settings(tx, AccountsSettings)
    user_id = await users.find(tx, read_identifier(identifier, settings.default_region))
    if user_id is None:
        raise NotFound
    return user_id


async def do_set_role(tx: Tx, identifier: str, role: Role) -> UUID:
    """Sets the role of the user with this phone number, e-mail address or username.

    Raises: NotFound.
    Runs as: service.
    """
    user_id = await user_by_identifier(tx, identifier)
    await do_set_role_of(tx, user_id, role)
    return user_id


async def do_set_role_of(tx: Tx, user_id: UUID, role: Role) -> None:
    """Runs as: service."""
    await tx.run("update app.users set role = $3 where tenant_id = $1 and id = $2", user_id, role.value)
    await tenants.do_record(tx, "role_set", user_id=user_id, role=role.value)
