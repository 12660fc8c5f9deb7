"""`meydan migrate`: again changes nothing; a file that was changed after it was applied is refused in words."""

import asyncio
from pathlib import Path

import asyncpg

from meydan.kit.database import DatabaseSettings
from tests.commands.conftest import meydan


async def test_a_changed_file_is_refused_in_words(database_settings: DatabaseSettings, tmp_path: Path):
    environment = {"MEYDAN_DATABASE_OWNER_URL": str(database_settings.owner_url)}

    async def migrate() -> tuple[int, str, str]:
        said = await asyncio.to_thread(meydan, "migrate", "--data", str(tmp_path), **environment)
        return said.returncode, said.stdout, said.stderr

    assert await migrate() == (0, "", ""), "everything is applied already"
    owner = await asyncpg.connect(database_settings.owner_url)
    name, sha256 = await owner.fetchrow("select name, sha256 from public.migrations order by name limit 1")
    try:
        await owner.execute("update public.migrations set sha256 = 'another' where name = $1", name)
        code, _, words = await migrate()
    finally:
        await owner.execute("update public.migrations set sha256 = $2 where name = $1", name, sha256)
        await owner.close()
    assert code == 1
    assert f"{name} was changed after it was applied" in words
    assert "Traceback" not in words
