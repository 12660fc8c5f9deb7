"""Matching: users who are matched, and users who never are."""

import asyncio
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from meydan import accounts, meeting, safety, tenants
from meydan.kit import clock, valkey
from meydan.kit.database import Database
from meydan.meeting import presence, tickets
from meydan.meeting.enums import MeetingType
from tests.conftest import MovableClock
from tests.factories import Person, make_person, make_shadow
from tests.meeting.factories import bring_together, join, leave, left, match, matched, told, waits

ISTANBUL, IZMIT, ANKARA = (41.0, 29.0), (40.8, 29.9), (39.9, 32.9)


async def met(db: Database, one: Person, other: Person) -> bool:
    mine, theirs = await matched(db, one), await matched(db, other)
    return mine is not None and theirs is not None and mine.id == theirs.id


async def test_two_who_wait_meet_and_both_are_told(db: Database, tenant: tenants.Tenant):
    ana, bora = await make_person(db, tenant), await make_person(db, tenant)
    await join(db, ana)
    assert await match(db, tenant) == 0
    assert await waits(db, ana)
    await join(db, bora)
    assert await match(db, tenant) == 1

    mine, theirs = await matched(db, ana), await matched(db, bora)
    assert mine is not None and theirs is not None
    assert (mine.id, mine.conversation_id) == (theirs.id, theirs.conversation_id)
    assert (mine.stranger.id, theirs.stranger.id) == (bora.me.profile_id, ana.me.profile_id)
    assert mine.expires_at - mine.created_at == timedelta(hours=24)
    assert not await waits(db, ana) and not await waits(db, bora)
    for person in (ana, bora):
        frames = [frame for frame in await told(db, person) if frame["t"] == "match_made"]
        assert frames == [
            {
                "t": "match_made",
                "profile_id": str(person.me.profile_id),
                "match_id": str(mine.id),
                "conversation_id": str(mine.conversation_id),
            }
        ]
        assert await left(db, person) == 9


async def test_nobody_meets_themselves_under_another_face(db: Database, tenant: tenants.Tenant):
    ana = await make_person(db, tenant)
    shadow = await make_shadow(db, ana)
    await join(db, ana)
    await join(db, shadow)
    assert await match(db, tenant, search_again=True) == 0
    assert await waits(db, shadow) and not await waits(db, ana), "one person waits once: under the face that came last"


async def test_people_are_matched_in_a_language_both_speak(db: Database, tenant: tenants.Tenant):
    turkish = await make_person(db, tenant, languages=["tr"])
    english = await make_person(db, tenant, languages=["en"], language="en")
    both = await make_person(db, tenant, languages=["de", "en"])
    await join(db, turkish)
    await join(db, english)
    assert await match(db, tenant) == 0
    await join(db, both)
    assert await match(db, tenant) == 1
    assert await met(db, english, both)
    assert await waits(db, turkish)


async def test_a_wished_language_counts_alone_until_the_search_is_widened(db: Database, tenant: tenants.Tenant):
    ana = await make_person(db, tenant, languages=["tr", "en"])
    bora = await make_person(db, tenant, languages=["tr"])
    await join(db, ana, language="en")
    await join(db, bora)
    assert await match(db, tenant) == 0
    for person in (ana, bora):
        async with db.as_user(person.me) as tx:
            await tickets.do_relax_criteria(tx, MeetingType.text)
    assert await match(db, tenant) == 1
    assert await met(db, ana, bora)


async def test_whoever_will_not_go_far_meets_somebody_near(db: Database, tenant: tenants.Tenant):
    near_only = await make_person(db, tenant, cell=ISTANBUL)
    ankara = await make_person(db, tenant, cell=ANKARA)
    nowhere = await make_person(db, tenant)
    await join(db, near_only, max_distance_km=100)
    await join(db, ankara, max_distance_km=1000)
    assert await match(db, tenant) == 0, "one of the two wishes is not met"
    await join(db, nowhere)
    assert await match(db, tenant) == 0, "somebody without a place is not known to be near"
    izmit = await make_person(db, tenant, cell=IZMIT)
    await join(db, izmit)
    assert await match(db, tenant) == 1
    assert await met(db, near_only, izmit)


