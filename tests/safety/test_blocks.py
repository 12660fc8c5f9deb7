"""Blocks: users who do not want to meet again."""

import asyncio
from uuid import uuid4

import asyncpg
import pytest
from litestar import Litestar

from meydan import safety, tenants
from meydan.kit.database import Database
from meydan.kit.errors import NotFound
from meydan.kit.events import listen
from meydan.safety import blocks
from tests.conftest import MovableClock
from tests.factories import Person, ids_of, make_person, make_shadow
from tests.meeting_scenarios import bring_together

heard: list[safety.Blocked] = []


@listen(safety.Blocked)
async def _hear(_tx, event: safety.Blocked):
    heard.append(event)


async def test_a_stranger_is_blocked_and_unblocked(db: Database, tenant: tenants.Tenant):
    ada, ben = await make_person(db, tenant), await make_person(db, tenant, alias="ben")
    await bring_together(db, ada, ben)
    async with db.as_user(ada.me) as tx:
        block = await safety.do_block(tx, ben.me.profile_id)
        assert (block.profile.id, block.profile.alias, block.face) == (ben.me.profile_id, "ben", "real")
        assert (await blocks.blocks(tx, None, 10)).items == [block]
        assert await safety.blocked_between(tx, ada.me.profile_id, ben.me.profile_id)
    async with db.as_user(ben.me) as tx:
        assert await safety.blocked_between(tx, ada.me.profile_id, ben.me.profile_id)
        assert (await blocks.blocks(tx, None, 10)).items == []
    async with db.as_user(ada.me) as tx:
        await safety.do_unblock(tx, block.id)
        assert not await safety.blocked_between(tx, ben.me.profile_id, ada.me.profile_id)
    async with db.as_user(ada.me) as tx:
        with pytest.raises(NotFound):
            await safety.do_unblock(tx, block.id)


async def test_blocking_twice_answers_the_same_block_and_tells_once(db: Database, tenant: tenants.Tenant):
    ada, ben = await make_person(db, tenant), await make_person(db, tenant)
    await bring_together(db, ada, ben)
    heard.clear()
    async with db.as_user(ada.me) as tx:
        first = await safety.do_block(tx, ben.me.profile_id)
    async with db.as_user(ada.me) as tx:
        assert await safety.do_block(tx, ben.me.profile_id) == first
    assert heard == [safety.Blocked(blocker_profile_id=ada.me.profile_id, blocked_profile_id=ben.me.profile_id)]


async def test_only_who_was_met_can_be_blocked(db: Database, tenant: tenants.Tenant, other_tenant: tenants.Tenant):
    ada, ben = await make_person(db, tenant), await make_person(db, tenant)
    far = await make_person(db, other_tenant)
    shadow = await make_shadow(db, ada)
    await bring_together(db, ada, ben)
    for who, whom in [
        (ada, uuid4()),
        (ada, far.me.profile_id),
        (ada, ada.me.profile_id),
        (ada, shadow.me.profile_id),
        (shadow, ben.me.profile_id),
        (await make_person(db, tenant), ben.me.profile_id),
    ]:
        with pytest.raises(NotFound):
            async with db.as_user(who.me) as tx:
                await safety.do_block(tx, whom)


async def test_a_block_of_one_face_says_nothing_about_the_other(db: Database, tenant: tenants.Tenant):
    ada, ben = await make_person(db, tenant), await make_person(db, tenant)
    shadow = await make_shadow(db, ben)
    await bring_together(db, ada, ben)
    await bring_together(db, ada, shadow)
    async with db.as_user(ada.me) as tx:
        await safety.do_block(tx, ben.me.profile_id)
        assert not await safety.blocked_between(tx, ada.me.profile_id, shadow.me.profile_id)
        await safety.do_block(tx, shadow.me.profile_id)
        page = await blocks.blocks(tx, None, 10)
    assert [block.profile.id for block in page.items] == [shadow.me.profile_id, ben.me.profile_id]


