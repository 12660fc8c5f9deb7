"""Joining, leaving, going on: over HTTP, with double clicks and two tabs."""

import asyncio
from datetime import datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from litestar import Litestar

from meydan import meeting, tenants
from meydan.kit import clock
from meydan.kit.database import Database
from tests.conftest import MovableClock
from tests.factories import Person, make_person, make_shadow
from tests.meeting.factories import (
    Answer,
    ask,
    bring_together,
    expire,
    join,
    left,
    match,
    matched,
    told,
    waits,
    write,
)
from tests.waiting import patience


async def post(app: Litestar, person: Person, what: str, **body: object) -> Answer:
    answer = await ask(app, person, "POST", f"/api/match/{what}", dict(body))
    assert answer.status_code == 200, answer.text
    state: Answer = answer.json()
    return state


async def refused(app: Litestar, person: Person, what: str, **body: object) -> Answer:
    answer = await ask(app, person, "POST", f"/api/match/{what}", dict(body))
    assert answer.status_code >= 400, answer.text
    problem: Answer = answer.json()
    return problem


async def talking(app: Litestar, person: Person) -> Answer:
    """The state once the API's own matcher has found somebody."""
    async with patience():
        while True:
            state: Answer = (await ask(app, person, "GET", "/api/match/state")).json()
            if state["match"]:
                return state
            await asyncio.sleep(0.01)


async def test_joining_is_answered_with_a_ticket_and_ends_in_a_match(
    app: Litestar, db: Database, tenant: tenants.Tenant, live_matcher
):
    ana, bora = await make_person(db, tenant, interests=["sea"]), await make_person(db, tenant, interests=["Sea"])
    ticket_id = str(uuid4())
    state = await post(app, ana, "join", type="text", ticket_id=ticket_id, criteria={"language": "tr"})
    assert state["ticket"]["id"] == ticket_id
    assert state["ticket"]["criteria"]["language"] == "tr"
    assert state["match"] is None
    assert state["quotas"]["text"]["remaining"] == 10, "waiting costs nothing"

    await post(app, bora, "join", type="text")
    mine, theirs = (await talking(app, ana))["match"], (await talking(app, bora))["match"]
    assert mine["id"] == theirs["id"]
    assert mine["status"] == "active"
    assert mine["stranger"]["alias"] == bora.alias
    assert mine["shared_interests"] == ["Sea"]
    assert (mine["stranger_wrote"], mine["claim"]) == (False, None)
    assert "user_id" not in str(mine)


@pytest.mark.parametrize("language", ["tr\n", "TR", "t", "türk", ""])
async def test_a_wish_for_what_is_no_language_is_refused_in_words(
    app: Litestar, db: Database, tenant: tenants.Tenant, language: str
):
    ana = await make_person(db, tenant)
    problem = await refused(app, ana, "join", type="text", criteria={"language": language})
    assert (problem["status"], problem["code"]) == (400, "invalid_request")


async def test_a_second_join_keeps_the_first_ticket(app: Litestar, db: Database, tenant: tenants.Tenant):
    ana = await make_person(db, tenant)
    answers = await asyncio.gather(*(post(app, ana, "join", type="text", ticket_id=str(uuid4())) for _ in range(5)))
    assert len({answer["ticket"]["id"] for answer in answers}) == 1
    assert (await post(app, ana, "join", type="text"))["ticket"] == answers[0]["ticket"]


async def test_a_client_that_missed_the_answer_asks_again(
    app: Litestar, db: Database, tenant: tenants.Tenant, live_matcher
):
    ana, bora = await make_person(db, tenant), await make_person(db, tenant)
    ticket_id = str(uuid4())
    await post(app, ana, "join", type="text", ticket_id=ticket_id)
    await post(app, bora, "join", type="text")
    first = await talking(app, ana)
    again = await post(app, ana, "join", type="text", ticket_id=ticket_id)
    assert again["match"]["id"] == first["match"]["id"]
    assert await left(db, ana) == 9
    problem = await refused(app, ana, "join", type="text", ticket_id=str(uuid4()))
    assert (problem["code"], problem["status"]) == ("already_matched", 409)
    assert (problem["match_id"], problem["face"]) == (first["match"]["id"], "real")


async def test_whoever_talks_under_one_face_joins_under_no_other(app: Litestar, db: Database, tenant: tenants.Tenant):
    ana, bora = await make_person(db, tenant), await make_person(db, tenant)
    shadow = await make_shadow(db, ana)
    await bring_together(db, ana, bora)
    assert (await refused(app, shadow, "join", type="text"))["face"] == "real"
    state = (await ask(app, shadow, "GET", "/api/match/state")).json()
    assert (state["match"], state["ticket"]) == (None, None), "each face sees its own"
    assert state["quotas"]["text"]["remaining"] == 9, "rights are the person's"


async def test_an_unverified_person_meets_nobody(app: Litestar, db: Database, tenant: tenants.Tenant):
    nobody = await make_person(db, tenant, verified=False)
    problem = await refused(app, nobody, "join", type="text")
    assert (problem["code"], problem["status"]) == ("verification_needed", 403)


