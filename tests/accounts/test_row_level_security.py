"""Become a person, with their own login, and try: others' rows are not there, and one's own change only where they may."""

from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from meydan import accounts, tenants
from meydan.kit.database import Database
from tests.accounts.conftest import Arrive, Prove, new_phone
from tests.factories import Person, make_person, make_shadow

TABLES = ["users", "profiles", "devices", "sessions"]
CLOSED = ["otp_verifications", "login_attempts", "known_contacts", "former_accounts", "kept_apart"]
READABLE = {
    "users": "id, phone, email, username, birth_date, role, language, ban_reason, banned_until, matching_suspended_until,"
    " erased_at, created_at",
    "profiles": "id, face, alias, tag, bio, gender, interests, languages, latitude, longitude, avatar_seed, created_at",
    "devices": "id, client_id, name, last_seen_at, forgotten_at, created_at",
    "sessions": "id, device_id, profile_id, address_hint, last_seen_at, expires_at, ended_at, end_reason, created_at",
}


@pytest.fixture
async def ayse(db: Database, tenant: tenants.Tenant) -> Person:
    return await make_person(db, tenant, alias="ayse")


@pytest.fixture
async def mehmet(db: Database, tenant: tenants.Tenant) -> Person:
    return await make_person(db, tenant, alias="mehmet")


@pytest.fixture
async def stranger(db: Database, other_tenant: tenants.Tenant) -> Person:
    return await make_person(db, other_tenant, alias="stranger")


async def refused(db: Database, person: Person, sql: str, *args: Any) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with db.as_user(person.me) as tx:
            await tx.run(sql, *args)


async def changed(db: Database, person: Person, sql: str, *args: Any) -> int:
    async with db.as_user(person.me) as tx:
        return int((await tx.connection.execute(sql, tx.tenant_id, *args)).split()[-1])


@pytest.mark.parametrize("table", TABLES)
async def test_one_reads_only_ones_own_rows(db: Database, ayse: Person, mehmet: Person, stranger: Person, table: str):
    async with db.as_user(ayse.me) as tx:
        # not even when the question does not ask for the tenant
        rows = await tx.connection.fetch(f"select {READABLE[table]} from app.{table}")
    assert len(rows) == 1
    mine = {"users": ayse.me.user_id, "profiles": ayse.me.profile_id, "sessions": ayse.me.session_id}
    if table in mine:
        assert rows[0]["id"] == mine[table]


@pytest.mark.parametrize("table", CLOSED)
async def test_some_tables_are_nobodys_to_read(db: Database, ayse: Person, table: str):
    await refused(db, ayse, f"select tenant_id from app.{table} where tenant_id = $1")
    await refused(db, ayse, f"delete from app.{table} where tenant_id = $1")


@pytest.mark.parametrize(
    "secret",
    [
        "password_hash from app.users",
        "user_id from app.profiles",
        "user_id from app.devices",
        "refresh_salt from app.sessions",
    ],
)
async def test_some_columns_are_nobodys_to_read(db: Database, ayse: Person, secret: str):
    await refused(db, ayse, f"select {secret} where tenant_id = $1")


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("users", "language", "'en'"),
        ("profiles", "bio", "'mine now'"),
        ("devices", "forgotten_at", "app.now()"),
        ("sessions", "(ended_at, end_reason)", "(app.now(), 'revoked')"),
    ],
)
async def test_one_changes_only_ones_own_rows(
    db: Database, ayse: Person, mehmet: Person, stranger: Person, table: str, column: str, value: str
):
    assert await changed(db, ayse, f"update app.{table} set {column} = {value} where $1::integer is not null") == 1
    for other in (mehmet, stranger):
        async with db.as_user(other.me) as tx:
            first = column.strip("()").split(",")[0]
            now = await tx.connection.fetchval(f"select {first}::text from app.{table}")
        assert now in ("tr", "", None)


