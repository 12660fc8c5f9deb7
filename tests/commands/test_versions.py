"""A program and a database that do not fit each other: refused in words before anything serves."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import msgspec
import pytest

from meydan.kit.database import Database, DatabaseSettings, migrations
from tests.commands.conftest import meydan

NEWEST = migrations.files()[-1].name[:4]


@pytest.fixture
async def owner(own_database: DatabaseSettings) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(own_database.owner_url)
    yield connection
    await connection.close()


async def refusal(database: DatabaseSettings, folder: Path, *command: str) -> str:
    settings = {
        f"MEYDAN_DATABASE_{name.upper()}": str(value)
        for name, value in msgspec.structs.asdict(database).items()
        if name.endswith("_url")
    } | {
        "MEYDAN_VALKEY_URL": "redis://127.0.0.1:1/0",
        "MEYDAN_SECRETS_TOKEN_KEY": "t" * 32,
        "MEYDAN_SECRETS_SEAL_KEY": "s" * 32,
        "MEYDAN_SECRETS_CONTACT_KEY": "c" * 32,
    }
    said = await asyncio.to_thread(meydan, *command, "--data", str(folder), **settings)
    assert said.returncode == 1, said.stdout
    assert "Traceback" not in said.stderr
    return said.stderr


COMMANDS = [("api",), ("gateway",), ("worker",), ("tenant", "list"), ("tenant", "settings", "default")]


async def test_a_database_that_serves_only_newer_programs_is_refused(
    own_database: DatabaseSettings, owner: asyncpg.Connection, tmp_path: Path
):
    await owner.execute("insert into public.migrations (name, sha256, serves) values ('9000_more.sql', '', $1)", NEWEST)
    await (await Database.open(own_database)).close()  # a newer migration that adds serves this program as well

    await owner.execute("insert into public.migrations (name, sha256, serves) values ('9001_other.sql', '', '9001')")
    with pytest.raises(migrations.ProgramTooOldError):
        await Database.open(own_database)
    for command in (*COMMANDS, ("migrate",)):
        words = await refusal(own_database, tmp_path, *command)
        assert f"This program ends with migration {NEWEST}" in words, command
        assert "serves programs from 9001 on" in words, command
    await owner.execute("delete from public.migrations where name like '900%'")


async def test_a_database_that_lacks_a_migration_is_refused(
    own_database: DatabaseSettings, owner: asyncpg.Connection, tmp_path: Path
):
    newest = await owner.fetchrow("delete from public.migrations where name like $1 returning *", f"{NEWEST}%")
    with pytest.raises(migrations.DatabaseTooOldError):
        await Database.open(own_database)
    for command in COMMANDS:
        words = await refusal(own_database, tmp_path, *command)
        assert f"The database lacks {newest['name']}" in words, command
        assert "meydan migrate" in words, command

    await owner.execute("revoke select on public.migrations from meydan_app, meydan_service, meydan_relay")
    with pytest.raises(migrations.DatabaseTooOldError, match=r"lacks 0001_ground\.sql"):
        await Database.open(own_database)  # no migration up to 0010 let it read the table


def test_a_migration_names_the_oldest_program_it_serves(tmp_path: Path):
    file = tmp_path / "9000_more.sql"
    file.write_text("-- More.\n-- serves: 0011\n")
    assert migrations.serves(file) == "0011"
    file.write_text("-- More. It serves: 0011\n")
    with pytest.raises(migrations.ServesMissingError, match=r"9000_more\.sql"):
        migrations.serves(file)
    named = [named for file in migrations.files() if (named := migrations.serves(file))]
    assert named == sorted(named), "a later migration serves no older program than an earlier one"
    assert max(named) <= NEWEST
