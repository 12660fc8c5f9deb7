"""Export and erasure of personal data in safety."""

from meydan import safety, tenants
from meydan.kit.database import Database
from meydan.safety import personal_data
from tests.factories import make_person
from tests.meeting_scenarios import bring_together


async def test_blocks_go_and_bans_stay(db: Database, tenant: tenants.Tenant):
    ada, ben, cem = [await make_person(db, tenant) for _ in range(3)]
    for one, other in [(ada, ben), (cem, ada), (cem, ben)]:
        await bring_together(db, one, other)
        async with db.as_user(one.me) as tx:
            await safety.do_block(tx, other.me.profile_id)
    async with db.as_service(tenant.id) as tx:
        await safety.do_ban(tx, ada.me.user_id, safety.BanReason.spam)
        kept = await personal_data.export(tx, ada.me.user_id)
        assert [block["blocked_profile_id"] for block in kept["blocks"]] == [str(ben.me.profile_id)]
        assert [ban["reason"] for ban in kept["bans"]] == ["spam"]
        await personal_data.do_erase(tx, ada.me.user_id)
        after = await personal_data.export(tx, ada.me.user_id)
        assert (after["blocks"], after["bans"]) == ([], kept["bans"])
        left = await personal_data.export(tx, cem.me.user_id)
        assert [block["blocked_profile_id"] for block in left["blocks"]] == [str(ben.me.profile_id)]
