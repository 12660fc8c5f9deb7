"""Known contacts: the hash of every contact that was ever proved, with the account that proved it last, and bans.

They are kept while that account stands, and for ``REMEMBERED`` after it was erased.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct

from meydan.accounts.former import contact_marks
from meydan.kit.database import Tx

REMEMBERED = timedelta(days=365)
"""Time after an erasure for which its burdens wait. People read it in docs/security.md."""


class KnownContact(Struct, frozen=True):
    user_id: UUID | None
    """The account that proved it last; None once that was erased."""
    ban_reason: str | None
    banned_until: datetime | None


class _Contacts(Struct, frozen=True):
    user_id: UUID
    values: list[str]
    hashes: list[bytes]


async def lock_contact(tx: Tx, contact: bytes) -> KnownContact | None:
    """The known contact; None for one that was never proved.

    Locks: known_contacts.
    """
    return await tx.maybe(
        KnownContact,
        """
        select user_id, ban_reason, banned_until from app.known_contacts
        where tenant_id = $1 and contact_hash = $2 for update
        """,
        contact,
    )


async def do_record(tx: Tx, user_id: UUID, contact: bytes) -> KnownContact | None:
    """Records that an account has proved a contact. Returns what was known of it before; None for a new one.

    Locks: known_contacts.
    Runs as: service.
    """
    is_new = await tx.maybe(
        UUID,
        """
        insert into app.known_contacts (tenant_id, contact_hash, user_id) values ($1, $2, $3)
        on conflict do nothing returning id
        """,
        contact,
        user_id,
    )
    if is_new is not None:
        return None
    known = await lock_contact(tx, contact)
    await tx.run(
        "update app.known_contacts set user_id = $3, left_at = null where tenant_id = $1 and contact_hash = $2",
        contact,
        user_id,
    )
    return known


async def hashes_of(tx: Tx, user_ids: Sequence[UUID]) -> dict[UUID, list[bytes]]:
    """Hashes of the contacts that these accounts have, or proved once and nobody after them. Erased ones are left out.

    Runs as: service.
    """
    rows = await tx.all(
        _Contacts,
        """
        select person.id as user_id, array_remove(array[person.phone, person.email], null) as values, array(
            select known.contact_hash from app.known_contacts known
            where known.tenant_id = person.tenant_id and known.user_id = person.id
        ) as hashes
        from app.users person
        where person.tenant_id = $1 and person.id = any($2::uuid[]) and person.erased_at is null
        """,
        list(user_ids),
    )
    return {
        row.user_id: sorted({*row.hashes, *(contact_marks.contact_hash(tx, value) for value in row.values)})
        for row in rows
    }


async def hashes_of_former(tx: Tx, user_id: UUID) -> list[bytes]:
    """Hashes of the contacts that an erased account had; empty for one that stands.

    Runs as: service.
    """
    return [
        contact_marks.unsealed(sealed)
        for sealed in await tx.all(
            bytes,
            """
            select sealed_hash from app.former_accounts
            where tenant_id = $1 and user_id = $2 and kept_until > app.now() order by mark
            """,
            user_id,
        )
    ]


async def do_leave(tx: Tx, user_id: UUID, contacts: Sequence[bytes]) -> None:
    """Forgets whose the contacts were, and begins their time.

    Runs as: service.
    """
    await tx.run(
        """
        insert into app.known_contacts as known (tenant_id, contact_hash, left_at)
        select $1, contact, app.now() from unnest($3::bytea[]) contact
        on conflict (tenant_id, contact_hash) do update set user_id = null, left_at = excluded.left_at
            where known.user_id is null or known.user_id = $2
        """,
        user_id,
        list(contacts),
    )


async def do_write_ban(tx: Tx, user_id: UUID, reason: str | None, until: datetime | None) -> None:
    """Writes a ban to every contact of an account, also of an erased one, or clears it.

    Runs as: service.
    """
    # An account that is being erased has them as both.
    contacts = {*(await hashes_of(tx, [user_id])).get(user_id, []), *await hashes_of_former(tx, user_id)}
    await tx.run(
        """
        insert into app.known_contacts as known (tenant_id, contact_hash, user_id, ban_reason, banned_until)
        select $1, contact, $2, $4, $5 from unnest($3::bytea[]) contact
        on conflict (tenant_id, contact_hash) do update
            set ban_reason = excluded.ban_reason, banned_until = excluded.banned_until
        """,
        user_id,
        sorted(contacts),
        reason,
        until,
    )


async def do_ban_contact(tx: Tx, contact: bytes, reason: str | None, until: datetime | None) -> None:
    """Writes a ban to a contact whose account may be unknown, or clears it.

    Runs as: service.
    """
    await tx.run(
        """
        insert into app.known_contacts as known (tenant_id, contact_hash, ban_reason, banned_until, left_at)
        values ($1, $2, $3, $4, app.now())
        on conflict (tenant_id, contact_hash) do update
            set ban_reason = excluded.ban_reason, banned_until = excluded.banned_until
        """,
        contact,
        reason,
        until,
    )


async def ban_that_waits(tx: Tx, contact: bytes) -> list[datetime]:
    """The end of a ban that an erased account has left under the contact, if there is one.

    Runs as: service.
    """
    return await tx.all(
        datetime,
        """
        select least(banned_until, left_at + $3::interval) from app.known_contacts
        where tenant_id = $1 and contact_hash = $2 and user_id is null and ban_reason is not null
            and (banned_until is null or banned_until > app.now())
        """,
        contact,
        REMEMBERED,
    )


async def do_purge(tx: Tx) -> None:
    """Deletes contacts whose last account was erased long ago."""
    await tx.run(
        "delete from app.known_contacts where tenant_id = $1 and left_at < app.now() - $2::interval", REMEMBERED
    )
