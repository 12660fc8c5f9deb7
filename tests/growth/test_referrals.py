"""A user is invited, registers, and is rewarded once."""

import secrets
from uuid import UUID, uuid4

import asyncpg
import pytest

from meydan import accounts, growth, tenants
from meydan.growth import invites
from meydan.kit.database import Database
from meydan.kit.events import listen, publish
from tests.factories import Person, make_person, make_shadow

rewarded: list[growth.ReferralRewarded] = []


@listen(growth.ReferralRewarded)
async def _hear(_tx, event: growth.ReferralRewarded):
    rewarded.append(event)


async def invite_of(db: Database, person: Person) -> invites.Invite:
    async with db.as_user(person.me) as tx:
        return await growth.do_get_or_create_invite(tx, "http://here")


async def register(db: Database, person: Person, code: str | None, *, device: UUID | None = None) -> None:
    """The event that accounts publish after a registration."""
    async with db.as_service(person.tenant.id) as tx:
        await publish(
            tx,
            accounts.Registered(
                user_id=person.me.user_id,
                profile_id=person.me.profile_id,
                device_id=device or uuid4(),
                invite_code=code,
                phone_hash=None,
                is_new_phone=False,
            ),
        )


async def verify(db: Database, person: Person, *, is_new_phone: bool = True) -> None:
    async with db.as_service(person.tenant.id) as tx:
        await publish(tx, accounts.Verified(person.me.user_id, secrets.token_bytes(32), is_new_phone))


async def bonus_quota(db: Database, person: Person) -> int:
    async with db.as_service(person.tenant.id) as tx:
        return await tx.one(
            int,
            "select coalesce(sum(granted), 0)::integer from app.bonus_quota where tenant_id = $1 and user_id = $2",
            person.me.user_id,
        )


async def refusal_of(db: Database, person: Person) -> str | None:
    async with db.as_service(person.tenant.id) as tx:
        return await tx.one(
            str,
            "select coalesce(refused, '') from app.referrals where tenant_id = $1 and invited_user_id = $2",
            person.me.user_id,
        )


async def test_the_invited_person_is_rewarded_when_their_phone_is_proved_and_only_once(
    db: Database, tenant: tenants.Tenant
):
    ada, ben = await make_person(db, tenant), await make_person(db, tenant)
    code = (await invite_of(db, ada)).code
    await register(db, ben, f" {code[:4].lower()}-{code[4:]} ")
    assert await bonus_quota(db, ben) == 0
    invite = await invite_of(db, ada)
    assert (invite.invited, invite.rewarded) == (1, 0)
    await verify(db, ben)
    await verify(db, ben)
    assert await bonus_quota(db, ben) == 10
    assert await bonus_quota(db, ada) == 0
    invite = await invite_of(db, ada)
    assert (invite.invited, invite.rewarded) == (1, 1)


async def test_a_community_may_reward_the_inviter_too(db: Database, tenant: tenants.Tenant):
    async with db.as_service(tenant.id) as tx:
        await tenants.do_configure(tx, growth.GrowthSettings, invited_reward=3, inviter_reward=2)
    ada, ben = await make_person(db, tenant), await make_person(db, tenant)
    await register(db, ben, (await invite_of(db, ada)).code)
    rewarded.clear()
    await verify(db, ben)
    assert (await bonus_quota(db, ben), await bonus_quota(db, ada)) == (3, 2)
    assert rewarded == [
        growth.ReferralRewarded(
            invited_user_id=ben.me.user_id, inviter_user_id=ada.me.user_id, invited_reward=3, inviter_reward=2
        )
    ]


@pytest.mark.parametrize("code", ["NOTACODE", "x", "ÖÇŞĞÜİIı"])
async def test_an_unknown_code_is_refused_before_anything_is_made(db: Database, tenant: tenants.Tenant, code: str):
    ben = await make_person(db, tenant)
    with pytest.raises(growth.InviteInvalid):
        await register(db, ben, code)


async def test_another_communitys_code_is_unknown_here(
    db: Database, tenant: tenants.Tenant, other_tenant: tenants.Tenant
):
    far = await make_person(db, other_tenant)
    with pytest.raises(growth.InviteInvalid):
        await register(db, await make_person(db, tenant), (await invite_of(db, far)).code)


async def test_inviting_oneself_from_the_same_browser_earns_nothing(db: Database, tenant: tenants.Tenant):
    ada, again = await make_person(db, tenant), await make_person(db, tenant)
    async with db.as_service(tenant.id) as tx:
        browser = await tx.one(
            UUID,
            "insert into app.devices (tenant_id, user_id, client_id, name) select tenant_id, $3, client_id, name "
            "from app.devices where tenant_id = $1 and id = $2 returning id",
            ada.device_row,
            again.me.user_id,
        )
    await register(db, again, (await invite_of(db, ada)).code, device=browser)
    await verify(db, again)
    assert await bonus_quota(db, again) == 0
    assert await refusal_of(db, again) == "own_device"


async def test_a_phone_that_was_here_before_earns_nothing(db: Database, tenant: tenants.Tenant):
    ada, again = await make_person(db, tenant), await make_person(db, tenant)
    await register(db, again, (await invite_of(db, ada)).code)
    await verify(db, again, is_new_phone=False)
    await verify(db, again, is_new_phone=True)
    assert await bonus_quota(db, again) == 0
    assert await refusal_of(db, again) == "phone_known"


async def test_either_face_invites_and_the_numbers_are_the_persons(db: Database, tenant: tenants.Tenant):
    ada, ben, cem = [await make_person(db, tenant) for _ in range(3)]
    shadow = await make_shadow(db, ada)
    await register(db, ben, (await invite_of(db, ada)).code)
    await register(db, cem, (await invite_of(db, shadow)).code)
    assert (await invite_of(db, ada)).invited == (await invite_of(db, shadow)).invited == 2


async def test_who_came_is_nobodys_to_read(db: Database, tenant: tenants.Tenant, other_tenant: tenants.Tenant):
    ada, ben, cem = [await make_person(db, tenant) for _ in range(3)]
    far = await make_person(db, other_tenant)
    await register(db, ben, (await invite_of(db, ada)).code)
    read = "select reward_given from app.referrals where tenant_id = $1 or true"
    async with db.as_user(ada.me) as tx:
        assert await tx.all(bool, read) == [False]
    for other in (ben, cem, far):
        async with db.as_user(other.me) as tx:
            assert await tx.all(bool, read) == []
    async with db.as_service(other_tenant.id) as tx:
        assert await tx.all(bool, read) == []
    for statement in (
        "select invited_user_id from app.referrals where tenant_id = $1",
        "update app.referrals set reward_given = true where tenant_id = $1",
        "delete from app.referrals where tenant_id = $1",
        "insert into app.referrals (tenant_id, inviter_user_id, invited_user_id) values ($1, app.user_id(), app.user_id())",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with db.as_user(ada.me) as tx:
                await tx.run(statement)
