"""Who works for a community: asked of the database each time, for a token may be ten minutes older than a dismissal."""

from uuid import UUID

from meydan import tenants
from meydan.accounts import standing, users
from meydan.accounts.identifiers import read_identifier
from meydan.accounts.settings import AccountsSettings
from meydan.kit.database import Database, Tx
from meydan.kit.errors import NotFound, Refused
from meydan.kit.identity import Identity, Role


class StaffOnly(Refused):
    code, status, title = "staff_only", 403, "Only those who run this community may see this."


async def check_staff(db: Database, me: Identity, *roles: Role) -> None:
    """Raises StaffOnly unless the person's role is one of these now, and nobody has banned them."""
    async with db.as_service(me.tenant_id) as tx:
        person = await users.by_id(tx, me.user_id)
    if person.role not in roles or standing.is_banned(person.ban_reason, person.banned_until):
        raise StaffOnly


async def staff_of(tx: Tx, *roles: Role) -> list[UUID]:
    """The ids of users with one of these roles.

    Runs as: service.
    """
    return await tx.all(
        UUID,
        "select id from app.users where tenant_id = $1 and role = any($2::text[]) and erased_at is null order by id",
        [role.value for role in roles],
    )


async def do_set_role(tx: Tx, identifier: str, role: Role) -> UUID:
    """Sets the role of the user with this phone number, e-mail address or username.

    Raises: NotFound. Runs as: service.
    """
    settings = await tenants.settings(tx, AccountsSettings)
    user_id = await users.find(tx, read_identifier(identifier, settings.default_region))
    if user_id is None:
        raise NotFound
    await tx.run("update app.users set role = $3 where tenant_id = $1 and id = $2", user_id, role.value)
    await tenants.do_record(tx, "role_set", user_id=user_id, role=role.value)
    return user_id