async def test_the_matcher_knows_the_people_behind_the_faces(db: Database, tenant: tenants.Tenant):
    ada, ben = await make_person(db, tenant), await make_person(db, tenant)
    await bring_together(db, await make_shadow(db, ada), ben)
    shadow = await make_shadow(db, ben)
    await bring_together(db, ada, shadow)
    async with db.as_user(ada.me) as tx:
        await safety.do_block(tx, shadow.me.profile_id)
    async with db.as_service(tenant.id) as tx:
        assert await tx.all(
            bool,
            "select (blocker_user_id, blocked_user_id) = ($2, $3) from app.blocks where tenant_id = $1",
            ada.me.user_id,
            ben.me.user_id,
        ) == [True]


async def test_both_faces_of_the_blocker_are_on_their_list(db: Database, tenant: tenants.Tenant):
    ada, ben, cem = [await make_person(db, tenant) for _ in range(3)]
    shadow = await make_shadow(db, ada)
    await bring_together(db, ada, ben)
    await bring_together(db, shadow, cem)
    for face, stranger in [(ada, ben), (shadow, cem)]:
        async with db.as_user(face.me) as tx:
            await safety.do_block(tx, stranger.me.profile_id)
    async with db.as_user(ada.me) as tx:
        first = await blocks.blocks(tx, None, 1)
        rest = await blocks.blocks(tx, first.next, 1)
    assert [(block.profile.id, block.face) for block in first.items + rest.items] == [
        (cem.me.profile_id, "shadow"),
        (ben.me.profile_id, "real"),
    ]


async def test_nobody_learns_about_blocks_that_are_not_theirs(
    db: Database, tenant: tenants.Tenant, other_tenant: tenants.Tenant
):
    ada, ben, cem = [await make_person(db, tenant) for _ in range(3)]
    far = await make_person(db, other_tenant)
    await bring_together(db, ada, ben)
    async with db.as_user(ada.me) as tx:
        block = await safety.do_block(tx, ben.me.profile_id)
    for other in (ben, cem, far):
        async with db.as_user(other.me) as tx:
            assert await tx.all(int, "select 1 from app.blocks where tenant_id = $1 or true") == []
            with pytest.raises(NotFound):
                await safety.do_unblock(tx, block.id)
    for other in (cem, far):
        async with db.as_user(other.me) as tx:
            assert not await safety.blocked_between(tx, ada.me.profile_id, ben.me.profile_id)
    async with db.as_service(other_tenant.id) as tx:
        assert not await safety.blocked_between(tx, ada.me.profile_id, ben.me.profile_id)
        assert await tx.all(int, "select 1 from app.blocks where tenant_id = $1 or true") == []
    async with db.as_service(tenant.id) as tx:
        assert await safety.blocked_between(tx, ben.me.profile_id, ada.me.profile_id)


@pytest.mark.parametrize(
    "statement",
    [
        "select blocked_user_id from app.blocks where tenant_id = $1",
        "select delay_key from app.blocks where tenant_id = $1",
        "update app.blocks set lifted_at = null where tenant_id = $1",
        "delete from app.blocks where tenant_id = $1",
        "insert into app.blocks (tenant_id, blocker_user_id, blocked_user_id) select $1, app.user_id(), app.user_id()",
    ],
)
async def test_a_person_cannot_do_more_than_the_functions_let_them(
    db: Database, tenant: tenants.Tenant, statement: str
):
    ada = await make_person(db, tenant)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with db.as_user(ada.me) as tx:
            await tx.run(statement)


async def test_over_http_no_account_of_another_is_named(app: Litestar, db: Database, tenant: tenants.Tenant):
    ada, ben = await make_person(db, tenant), await make_person(db, tenant, alias="ben")
    await bring_together(db, ada, ben)
    async with ada.client(app) as client:
        made = await client.post("/api/blocks", json={"profile_id": str(ben.me.profile_id)})
        assert made.status_code == 201
        listed = await client.get("/api/blocks")
        assert listed.json() == {"items": [made.json()], "next": None}
        assert not any(str(theirs) in made.text + listed.text for theirs in ids_of(ben))
        assert (await client.post("/api/blocks", json={"profile_id": str(uuid4())})).json()["code"] == "not_found"
        assert (await client.delete(f"/api/blocks/{made.json()['id']}")).status_code == 204
        assert (await client.delete(f"/api/blocks/{made.json()['id']}")).status_code == 404
        assert (await client.get("/api/blocks")).json()["items"] == []


