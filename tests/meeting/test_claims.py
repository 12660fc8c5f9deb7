"""A silent match gives the day's right back: exactly one, on the day it is decided."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from litestar import Litestar

from meydan import meeting, tenants
from meydan.kit import clock, events, jobs
from meydan.kit.database import Database
from meydan.kit.errors import NotFound
from meydan.kit.jobs import registry
from meydan.meeting import claims, matches, tasks
from meydan.meeting.enums import ClaimReason, ClaimStatus, MatchStatus, MeetingType
from tests.conftest import MovableClock
from tests.factories import Person, make_person, make_shadow
from tests.meeting.factories import ask, bring_together, claim, decide, expire, leave, left, told, write


async def status_of(db: Database, person, match_id) -> tuple[ClaimStatus, ClaimReason | None]:
    decided = await claim(db, person, match_id)
    return decided.status, decided.reason


@pytest.mark.parametrize("claimant_wrote", [True, False])
async def test_a_silent_stranger_gives_the_right_back_today(
    db: Database, tenant: tenants.Tenant, moving_clock: MovableClock, claimant_wrote
):
    ana, bora = await make_person(db, tenant), await make_person(db, tenant)
    mine = await bring_together(db, ana, bora)
    if claimant_wrote:
        await write(db, ana, mine.conversation_id)
    moving_clock.forward(hours=2)
    asked = await claim(db, ana, mine.id)
    assert asked.status is ClaimStatus.pending
    assert await left(db, ana) == 9
    assert await decide(db, tenant) == 1
    assert await decide(db, tenant) == 0
    assert await status_of(db, ana, mine.id) == (ClaimStatus.approved, None)
    assert await left(db, ana) == 10
    frames = [frame["claim"] for frame in await told(db, ana) if frame["t"] == "claim_decided"]
    assert [(frame["id"], frame["status"]) for frame in frames] == [(str(asked.id), "approved")]


async def test_the_stranger_has_the_whole_two_hours(
    app: Litestar, db: Database, tenant: tenants.Tenant, moving_clock: MovableClock
):
    ana, bora = await make_person(db, tenant), await make_person(db, tenant)
    mine = await bring_together(db, ana, bora)
    moving_clock.forward(minutes=119)
    answer = await ask(app, ana, "POST", f"/api/match/{mine.id}/claim")
    assert (answer.status_code, answer.json()["code"]) == (409, "claim_too_early")
    assert answer.json()["opens_at"].startswith((mine.created_at + timedelta(hours=2)).isoformat()[:19])
    moving_clock.forward(minutes=1)
    answer = await ask(app, ana, "POST", f"/api/match/{mine.id}/claim")
    assert (answer.status_code, answer.json()["status"]) == (201, "pending")


async def test_a_word_in_time_keeps_the_right(db: Database, tenant: tenants.Tenant, moving_clock: MovableClock):
    ana, bora = await make_person(db, tenant), await make_person(db, tenant)
    mine = await bring_together(db, ana, bora)
    moving_clock.forward(minutes=119)
    await write(db, bora, mine.conversation_id)
    moving_clock.forward(minutes=1)
    await claim(db, ana, mine.id)
    await decide(db, tenant)
    assert await status_of(db, ana, mine.id) == (ClaimStatus.rejected, ClaimReason.stranger_wrote)
    assert await left(db, ana) == 9
    # The other way round: ana has written nothing.
    await claim(db, bora, mine.id)
    await decide(db, tenant)
    assert await status_of(db, bora, mine.id) == (ClaimStatus.approved, None)


async def test_reactions_are_silence(db: Database, tenant: tenants.Tenant, moving_clock: MovableClock):
    """The stranger reacted and wrote nothing: the match expires as a silent one, and its claim is approved."""
    ana, bora = await make_person(db, tenant), await make_person(db, tenant)
    mine = await bring_together(db, ana, bora)
    await write(db, ana, mine.conversation_id)
    await write(db, bora, mine.conversation_id, "reaction")
    moving_clock.forward(hours=2)
    async with db.as_user(ana.me) as tx:
        seen = await matches.active(tx, MeetingType.text)
    assert seen is not None and not seen.stranger_wrote
    await claim(db, ana, mine.id)
    await decide(db, tenant)
    assert await status_of(db, ana, mine.id) == (ClaimStatus.approved, None)
    moving_clock.forward(hours=22)
    await expire(db, tenant)
    async with db.as_user(ana.me) as tx:
        [past] = (await matches.history(tx, None, 10)).items
    assert past.status is MatchStatus.expired


async def test_a_word_after_two_hours_was_silence_before(
    db: Database, tenant: tenants.Tenant, moving_clock: MovableClock
):
    ana, bora = await make_person(db, tenant), await make_person(db, tenant)
    mine = await bring_together(db, ana, bora)
    moving_clock.forward(hours=2)
    await write(db, bora, mine.conversation_id)
    await claim(db, ana, mine.id)
    await decide(db, tenant)
    assert await left(db, ana) == 10


async def test_a_stranger_who_left_without_a_word_was_silent(
    db: Database, tenant: tenants.Tenant, moving_clock: MovableClock
):
    ana, bora = await make_person(db, tenant), await make_person(db, tenant)
    mine = await bring_together(db, ana, bora)
    await leave(db, bora, mine.id)
    with pytest.raises(claims.ClaimTooEarly):
        await claim(db, ana, mine.id)
    moving_clock.forward(hours=2)
    await claim(db, ana, mine.id)
    await claim(db, bora, mine.id)
    assert await decide(db, tenant) == 2
    assert await left(db, ana) == 10
    assert await status_of(db, bora, mine.id) == (ClaimStatus.rejected, ClaimReason.left_early)
    assert await left(db, bora) == 9


async def can_claim(db: Database, person: Person, match_id: UUID) -> bool:
    async with db.as_user(person.me) as tx:
        match = await matches.mine(tx, match_id)
    assert match.claim_closes_at is not None
    return match.claim_opens_at <= clock.now() < match.claim_closes_at


async def test_it_may_be_asked_for_a_day_after_the_end(
    db: Database, tenant: tenants.Tenant, moving_clock: MovableClock
):
    ana, bora, cem = [await make_person(db, tenant) for _ in range(3)]
    first = await bring_together(db, ana, bora)
    moving_clock.forward(hours=24, minutes=1)
    await expire(db, tenant)
    second = await bring_together(db, ana, cem)
    moving_clock.forward(hours=23)
    await claim(db, ana, first.id)
    await decide(db, tenant)
    assert await status_of(db, ana, first.id) == (ClaimStatus.approved, None)
    assert await can_claim(db, bora, first.id)
    moving_clock.forward(hours=2)
    assert not await can_claim(db, bora, first.id), "the page offers nothing that would be refused"
    with pytest.raises(claims.ClaimTooLate):
        await claim(db, bora, first.id)
    await expire(db, tenant)
    await claim(db, ana, second.id)


async def test_the_right_comes_back_on_the_day_of_the_decision_and_goes_with_it(
    db: Database, tenant: tenants.Tenant, moving_clock: MovableClock
):
    ana, bora = await make_person(db, tenant), await make_person(db, tenant)
    mine = await bring_together(db, ana, bora)
    moving_clock.forward(hours=24)
    await claim(db, ana, mine.id)
    assert await left(db, ana) == 10, "a new day"
    await decide(db, tenant)
    assert await left(db, ana) == 11
    moving_clock.forward(hours=24)
    assert await left(db, ana) == 10


async def test_eight_at_once_make_one_claim_and_six_deciders_give_back_one_right(
    db: Database, tenant: tenants.Tenant, moving_clock: MovableClock
):
    pairs = [(await make_person(db, tenant), await make_person(db, tenant)) for _ in range(6)]
    made = [await bring_together(db, *pair) for pair in pairs]
    moving_clock.forward(hours=2)
    for (person, _), mine in zip(pairs, made, strict=True):
        asked = await asyncio.gather(*(claim(db, person, mine.id) for _ in range(8)))
        assert len({one.id for one in asked}) == 1
    assert sum(await asyncio.gather(*(decide(db, tenant) for _ in range(6)))) == 6
    for (person, stranger), mine in zip(pairs, made, strict=True):
        assert await left(db, person) == 10
        assert await left(db, stranger) == 9
        assert await status_of(db, person, mine.id) == (ClaimStatus.approved, None)


async def test_the_workers_own_schedule_ends_and_decides(
    db: Database, tenant: tenants.Tenant, moving_clock: MovableClock
):
    """The worker's schedules of each minute, in every tenant; only the time is moved."""
    every_minute = [tick for _, expression, tick in registry.SCHEDULES if expression == "* * * * *"]
    assert {tasks.expire_matches, tasks.decide_claims} <= set(every_minute)
    ana, bora = await make_person(db, tenant), await make_person(db, tenant)
    mine = await bring_together(db, ana, bora)
    moving_clock.forward(hours=2)
    await claim(db, ana, mine.id)
    moving_clock.forward(hours=22, seconds=1)
    kinds: set[str] = set()
    for tick in (tasks.decide_claims, tasks.expire_matches):
        await jobs.run_scheduled(db, tick)
        kinds |= {
            frame["t"] for frame in await told(db, ana)
        }  # now: what was forwarded leaves the outbox in two seconds
    assert await status_of(db, ana, mine.id) == (ClaimStatus.approved, None)
    assert {"claim_decided", "match_ended"} <= kinds


