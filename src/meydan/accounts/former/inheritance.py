"""Inheritance: the account that proves a contact takes over the burdens of erased accounts that had it.

Debts, freezes, the day's counters and suspensions stay with the erased account until then. Pairs that stay apart wait
under marks. Rooms register what they know; ``rooms.py`` lists them. Staff release a contact that has a new owner.
"""

import secrets
from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

from meydan import tenants
from meydan.accounts import erasure_lock, standing, users
from meydan.accounts.faces.profiles import of_user
from meydan.accounts.former import contact_marks, kept_apart, known_contacts
from meydan.accounts.former.contact_marks import account_mark, face_mark, person_mark, profile_mark
from meydan.accounts.former.kept_apart import MarkCopy, Pair
from meydan.accounts.identifiers import Contact, read_contact
from meydan.accounts.settings import AccountsSettings
from meydan.integrations import Channel
from meydan.kit.database import Tx
from meydan.kit.errors import NotFound

Pairs = Callable[[Tx, UUID], Awaitable[list[Pair]]]
"""Reads whom a user who is being erased must not meet again."""
Inherit = Callable[[Tx, UUID, UUID], Awaitable[None]]
"""Moves the burdens of an erased account, named first, to another. Idempotent."""

_COLUMN = {Channel.sms: "phone", Channel.email: "email"}
_pairs: list[Pairs] = []
_inherit: list[Inherit] = []


class InheritanceMissingError(RuntimeError):
    """No room was listed: erasing would wash every burden off."""


def set_rooms(*, pairs: Sequence[Pairs], inherit: Sequence[Inherit]) -> None:
    """Lists what rooms know of burdens, in the order in which they take their locks."""
    _pairs[:], _inherit[:] = pairs, inherit


def check_complete() -> None:
    """Raises: InheritanceMissingError."""
    if not (_pairs and _inherit):
        raise InheritanceMissingError("rooms.py lists no room that knows of burdens")


async def do_keep(tx: Tx, user_id: UUID) -> None:
    """Keeps the burdens of a user who is about to be erased. Accounts without a proved contact leave none.

    Locks: users.
    Runs as: service.
    """
    state = await users.lock_standing(tx, user_id)
    if state is None:
        return  # erased already
    contacts = (await known_contacts.hashes_of(tx, [user_id]))[user_id]
    if not contacts:
        return
    await kept_apart.do_keep(tx, contacts, [pair for read in _pairs for pair in await read(tx, user_id)])
    await tx.run(
        """
        insert into app.former_accounts (tenant_id, user_id, mark, sealed_hash, kept_until)
        select $1, $2, kept.mark, kept.sealed_hash, app.now() + $5::interval
        from unnest($3::bytea[], $4::bytea[]) kept (mark, sealed_hash) on conflict do nothing
        """,
        user_id,
        [person_mark(contact) for contact in contacts],
        [contact_marks.sealed(contact) for contact in contacts],
        known_contacts.REMEMBERED,
    )
    if state.ban_reason is not None:  # its contacts may have been forgotten since, with a lost key
        await known_contacts.do_write_ban(tx, user_id, state.ban_reason, state.banned_until)
    await known_contacts.do_leave(tx, user_id, contacts)


async def do_prove_contact(tx: Tx, user_id: UUID, value: str) -> bool:
    """Records a contact that the account has proved, and inherits from erased accounts that had it.

    Returns whether it is new to the tenant.

    Locks: known_contacts, users.
    Raises: AccountBanned (its last owner is banned).
    Runs as: service.
    """
    contact = contact_marks.contact_hash(tx, value)
    for former in await _former_accounts(tx, [contact]):  # before the contact, as bans of erased accounts do
        await erasure_lock.lock_for_erasure(tx, former)
    known = await known_contacts.do_record(tx, user_id, contact)
    if known is None:
        return True
    standing.check_contact_not_banned(known)
    for former in await _former_accounts(tx, [contact]):
        if former != user_id:
            await _do_inherit(tx, former, user_id)
    return False


async def do_replace_contact(tx: Tx, user_id: UUID, before: Sequence[Contact], value: str) -> None:
    """Lets whom the account is kept apart from stay apart under a new contact as well.

    Runs as: service.
    """
    new = contact_marks.contact_hash(tx, value)
    older = [contact_marks.contact_hash(tx, contact.value) for contact in before if contact.value != value]
    copies = [MarkCopy(source, person_mark(new)) for source in (account_mark(user_id), *map(person_mark, older))]
    for profile in await of_user(tx, user_id):
        sources = (profile_mark(profile.id), *(face_mark(contact, profile.face) for contact in older))
        copies += [MarkCopy(source, face_mark(new, profile.face)) for source in sources]
    await kept_apart.do_copy(tx, copies)


