"""Burdens that wait under a contact: staff look them up and release them for a number's new owner.

Staff learn kinds and dates, never an account or a profile. A contact without burdens is answered like one that nobody
ever had. Each look is counted and logged, because a list of numbers could be tried one by one.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from meydan import tenants
from meydan.accounts import conflict_of_interest
from meydan.accounts.former import contact_marks, inheritance, known_contacts
from meydan.accounts.identifiers import Contact
from meydan.kit import clock
from meydan.kit.database import Tx
from meydan.kit.identity import Role
from meydan.kit.rate_limits import TooManyRequests

LOOKUPS_PER_DAY = 20
"""In a community, by all its staff together. People read it in docs/security.md."""
RELEASERS = (Role.admin, Role.owner)


class BurdenKind(StrEnum):
    ban = "ban"
    suspension = "suspension"
    debt = "debt"
    freeze = "freeze"
    kept_apart = "kept_apart"
    """People whom the account has blocked, was blocked by, or has met of late."""


class Burden(Struct, frozen=True):
    kind: BurdenKind
    until: date
    """Day of UTC after which it is forgotten by itself."""


class ContactBurdens(Struct, frozen=True):
    burdens: list[Burden]


Carried = Callable[[Tx, UUID], Awaitable[Sequence[BurdenKind]]]
"""Reads what an erased account would hand to its heir, of the kinds that a room knows."""


class _Former(Struct, frozen=True):
    user_id: UUID
    kept_until: datetime
    suspended_until: datetime | None


_carried: list[Carried] = []


def set_rooms(carried: Sequence[Carried]) -> None:
    """Lists the rooms that know of burdens, beside those of ``inheritance``."""
    _carried[:] = carried


async def do_look_up(tx: Tx, viewer: UUID, typed: str) -> ContactBurdens:
    """The burdens under a contact as staff type it. The look is counted, so the transaction must be committed.

    Locks: an advisory lock, held until commit, so that looks are counted one after the other.
    Raises: TooManyRequests, ContactInvalid.
    Runs as: service.
    """
    contact = await inheritance.read_typed(tx, typed)
    await _do_count_look(tx, viewer)
    return ContactBurdens(await _burdens(tx, contact))


async def do_release(tx: Tx, viewer: UUID, typed: str, reason: str) -> None:
    """Releases a contact from its burdens; does nothing to one without. Counts as a look, since it may tell as much.

    Locks: an advisory lock, users, known_contacts.
    Raises: TooManyRequests, ContactInvalid, ConflictOfInterest.
    Runs as: service.
    """
    contact = await inheritance.read_typed(tx, typed)
    await _do_count_look(tx, viewer)
    holder = await inheritance.holder_of(tx, contact)
    if holder is not None and await conflict_of_interest.is_own(tx, viewer, [holder], RELEASERS):
        raise conflict_of_interest.ConflictOfInterest
    if await _burdens(tx, contact):
        await inheritance.do_release(tx, contact, reason, acted_by_user_id=viewer)


async def _do_count_look(tx: Tx, viewer: UUID) -> None:
    """Locks: an advisory lock.

    Raises: TooManyRequests."""
    await tx.run("select pg_advisory_xact_lock(hashtext('app.system_logs contact lookups'), $1)")
    looks = await tx.all(
        datetime,
        """
        select created_at from app.system_logs
        where tenant_id = $1 and action = 'contact_looked_up' and created_at > app.now() - interval '1 day'
        order by created_at
        """,
    )
    if len(looks) >= LOOKUPS_PER_DAY:
        wait = looks[-LOOKUPS_PER_DAY] + timedelta(days=1) - clock.now()
        raise TooManyRequests(retry_after=max(1, int(wait.total_seconds())))
    await tenants.do_record(tx, "contact_looked_up", acted_by_user_id=viewer)


async def _burdens(tx: Tx, contact: Contact) -> list[Burden]:
    """Each kind once, with its longest time."""
    key = contact_marks.contact_hash(tx, contact.value)
    found: dict[BurdenKind, datetime] = {}

    def note(kind: BurdenKind, until: datetime) -> None:
        found[kind] = max(until, found.get(kind, until))

    for until in await known_contacts.ban_that_waits(tx, key):
        note(BurdenKind.ban, until)
    for former in await _formers(tx, key):
        if former.suspended_until is not None:
            note(BurdenKind.suspension, former.suspended_until)
        for read in _carried:
            for kind in await read(tx, former.user_id):
                note(kind, former.kept_until)
    for until in await tx.all(
        datetime,
        "select kept_until from app.kept_apart where tenant_id = $1 and kept_until > app.now() and mark = any($2::bytea[])",
        contact_marks.all_marks(key),
    ):
        note(BurdenKind.kept_apart, until)
    return [Burden(kind, found[kind].date()) for kind in BurdenKind if kind in found]


async def _formers(tx: Tx, key: bytes) -> list[_Former]:
    """Erased accounts whose burdens the next account with this contact would inherit."""
    return await tx.all(
        _Former,
        """
        select former.user_id, former.kept_until, (
            select nullif(greatest(person.matching_suspended_until, app.now()), app.now()) from app.users person
            where person.tenant_id = former.tenant_id and person.id = former.user_id
        ) as suspended_until
        from app.former_accounts former
        where former.tenant_id = $1 and former.mark = $2 and former.kept_until > app.now()
        order by former.user_id
        """,
        contact_marks.person_mark(key),
    )
