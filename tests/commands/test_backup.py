"""A backup restored elsewhere is the same product."""

import asyncio
import io
import json
import os
import stat
import tarfile
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import msgspec
import pytest

from meydan.commands import PlainError
from meydan.commands.backups import backup_file
from meydan.commands.local_database import running_database
from meydan.config import database_passwords, load_settings, write_secrets
from meydan.kit.crypto.keys import key_id
from meydan.kit.database import migrations
from tests.commands.conftest import Up, meydan

pytestmark = pytest.mark.slow
PASSWORD = "lamp-light-on-stone-42"


def everything(data: Path) -> dict[str, list[str]]:
    """Every row of every table, as its owner sees them."""

    async def read(url: str) -> dict[str, list[str]]:
        connection = await asyncpg.connect(url)
        tables = await connection.fetch(
            """
            select format('%I.%I', schemaname, tablename) as name from pg_tables
            where schemaname not in ('pg_catalog', 'information_schema') order by 1
            """
        )
        found = {
            table["name"]: [
                row["row"]
                for row in await connection.fetch(f"select to_jsonb(t)::text as row from {table['name']} t order by 1")
            ]
            for table in tables
        }
        await connection.close()
        return found

    with running_database(data) as settings:
        return asyncio.run(read(settings.database.owner_url))


def schema(data: Path) -> list[str]:
    """All access rules of the database: policies, grants, forced row level security, functions."""

    async def read(url: str) -> list[str]:
        connection = await asyncpg.connect(url)
        rows = await connection.fetch(
            """
            select tablename || policyname || coalesce(qual, '') || coalesce(with_check, '') || roles::text from pg_policies
            union all
            select relname || relrowsecurity || relforcerowsecurity || coalesce(relacl::text, '') || pg_get_userbyid(relowner)
            from pg_class where relnamespace = 'app'::regnamespace
            union all
            select pg_get_functiondef(oid) || pg_get_userbyid(proowner) || array(
                select a::text from aclexplode(coalesce(proacl, acldefault('f', proowner))) a order by 1
            )::text
            from pg_proc where pronamespace = 'app'::regnamespace order by 1
            """
        )
        await connection.close()
        return [row[0] for row in rows]

    with running_database(data) as settings:
        return asyncio.run(read(settings.database.owner_url))


def assert_the_same(before: dict[str, list[str]], after: dict[str, list[str]]) -> None:
    """Every row. Only what the worker noted of its own running, and what it forwarded, may have gone on after the backup.

    What clients hold begins anew: sessions have ended, and there are no key packages."""
    emptied = ("app.key_packages", "app.identity_transfers", "app.outbox")
    assert [after[table] for table in emptied] == [[], [], []]
    assert all(json.loads(row)["ended_at"] for row in after["app.sessions"])
    for table in set(before) | set(after):
        if not table.startswith("jobs.") and table not in (*emptied, "app.sessions"):
            assert before[table] == after[table], table


def test_a_backup_taken_while_it_runs_becomes_the_same_product_elsewhere(data: Path) -> None:
    up = Up(data)
    file = data.parent / "meydan.backup"
    try:
        for slug in ("cafe", "garden"):
            made = meydan(
                *("tenant", "add", slug, "--name", slug.title(), "--data", str(data)),
                *("--owner-username", "ayse", "--owner-birth-date", "1990-01-01", "--owner-password", PASSWORD),
            )
            assert made.returncode == 0, made.stderr
        taken = meydan("backup", str(file), "--data", str(data), "--with-secrets")
        assert taken.returncode == 0, taken.stderr
        assert "THE SECRETS ARE IN THIS FILE" in taken.stderr
        assert contact_key(data) not in file.read_bytes(), "no backup holds the contact key"
        closed, identity = data.parent / "closed.backup", encrypted(data)
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        never_twice = meydan("backup", str(file), "--data", str(data))
        assert never_twice.returncode == 1
        assert "exists already" in never_twice.stderr
    finally:
        up.stop()

    elsewhere = data.parent / "elsewhere"
    refuses_what_does_not_open(closed, elsewhere, identity)
    for environment, words in (
        ({}, "no backup holds it"),
        ({"MEYDAN_SECRETS_CONTACT_KEY": "f" * 64}, "is not the one"),
    ):
        refused = meydan("restore", str(closed), "--data", str(elsewhere), "--identity", str(identity), **environment)
        assert refused.returncode == 1
        assert words in refused.stderr
        assert "--forget-contacts" in refused.stderr
        assert not elsewhere.exists(), "nothing was begun"
    elsewhere.mkdir()
    os.link(data / "contact.key", elsewhere / "contact.key")
    restored = meydan("restore", str(closed), "--data", str(elsewhere), "--identity", str(identity))
    assert restored.returncode == 0, restored.stderr
    assert not list(elsewhere.glob(".meydan-restore-*")), "nothing unencrypted stays"
    before, after = everything(data), everything(elsewhere)
    assert len(before["app.users"]) == 2
    assert_the_same(before, after)
    assert schema(data) == schema(elsewhere)

    again = meydan("restore", str(file), "--data", str(elsewhere))
    assert again.returncode == 1
    assert "installation already" in again.stderr
    assert everything(elsewhere) == after

    # What a worker had written beside the backups is done again.
    owners = [json.loads(row) for row in after["app.users"]]
    note_role(data.parent, owners[0], "user")
    finished = meydan(
        "recovered", "--since", "2020-01-01T00:00:00", "--journal", str(data.parent), "--data", str(elsewhere)
    )
    assert finished.returncode == 0, finished.stderr
    assert "1 entries, 1 did something" in finished.stdout
    roles = {row["id"]: row["role"] for row in map(json.loads, everything(elsewhere)["app.users"])}
    assert [roles[owner["id"]] for owner in owners] == ["user", "owner"]

    up = Up(elsewhere)
    try:
        assert up.healthy()
        answer = _log_in(up, "garden")
        assert answer.status_code == 200, answer.text
        assert meydan("doctor", "--data", str(elsewhere)).returncode == 0
    finally:
        up.stop()