async def test_leaving_the_queue_is_told_to_ones_other_tabs(app: Litestar, db: Database, tenant: tenants.Tenant):
    ana, bora = await make_person(db, tenant), await make_person(db, tenant)
    ticket = (await post(app, ana, "join", type="text"))["ticket"]
    assert (await post(app, ana, "leave"))["ticket"] is None
    assert (await post(app, ana, "leave"))["ticket"] is None
    ended = [frame for frame in await told(db, ana) if frame["t"] == "ticket_ended"]
    assert [(frame["ticket_id"], frame["reason"]) for frame in ended] == [(ticket["id"], "left")]
    await join(db, bora)
    assert await match(db, tenant) == 0


async def test_leaving_a_match_ends_it_for_both_once(app: Litestar, db: Database, tenant: tenants.Tenant):
    ana, bora = await make_person(db, tenant), await make_person(db, tenant)
    mine = await bring_together(db, ana, bora)
    assert (await post(app, ana, "leave"))["match"]["id"] == str(mine.id), "to leave a match one names it"
    states = await asyncio.gather(
        *(post(app, person, "leave", match_id=str(mine.id)) for person in (ana, bora, ana, bora))
    )
    assert [state["match"] for state in states] == [None] * 4
    ends = [[frame for frame in await told(db, person) if frame["t"] == "match_ended"] for person in (ana, bora)]
    assert [len(frames) for frames in ends] == [1, 1]
    assert {frames[0]["status"] for frames in ends} == {"cancelled"}
    assert sorted(frames[0]["by_me"] for frames in ends) == [False, True]
    history = (await ask(app, bora, "GET", "/api/match/history")).json()["items"]
    assert [(one["id"], one["status"]) for one in history] == [(str(mine.id), "cancelled")]
    async with db.as_user(ana.me) as tx:
        closed = await tx.one(bool, "select closed_at is not null from app.conversations where tenant_id = $1")
    assert closed


async def test_nobody_ends_a_match_of_others(app: Litestar, db: Database, tenant: tenants.Tenant):
    ana, bora, cem = [await make_person(db, tenant) for _ in range(3)]
    shadow = await make_shadow(db, ana)
    mine = await bring_together(db, ana, bora)
    for person in (cem, shadow):
        await post(app, person, "leave", match_id=str(mine.id))
    assert await matched(db, ana)


async def test_next_leaves_and_joins_at_once(app: Litestar, db: Database, tenant: tenants.Tenant, live_matcher):
    ana, bora, cem = [await make_person(db, tenant) for _ in range(3)]
    first = await bring_together(db, ana, bora)
    ticket_id = str(uuid4())
    for _ in range(2):  # a double click
        state = await post(app, ana, "next", match_id=str(first.id), ticket_id=ticket_id)
        assert (state["match"], state["ticket"]["id"]) == (None, ticket_id)
    assert await matched(db, bora) is None
    await post(app, cem, "join", type="text")
    assert (await talking(app, ana))["match"]["stranger"]["id"] == str(cem.me.profile_id)
    assert await left(db, ana) == 8


async def test_next_leaves_nobody_when_no_right_is_left(app: Litestar, db: Database, tenant: tenants.Tenant):
    async with db.as_service(tenant.id) as tx:
        await tenants.do_configure(tx, meeting.MeetingSettings, matches_per_day=1)
    ana, bora = await make_person(db, tenant), await make_person(db, tenant)
    first = await bring_together(db, ana, bora)
    assert (await refused(app, ana, "next", match_id=str(first.id)))["code"] == "quota_exhausted"
    assert await matched(db, ana), "all of it or nothing"


async def test_without_a_right_nobody_waits_and_learns_until_when(
    app: Litestar, db: Database, tenant: tenants.Tenant, moving_clock: MovableClock
):
    async with db.as_service(tenant.id) as tx:
        await tenants.do_configure(tx, meeting.MeetingSettings, matches_per_day=1)
    ana, bora = await make_person(db, tenant), await make_person(db, tenant)
    mine = await bring_together(db, ana, bora)
    await post(app, ana, "leave", match_id=str(mine.id))
    problem = await refused(app, ana, "join", type="text")
    assert (problem["code"], problem["status"]) == ("quota_exhausted", 409)
    midnight = datetime.fromisoformat(problem["resets_at"]).astimezone(ZoneInfo("Europe/Istanbul"))
    assert (midnight.hour, midnight.minute) == (0, 0)
    moving_clock.forward(seconds=(midnight - clock.now()).total_seconds() - 1)
    assert (await refused(app, ana, "join", type="text"))["code"] == "quota_exhausted"
    moving_clock.forward(seconds=2)
    state = await post(app, ana, "join", type="text")
    assert state["ticket"] and state["quotas"]["text"]["remaining"] == 1


