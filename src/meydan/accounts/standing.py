"""Age limits, bans and suspensions of matching.

Both outlive the account. A ban stands with the hashes of proved contacts; a suspension is inherited, and ends with its
time.
"""

from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct

from meydan import tenants
from meydan.accounts import events
from meydan.accounts.faces import shadow_endings
from meydan.accounts.former import known_contacts
from meydan.accounts.former.known_contacts import KnownContact
from meydan.accounts.sessions import endings
from meydan.kit import clock, realtime
from meydan.kit.database import Tx
from meydan.kit.errors import Refused
from meydan.kit.events import publish


class TooYoung(Refused):
    code, status, title = "too_young", 403, "This place is for adults only."


class BirthDateInvalid(Refused):
    code, status, title = "birth_date_invalid", 422, "Nobody was born on this day."


class AccountBanned(Refused):
    code, status, title = "banned", 403, "This account has been banned."


class MatchingSuspended(Refused):
    code, status, title = "matching_suspended", 403, "You are not matched until the reports about you were looked at."


class VerificationNeeded(Refused):
    code, status, title = (
        "verification_needed",
        403,
        "Before you can meet people, prove what this community asks for (wanted).",
    )


class Ban(Struct, frozen=True):
    ban_reason: str
    banned_until: datetime | None


_OLDEST = 120


def age_on(day: date, born: date) -> int:
    """The age on a day. Someone born on 29 February is a year older on 1 March of other years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


async def today_of(tx: Tx) -> date:
    """Today's date in the tenant's time zone."""
    return clock.now().astimezone(ZoneInfo((await tenants.current(tx)).timezone)).date()


async def check_age(tx: Tx, born: date, minimum: int) -> None:
    """Raises: TooYoung, BirthDateInvalid."""
    age = age_on(await today_of(tx), born)
    if not 0 <= age <= _OLDEST:
        raise BirthDateInvalid
    if age < minimum:
        raise TooYoung(minimum_age=minimum)


def is_banned(reason: str | None, until: datetime | None) -> bool:
    return reason is not None and (until is None or until > clock.now())


def check_contact_not_banned(contact: KnownContact) -> None:
    """Raises: AccountBanned (the last owner of the contact is banned)."""
    if contact.ban_reason is not None and is_banned(contact.ban_reason, contact.banned_until):
        raise AccountBanned(reason=contact.ban_reason, until=contact.banned_until)


async def do_set_ban(tx: Tx, user_id: UUID, until: datetime | None, reason: str) -> None:
    """Bans the account and its contacts, tells its clients why, and ends its sessions. No ``until``: for good.

    Called by safety in the transaction of its decision.

    Runs as: service.
    """
    await _do_write_ban(tx, user_id, reason, until)
    # Listeners end what is open before the sessions end: the user's own screens show that first, then the reason.
    await publish(tx, events.UserBanned(user_id, reason, until))
    await shadow_endings.do_schedule(tx, user_id)
    await realtime.send_frame(tx, user_id, events.BannedFrame(reason, until))
    await endings.do_end_all(tx, user_id, endings.EndReason.banned)


async def do_lift_ban(tx: Tx, user_id: UUID) -> None:
    """Runs as: service."""
    await _do_write_ban(tx, user_id, None, None)


async def do_suspend_matching(tx: Tx, user_id: UUID, until: datetime) -> None:
    """Suspends matching until a time, at which it ends by itself, and tells the user's clients.

    Runs as: service.
    """
    await tx.run(
        "update app.users set matching_suspended_until = $3 where tenant_id = $1 and id = $2 and erased_at is null",
        user_id,
        until,
    )
    await realtime.send_frame(tx, user_id, events.MatchingSuspendedFrame(until))


async def do_resume_matching(tx: Tx, user_id: UUID) -> bool:
    """Ends a suspension before its time. False for a user whose matching is not suspended now.

    Runs as: service.
    """
    resumed = await tx.maybe(
        UUID,
        """
        update app.users set matching_suspended_until = null
        where tenant_id = $1 and id = $2 and matching_suspended_until > app.now() returning id
        """,
        user_id,
    )
    if resumed is not None:
        await realtime.send_frame(tx, user_id, events.MatchingSuspendedFrame(None))
    return resumed is not None


async def do_inherit_suspension(tx: Tx, former_user_id: UUID, user_id: UUID) -> None:
    """Moves a suspension that has not ended from an erased account to another.

    Runs as: service.
    """
    until = await tx.maybe(
        datetime,
        """
        select matching_suspended_until from app.users
        where tenant_id = $1 and id = $2 and matching_suspended_until > app.now()
        """,
        former_user_id,
    )
    if until is None:
        return
    await tx.run(
        "update app.users set matching_suspended_until = null where tenant_id = $1 and id = $2", former_user_id
    )
    await do_suspend_matching(tx, user_id, until)


async def _do_write_ban(tx: Tx, user_id: UUID, reason: str | None, until: datetime | None) -> None:
    """Writes or clears a ban. A new ban takes the place of a suspension."""
    await tx.one(
        UUID,
        """
        update app.users set ban_reason = $3, banned_until = $4,
            matching_suspended_until = case when $3::text is null then matching_suspended_until end
        where tenant_id = $1 and id = $2 returning id
        """,
        user_id,
        reason,
        until,
    )
    await known_contacts.do_write_ban(tx, user_id, reason, until)