async def test_widening_lifts_the_distance(db: Database, tenant: tenants.Tenant):
    istanbul, ankara = await make_person(db, tenant, cell=ISTANBUL), await make_person(db, tenant, cell=ANKARA)
    await join(db, istanbul, max_distance_km=50)
    await join(db, ankara)
    assert await match(db, tenant) == 0
    async with db.as_user(istanbul.me) as tx:
        await tickets.do_relax_criteria(tx, MeetingType.text)
    assert await match(db, tenant) == 1
    assert await met(db, istanbul, ankara)


async def test_a_wish_for_nearness_needs_a_place(db: Database, tenant: tenants.Tenant):
    nowhere = await make_person(db, tenant)
    with pytest.raises(tickets.PlaceNeeded):
        await join(db, nowhere, max_distance_km=50)


async def test_common_interests_and_nearness_are_preferred_to_a_few_seconds(db: Database, tenant: tenants.Tenant):
    """Those who wait cannot meet each other: they have just done so."""
    first = await make_person(db, tenant, cell=ANKARA)
    reader = await make_person(db, tenant, cell=ISTANBUL, interests=["Books", "sea"])
    await bring_together(db, first, reader)
    for person in (first, reader):
        mine = await matched(db, person)
        if mine is not None:
            await leave(db, person, mine.id)
    await join(db, first)
    await join(db, reader)
    assert await match(db, tenant) == 0
    seeker = await make_person(db, tenant, cell=ISTANBUL, interests=["books"])
    await join(db, seeker)
    assert await match(db, tenant) == 1
    assert await met(db, seeker, reader)
    mine = await matched(db, seeker)
    assert mine is not None and mine.shared_interests == ["Books"]


async def test_interests_are_shared_however_they_are_written(db: Database, tenant: tenants.Tenant):
    pairs = [("kitap", "KİTAP"), ("İstanbul", "istanbul"), ("Işık", "ışık"), ("SİNEMA", "sinema"), ("çay", "ÇAY")]
    pairs += [("Kahve", "kahve"), ("café", "cafe\u0301"), ("موسیقی", "موسيقي")]
    reader = await make_person(db, tenant, interests=[theirs for _, theirs in pairs])
    seeker = await make_person(db, tenant, interests=[ours for ours, _ in pairs] + ["deniz"])
    for person in (reader, seeker):
        await join(db, person)
    assert await match(db, tenant) == 1
    mine = await matched(db, seeker)
    assert mine is not None
    assert mine.shared_interests == [theirs for _, theirs in pairs]


async def test_waiting_long_counts_more_than_interests(
    db: Database, tenant: tenants.Tenant, moving_clock: MovableClock
):
    wait_for_lock, reader = await make_person(db, tenant), await make_person(db, tenant, interests=["books"])
    await bring_together(db, wait_for_lock, reader)
    for person in (wait_for_lock, reader):
        if (mine := await matched(db, person)) is not None:
            await leave(db, person, mine.id)
    await join(db, wait_for_lock)
    moving_clock.forward(seconds=31)
    await join(db, reader)
    seeker = await make_person(db, tenant, interests=["books"])
    await join(db, seeker)
    assert await match(db, tenant) == 1
    assert await met(db, seeker, wait_for_lock)