def encrypted(data: Path) -> Path:
    """Takes an encrypted backup, and returns the file of the key that opens it."""
    identity = data.parent / "backup.key"
    made = meydan("backup-key", str(identity))
    assert made.returncode == 0, made.stderr
    assert stat.S_IMODE(identity.stat().st_mode) == 0o600
    closed = data.parent / "closed.backup"
    nobody = meydan("backup", str(closed), "--data", str(data), "--encrypt", "age1nobody")
    assert nobody.returncode == 1
    assert "no public key" in nobody.stderr
    taken = meydan("backup", str(closed), "--data", str(data), "--with-secrets", "--encrypt", made.stdout.strip())
    assert taken.returncode == 0, taken.stderr
    assert ", encrypted" in taken.stdout
    content = closed.read_bytes()
    assert b"CREATE TABLE" not in content
    assert load_settings(data, {}).secrets.seal_key.encode() not in content
    return identity


def refuses_what_does_not_open(closed: Path, elsewhere: Path, identity: Path) -> None:
    """Another key, no key, a file that was cut off at any place, and one that was changed: in words, and nothing is begun."""
    other = identity.with_name("other.key")
    assert meydan("backup-key", str(other)).returncode == 0
    content, spoiled = closed.read_bytes(), closed.with_name("spoiled.backup")
    for key, bytes_, words in (
        ([], content, "is encrypted"),
        (["--identity", str(other)], content, "another key"),
        (["--identity", str(closed)], content, "no identity"),
        (["--identity", str(identity)], content[:100], "cut off or changed"),
        (["--identity", str(identity)], content[:70_000], "cut off or changed"),
        (["--identity", str(identity)], content[:-1], "cut off or changed"),
        (["--identity", str(identity)], content[:-2000] + b"x" + content[-1999:], "cut off or changed"),
    ):
        spoiled.write_bytes(bytes_)
        environment = {"MEYDAN_SECRETS_CONTACT_KEY": "", "MEYDAN_DATABASE_OWNER_URL": ""}
        refused = meydan("restore", str(spoiled), "--data", str(elsewhere), "--forget-contacts", *key, **environment)
        assert refused.returncode == 1, refused.stdout
        assert words in refused.stderr
        assert not elsewhere.exists(), "nothing was begun"


def note_role(folder: Path, user: dict[str, Any], role: str) -> None:
    """Notes a role that somebody got after the backup."""
    entry = {"tenant_id": user["tenant_id"], "id": str(uuid4()), "kind": "role", "created_at": "2026-01-01T00:00:00Z"}
    line = json.dumps(entry | {"entry": {"id": user["id"], "role": role}})
    (folder / "journal-2026-01-01.jsonl").write_text(f"{line}\n")


def contact_key(data: Path) -> bytes:
    return (data / "contact.key").read_bytes().strip()


def _log_in(up: Up, slug: str):
    import httpx

    device = {"id": "5f0c8e5e-2a1c-4b5e-9f43-2f6d6d1a3f11", "name": "test"}
    return httpx.post(
        f"{up.url}/api/auth/login",
        json={"identifier": "ayse", "password": PASSWORD, "device": device},
        headers={"X-Meydan": "1", "X-Meydan-Tenant": slug},
    )


