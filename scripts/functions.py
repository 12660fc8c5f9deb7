"""Source of the database's functions: db/functions holds each one's present text, migrations bring it into a database.

`make functions FILE=0012` writes below a migration's marker line what the database then still lacks.
"""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import asyncpg
from msgspec import Struct

from meydan.engines import Engines
from meydan.kit.database import migrations

FOLDER = Path(__file__).resolve().parents[1] / "db" / "functions"
MARKER = "-- Below this line: written by `make functions` from db/functions. Change it there."
UNCOMMENTED = "left by no file of db/functions"
_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Function(Struct, frozen=True):
    """State of one signature in a database: everything that a file of db/functions decides."""

    definition: str
    owner: str
    comment: str | None
    grants: list[tuple[str, str, bool]]


class FilesRefusedError(RuntimeError):
    """Some files of db/functions do not apply, or a database and they differ after all."""


def files(folder: Path = FOLDER) -> list[Path]:
    return sorted(folder.rglob("*.sql"))


async def functions(connection: asyncpg.Connection, name: str | None = None) -> dict[str, Function]:
    """Functions of the schema ``app``, or those of one name, by their signature."""
    rows = await connection.fetch(
        """
        select
            p.oid::regprocedure::text as signature, pg_get_functiondef(p.oid) as definition,
            pg_get_userbyid(p.proowner)::text as owner, obj_description(p.oid, 'pg_proc') as comment,
            array(
                select (
                    case when a.grantee = 0 then 'public' else pg_get_userbyid(a.grantee)::text end,
                    a.privilege_type, a.is_grantable
                )
                from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a order by 1
            ) as grants
        from pg_proc p where p.pronamespace = 'app'::regnamespace and ($1::text is null or p.proname = $1)
        """,
        name,
    )
    return {
        row["signature"]: Function(row["definition"], row["owner"], row["comment"], [tuple(g) for g in row["grants"]])
        for row in rows
    }


async def forget(connection: asyncpg.Connection, signatures: Iterable[str]) -> None:
    """Revokes every grant on functions and replaces their comments by a mark, so that only a file restores them."""
    for signature in signatures:
        await connection.execute(f"""
            revoke all on function {signature} from public, meydan_app, meydan_service, meydan_relay;
            comment on function {signature} is '{UNCOMMENTED}';
        """)


async def apply(connection: asyncpg.Connection, folder: Path = FOLDER) -> list[Path]:
    """Applies the files in an order that works, which it returns. Returns only files that changed something.

    Raises: FilesRefusedError."""
    waiting, changed = files(folder), []
    while waiting:
        refused: dict[Path, str] = {}
        for file in waiting:
            before = await functions(connection, file.stem)
            try:
                async with connection.transaction():
                    await forget(connection, before)
                    await connection.execute(file.read_text())
            except asyncpg.PostgresError as error:
                refused[file] = str(error)
                continue
            if await functions(connection, file.stem) != before:
                changed.append(file)
        if len(refused) == len(waiting):
            raise FilesRefusedError(
                "\n".join(f"{file.relative_to(folder)} does not apply: {words}" for file, words in refused.items())
            )
        waiting = list(refused)
    return changed


def differences(migrated: dict[str, Function], applied: dict[str, Function], folder: Path = FOLDER) -> list[str]:
    """Words for each signature that two databases do not have alike: one from migrations, one with the files applied."""
    names, words = {file.stem for file in files(folder)}, []
    for signature in sorted(set(migrated) | set(applied)):
        name = signature.removeprefix("app.").split("(")[0]
        before, after = migrated.get(signature), applied.get(signature)
        if name not in names or (after and after.comment == UNCOMMENTED):
            words.append(f"{signature} is in no file: drop it above the marker, or add a file")
        elif before is None or after is None:
            words.append(f"{signature} comes from {'a file alone' if after else 'migrations alone'}")
        else:
            words += [
                f"{signature}: {field} differs"
                for field in Function.__struct_fields__
                if getattr(before, field) != getattr(after, field)
            ]
    return words


