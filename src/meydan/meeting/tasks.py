"""What meeting does by itself."""

from meydan.kit import jobs
from meydan.kit.database import Tx
from meydan.meeting import claims, matcher, matches, presence
from meydan.meeting.enums import Kind


@jobs.repeat(1)
async def match_the_rest(tx: Tx) -> None:
    """What a process that was killed left waiting, and those who were looked for a while ago."""
    for kind in Kind:
        await matcher.do_match(tx, kind, again=True, patient=False)


@jobs.repeat(2)
async def look_who_is_there(tx: Tx) -> None:
    await presence.do_look(tx)


@jobs.every("* * * * *")
async def end_matches(tx: Tx) -> None:
    await matches.do_end_over(tx)


@jobs.every("* * * * *")
async def decide_claims(tx: Tx) -> None:
    await claims.do_decide(tx)
