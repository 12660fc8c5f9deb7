"""A community is made, found by its address, and walled off."""

import pytest

from meydan import tenants
from meydan.kit.database import Database


async def test_a_community_is_found_by_slug_and_by_host(db: Database, tenant: tenants.Tenant):
    directory = tenants.Directory(db)
    assert await directory.find("127.0.0.1:8000", tenant.slug) == tenant
    assert await directory.find(f"{tenant.slug}.localhost:8000", None) == tenant
    assert (await directory.find("127.0.0.1:8000", None)).slug == "default"


async def test_an_unknown_community_is_told_so(db: Database):
    with pytest.raises(tenants.UnknownTenant):
        await tenants.Directory(db).find("127.0.0.1", "nobody-made-this")


async def test_a_community_made_a_moment_ago_is_found_at_once(db: Database):
    directory = tenants.Directory(db)
    await directory.find("127.0.0.1", None)
    async with db.as_service(0) as tx:
        made = await tenants.do_add(tx, "made-a-moment-ago", "New")
    assert await directory.find("127.0.0.1", "made-a-moment-ago") == made


async def test_an_address_is_taken_once(db: Database, tenant: tenants.Tenant):
    with pytest.raises(tenants.TenantTaken):
        async with db.as_service(0) as tx:
            await tenants.do_add(tx, tenant.slug, "Again")


@pytest.mark.parametrize("slug", ["", "Ğ", "-a", "a-", "UPPER", "a" * 41, "www", "a b"])
async def test_an_address_that_no_host_can_have_is_refused(db: Database, slug: str):
    with pytest.raises(tenants.TenantInvalid):
        async with db.as_service(0) as tx:
            await tenants.do_add(tx, slug, "Name")


class BenchSettings(tenants.RoomSettings, frozen=True):
    room = "bench"

    minutes: int = 120
    open: bool = True


async def test_settings_are_the_rooms_defaults_until_a_tenant_sets_them(
    db: Database, tenant: tenants.Tenant, other_tenant: tenants.Tenant
):
    async with db.as_service(tenant.id) as tx:
        assert await tenants.settings(tx, BenchSettings) == BenchSettings()
        await tenants.do_configure(tx, BenchSettings, minutes=5)
    async with db.as_service(tenant.id) as tx:
        assert await tenants.settings(tx, BenchSettings) == BenchSettings(minutes=5)
    async with db.as_service(other_tenant.id) as tx:
        assert await tenants.settings(tx, BenchSettings) == BenchSettings()


@pytest.mark.parametrize("values", [{"minutes": "many"}, {"seconds": 1}])
async def test_a_wrong_setting_changes_nothing(db: Database, tenant: tenants.Tenant, values: dict[str, object]):
    with pytest.raises(tenants.SettingInvalid):
        async with db.as_service(tenant.id) as tx:
            await tenants.do_configure(tx, BenchSettings, open=False, **values)
    async with db.as_service(tenant.id) as tx:
        assert await tenants.settings(tx, BenchSettings) == BenchSettings()