class Scratch:
    """Databases of one server that a run creates, used as the owner of the schema."""

    def __init__(self, superuser_url: str) -> None:
        self._superuser_url = superuser_url
        self._names: list[str] = []

    async def new(self, template: str = "template1") -> str:
        """Creates a copy of a database, by default an empty one, and returns its name."""
        name = f"scratch_{uuid4().hex[:8]}"
        await self._as_superuser(f'create database "{name}" template "{template}" owner meydan_owner')
        self._names.append(name)
        return name

    async def drop(self) -> None:
        for name in self._names:
            await self._as_superuser(f'drop database "{name}" with (force)')

    @asynccontextmanager
    async def connected(self, database: str) -> AsyncIterator[asyncpg.Connection]:
        connection = await asyncpg.connect(f"{self._superuser_url.rsplit('/', 1)[0]}/{database}")
        try:
            await connection.execute("set session authorization meydan_owner")
            yield connection
        finally:
            await connection.close()

    async def run(self, database: str, *texts: str) -> None:
        """Runs each text as a migration: in one transaction of the owner."""
        async with self.connected(database) as connection:
            for text in texts:
                async with connection.transaction():
                    await connection.execute(f"{text}\nselect;")  # asyncpg fails on a text of comments alone

    async def _as_superuser(self, statement: str) -> None:
        connection = await asyncpg.connect(self._superuser_url)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


async def compare(scratch: Scratch, migrated: str, folder: Path = FOLDER) -> list[str]:
    """Differences of a migrated database and a copy of it, to which the files are applied after everything is forgotten."""
    copy = await scratch.new(migrated)
    async with scratch.connected(migrated) as connection:
        before = await functions(connection)
    async with scratch.connected(copy) as connection:
        await forget(connection, before)
        await apply(connection, folder)
        return differences(before, await functions(connection), folder)


async def complete(scratch: Scratch, base: str, file: Path, folder: Path = FOLDER) -> list[str]:
    """Writes the lower part of a migration and returns the names of the functions in it.

    ``base`` is a database of all earlier migrations; it is brought to this one. Raises: FilesRefusedError."""
    top = file.read_text().split(MARKER)[0].rstrip()
    with_top = await scratch.new(base)
    await scratch.run(with_top, top)
    async with scratch.connected(with_top) as connection:
        changed = await apply(connection, folder)
    lower = "\n\n".join(function.read_text().strip() for function in changed)
    text = f"{top}\n\n{MARKER}\n" + (f"\n{lower}\n" if lower else "")
    await scratch.run(base, text)
    if words := await compare(scratch, base, folder):
        raise FilesRefusedError("\n".join(words))
    file.write_text(text)
    return [function.stem for function in changed]


def _newest(prefix: str) -> Path:
    """The migration named by the beginning of its name. Only the newest may change."""
    newest = migrations.files()[-1]
    if not newest.name.startswith(Path(prefix).name.removesuffix(".sql")):
        sys.exit(f"{prefix} is not the newest migration ({newest.name}): landed files are never edited")
    return newest


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", help="the newest migration, or the beginning of its name")
    file = _newest(parser.parse_args().file)
    with (
        tempfile.TemporaryDirectory(prefix="meydan-functions-") as folder,
        Engines(Path(folder), postgres_settings=_FAST) as engines,
    ):
        try:
            changed = asyncio.run(_complete(engines.postgres_url, file))
        except (FilesRefusedError, asyncpg.PostgresError) as error:
            sys.exit(str(error))
    sys.stdout.write(f"{file.name}: {len(changed)} functions below the marker\n")


async def _complete(superuser_url: str, file: Path) -> list[str]:
    await migrations.bootstrap(superuser_url, "meydan", migrations.new_passwords())
    scratch = Scratch(superuser_url)
    base = await scratch.new()
    await scratch.run(base, *(earlier.read_text() for earlier in migrations.files() if earlier.name < file.name))
    return await complete(scratch, base, file)


if __name__ == "__main__":
    main()
