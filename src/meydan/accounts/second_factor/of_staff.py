"""Second factors as staff see them: who of the staff has one, whether it is required, one person's."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from meydan import tenants
from meydan.accounts import staff, users
from meydan.accounts.second_factor import totp
from meydan.accounts.settings import AccountsSettings
from meydan.kit.database import Tx
from meydan.kit.identity import Role


class StaffMember(Struct, frozen=True):
    user_id: UUID
    alias: str
    """The real face's."""
    tag: str
    role: Role
    second_factor_since: datetime | None
    has_passkey: bool
    """True for one who can log in with two factors in one, though the password still opens the account."""


class StaffSecondFactors(Struct, frozen=True):
    is_required: bool
    staff: list[StaffMember]


class PersonSecondFactor(Struct, frozen=True):
    since: datetime | None
    may_remove: bool
    """False for staff whose rank is not below the viewer's."""


async def everybody(tx: Tx) -> StaffSecondFactors:
    """The community's staff, the highest rank first.

    Runs as: service.
    """
    members = await tx.all(
        StaffMember,
        """
        select u.id as user_id, p.alias, p.tag, u.role, known.confirmed_at as second_factor_since,
            exists (select from app.passkeys held where held.tenant_id = u.tenant_id and held.user_id = u.id) as has_passkey
        from app.users u
        join app.profiles p on p.tenant_id = u.tenant_id and p.user_id = u.id and p.face = 'real'
        left join app.totp_secrets known on known.tenant_id = u.tenant_id and known.user_id = u.id
        where u.tenant_id = $1 and u.role = any($2::text[]) and u.erased_at is null
        order by array_position($2::text[], u.role) desc, p.alias, p.tag
        """,
        [role.value for role in staff.STAFF],
    )
    settings = await tenants.settings(tx, AccountsSettings)
    return StaffSecondFactors(settings.require_staff_second_factor, members)


async def do_require(tx: Tx, actor: UUID, *, is_required: bool) -> None:
    """Sets whether staff need a second factor. Whoever lacks one is led to set it up, the actor too.

    Runs as: service.
    """
    await tenants.do_configure(tx, AccountsSettings, require_staff_second_factor=is_required)
    await tenants.do_record(
        tx,
        "setting_changed",
        acted_by_user_id=actor,
        key="accounts.require_staff_second_factor",
        value=is_required,
    )


async def of_person(tx: Tx, user_id: UUID, *, viewer: UUID) -> PersonSecondFactor:
    """Raises: NotFound.

    Runs as: service.
    """
    await users.by_id(tx, user_id)
    since = await totp.confirmed_at(tx, user_id)
    return PersonSecondFactor(since, since is not None and await staff.outranks(tx, viewer, user_id))
