"""What moderation hands out to somebody who asks for their data, and what stays when they leave."""

from meydan import moderation, tenants
from meydan.kit.database import Database
from meydan.moderation import people
from tests.meetings import bring_together
from tests.people import make_person


async def test_words_go_and_the_report_stays(db: Database, tenant: tenants.Tenant):
    ada, ben = await make_person(db, tenant), await make_person(db, tenant)
    await bring_together(db, ada, ben)
    async with db.as_user(ada.me) as tx:
        await moderation.do_report(tx, ben.me.profile_id, moderation.ReportReason.threat, text="he said it")
    async with db.as_service(tenant.id) as tx:
        [kept] = (await people.export(tx, ada.me.user_id))["reports"]
        assert (kept["reported_profile_id"], kept["text"]) == (str(ben.me.profile_id), "he said it")
        assert await people.export(tx, ben.me.user_id) == {"reports": []}, "who reported them is not theirs to know"
        await people.erase(tx, ben.me.user_id)
        assert (await people.export(tx, ada.me.user_id))["reports"] == [kept]
        await people.erase(tx, ada.me.user_id)
        assert (await people.export(tx, ada.me.user_id))["reports"] == [kept | {"text": ""}]
