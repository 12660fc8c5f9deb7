"""Export and erasure of personal data in meeting."""

from meydan import tenants
from meydan.kit.database import Database
from meydan.meeting import personal_data
from tests.conftest import MovableClock
from tests.factories import make_person
from tests.meeting.factories import bring_together, claim, join, leave, matched, waits


async def test_a_person_is_shown_all_of_theirs_and_nobody_elses_account(
    db: Database, tenant: tenants.Tenant, moving_clock: MovableClock
):
    ana, bora = await make_person(db, tenant, interests=["sea"], cell=(41.0, 29.0)), await make_person(db, tenant)
    mine = await bring_together(db, ana, bora)
    moving_clock.forward(hours=2)
    await claim(db, ana, mine.id)
    await leave(db, ana, mine.id)
    await join(db, ana)
    async with db.as_service(tenant.id) as tx:
        shown = await personal_data.export(tx, ana.me.user_id)
    assert shown["tickets"][0]["interests"] == ["sea"]
    assert shown["matches"][0]["stranger_profile_id"] == str(bora.me.profile_id)
    assert shown["matches"][0]["i_left"] is True
    assert shown["daily_quota"][0]["used"] == 1
    assert shown["claims"][0]["match_id"] == str(mine.id)
    assert str(bora.me.user_id) not in str(shown)


async def test_whoever_leaves_waits_no_more_and_their_match_ends(db: Database, tenant: tenants.Tenant):
    ana, bora, cem = [await make_person(db, tenant) for _ in range(3)]
    await bring_together(db, ana, bora)
    await join(db, cem)
    for person in (ana, cem):
        async with db.as_service(tenant.id) as tx:
            await personal_data.do_erase(tx, person.me.user_id)
    assert await matched(db, bora) is None
    assert not await waits(db, cem)
    async with db.as_service(tenant.id) as tx:
        shown = await personal_data.export(tx, ana.me.user_id)
    assert [len(shown[what]) for what in ("tickets", "bonus_quota", "claims")] == [0] * 3
    assert [row["used"] for row in shown["daily_quota"]] == [1], "kept for who comes back today"
    assert len(shown["matches"]) == 1, "it is bora's history as well"
