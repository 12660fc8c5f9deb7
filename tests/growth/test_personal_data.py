"""Export and erasure of personal data in growth."""

from meydan import growth, tenants
from meydan.growth import personal_data
from meydan.kit.database import Database
from tests.factories import make_person
from tests.growth.test_referrals import register, verify


async def test_codes_go_and_the_others_number_stays(db: Database, tenant: tenants.Tenant):
    ada, ben = await make_person(db, tenant), await make_person(db, tenant)
    async with db.as_user(ada.me) as tx:
        code = (await growth.do_get_or_create_invite(tx, "http://here")).code
    await register(db, ben, code)
    await verify(db, ben)
    async with db.as_service(tenant.id) as tx:
        kept = await personal_data.export(tx, ada.me.user_id)
        assert [made["code"] for made in kept["invite_codes"]] == [code]
        assert [(made["invited_me"], made["reward_given"]) for made in kept["referrals"]] == [(False, True)]
        await personal_data.do_erase(tx, ada.me.user_id)
        assert (await personal_data.export(tx, ada.me.user_id))["invite_codes"] == []
        [his] = (await personal_data.export(tx, ben.me.user_id))["referrals"]
        assert (his["invited_me"], his["reward_given"]) == (True, True)
