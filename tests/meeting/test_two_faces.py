"""Two faces of one person: who is no longer met tells nobody whose shadow is whose."""

import random
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from meydan import safety, tenants
from meydan.accounts.faces import shadow_endings
from meydan.kit import personal_data
from meydan.kit.database import Database, DatabaseSettings, Tx
from tests.conftest import MovableClock
from tests.factories import Person, make_person, make_shadow
from tests.meeting.factories import bring_together, join, leave, match, matched, told

WEEK = 24 * 7
_RUN_OUT = timedelta(days=8)


async def kept_apart(db: Database, one: Person, other: Person) -> bool:
    """As the matcher sees it: only blocks count here."""
    async with db.as_service(one.tenant.id) as tx:
        return await tx.one(
            bool,
            "select $4::uuid in (select app.faces_blocked($1, $2, $3))",
            one.me.user_id,
            one.me.profile_id,
            other.me.profile_id,
        )


async def test_encounters_count_for_each_face(db: Database, tenant: tenants.Tenant, moving_clock: MovableClock):
    ana, bora = await make_person(db, tenant), await make_person(db, tenant)
    shadow = await make_shadow(db, ana)
    await leave(db, ana, (await bring_together(db, ana, bora)).id)
    await join(db, ana)
    await join(db, bora)
    assert await match(db, tenant, search_again=True) == 0, "the two faces met a moment ago"
    await join(db, shadow)
    assert await match(db, tenant) == 1, "the other face has met nobody"
    mine = await matched(db, shadow)
    assert mine is not None
    await leave(db, shadow, mine.id)
    moving_clock.forward(hours=WEEK)
    assert await bring_together(db, ana, bora)


@pytest.mark.parametrize("blocker_is_first", [True, False])
async def test_a_block_holds_two_faces_at_once_and_the_others_from_times_of_their_own(
    db: Database, tenant: tenants.Tenant, moving_clock: MovableClock, blocker_is_first: bool
):
    ana, bora = await make_person(db, tenant), await make_person(db, tenant)
    ana_shadow, bora_shadow = await make_shadow(db, ana), await make_shadow(db, bora)
    await bring_together(db, ana, bora)
    blocker, blocked = (ana, bora) if blocker_is_first else (bora, ana)
    others = [(ana, bora_shadow), (ana_shadow, bora), (ana_shadow, bora_shadow)]

    async def apart() -> list[bool]:
        return [await kept_apart(db, *pair) for pair in others]

    async with db.as_user(blocker.me) as tx:
        block = await safety.do_block(tx, blocked.me.profile_id)
    assert await matched(db, ana) is None, "the block ended their match"
    assert await kept_apart(db, ana, bora)
    moving_clock.forward(hours=23)
    assert await apart() == [False] * 3
    seen = []
    for _ in range(6 * 8):
        moving_clock.forward(hours=3)
        seen.append(await apart())
    assert seen[-1] == [True] * 3
    begun = {tuple(moment) for moment in seen} - {(False,) * 3, (True,) * 3}
    assert begun, "three times drawn alone are never one time"

    async with db.as_user(blocker.me) as tx:
        await safety.do_unblock(tx, block.id)
    assert not await kept_apart(db, ana, bora)
    assert await apart() == [True] * 3
    moving_clock.forward(hours=23)
    assert await apart() == [True] * 3
    moving_clock.forward(hours=WEEK)
    assert await apart() == [False] * 3
    await join(db, ana)
    await join(db, bora)
    assert await match(db, tenant, search_again=True) == 1


async def test_the_matcher_leaves_out_a_blocked_persons_other_face(
    db: Database, tenant: tenants.Tenant, moving_clock: MovableClock
):
    ana, bora = await make_person(db, tenant), await make_person(db, tenant)
    bora_shadow = await make_shadow(db, bora)
    await bring_together(db, ana, bora)
    async with db.as_user(ana.me) as tx:
        await safety.do_block(tx, bora.me.profile_id)
    await leave(db, ana, (await bring_together(db, ana, bora_shadow)).id)
    moving_clock.forward(hours=2 * WEEK)
    for face in (bora, bora_shadow):
        await join(db, ana)
        await join(db, face)
        assert await match(db, tenant, search_again=True) == 0


async def test_a_blocked_face_says_nothing_about_the_other(
    db: Database, tenant: tenants.Tenant, moving_clock: MovableClock
):
    ana, bora = await make_person(db, tenant), await make_person(db, tenant)
    bora_shadow = await make_shadow(db, bora)
    await bring_together(db, ana, bora)
    async with db.as_user(ana.me) as tx:
        await safety.do_block(tx, bora.me.profile_id, safety.BlockScope.face)
    moving_clock.forward(hours=2 * WEEK)
    assert await kept_apart(db, ana, bora)
    assert await kept_apart(db, bora, ana)
    assert not await kept_apart(db, ana, bora_shadow)


