"""Export and erasure of personal data in notifications: all is exported, nothing stays."""

from meydan import notifications, tenants
from meydan.kit.database import Database
from meydan.notifications import Code, Receiver, personal_data
from tests.factories import make_person


async def test_everything_is_handed_out_and_then_gone(db: Database, tenant: tenants.Tenant):
    ada, ben = await make_person(db, tenant), await make_person(db, tenant)
    async with db.as_service(tenant.id) as tx:
        await notifications.do_notify(tx, [Receiver(ada.me.user_id), Receiver(ben.me.user_id)], Code.welcome)
        kept = await personal_data.export(tx, ada.me.user_id)
        assert [item["code"] for item in kept["notifications"]] == ["welcome"]
        await personal_data.do_erase(tx, ada.me.user_id)
        assert not any((await personal_data.export(tx, ada.me.user_id)).values())
        assert len((await personal_data.export(tx, ben.me.user_id))["notifications"]) == 1
