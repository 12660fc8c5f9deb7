"""Schedules of meeting."""

from meydan.kit import jobs
from meydan.kit.database import Tx
from meydan.meeting import claims, matcher, matches, presence
from meydan.meeting.enums import MeetingType


@jobs.repeat(1)
async def sweep_matching(tx: Tx) -> None:
    """Matches tickets that a crashed process left, and searches again for those searched some time ago."""
    for meeting_type in MeetingType:
        await matcher.do_match(tx, meeting_type, search_again=True, wait_for_lock=False)


@jobs.repeat(2)
async def refresh_presence(tx: Tx) -> None:
    await presence.do_refresh_presence(tx)


@jobs.every("* * * * *")
async def expire_matches(tx: Tx) -> None:
    await matches.do_expire(tx)


@jobs.every("* * * * *")
async def decide_claims(tx: Tx) -> None:
    await claims.do_decide(tx)