def test_without_secrets_it_needs_the_old_ones(data: Path, postgres_url: str) -> None:
    with_running = data.parent / "first"
    Up(with_running).stop()
    file = data.parent / "meydan.backup"
    taken = meydan("backup", str(file), "--data", str(with_running))  # nothing runs: it starts the database itself
    assert taken.returncode == 0, taken.stderr
    assert "secrets are not in it" in taken.stderr

    refused = meydan("restore", str(file), "--data", str(data))
    assert refused.returncode == 1
    assert "MEYDAN_SECRETS_SEAL_KEY" in refused.stderr
    wrong = meydan(
        "restore", str(file), "--data", str(data), MEYDAN_SECRETS_SEAL_KEY="f" * 64, MEYDAN_SECRETS_TOKEN_KEY="e" * 64
    )
    assert wrong.returncode == 1
    before = load_settings(with_running, {}).secrets
    first = key_id(before.seal_key, "seal")
    assert f"made with seal key {first}, which is not the one" in wrong.stderr
    cut = data.parent / "cut.backup"
    cut.write_bytes(file.read_bytes()[:200_000])

    # Keys were rotated twice since: the backup opens with a kept one.
    for _ in range(2):
        said = meydan("keys", "rotate", "--data", str(with_running))
        assert said.returncode == 0, said.stderr
        assert f"Seal key {first} stays" in said.stdout
    assert load_settings(with_running, {}).secrets.first_seal_key == before.seal_key
    newer = data.parent / "newer.backup"
    assert meydan("backup", str(newer), "--data", str(with_running)).returncode == 0
    data.mkdir(exist_ok=True)
    write_secrets(data, before, database_passwords(with_running))
    later = load_settings(with_running, {}).secrets
    refused = meydan("restore", str(newer), "--data", str(data), "--forget-contacts")
    assert f"made with seal key {key_id(later.seal_key, 'seal')}" in refused.stderr
    alone = msgspec.structs.replace(later, kept_seal_keys=[])
    write_secrets(data, alone, database_passwords(with_running))
    refused = meydan("restore", str(newer), "--data", str(data), "--forget-contacts")
    assert f"Seal key {key_id(later.kept_seal_keys[0], 'seal')} is missing" in refused.stderr
    write_secrets(data, later, database_passwords(with_running))
    refused = meydan("restore", str(cut), "--data", str(data), "--forget-contacts")
    assert refused.returncode == 1
    assert "cut off" in refused.stderr
    assert not (data / "engines").exists(), "nothing was begun"
    restored = meydan("restore", str(file), "--data", str(data), "--forget-contacts")
    assert restored.returncode == 0, restored.stderr
    assert everything(data)["app.tenants"] == everything(with_running)["app.tenants"]
    assert everything(data)["app.known_contacts"] == []
    assert contact_key(data) != contact_key(with_running), "a key of its own from now on"

    # The same file goes into a server elsewhere, by its address.
    database = f"restored_{data.parent.name.replace('-', '_').lower()}"
    asyncio.run(migrations.bootstrap(postgres_url, database, dict.fromkeys(migrations.ROLES, "test")))
    address = f"postgresql://meydan_owner:test@{postgres_url.rsplit('@', 1)[1].split('/', maxsplit=1)[0]}/{database}"
    keys = load_settings(data, {}).secrets
    elsewhere = {
        "MEYDAN_DATABASE_OWNER_URL": address,
        "MEYDAN_SECRETS_SEAL_KEY": keys.seal_key,
        "MEYDAN_SECRETS_TOKEN_KEY": keys.token_key,
        "MEYDAN_SECRETS_KEPT_SEAL_KEYS": ",".join(keys.kept_seal_keys),
        "MEYDAN_SECRETS_FIRST_SEAL_KEY": keys.first_seal_key,
        "MEYDAN_SECRETS_CONTACT_KEY": contact_key(with_running).decode(),
    }
    empty = str(data.parent / "empty")
    restored = meydan("restore", str(file), "--data", empty, **elsewhere)
    assert restored.returncode == 0, restored.stderr
    listed = meydan("tenant", "list", "--data", empty, **elsewhere)
    assert listed.stdout.startswith("default"), listed.stderr
    again = meydan("restore", str(file), "--data", empty, **elsewhere)
    assert again.returncode == 1
    assert "installation already" in again.stderr


def test_a_file_of_an_older_program_is_read_and_one_of_a_newer_is_not(tmp_path: Path) -> None:
    """Until format 2 the dump was one member, and no digest came after it."""
    file, dump = tmp_path / "older.backup", b"PGDMP" * 10_000

    def write(**changes: Any) -> None:
        manifest = {
            "format": 1,
            "made_at": "2026-01-01T00:00:00Z",
            "meydan": "0.1.0",
            "migrations": [],
            "seal_key": "ab",
        }
        secrets = {"token_key": "t" * 32, "seal_key": "s" * 32}
        with tarfile.open(file, "w") as archive:
            for name, content in (
                ("manifest.json", json.dumps(manifest | changes).encode()),
                ("secrets.json", json.dumps(secrets).encode()),
                ("database.dump", dump),
            ):
                member = tarfile.TarInfo(name)
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))

    write()
    with backup_file.opened(file, []) as reader:
        assert reader.secrets is not None
        assert reader.secrets.seal_key == "s" * 32
        reader.write_dump(tmp_path / "dump")
    assert (tmp_path / "dump").read_bytes() == dump
    for changes in ({"format": 3}, {"migrations": ["9999_later.sql"]}):
        write(**changes)
        with pytest.raises(PlainError, match="newer Meydan"), backup_file.opened(file, []):
            pass


def test_what_is_no_backup_is_refused_in_words(data: Path) -> None:
    file = data.parent / "letter.txt"
    file.write_text("hello")
    said = meydan("restore", str(file), "--data", str(data))
    assert said.returncode == 1
    assert "not a backup" in said.stderr
    nothing = meydan("backup", str(data.parent / "b"), "--data", str(data))
    assert nothing.returncode == 1
    assert "no database" in nothing.stderr