async def test_the_banned_wait_for_nobody_and_leave_their_match(db: Database, tenant: tenants.Tenant):
    ana, bora, cem = [await make_person(db, tenant) for _ in range(3)]
    mine = await bring_together(db, ana, bora)
    await join(db, cem)
    for person in (bora, cem):
        async with db.as_service(tenant.id) as tx:
            await safety.do_ban(tx, person.me.user_id, safety.BanReason.spam)
    assert await matched(db, ana) is None
    assert [frame["by_me"] for frame in await told(db, ana) if frame["t"] == "match_ended"] == [False]
    assert [frame["reason"] for frame in await told(db, cem) if frame["t"] == "ticket_ended"] == ["banned"]
    assert not await waits(db, cem)
    async with db.as_user(ana.me) as tx:
        over = await tx.one(str, "select status from app.matches where tenant_id = $1 and id = $2", mine.id)
    assert over == "cancelled"


async def test_a_ban_counts_where_matches_are_made(db: Database, tenant: tenants.Tenant):
    """Even for a ticket that slipped in beside the ban."""
    ana, bora = await make_person(db, tenant), await make_person(db, tenant)
    await join(db, ana)
    await join(db, bora)
    async with db.as_service(tenant.id) as tx:
        await tx.run("update app.users set ban_reason = 'spam' where tenant_id = $1 and id = $2", ana.me.user_id)
    assert await match(db, tenant, search_again=True) == 0
    assert await waits(db, bora) and not await waits(db, ana)


async def test_the_suspended_wait_for_nobody_and_keep_their_match(db: Database, tenant: tenants.Tenant):
    ana, bora, cem = [await make_person(db, tenant) for _ in range(3)]
    await bring_together(db, ana, bora)
    await join(db, cem)
    for person in (bora, cem):
        async with db.as_service(tenant.id) as tx:
            await safety.do_suspend_matching(tx, person.me.user_id, clock.now() + timedelta(hours=1))
    assert await matched(db, ana) is not None
    assert [frame["t"] for frame in await told(db, bora)].count("match_ended") == 0
    assert [frame["reason"] for frame in await told(db, cem) if frame["t"] == "ticket_ended"] == ["suspended"]
    assert not await waits(db, cem)
    with pytest.raises(accounts.MatchingSuspended):
        await join(db, cem)
    async with db.as_service(tenant.id) as tx:
        await safety.do_resume_matching(tx, cem.me.user_id)
    await join(db, cem)
    assert await waits(db, cem)


@pytest.mark.parametrize("suspended_first", [True, False])
async def test_a_suspension_counts_where_matches_are_made(db: Database, tenant: tenants.Tenant, suspended_first: bool):
    """Even for a ticket that slipped in beside the suspension, whoever of the two is looked for."""
    ana, bora = await make_person(db, tenant), await make_person(db, tenant)
    await join(db, ana)
    await join(db, bora)
    suspended, other = (ana, bora) if suspended_first else (bora, ana)
    async with db.as_service(tenant.id) as tx:
        await tx.run(
            "update app.users set matching_suspended_until = app.now() + interval '1 hour' where tenant_id = $1 and id = $2",
            suspended.me.user_id,
        )
    assert await match(db, tenant, search_again=True) == 0
    assert await waits(db, other) and not await waits(db, suspended)


async def test_communities_do_not_mix(db: Database, tenant: tenants.Tenant, other_tenant: tenants.Tenant):
    await join(db, await make_person(db, tenant))
    await join(db, await make_person(db, other_tenant))
    assert await match(db, tenant) == await match(db, other_tenant) == 0


async def test_a_community_sets_how_soon_people_may_meet_again(db: Database, tenant: tenants.Tenant):
    async with db.as_service(tenant.id) as tx:
        await tenants.do_configure(tx, meeting.MeetingSettings, rematch_cooldown_days=0)
    ana, bora = await make_person(db, tenant), await make_person(db, tenant)
    await leave(db, ana, (await bring_together(db, ana, bora)).id)
    await asyncio.sleep(0.001)
    assert await bring_together(db, bora, ana)


