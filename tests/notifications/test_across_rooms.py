"""From what two people do to what the other one reads, through every room between."""

from litestar import Litestar

from meydan import safety, tenants
from meydan.kit import personal_data as registered_data
from meydan.kit.database import Database
from meydan.meeting.matches import Match
from meydan.notifications import inbox
from tests.factories import Person, make_person, make_shadow
from tests.meeting.factories import ask, join, leave, match, matched


async def bring_together(db: Database, one: Person, other: Person) -> Match:
    """The API of this run may be quicker than the story: it has a matcher of its own."""
    await join(db, one)
    await join(db, other)
    await match(db, one.tenant)
    made = await matched(db, one)
    assert made is not None
    assert made.stranger.id == other.me.profile_id
    return made


async def codes_of(db: Database, person: Person) -> list[str]:
    async with db.as_user(person.me) as tx:
        return [item.code for item in (await inbox.notifications(tx, None, 20)).items]


async def unread_of(db: Database, person: Person) -> int:
    async with db.as_user(person.me) as tx:
        return (await inbox.notifications(tx, None, 20)).unread


async def test_a_match_is_in_the_inbox_of_both_and_its_end_is_news_for_one(db: Database, tenant: tenants.Tenant):
    ada, ben = await make_person(db, tenant), await make_person(db, tenant)
    made = await bring_together(db, ada, ben)
    assert await codes_of(db, ada) == await codes_of(db, ben) == ["match_made"]
    assert (await unread_of(db, ada), await unread_of(db, ben)) == (0, 0)
    await leave(db, ada, made.id)
    assert (await codes_of(db, ada), await codes_of(db, ben)) == (["match_made"], ["match_ended", "match_made"])
    assert (await unread_of(db, ada), await unread_of(db, ben)) == (0, 1)


async def test_blocking_ends_the_talk_and_looks_like_leaving(app: Litestar, db: Database, tenant: tenants.Tenant):
    ada, ben = await make_person(db, tenant), await make_person(db, tenant)
    await bring_together(db, ada, ben)
    made = await ask(app, ada, "POST", "/api/blocks", {"profile_id": str(ben.me.profile_id)})
    assert made.status_code == 201
    assert await matched(db, ada) is None
    [ended, _] = (await ask(app, ben, "GET", "/api/notifications")).json()["items"]
    [over] = (await ask(app, ben, "GET", "/api/match/history")).json()["items"]
    cem, dee = await make_person(db, tenant), await make_person(db, tenant)
    await leave(db, cem, (await bring_together(db, cem, dee)).id)
    [left, _] = (await ask(app, dee, "GET", "/api/notifications")).json()["items"]
    [over_too] = (await ask(app, dee, "GET", "/api/match/history")).json()["items"]
    assert (ended["code"], ended["data"].keys()) == (left["code"], left["data"].keys())
    assert ended["data"]["status"] == left["data"]["status"]
    assert (over["status"], over.keys()) == (over_too["status"], over_too.keys())


async def test_blocking_one_face_leaves_the_other_faces_talk_alone(db: Database, tenant: tenants.Tenant):
    ada, ben, cem = [await make_person(db, tenant) for _ in range(3)]
    shadow = await make_shadow(db, ben)
    made = await bring_together(db, ada, ben)
    await leave(db, ada, made.id)
    await bring_together(db, shadow, cem)
    async with db.as_user(ada.me) as tx:
        await safety.do_block(tx, ben.me.profile_id)
    assert await matched(db, shadow) is not None


async def test_a_ban_ends_what_is_open(db: Database, tenant: tenants.Tenant):
    ada, ben = await make_person(db, tenant), await make_person(db, tenant)
    await bring_together(db, ada, ben)
    async with db.as_service(tenant.id) as tx:
        await safety.do_ban(tx, ada.me.user_id, safety.BanReason.threat)
    assert await matched(db, ben) is None
    assert (await codes_of(db, ben))[0] == "match_ended"
    assert set(await codes_of(db, ada)) == {"match_made", "match_ended", "banned"}


async def test_who_leaves_for_good_leaves_no_news_behind(db: Database, tenant: tenants.Tenant):
    ada, ben = await make_person(db, tenant), await make_person(db, tenant)
    await bring_together(db, ada, ben)
    async with db.as_service(tenant.id) as tx:
        await registered_data.do_erase(tx, ada.me.user_id)
    assert await codes_of(db, ada) == []
    assert await codes_of(db, ben) == ["match_ended", "match_made"]
