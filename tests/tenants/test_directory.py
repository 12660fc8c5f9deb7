"""A community is made, found by its address, and walled off."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from meydan import tenants
from meydan.kit.database import Database, DatabaseSettings


@pytest.fixture
async def owner(database_settings: DatabaseSettings) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(database_settings.owner_url)
    yield connection
    await connection.close()


ADDRESSES = tenants.Addresses.of("https://Meet.Example.com:443/", "squares.example.com")


async def add(db: Database, slug: str, *hosts: str) -> tenants.Tenant:
    async with db.as_service(0) as tx:
        made = await tenants.do_add(tx, slug, "A community")
        for host in hosts:
            await tenants.do_add_host(tx, host, ADDRESSES)
    return made


async def test_a_community_is_found_by_slug_and_by_host(db: Database, tenant: tenants.Tenant):
    directory = tenants.Directory(db, ADDRESSES)
    assert await directory.find("127.0.0.1:8000", tenant.slug) == tenant
    assert await directory.find(f"{tenant.slug}.localhost:8000", None) == tenant
    assert await directory.find(f"{tenant.slug}.squares.example.com", None) == tenant
    assert (await directory.find(f"{tenant.slug}.example.org", None)).slug == "default"


@pytest.mark.parametrize(
    "host",
    [
        *(
            "meet..",
            "meet.example.com",
            "MEET.example.com.",
            "meet.example.com:8443",
            "squares.example.com",
            "localhost:8000",
        ),
        *("127.0.0.1", "127.0.0.1:8000", "[::1]:8000", "[::ffff:10.0.0.7]", "203.0.113.5", "devbox", ""),
        *("meet.example.org", "www.elsewhere.example", "a b", "[", "meet.example.com@evil"),
    ],
)
async def test_the_installations_own_address_belongs_to_nobody_else(db: Database, host: str):
    """A community may bear the first label of any of them as its slug."""
    for slug in ("meet", "127", "203", "10", "devbox"):
        try:
            await add(db, slug)
        except tenants.TenantTaken:
            continue
    for addresses in (ADDRESSES, tenants.Addresses()):
        assert (await tenants.Directory(db, addresses).find(host, None)).slug == "default"


async def test_one_host_in_any_spelling_leads_to_one_community(
    db: Database, tenant: tenants.Tenant, other_tenant: tenants.Tenant
):
    name = f"{tenant.slug}.example.net"
    async with db.as_service(tenant.id) as tx:
        assert await tenants.do_add_host(tx, f"{name.upper()}.:443", ADDRESSES) == name
        assert await tenants.do_add_host(tx, name, ADDRESSES) == name
    for spelled in (name, name.upper(), f"{name}.", f"{name}:8000"):
        assert (await tenants.Directory(db, ADDRESSES).find(spelled, None)).id == tenant.id
    with pytest.raises(tenants.HostTaken):
        async with db.as_service(other_tenant.id) as tx:
            await tenants.do_add_host(tx, f"{name}.", ADDRESSES)
    async with db.as_service(other_tenant.id) as tx:
        assert not await tenants.do_remove_host(tx, name)
    async with db.as_service(tenant.id) as tx:
        assert await tenants.do_remove_host(tx, name)
    assert (await tenants.Directory(db, ADDRESSES).find(name, None)).slug == "default"


@pytest.mark.parametrize(
    ("host", "refusal"),
    [
        ("meet.example.com", tenants.HostIsOurs),
        ("squares.example.com", tenants.HostIsOurs),
        ("chess.squares.example.com", tenants.HostIsOurs),
        ("chess.localhost", tenants.HostIsOurs),
        ("10.0.0.1", tenants.HostIsOurs),
        ("[::1]", tenants.HostIsOurs),
        ("", tenants.HostIsOurs),
        ("no_name.example.org", tenants.HostInvalid),
        ("*.example.org", tenants.HostInvalid),
        ("-a.example.org", tenants.HostInvalid),
        (f"{'a.' * 130}org", tenants.HostInvalid),
    ],
)
async def test_a_host_that_no_community_can_have_is_refused(
    db: Database, tenant: tenants.Tenant, host: str, refusal: type[Exception]
):
    with pytest.raises(refusal):
        async with db.as_service(tenant.id) as tx:
            await tenants.do_add_host(tx, host, ADDRESSES)


async def test_an_unknown_name_reads_no_other_community(db: Database, tenant: tenants.Tenant):
    directory = tenants.Directory(db, ADDRESSES)
    assert await directory.find("", tenant.slug) == tenant
    for number in range(20):
        with pytest.raises(tenants.UnknownTenant):
            await directory.find(f"nobody-{number}.squares.example.com", None)
    assert [kept.id for _, kept in directory._kept.values()] == [tenant.id]


async def test_a_closed_community_says_why(db: Database, tenant: tenants.Tenant, owner: asyncpg.Connection):
    for status, refusal in (("suspended", tenants.TenantSuspended), ("pending", tenants.TenantPending)):
        await owner.execute("update app.tenants set status = $2 where id = $1", tenant.id, status)
        with pytest.raises(refusal):
            await tenants.Directory(db).find("", tenant.slug)
        found = await tenants.Directory(db).find("", tenant.slug, closed_too=True)
        assert found.status == status


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
