"""Export and erasure of personal data in moderation."""

from meydan import moderation, tenants
from meydan.kit.database import Database
from meydan.moderation import personal_data
from tests.factories import make_person
from tests.meeting_scenarios import bring_together


async def test_words_go_and_the_report_stays(db: Database, tenant: tenants.Tenant):
    ada, ben = await make_person(db, tenant), await make_person(db, tenant)
    await bring_together(db, ada, ben)
    async with db.as_user(ada.me) as tx:
        await moderation.do_report(tx, ben.me.profile_id, moderation.ReportReason.threat, text="he said it")
    async with db.as_service(tenant.id) as tx:
        [kept] = (await personal_data.export(tx, ada.me.user_id))["reports"]
        assert (kept["reported_profile_id"], kept["text"]) == (str(ben.me.profile_id), "he said it")
        assert await personal_data.export(tx, ben.me.user_id) == {"reports": []}, (
            "who reported them is not theirs to know"
        )
        await personal_data.do_erase(tx, ben.me.user_id)
        assert (await personal_data.export(tx, ada.me.user_id))["reports"] == [kept]
        await personal_data.do_erase(tx, ada.me.user_id)
        assert (await personal_data.export(tx, ada.me.user_id))["reports"] == [kept | {"text": ""}]