async def test_a_decoy_is_passed_over_by_the_matcher_where_fifty_wait(db: Database, tenant: tenants.Tenant):
    """All the others have just met both, so that only the two could meet."""
    ana, bora = await make_person(db, tenant), await make_person(db, tenant)
    square = await Square.of(db, tenant, 48)
    async with db.as_service(tenant.id) as tx:
        await tx.run(
            """
            insert into app.tickets (tenant_id, user_id, kind, id, profile_id, languages, day_limit, searched_at)
            select $1, user_id, 'text', uuidv7(), id, '{tr}', 10, app.now() from app.profiles
            where tenant_id = $1 and face = 'real' and id <> all($2::uuid[])
            """,
            [ana.me.profile_id, bora.me.profile_id],
        )
        await tx.run(
            """
            insert into app.encounters (tenant_id, first_profile_id, second_profile_id)
            select $1, least(waiting.profile_id, mine.id), greatest(waiting.profile_id, mine.id)
            from app.tickets waiting cross join unnest($2::uuid[]) mine (id) where waiting.tenant_id = $1
            """,
            [ana.me.profile_id, bora.me.profile_id],
        )
        await square.draw_until(tx, ana, bora, decoy=True)
    await join(db, ana)
    await join(db, bora)
    assert await match(db, tenant, search_again=True) == 0
    async with db.as_service(tenant.id) as tx:
        await square.draw_until(tx, ana, bora, decoy=False)
        await tx.run(
            "update app.tickets set searched_at = null where tenant_id = $1 and profile_id = $2", ana.me.profile_id
        )
    assert await match(db, tenant) == 1
    assert await matched(db, ana) is not None


class Square:
    """People with two faces each, always the same ones, so that a game that is played again ends the same."""

    def __init__(self, db: Database, tenant: tenants.Tenant, people: list[tuple[UUID, UUID, UUID]]) -> None:
        self.db, self.tenant, self.people = db, tenant, people

    @classmethod
    async def of(cls, db: Database, tenant: tenants.Tenant, size: int) -> "Square":
        dice = random.Random(16)
        people = [(_id(dice), _id(dice), _id(dice)) for _ in range(size)]
        users, reals, shadows = (list(column) for column in zip(*people, strict=True))
        async with db.as_service(tenant.id) as tx:
            await tx.run(
                """
                insert into app.users (tenant_id, id, username, password_hash, birth_date, language)
                select $1, id, 'square' || n, 'none', '1990-05-17', 'tr' from unnest($2::uuid[]) with ordinality x (id, n)
                """,
                users,
            )
            for face, ids in (("real", reals), ("shadow", shadows)):
                await tx.run(
                    """
                    insert into app.profiles (tenant_id, id, user_id, face, alias, tag, avatar_seed, created_at)
                    select $1, face_id, user_id, $4, $4 || 'face', lpad(n::text, 4, '0'), 'a', app.now()
                    from unnest($2::uuid[], $3::uuid[]) with ordinality x (user_id, face_id, n)
                    """,
                    users,
                    ids,
                    face,
                )
        return cls(db, tenant, people)

    async def draw_until(self, tx: Tx, one: Person, other: Person, *, decoy: bool) -> None:
        """Draws keys until the two are a decoy, or are none."""
        await tx.run("insert into app.decoy_keys (tenant_id) values ($1) on conflict do nothing")
        for _ in range(2000):
            await tx.run("update app.decoy_keys set key = gen_random_uuid() where tenant_id = $1")
            drawn = await tx.one(
                bool,
                """
                select app.is_passed_over($1, key, 50, $2, $3, $4, $5) from app.decoy_keys where tenant_id = $1
                """,
                *(one.me.user_id, one.me.profile_id, other.me.user_id, other.me.profile_id),
            )
            if drawn is decoy:
                return
        raise AssertionError("two thousand keys")

    async def missing(self, tx: Tx, key: UUID, waiting: int, observer: int, face: int = 1) -> set[UUID]:
        """The shadows that a face of the observer never meets now, by the matcher's own rule."""
        me = self.people[observer]
        return set(
            await tx.all(
                UUID,
                """
                select other.id from app.profiles other
                where other.tenant_id = $1 and other.face = 'shadow' and other.user_id <> $4 and (
                    app.is_passed_over($1, $2, $3, $4, $5, other.user_id, other.id)
                    or other.id in (select app.faces_blocked($1, $4, $5))
                )
                """,
                *(key, waiting, me[0], me[face]),
            )
        )

    async def play(self, tx: Tx, key: UUID, dice: random.Random) -> tuple[float, float, float]:
        """Somebody blocks somebody's real face and names their shadow a week later.

        Returns how likely the name is right, for one who guesses among those never met, for one who also knows whom
        they met before the block, and for one who looks with both faces.
        """
        blocker, blocked = dice.sample(range(len(self.people)), 2)
        mine, theirs = self.people[blocker], self.people[blocked]
        waiting = len(self.people)
        before = await self.missing(tx, key, waiting, blocker)
        await tx.run(
            """
            insert into app.blocks (tenant_id, blocker_user_id, blocker_profile_id, blocked_user_id, blocked_profile_id,
                delay_key, created_at)
            values ($1, $2, $3, $4, $5, $6, app.now() - $7::interval)
            """,
            *(mine[0], mine[1], theirs[0], theirs[1], _id(dice), _RUN_OUT),
        )
        after = await self.missing(tx, key, waiting, blocker)
        by_both = after & await self.missing(tx, key, waiting, blocker, 2)
        await tx.run("delete from app.blocks where tenant_id = $1")
        assert theirs[2] in after & by_both, "the blocked person's other face is held as well"
        newly = after - before
        return 1 / len(after), 1 / len(newly) if theirs[2] in newly else 0, 1 / len(by_both)


