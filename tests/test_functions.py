"""db/functions is the present text of every function: migrations and files make the same of a database."""

import importlib.util
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

_spec = importlib.util.spec_from_file_location(
    "functions", Path(__file__).resolve().parents[1] / "scripts" / "functions.py"
)
assert _spec is not None
assert _spec.loader is not None
functions: Any = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(functions)

TEMPLATE = "meydan_template"
EVERYBODY = "public, meydan_app, meydan_service, meydan_relay"


@pytest.fixture
async def scratch(postgres_url: str) -> AsyncIterator[Any]:
    made = functions.Scratch(postgres_url)
    yield made
    await made.drop()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the files, to change."""
    return Path(shutil.copytree(functions.FOLDER, tmp_path / "functions"))


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


async def test_files_say_what_migrations_made(scratch: Any):
    assert await functions.compare(scratch, await scratch.new(TEMPLATE)) == [], "run `make functions FILE=…`"


async def test_a_file_takes_away_every_grant_it_does_not_give(scratch: Any):
    name = await scratch.new(TEMPLATE)
    async with scratch.connected(name) as connection:
        before = await functions.functions(connection)
        await connection.execute(f"grant execute on all functions in schema app to {EVERYBODY}")
        for file in functions.files():
            await connection.execute(file.read_text())
        assert functions.differences(before, await functions.functions(connection)) == []


async def test_a_difference_of_any_kind_is_found(scratch: Any, folder: Path):
    migrated = await scratch.new(TEMPLATE)
    change(folder / "meeting/end_match.sql", "to meydan_app, meydan_service;", "to meydan_service;")
    change(folder / "money/wallet/transfer.sql", " set search_path = pg_catalog, pg_temp", "")
    change(folder / "kit/now.sql", "moved only by tests", "never moved")
    (folder / "kit/user_id.sql").unlink()
    (folder / "kit/yesterday.sql").write_text("create function app.yesterday() returns date return current_date - 1;")
    async with scratch.connected(migrated) as connection:
        await connection.execute("create function app.forgotten() returns integer return 1")
    signature = next(name for name in await _signatures(scratch, migrated) if name.startswith("app.transfer("))
    assert await functions.compare(scratch, migrated, folder) == [
        "app.end_match(integer,uuid,text): grants differs",
        "app.forgotten() is in no file: drop it above the marker, or add a file",
        "app.now(): comment differs",
        f"{signature}: definition differs",
        "app.user_id() is in no file: drop it above the marker, or add a file",
        "app.yesterday() comes from a file alone",
    ]


async def test_a_file_that_does_not_apply_is_named(scratch: Any, folder: Path):
    change(folder / "meeting/have_met.sql", "from app.matches met", "from app.acquaintances met")
    with pytest.raises(functions.FilesRefusedError, match=r"meeting/have_met\.sql does not apply.*acquaintances"):
        await functions.compare(scratch, await scratch.new(TEMPLATE), folder)


async def _signatures(scratch: Any, database: str) -> set[str]:
    async with scratch.connected(database) as connection:
        return set(await functions.functions(connection))


async def test_a_migration_is_completed_in_an_order_that_applies(scratch: Any, folder: Path, tmp_path: Path):
    """One function gets another parameter, another one calls a new one that comes later in the alphabet."""
    (folder / "kit/a_day_ago.sql").write_text(
        "create or replace function app.a_day_ago() returns timestamptz return app.hours_ago(24);\n"
        "comment on function app.a_day_ago is 'Returns yesterday''s time.';\n"
        f"revoke all on function app.a_day_ago from {EVERYBODY};\n"
    )
    (folder / "kit/hours_ago.sql").write_text(
        "create or replace function app.hours_ago(in_number integer) returns timestamptz\n"
        "return app.now() - in_number * interval '1 hour';\n"
        "comment on function app.hours_ago is 'Returns the time some hours ago.';\n"
        f"revoke all on function app.hours_ago from {EVERYBODY};\n"
    )
    change(folder / "kit/now.sql", "moved only by tests", "never moved")
    change(folder / "accounts/free_tag.sql", "app.free_tag(", "app.free_tag(in_number integer, ")

    file = tmp_path / "9000_next.sql"
    file.write_text("-- More functions.\n")
    with pytest.raises(functions.FilesRefusedError, match=r"free_tag\.sql does not apply.*not unique"):
        await functions.complete(scratch, await scratch.new(TEMPLATE), file, folder)
    assert file.read_text() == "-- More functions.\n", "it drops nothing and writes nothing by halves"

    file.write_text("-- More functions.\ndrop function app.free_tag(text);\n")
    changed = ["free_tag", "hours_ago", "now", "a_day_ago"]
    assert await functions.complete(scratch, await scratch.new(TEMPLATE), file, folder) == changed
    top, lower = file.read_text().split(functions.MARKER)
    assert top == "-- More functions.\ndrop function app.free_tag(text);\n\n"
    assert "function app.tenant_id" not in lower, "an unchanged function is not written again"
    assert await functions.complete(scratch, await scratch.new(TEMPLATE), file, folder) == changed
    assert file.read_text() == top + functions.MARKER + lower, "a second time changes nothing"
