"""Aliases that read the same: folded in every script, for the tags of those who come and of those who are here."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest

from meydan import tenants
from meydan.kit.database import Database, DatabaseSettings, migrations

SAME = [
    ("Kedi", "KEDİ"),
    ("Işık", "ışık"),
    ("Straße", "STRASSE"),
    ("Νίκος", "ΝΊΚΟΣ"),
    ("علی", "علي"),
    ("كمال", "کمال"),
    ("محـمد", "محمد"),
    ("می\u200cخواهم", "میخواهم"),
    ("سارا١٢", "سارا۱۲"),
    ("Ayşe", "Ays\u0327e"),
    ("Ẹ́niọlá", "ẹ́niọlá"),
    ("Анна", "АННА"),
]
DIFFERENT = [("Kedi", "Kedı x"), ("प्रिया", "प्रीया"), ("Сара", "Capa"), ("שרה", "שירה")]
# Pairs that two people could hold with one tag until now, and ones that read differently still.
NEWLY_SAME = [("Straße", "STRASSE"), ("علی", "علي"), ("محـمد", "محمد"), ("Νίκος", "ΝΊΚΟΣ"), ("سارا١٢", "سارا۱۲")]


@pytest.fixture
async def owner(database_settings: DatabaseSettings) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(database_settings.owner_url)
    yield connection
    await connection.close()


@pytest.mark.parametrize(("one", "other"), SAME)
async def test_aliases_that_read_the_same_fold_alike(owner: asyncpg.Connection, one: str, other: str):
    assert await owner.fetchval("select app.alias_key($1) = app.alias_key($2)", one, other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
async def test_aliases_that_read_differently_do_not(owner: asyncpg.Connection, one: str, other: str):
    assert not await owner.fetchval("select app.alias_key($1) = app.alias_key($2)", one, other)


async def test_folding_twice_changes_nothing(owner: asyncpg.Connection):
    for alias in {alias for pair in SAME + DIFFERENT for alias in pair}:
        assert await owner.fetchval("select app.alias_key(app.alias_key($1)) = app.alias_key($1)", alias), alias


async def test_a_search_by_folded_alias_uses_the_index(db: Database, tenant: tenants.Tenant):
    async with db.as_service(tenant.id) as tx:
        await tx.connection.execute("set local enable_seqscan = off; set local enable_bitmapscan = off")
        plan = await tx.connection.fetch(
            "explain select id from app.profiles where tenant_id = $1 and alias_key = app.alias_key('KEDİ') and alias <> ''",
            tenant.id,
        )
    text = "\n".join(row[0] for row in plan)
    assert "profiles_alias_tag" in text, text
    assert "alias_key = 'kedi'" in text, text


def _at(url: str, database: str, role: str | None = None) -> str:
    start, _, _ = url.rpartition("/")
    scheme, _, host = start.partition("://")
    login = f"{role}:test" if role else host.rpartition("@")[0]
    return f"{scheme}://{login}@{host.rpartition('@')[2]}/{database}"


async def _add(owner: asyncpg.Connection, tenant_id: int, alias: str, tag: str, created_at: datetime) -> UUID:
    user_id, profile_id = uuid4(), uuid4()
    await owner.execute(
        "insert into app.users (tenant_id, id, username, password_hash, birth_date, role, language)"
        " values ($1, $2, $3, 'none', '1990-05-17', 'user', 'tr')",
        *(tenant_id, user_id, f"u{user_id.hex[:12]}"),
    )
    await owner.execute(
        "insert into app.profiles (tenant_id, id, user_id, face, alias, tag, avatar_seed, created_at)"
        " values ($1, $2, $3, 'real', $4, $5, 'seed', $6)",
        *(tenant_id, profile_id, user_id, alias, tag, created_at),
    )
    return profile_id


async def test_of_two_who_share_a_tag_from_now_on_the_newer_gets_another(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
):
    name = f"meydan_folding_{uuid4().hex[:8]}"
    superuser = await asyncpg.connect(postgres_url)
    await superuser.execute(f'create database "{name}" template template0 owner meydan_owner')
    url = _at(postgres_url, name, "meydan_owner")
    everything = migrations.files()
    with monkeypatch.context() as before:
        before.setattr(migrations, "files", lambda: [file for file in everything if file.name < "0015"])
        await migrations.migrate(url)
    owner = await asyncpg.connect(url)
    day = datetime(2026, 1, 1, tzinfo=UTC)
    add_tenant = (
        "insert into app.tenants (slug, name, timezone, default_language) values ($1, 'A', 'UTC', 'tr') returning id"
    )
    one, other = [await owner.fetchval(add_tenant, slug) for slug in ("one", "other")]
    older, newer = {}, {}
    for number, (first, second) in enumerate(NEWLY_SAME):
        tag = f"{number:04}"
        newer[second] = await _add(owner, one, second, tag, day + timedelta(days=1))
        older[first] = await _add(owner, one, first, tag, day)
    third = await _add(owner, one, "strasse", "0001", day)  # holds a tag that the newer must not get
    elsewhere = await _add(owner, other, "STRASSE", "0000", day + timedelta(days=2))
    erased = [await _add(owner, one, "", "", day) for _ in range(2)]
    await owner.execute(
        "insert into app.tenant_configs (tenant_id, config_key, config_value) values"
        """ ($1, 'accounts.default_region', '"pk"'), ($1, 'accounts.sms_countries', '["tr", "DE"]')""",
        one,
    )
    await migrations.migrate(url)

    async def of(profile_id: UUID) -> tuple[str, str]:
        return tuple(await owner.fetchrow("select alias, tag from app.profiles where id = $1", profile_id))

    for number, (first, second) in enumerate(NEWLY_SAME):
        assert await of(older[first]) == (first, f"{number:04}")
        alias, tag = await of(newer[second])
        assert alias == second
        assert tag != f"{number:04}"
    assert (await of(newer["STRASSE"]))[1] != (await of(third))[1] == "0001"
    assert await of(elsewhere) == ("STRASSE", "0000")
    assert {await of(profile_id) for profile_id in erased} == {("", "")}
    faults = await owner.fetchval("select count(*) from app.profiles where alias_key <> app.alias_key(alias)")
    assert faults == 0
    configs = await owner.fetch("select config_value from app.tenant_configs order by config_key")
    assert [row["config_value"] for row in configs] == ['"PK"', '["TR", "DE"]']
    await owner.close()
    await superuser.execute(f'drop database "{name}" with (force)')
    await superuser.close()