@pytest.mark.parametrize(
    "assignment",
    [
        "users set role = 'owner'", "users set phone = '+905321112233'", "users set birth_date = '1990-01-01'",
        "users set ban_reason = null", "users set password_hash = 'x'", "users set tenant_id = 1", "users set erased_at = null",
        "profiles set user_id = app.user_id()", "profiles set face = 'shadow'", "profiles set avatar_seed = 'x'",
        "profiles set created_at = app.now()", "devices set client_id = uuidv7()", "devices set name = 'x'",
        "sessions set user_id = app.user_id()", "sessions set expires_at = app.now()", "sessions set refresh_number = 0",
        "sessions set profile_id = app.profile_id()",
    ],
)  # fmt: skip
async def test_what_nobody_may_change_of_themselves(db: Database, ayse: Person, assignment: str):
    await refused(db, ayse, f"update app.{assignment} where tenant_id = $1")


async def test_what_has_ended_stays_ended(db: Database, ayse: Person):
    await changed(db, ayse, "update app.sessions set ended_at = app.now(), end_reason = 'revoked' where tenant_id = $1")
    await refused(db, ayse, "update app.sessions set ended_at = null, end_reason = null where tenant_id = $1")
    await changed(db, ayse, "update app.devices set forgotten_at = app.now() where tenant_id = $1")
    await refused(db, ayse, "update app.devices set forgotten_at = null where tenant_id = $1")


@pytest.mark.parametrize("table", TABLES)
async def test_nobody_deletes(db: Database, ayse: Person, table: str):
    await refused(db, ayse, f"delete from app.{table} where tenant_id = $1")


async def test_nobody_adds_a_face_to_somebody_else_or_a_second_real_one(
    db: Database, ayse: Person, mehmet: Person, stranger: Person
):
    add = (
        "insert into app.profiles (tenant_id, user_id, face, alias, tag, avatar_seed, created_at)"
        " values ($2, $3, $4, 'gece', '0001', 'x', app.now()) returning $1::integer"
    )
    await refused(db, ayse, add, ayse.tenant.id, mehmet.me.user_id, "shadow")
    await refused(db, ayse, add, stranger.tenant.id, stranger.me.user_id, "shadow")
    await refused(db, ayse, add, stranger.tenant.id, ayse.me.user_id, "shadow")
    await refused(db, ayse, add, ayse.tenant.id, ayse.me.user_id, "real")
    async with db.as_user(ayse.me) as tx:
        await tx.run(add, ayse.tenant.id, ayse.me.user_id, "shadow")
    with pytest.raises(asyncpg.UniqueViolationError):
        async with db.as_user(ayse.me) as tx:
            await tx.run(add.replace("'0001'", "'0002'"), ayse.tenant.id, ayse.me.user_id, "shadow")


@pytest.mark.parametrize(
    "add",
    [
        "users (tenant_id, username, password_hash, birth_date, language) values ($1, 'intruder', 'x', '1990-01-01', 'tr')",
        "devices (tenant_id, user_id, client_id, name) values ($1, app.user_id(), uuidv7(), 'x')",
        (
            "sessions (tenant_id, user_id, device_id, profile_id, address_hint, refresh_salt, expires_at)"
            " values ($1, app.user_id(), uuidv7(), app.profile_id(), '', decode(repeat('00', 16), 'hex'), app.now())"
        ),
        (
            "otp_verifications (tenant_id, purpose, channel, contact, code_hash, attempts_left, network, expires_at)"
            " values ($1, 'login', 'sms', '+905321112233', '', 5, '', app.now())"
        ),
        "known_contacts (tenant_id, contact_hash) values ($1, '')",
        "former_accounts (tenant_id, user_id, mark, sealed_hash, kept_until) values ($1, app.user_id(), '', '', app.now())",
        "kept_apart (tenant_id, mark, other_mark, kept_until) values ($1, '', '', app.now())",
        "login_attempts (tenant_id, scope, key, attempts) values ($1, 'pair', '', 0)",
        "sms_spendings (tenant_id, otp_id, day, cents, is_known) values ($1, uuidv7(), current_date, -5, false)",
        "code_requests (tenant_id, id, contact_hash, network_hash, is_known, leaves_at) values ($1, uuidv7(), '', '', true, app.now())",
        "spent_puzzles (tenant_id, id, expires_at) values ($1, uuidv7(), app.now())",
        "spent_passkey_challenges (tenant_id, id, expires_at) values ($1, uuidv7(), app.now())",
        (
            "passkeys (tenant_id, user_id, rp_id, credential_id, public_key, sign_count, is_backup_eligible, is_backed_up,"
            " transports, name) values ($1, app.user_id(), 'x', decode(repeat('00', 16), 'hex'), 'x', 0, false, false,"
            " '{}', 'x')"
        ),
    ],
)
async def test_nobody_adds_rows_that_the_service_makes(db: Database, ayse: Person, add: str):
    await refused(db, ayse, f"insert into app.{add}")


