"""Schedules of meeting."""

from meydan.kit import jobs
from meydan.kit.database import Tx
from meydan.meeting import claims, matcher, matches, presence
from meydan.meeting.enums import MeetingType


@jobs.repeat(1, due="tenants_with_tickets")
async def sweep_matching(tx: Tx) -> None:
    """Matches tickets that a crashed process left, and searches again for those searched some time ago."""
    for meeting_type in MeetingType:
        await matcher.do_match(tx, meeting_type, search_again=True, wait_for_lock=False)


@jobs.repeat(2, due="tenants_with_tickets")
async def refresh_presence(tx: Tx) -> None:
    await presence.do_refresh_presence(tx)


@jobs.every("* * * * *", due="tenants_with_ended_matches")
async def expire_matches(tx: Tx) -> None:
    await matches.do_expire(tx)


@jobs.every("* * * * *", due="tenants_with_pending_claims")
async def decide_claims(tx: Tx) -> None:
    await claims.do_decide(tx)