async def test_others_can_ask_nothing_about_a_match(
    app: Litestar, db: Database, tenant: tenants.Tenant, moving_clock: MovableClock
):
    ana, bora, cem = [await make_person(db, tenant) for _ in range(3)]
    shadow = await make_shadow(db, ana)
    mine = await bring_together(db, ana, bora)
    moving_clock.forward(hours=2)
    for person in (cem, shadow):
        with pytest.raises(NotFound):
            await claim(db, person, mine.id)
    await claim(db, ana, mine.id)
    own = (await ask(app, ana, "GET", "/api/match/claims")).json()
    assert [item["match_id"] for item in own["items"]] == [str(mine.id)]
    assert (await ask(app, ana, "GET", "/api/match/state")).json()["match"]["claim"]["status"] == "pending"
    for person in (bora, cem, shadow):
        assert (await ask(app, person, "GET", "/api/match/claims")).json()["items"] == []
    assert (await ask(app, bora, "GET", "/api/match/state")).json()["match"]["claim"] is None


async def test_rooms_above_hear_of_matches_and_claims(
    db: Database, tenant: tenants.Tenant, moving_clock: MovableClock, monkeypatch: pytest.MonkeyPatch
):
    heard: list[events.Event] = []

    async def hear(_, event: events.Event) -> None:
        heard.append(event)

    for kind in (meeting.MatchMade, meeting.MatchEnded, meeting.ClaimDecided):
        monkeypatch.setitem(events._listeners, kind, [hear])
    ana, bora = await make_person(db, tenant), await make_person(db, tenant)
    mine = await bring_together(db, ana, bora)
    moving_clock.forward(hours=2)
    await claim(db, ana, mine.id)
    await decide(db, tenant)
    await leave(db, bora, mine.id)
    made, decided, ended = heard
    assert isinstance(made, meeting.MatchMade)
    assert {(side.user_id, side.profile_id) for side in made.sides} == {
        (person.me.user_id, person.me.profile_id) for person in (ana, bora)
    }
    assert made.expires_at > clock.now()
    assert isinstance(decided, meeting.ClaimDecided)
    assert (decided.user_id, decided.status) == (ana.me.user_id, ClaimStatus.approved)
    assert isinstance(ended, meeting.MatchEnded)
    assert (ended.match_id, ended.ended_by_user_id, ended.status) == (
        mine.id,
        bora.me.user_id,
        meeting.MatchStatus.cancelled,
    )