async def met_by(db: Database, tenant: tenants.Tenant, person: Person, number: int) -> list[Person]:
    strangers = [await make_person(db, tenant) for _ in range(number)]
    for stranger in strangers:
        await bring_together(db, person, stranger)
    return strangers


async def test_three_people_are_blocked_in_a_day_and_any_number_of_faces(
    app: Litestar, db: Database, tenant: tenants.Tenant, moving_clock: MovableClock
):
    ada = await make_person(db, tenant)
    strangers = await met_by(db, tenant, ada, 5)

    def body(stranger: Person, scope: str = "person") -> dict[str, str]:
        return {"profile_id": str(stranger.me.profile_id), "scope": scope}

    async with ada.client(app) as client:
        made = [(await client.post("/api/blocks", json=body(stranger))).json() for stranger in strangers[:3]]
        assert [block["scope"] for block in made] == ["person"] * 3
        assert (await client.post("/api/blocks", json=body(strangers[0]))).json() == made[0], "known already"
        assert (await client.delete(f"/api/blocks/{made[0]['id']}")).status_code == 204
        moving_clock.forward(hours=1)
        refused = await client.post("/api/blocks", json=body(strangers[3]))
        assert (refused.status_code, refused.json()["code"]) == (429, "block_limit_reached"), "lifting gives none back"
        assert refused.headers["Retry-After"] == str(refused.json()["retry_after"])
        assert 22 * 3600 < refused.json()["retry_after"] <= 23 * 3600
        for stranger in strangers[3:]:
            face = await client.post("/api/blocks", json=body(stranger, "face"))
            assert (face.status_code, face.json()["scope"]) == (201, "face")
        assert (await client.post("/api/blocks", json=body(strangers[3]))).status_code == 429
        moving_clock.forward(hours=24)
    async with ada.client(app) as client:
        widened = await client.post("/api/blocks", json=body(strangers[3]))
        assert widened.json()["scope"] == "person"
        assert (await client.post("/api/blocks", json=body(strangers[3], "face"))).json() == widened.json()
        listed = (await client.get("/api/blocks")).json()["items"]
    assert sorted(block["scope"] for block in listed) == ["face", "person", "person", "person"]


async def test_two_tabs_do_not_block_a_fourth(db: Database, tenant: tenants.Tenant):
    ada = await make_person(db, tenant)
    strangers = await met_by(db, tenant, ada, 6)

    async def block(stranger: Person) -> bool:
        async with db.as_user(ada.me) as tx:
            try:
                await safety.do_block(tx, stranger.me.profile_id)
            except safety.BlockLimitReached:
                return False
            return True

    assert sorted(await asyncio.gather(*map(block, strangers))) == [False] * 3 + [True] * 3


async def test_a_lifted_block_goes_when_every_face_has_felt_it(
    db: Database, tenant: tenants.Tenant, moving_clock: MovableClock
):
    ada = await make_person(db, tenant)
    (ben,) = await met_by(db, tenant, ada, 1)

    async def rows() -> int:
        async with db.as_service(tenant.id) as tx:
            await blocks.do_purge_lifted(tx)
            return await tx.one(int, "select count(*) from app.blocks where tenant_id = $1")

    async with db.as_user(ada.me) as tx:
        block = await safety.do_block(tx, ben.me.profile_id)
        await safety.do_unblock(tx, block.id)
    assert await rows() == 1
    async with db.as_user(ada.me) as tx:
        assert (await blocks.blocks(tx, None, 10)).items == []
        assert (await safety.do_block(tx, ben.me.profile_id)).id != block.id
    assert await rows() == 2
    moving_clock.forward(hours=24 * 7 + 1)
    assert await rows() == 1


async def test_nobody_blocks_all_day(app: Litestar, db: Database, tenant: tenants.Tenant):
    ada, ben = await make_person(db, tenant), await make_person(db, tenant)
    async with ada.client(app) as client:
        body = {"profile_id": str(ben.me.profile_id)}
        answers = [(await client.post("/api/blocks", json=body)).status_code for _ in range(61)]
    assert answers == [404] * 60 + [429]
