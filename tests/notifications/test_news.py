"""What happens elsewhere becomes news for whom it concerns, and for nobody else."""

from typing import Any
from uuid import uuid4

from meydan import accounts, growth, safety, tenants
from meydan.integrations import Channel
from meydan.kit.database import Database, Role
from meydan.kit.events import Event, publish
from meydan.notifications import inbox
from tests.people import Person, make_person


async def happens(db: Database, tenant: tenants.Tenant, event: Event) -> None:
    async with db.as_service(tenant.id) as tx:
        await publish(tx, event)


async def news_of(db: Database, person: Person) -> list[tuple[str, dict[str, Any]]]:
    async with db.as_user(person.me) as tx:
        return [(item.code, item.data) for item in (await inbox.notifications(tx, None, 20)).items]


async def test_who_registers_is_welcomed(db: Database, tenant: tenants.Tenant):
    ada = await make_person(db, tenant)
    event = accounts.Registered(
        user_id=ada.me.user_id,
        profile_id=ada.me.profile_id,
        device_id=uuid4(),
        invite_code=None,
        phone_hash=None,
        is_new_phone=False,
    )
    await happens(db, tenant, event)
    assert await news_of(db, ada) == [("welcome", {})]


async def test_a_new_device_is_named(db: Database, tenant: tenants.Tenant):
    ada = await make_person(db, tenant)
    await happens(db, tenant, accounts.NewDevice(ada.me.user_id, uuid4(), "A tablet"))
    assert await news_of(db, ada) == [("new_device", {"device_name": "A tablet"})]


async def test_a_banned_person_finds_out_why(db: Database, tenant: tenants.Tenant):
    ada = await make_person(db, tenant)
    async with db.as_service(tenant.id) as tx:
        await safety.do_ban(tx, ada.me.user_id, safety.BanReason.reports, reporters=10)
    assert await news_of(db, ada) == [("banned", {"reason": "reports", "until": None})]


async def test_rewards_name_nobody(db: Database, tenant: tenants.Tenant):
    ada, ben = await make_person(db, tenant), await make_person(db, tenant)
    event = growth.ReferralRewarded(
        invited_user_id=ben.me.user_id, inviter_user_id=ada.me.user_id, invited_reward=10, inviter_reward=0
    )
    await happens(db, tenant, event)
    assert await news_of(db, ben) == [("referral_reward", {"amount": 10, "invited": True})]
    assert await news_of(db, ada) == []


async def test_those_who_run_the_community_hear_that_codes_are_paused(
    db: Database, tenant: tenants.Tenant, other_tenant: tenants.Tenant
):
    owner, member = await make_person(db, tenant, role=Role.owner), await make_person(db, tenant)
    far = await make_person(db, other_tenant, role=Role.owner)
    await happens(db, tenant, accounts.CodesPaused(Channel.sms, 1995, 2000))
    assert await news_of(db, owner) == [("codes_paused", {"channel": "sms", "spent_cents": 1995, "budget_cents": 2000})]
    assert await news_of(db, member) == await news_of(db, far) == []