async def test_a_present_is_used_after_the_days_own_and_stays_over_midnight(
    app: Litestar, db: Database, tenant: tenants.Tenant, moving_clock: MovableClock
):
    async with db.as_service(tenant.id) as tx:
        await tenants.do_configure(tx, meeting.MeetingSettings, matches_per_day=1, rematch_cooldown_days=0)
    ana, bora = await make_person(db, tenant), await make_person(db, tenant)
    for person in (ana, bora):
        async with db.as_service(tenant.id) as tx:
            await meeting.do_grant_bonus(tx, person.me.user_id, amount=2, reason="referral")
    seen = []
    for _ in range(2):
        mine = await bring_together(db, ana, bora)
        state = await post(app, ana, "leave", match_id=str(mine.id))
        seen.append((state["quotas"]["text"]["remaining"], state["quotas"]["text"]["bonus"]))
        moving_clock.forward(seconds=1)
    assert seen == [(2, 2), (1, 1)]
    moving_clock.forward(hours=24)
    state = (await ask(app, ana, "GET", "/api/match/state")).json()
    assert (state["quotas"]["text"]["remaining"], state["quotas"]["text"]["bonus"]) == (2, 1)


async def test_a_right_that_went_while_waiting_ends_the_ticket(db: Database, tenant: tenants.Tenant):
    ana, bora = await make_person(db, tenant), await make_person(db, tenant)
    for loser_first in (True, False):
        for person in (ana, bora) if loser_first else (bora, ana):
            await join(db, person)
        async with db.as_service(tenant.id) as tx:
            await tx.run("update app.tickets set day_limit = 0 where tenant_id = $1 and user_id = $2", ana.me.user_id)
        assert await match(db, tenant) == 0
        assert not await waits(db, ana) and await waits(db, bora)
    assert [frame["reason"] for frame in await told(db, ana) if frame["t"] == "ticket_ended"] == ["quota_exhausted"] * 2
    assert await left(db, bora) == 10


async def test_a_match_whose_time_is_up_keeps_nobody_from_the_next(
    app: Litestar, db: Database, tenant: tenants.Tenant, moving_clock: MovableClock
):
    ana, bora = await make_person(db, tenant), await make_person(db, tenant)
    await bring_together(db, ana, bora)
    moving_clock.forward(hours=24, seconds=1)
    assert (await post(app, ana, "join", type="text"))["ticket"]
    history = (await ask(app, bora, "GET", "/api/match/history")).json()["items"]
    assert [one["status"] for one in history] == ["expired"]
    assert [frame["by_me"] for frame in await told(db, ana) if frame["t"] == "match_ended"] == [False]


@pytest.mark.parametrize(("writers", "status"), [(0, "expired"), (1, "expired"), (2, "completed")])
async def test_a_match_ends_after_the_communitys_time(
    db: Database, tenant: tenants.Tenant, moving_clock: MovableClock, app: Litestar, writers, status
):
    ana, bora = await make_person(db, tenant), await make_person(db, tenant)
    mine = await bring_together(db, ana, bora)
    for person in (ana, bora)[:writers]:
        await write(db, person, mine.conversation_id)
    moving_clock.forward(hours=23, minutes=59)
    assert await expire(db, tenant) == 0
    moving_clock.forward(minutes=2)
    assert await expire(db, tenant) == 1
    assert await expire(db, tenant) == 0
    for person in (ana, bora):
        ended = [frame for frame in await told(db, person) if frame["t"] == "match_ended"]
        assert [(frame["status"], frame["by_me"]) for frame in ended] == [(status, False)]
        assert await matched(db, person) is None


async def test_history_has_pages(app: Litestar, db: Database, tenant: tenants.Tenant):
    ana = await make_person(db, tenant)
    ids = []
    for _ in range(5):
        mine = await bring_together(db, ana, await make_person(db, tenant))
        await post(app, ana, "leave", match_id=str(mine.id))
        ids.append(str(mine.id))
    first = (await ask(app, ana, "GET", "/api/match/history?limit=3")).json()
    second = (await ask(app, ana, "GET", f"/api/match/history?limit=3&cursor={first['next']}")).json()
    assert [one["id"] for one in first["items"] + second["items"]] == ids[::-1]
    assert second["next"] is None


async def test_a_stranger_can_be_looked_at_by_the_face_that_met_them(
    app: Litestar, db: Database, tenant: tenants.Tenant
):
    ana, bora, cem = [await make_person(db, tenant) for _ in range(3)]
    shadow, bora_shadow = await make_shadow(db, ana), await make_shadow(db, bora)
    await bring_together(db, ana, bora)
    found = await ask(app, ana, "GET", f"/api/users/{bora.me.profile_id}")
    assert (found.status_code, found.json()["alias"]) == (200, bora.alias)
    for who, whom in ((cem, bora), (shadow, bora), (ana, bora_shadow), (ana, cem), (ana, ana)):
        assert (await ask(app, who, "GET", f"/api/users/{whom.me.profile_id}")).status_code == 404


async def test_how_many_wait_is_told_roughly(app: Litestar, db: Database, tenant: tenants.Tenant):
    people = [await make_person(db, tenant, languages=[f"a{chr(97 + number)}"]) for number in range(13)]
    for number, person in enumerate(people):
        state = await post(app, person, "join", type="text")
        assert state["approximate_waiting"] == (number + 1) // 5 * 5