async def test_a_shadow_is_as_walled_as_the_real_face(db: Database, ayse: Person, mehmet: Person):
    shadow = await make_shadow(db, ayse)
    async with db.as_user(shadow.me) as tx:
        assert {row["id"] for row in await tx.connection.fetch("select id from app.profiles")} == {
            ayse.me.profile_id,
            shadow.me.profile_id,
        }
    async with db.as_user(mehmet.me) as tx:
        assert await tx.all(UUID, "select id from app.profiles where tenant_id = $1") == [mehmet.me.profile_id]


async def test_a_public_profile_is_known_by_its_id_within_the_community(
    db: Database, ayse: Person, mehmet: Person, stranger: Person
):
    async with db.as_user(ayse.me) as tx:
        found = await accounts.public_profiles(tx, [mehmet.me.profile_id, stranger.me.profile_id, uuid4()])
    assert [(profile.id, profile.alias) for profile in found] == [(mehmet.me.profile_id, "mehmet")]


@pytest.mark.parametrize("table", [*TABLES, *CLOSED])
async def test_a_service_sees_its_own_community_only(db: Database, ayse: Person, stranger: Person, table: str):
    async with db.as_service(ayse.tenant.id) as tx:
        assert await tx.connection.fetch(f"select 1 from app.{table} where tenant_id <> $1", ayse.tenant.id) == []
        assert (
            await tx.connection.execute(
                f"update app.{table} set tenant_id = tenant_id where tenant_id = $1", stranger.tenant.id
            )
            == "UPDATE 0"
        )


async def test_without_an_identity_nothing_is_visible(database_settings, ayse: Person):
    connection = await asyncpg.connect(database_settings.app_url)
    try:
        for table in TABLES:
            with pytest.raises(asyncpg.PostgresError):
                await connection.fetch(f"select id from app.{table}")
    finally:
        await connection.close()


async def test_the_database_keeps_what_the_rules_promise(db: Database, ayse: Person, mehmet: Person):
    for broken in (
        "update app.users set phone = '05321112233' where tenant_id = $1",
        "update app.users set email = 'Upper@example.org' where tenant_id = $1",
        "update app.users set role = 'god' where tenant_id = $1",
        "update app.profiles set latitude = 41.0123, longitude = 29.0 where tenant_id = $1",
        "update app.profiles set tag = '12345' where tenant_id = $1",
        "update app.sessions set ended_at = app.now() where tenant_id = $1",
        "update app.users set phone = null, email = null, username = null where tenant_id = $1",
    ):
        with pytest.raises(asyncpg.CheckViolationError):
            async with db.as_service(ayse.tenant.id) as tx:
                await tx.run(broken)
    with pytest.raises(asyncpg.UniqueViolationError):
        async with db.as_service(ayse.tenant.id) as tx:
            await tx.run("update app.users set phone = '+905321112233' where tenant_id = $1")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with db.as_service(ayse.tenant.id) as tx:
            await tx.run("delete from app.users where tenant_id = $1")


async def test_two_in_different_communities_may_have_the_same_number(
    arrive: Arrive, prove: Prove, db: Database, stranger: Person
):
    phone = new_phone()
    await arrive(proof=await prove(phone))
    async with db.as_service(stranger.tenant.id) as tx:
        await tx.run("update app.users set phone = $2 where tenant_id = $1", phone)
        assert await tx.one(str, "select phone from app.users where tenant_id = $1") == phone