async def test_in_a_square_of_fifty_a_blocked_persons_shadow_is_named_no_better_than_sixty_in_a_hundred(
    db: Database, tenant: tenants.Tenant
):
    square, dice = await Square.of(db, tenant, 50), random.Random(50)
    async with db.as_service(tenant.id) as tx:
        games = [await square.play(tx, _id(dice), dice) for _ in range(60)]
    among_missing, compared, by_both = (sum(column) / len(games) for column in zip(*games, strict=True))
    assert among_missing <= 0.6
    assert compared <= 0.6
    assert by_both > compared, "two faces see through it, as docs/security.md says"


@pytest.mark.parametrize(("waiting", "least", "most"), [(9, 0, 0), (10, 0, 0), (30, 0.01, 0.02), (50, 0.02, 0.04)])
async def test_so_many_honest_pairs_are_passed_over(
    db: Database, tenant: tenants.Tenant, waiting: int, least: float, most: float
):
    square, dice = await Square.of(db, tenant, 50), random.Random(3)
    async with db.as_service(tenant.id) as tx:
        key = _id(dice)
        missing = [await square.missing(tx, key, waiting, observer) for observer in range(50)]
    assert least <= sum(map(len, missing)) / (50 * 49) <= most


@pytest.mark.parametrize("is_erased", [True, False])
async def test_what_others_see_of_a_gone_persons_shadow_ends_later(
    db: Database, tenant: tenants.Tenant, is_erased: bool
):
    ana, bora = await make_person(db, tenant), await make_person(db, tenant)
    shadow = await make_shadow(db, ana)
    await leave(db, bora, (await bring_together(db, ana, bora)).id)
    mine = await bring_together(db, shadow, bora)
    await _go(db, ana, is_erased=is_erased)
    seen = await matched(db, bora)
    assert seen is not None
    assert seen.id == mine.id
    assert seen.stranger.alias == shadow.alias, "nothing has changed for the stranger"
    async with db.as_service(tenant.id) as tx:
        await shadow_endings.do_end(tx, shadow.me.profile_id)
    assert await matched(db, bora) is None
    assert [frame["status"] for frame in await told(db, bora) if frame["t"] == "match_ended"][-1] == "cancelled"
    async with db.as_service(tenant.id) as tx:
        alias = await tx.one(
            str, "select alias from app.profiles where tenant_id = $1 and id = $2", shadow.me.profile_id
        )
    assert alias == ("" if is_erased else shadow.alias)


async def test_the_end_of_a_shadow_waits_one_to_seven_days(
    db: Database, tenant: tenants.Tenant, database_settings: DatabaseSettings
):
    people = [await make_person(db, tenant) for _ in range(6)]
    for person in people:
        await make_shadow(db, person)
        await _go(db, person, is_erased=False)
    owner = await asyncpg.connect(database_settings.owner_url)
    waits = await owner.fetch(
        "select execute_after - created as wait from jobs.pgqueuer where dedupe_key like $1",
        f"{tenant.id}:accounts.end_shadow:%",
    )
    await owner.close()
    assert len(waits) == 6
    assert all(timedelta(days=1) <= row["wait"] <= timedelta(days=7) for row in waits)
    assert len({row["wait"] for row in waits}) > 1


async def test_a_lifted_ban_leaves_the_shadow_as_it_was(db: Database, tenant: tenants.Tenant):
    ana, bora = await make_person(db, tenant), await make_person(db, tenant)
    shadow = await make_shadow(db, ana)
    await bring_together(db, shadow, bora)
    await _go(db, ana, is_erased=False)
    async with db.as_service(tenant.id) as tx:
        await safety.do_lift(tx, ana.me.user_id, reason="a mistake")
        await shadow_endings.do_end(tx, shadow.me.profile_id)
    assert await matched(db, bora) is not None


async def _go(db: Database, person: Person, *, is_erased: bool) -> None:
    async with db.as_service(person.tenant.id) as tx:
        if is_erased:
            await personal_data.do_erase(tx, person.me.user_id)
        else:
            await safety.do_ban(tx, person.me.user_id, safety.BanReason.spam)


def _id(dice: random.Random) -> UUID:
    return UUID(int=dice.getrandbits(128), version=4)
