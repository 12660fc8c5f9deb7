"""Preferences of push: its kinds, the words on the screen, and quiet hours.

They are read when a message is sent. Browsers end a subscription whose messages show nothing, so a browser never
decides whether a message is shown.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta, Struct

from meydan import tenants
from meydan.kit.database import Tx
from meydan.kit.errors import Refused

Minute = Annotated[int, Meta(ge=0, le=1439)]
_MINUTES_OF_A_DAY = 1440


class PushKind(StrEnum):
    message = "message"
    meeting = "meeting"
    """A match was made or has ended, and decided claims."""
    gift = "gift"
    money = "money"
    account = "account"
    """Logins, changed credentials, suspensions."""
    community = "community"
    """To staff: what waits for a decision."""


class PushDetail(StrEnum):
    """Words that a locked screen may show to whoever looks at it."""

    nothing = "nothing"
    """That there is something new."""
    kind = "kind"
    """The kind of what is new."""
    names = "names"
    """Aliases of others too. A person's own faces are never named."""


class QuietHoursInvalid(Refused):
    code, status, title = "quiet_hours_invalid", 422, "Quiet hours end at another time than they begin."


class QuietHours(Struct, frozen=True, forbid_unknown_fields=True):
    """In minutes of the day. They may go over midnight."""

    starts: Minute
    ends: Minute
    timezone: Annotated[str, Meta(min_length=1, max_length=64)]
    """The person's own, such as Europe/Istanbul."""

    def end_after(self, now: datetime) -> datetime | None:
        """The end of the quiet hours that ``now`` lies in; None outside them."""
        zone = ZoneInfo(self.timezone)
        local = now.astimezone(zone)
        since = (local.hour * 60 + local.minute - self.starts) % _MINUTES_OF_A_DAY
        if since >= (self.ends - self.starts) % _MINUTES_OF_A_DAY:
            return None
        end = local.replace(hour=self.ends // 60, minute=self.ends % 60, second=0, microsecond=0)
        if end <= local:
            end += timedelta(days=1)  # of the calendar: the zone's clock decides how many hours it has
        return end.astimezone(now.tzinfo)


class PushPreferences(Struct, frozen=True, forbid_unknown_fields=True):
    muted: Annotated[list[PushKind], Meta(max_length=6)]
    detail: PushDetail
    quiet_hours: QuietHours | None


NOTHING_CHOSEN = PushPreferences([], PushDetail.kind, None)


class _Row(Struct, frozen=True):
    muted: list[PushKind]
    detail: PushDetail
    quiet_from: int | None
    quiet_until: int | None
    timezone: str | None


def preferences_of(
    muted: list[PushKind] | None,
    detail: PushDetail | None,
    quiet_from: int | None,
    quiet_until: int | None,
    timezone: str | None,
) -> PushPreferences:
    """Preferences from a row's columns; all are None where a person has chosen nothing."""
    if muted is None or detail is None:
        return NOTHING_CHOSEN
    quiet = None
    if quiet_from is not None and quiet_until is not None and timezone is not None:
        quiet = QuietHours(quiet_from, quiet_until, timezone)
    return PushPreferences(muted, detail, quiet)


async def preferences(tx: Tx) -> PushPreferences:
    """The caller's preferences."""
    row = await tx.maybe(
        _Row,
        """
        select muted, detail, quiet_from, quiet_until, timezone from app.push_preferences
        where tenant_id = $1 and user_id = $2
        """,
        tx.me.user_id,
    )
    return NOTHING_CHOSEN if row is None else preferences_of(*msgspec.structs.astuple(row))


async def do_set_preferences(tx: Tx, new: PushPreferences) -> PushPreferences:
    """Replaces the caller's preferences.

    Raises: QuietHoursInvalid, TimezoneUnknown."""
    quiet = new.quiet_hours
    if quiet is not None:
        if quiet.starts == quiet.ends:
            raise QuietHoursInvalid
        await tenants.check_timezone(tx, quiet.timezone)
    await tx.run(
        """
        insert into app.push_preferences (tenant_id, user_id, muted, detail, quiet_from, quiet_until, timezone)
        values ($1, $2, $3, $4, $5, $6, $7)
        on conflict (tenant_id, user_id) do update set muted = excluded.muted, detail = excluded.detail,
            quiet_from = excluded.quiet_from, quiet_until = excluded.quiet_until, timezone = excluded.timezone,
            updated_at = app.now()
        """,
        tx.me.user_id,
        sorted(set(new.muted)),
        new.detail,
        quiet and quiet.starts,
        quiet and quiet.ends,
        quiet and quiet.timezone,
    )
    return await preferences(tx)