async def test_the_database_refuses_a_second_active_match(db: Database, tenant: tenants.Tenant):
    ana, bora, cem = [await make_person(db, tenant) for _ in range(3)]
    await bring_together(db, ana, bora)
    with pytest.raises(asyncpg.UniqueViolationError):
        async with db.as_service(tenant.id) as tx:
            made = await tx.one(
                UUID,
                "insert into app.matches (tenant_id, type, status, user1_id, user2_id, profile1_id, profile2_id, "
                "claim_opens_at, expires_at) values ($1, 'anonymous_text', 'active', $2, $3, $4, $5, app.now(), app.now()) "
                "returning id",
                *(ana.me.user_id, cem.me.user_id, ana.me.profile_id, cem.me.profile_id),
            )
            await tx.run(
                "insert into app.match_slots (tenant_id, user_id, type, match_id, profile_id, ticket_id) "
                "values ($1, $2, 'anonymous_text', $3, $4, uuidv7())",
                *(ana.me.user_id, made, ana.me.profile_id),
            )


async def test_a_stray_ticket_of_somebody_who_talks_already_goes(db: Database, tenant: tenants.Tenant):
    """Two tabs may join in the very moment of a match: the ticket that came late must not stop the matcher."""
    ana, bora, cem = [await make_person(db, tenant) for _ in range(3)]
    await bring_together(db, ana, bora)
    async with db.as_user(ana.me) as tx:
        await tx.run(
            "insert into app.tickets (tenant_id, user_id, kind, id, profile_id, languages, day_limit) "
            "values ($1, $2, 'text', uuidv7(), $3, '{tr}', 10)",
            ana.me.user_id,
            ana.me.profile_id,
        )
    await join(db, cem)
    assert await match(db, tenant, search_again=True) == 0
    assert await waits(db, cem) and not await waits(db, ana)


class TestPresence:
    """The gateway's word in Valkey decides; the worker looks."""

    @pytest.fixture(autouse=True)
    async def with_valkey(self, app):
        """The running application has the connection that looks use."""

    async def arrive(self, person: Person) -> None:
        connection = valkey.current()
        assert connection is not None
        await connection.execute("HSET", self.key(person), "gateway", "", "seen", "1")

    async def go(self, person: Person) -> None:
        connection = valkey.current()
        assert connection is not None
        await connection.execute("HDEL", self.key(person), "gateway")

    def key(self, person: Person) -> str:
        return f"presence:{{t{person.tenant.id}.u.{person.me.user_id}}}"

    async def look(self, db: Database, tenant: tenants.Tenant) -> None:
        async with db.as_service(tenant.id) as tx:
            await presence.do_refresh_presence(tx)

    async def test_whoever_went_is_not_matched_and_whoever_is_back_is(
        self, db: Database, tenant: tenants.Tenant, moving_clock: MovableClock
    ):
        ana, bora = await make_person(db, tenant), await make_person(db, tenant)
        await self.arrive(ana)
        await self.arrive(bora)
        await join(db, ana)
        await self.go(ana)
        await self.look(db, tenant)
        await join(db, bora)
        assert await match(db, tenant, search_again=True) == 0
        assert await waits(db, ana), "a reload keeps the ticket"
        moving_clock.forward(seconds=20)
        await self.arrive(ana)
        await self.look(db, tenant)
        for _ in range(200):
            if await met(db, ana, bora):
                break
            await match(db, tenant)
        assert await met(db, ana, bora)

    async def test_whoever_stays_away_waits_no_more(
        self, db: Database, tenant: tenants.Tenant, moving_clock: MovableClock
    ):
        ana = await make_person(db, tenant)
        await join(db, ana)
        await self.look(db, tenant)
        moving_clock.forward(seconds=29)
        await self.look(db, tenant)
        assert await waits(db, ana)
        moving_clock.forward(seconds=2)
        await self.look(db, tenant)
        assert not await waits(db, ana)
        assert [frame["reason"] for frame in await told(db, ana) if frame["t"] == "ticket_ended"] == ["gone"]
        assert clock.offset() > timedelta()