async def former_accounts_of(tx: Tx, user_id: UUID) -> list[UUID]:
    """Erased accounts that had a contact of this one.

    Runs as: service.
    """
    contacts = (await known_contacts.hashes_of(tx, [user_id])).get(user_id, [])
    return [former for former in await _former_accounts(tx, contacts) if former != user_id]


async def heirs_of(tx: Tx, user_id: UUID) -> list[UUID]:
    """Accounts that have a contact of this erased one now; none for an account that stands.

    Runs as: service.
    """
    contacts = await known_contacts.hashes_of_former(tx, user_id)
    if not contacts:
        return []
    return await tx.all(
        UUID,
        """
        select distinct user_id from app.known_contacts
        where tenant_id = $1 and contact_hash = any($2::bytea[]) and user_id is not null order by user_id
        """,
        contacts,
    )


async def do_pass_on(tx: Tx, user_id: UUID) -> None:
    """Moves what an erased account has been burdened with since to the account that has its contact now.

    Locks: users.
    Runs as: service.
    """
    for heir in await heirs_of(tx, user_id):
        await _do_inherit(tx, user_id, heir)


async def do_release(
    tx: Tx, contact: Contact, reason: str, *, acted_by_user_id: UUID | None = None, take_from_account: bool = False
) -> None:
    """Frees a contact for a new owner from what erased accounts left: bans, debts, freezes, counters, pairs kept apart.

    ``take_from_account`` also takes it from the account that has it now. That stays, with a made-up username if it has
    no other name. Debts and freezes that an account has inherited already stay with it.

    Locks: users, known_contacts.
    Raises: NotFound (never proved, or forgotten).
    Runs as: service.
    """
    column, key = _COLUMN[contact.channel], contact_marks.contact_hash(tx, contact.value)
    holder = await holder_of(tx, contact)
    if holder is not None:
        await users.lock_standing(tx, holder)
    if await known_contacts.lock_contact(tx, key) is None and holder is None:
        raise NotFound
    await tx.run("delete from app.former_accounts where tenant_id = $1 and mark = $2", person_mark(key))
    await kept_apart.do_release(tx, contact_marks.all_marks(key))
    await tx.run("delete from app.known_contacts where tenant_id = $1 and contact_hash = $2", key)
    if take_from_account:
        await tx.run(
            f"""
            update app.users set {column} = null,
                username = case when num_nonnulls(phone, email, username) = 1 then $3 else username end
            where tenant_id = $1 and {column} = $2
            """,
            contact.value,
            f"user_{secrets.token_hex(8)}",
        )
    elif holder is not None:
        await known_contacts.do_record(tx, holder, key)
        person = await users.by_id(tx, holder)
        await known_contacts.do_write_ban(tx, holder, person.ban_reason, person.banned_until)
    await tenants.do_record(
        tx,
        "contact_released",
        user_id=holder,
        acted_by_user_id=acted_by_user_id,
        reason=reason,
        taken=take_from_account,
    )


async def holder_of(tx: Tx, contact: Contact) -> UUID | None:
    """The account that has the contact now.

    Runs as: service.
    """
    column = _COLUMN[contact.channel]
    return await tx.maybe(UUID, f"select id from app.users where tenant_id = $1 and {column} = $2", contact.value)


async def read_typed(tx: Tx, typed: str) -> Contact:
    """A contact as staff or an operator type it.

    Raises: ContactInvalid.
    """
    settings = await tenants.settings(tx, AccountsSettings)
    channel = Channel.email if "@" in typed else Channel.sms
    return read_contact(channel, typed, settings.default_region)


async def do_release_typed(tx: Tx, typed: str, reason: str, *, take_from_account: bool = False) -> None:
    """``do_release`` of a contact as an operator types it.

    Locks: users, known_contacts.
    Raises: NotFound, ContactInvalid.
    Runs as: service.
    """
    await do_release(tx, await read_typed(tx, typed), reason, take_from_account=take_from_account)


async def do_purge(tx: Tx) -> None:
    """Forgets what has waited long enough."""
    await tx.run("delete from app.former_accounts where tenant_id = $1 and kept_until <= app.now()")
    await kept_apart.do_purge(tx)
    await known_contacts.do_purge(tx)


async def _former_accounts(tx: Tx, contacts: Sequence[bytes]) -> list[UUID]:
    return await tx.all(
        UUID,
        """
        select distinct user_id from app.former_accounts
        where tenant_id = $1 and mark = any($2::bytea[]) and kept_until > app.now() order by user_id
        """,
        [person_mark(contact) for contact in contacts],
    )


async def _do_inherit(tx: Tx, former_user_id: UUID, user_id: UUID) -> None:
    """Moves burdens under the lock of the erased account, so that two heirs do not both take them.

    Locks: users.
    """
    await erasure_lock.lock_for_erasure(tx, former_user_id)
    await standing.do_inherit_suspension(tx, former_user_id, user_id)
    for do_inherit in _inherit:
        await do_inherit(tx, former_user_id, user_id)
