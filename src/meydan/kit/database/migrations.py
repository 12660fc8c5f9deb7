"""Database migrations: plain SQL, forward only, one transaction a file. Safe to run twice and in two processes."""

import hashlib
import os
import re
import secrets
from pathlib import Path

import asyncpg

ROLES = ("meydan_owner", "meydan_app", "meydan_service", "meydan_relay")
_LOCK = 5_071_923  # any number, the same in every process
_CREATE_TABLE = """
    create table if not exists public.migrations (
        name text primary key, sha256 text not null, applied_at timestamptz not null default now()
    );
    alter table public.migrations add column if not exists serves text;
    grant select on public.migrations to meydan_app, meydan_service, meydan_relay
"""
_SERVES = re.compile(r"^-- serves: ([0-9]{4})$", re.MULTILINE)
_LAST_WITHOUT_SERVES = "0010"


class MigrationChangedError(RuntimeError):
    """An applied file has changed since: migrations are never edited, only added."""


class ServesMissingError(RuntimeError):
    """A migration does not name the oldest program it serves."""


class VersionMismatchError(RuntimeError):
    """The database and this program do not fit each other."""


class DatabaseTooOldError(VersionMismatchError):
    """The database lacks a migration that this program was built with."""


class ProgramTooOldError(VersionMismatchError):
    """A migration was applied that serves only newer programs."""


def directory() -> Path:
    """Beside the package in an installed wheel; ``db/migrations`` in a checkout."""
    package = Path(__file__).resolve().parents[2]
    packaged = package / "migrations"
    return packaged if packaged.is_dir() else package.parents[1] / "db" / "migrations"


def files() -> list[Path]:
    return sorted(directory().glob("[0-9][0-9][0-9][0-9]_*.sql"))


def serves(file: Path) -> str | None:
    """The oldest program that a migration serves, named by the newest migration which that program was built with.

    The line ``-- serves: 0011`` says it. Migrations up to 0010 were written before and have none.

    Raises: ServesMissingError.
    """
    found = _SERVES.search(file.read_text())
    if found is None and file.name[:4] > _LAST_WITHOUT_SERVES:
        raise ServesMissingError(f"{file.name} lacks a line like `-- serves: {file.name[:4]}`")
    return found and found[1]


async def check_version(connection: asyncpg.Connection | asyncpg.Pool) -> None:
    """Refuses a database that does not serve this program, by any login of the product.

    Raises: DatabaseTooOldError, ProgramTooOldError."""
    try:
        rows = await connection.fetch("select name, serves from public.migrations")
    except (asyncpg.UndefinedTableError, asyncpg.UndefinedColumnError, asyncpg.InsufficientPrivilegeError):
        rows = []  # up to 0010 the table was its owner's alone
    _check_served([row["serves"] for row in rows])
    if missing := [file.name for file in files() if file.name not in {row["name"] for row in rows}]:
        raise DatabaseTooOldError(f"The database lacks {missing[0]}, which this program needs. Run: meydan migrate")


def _check_served(oldest_programs: list[str | None]) -> None:
    own, served = files()[-1].name[:4], max(filter(None, oldest_programs), default="")
    if own < served:
        raise ProgramTooOldError(
            f"This program ends with migration {own}, but the database serves programs from {served} on. "
            "Install a newer Meydan."
        )


async def bootstrap(superuser_url: str, database: str, passwords: dict[str, str]) -> None:
    """Creates the four logins and the database, for embedded engines and tests. Elsewhere an operator does it by hand."""
    connection = await asyncpg.connect(superuser_url)
    try:
        for role in ROLES:
            if not await connection.fetchval("select 1 from pg_roles where rolname = $1", role):
                await connection.execute(f"create role {role} login nosuperuser nobypassrls")
            password = passwords[role]
            if not password.isalnum():
                raise ValueError("a login's password is made of letters and digits")
            await connection.execute(f"alter role {role} password '{password}'")
        for role in ("meydan_app", "meydan_service", "meydan_relay"):
            await connection.execute(f"alter role {role} set idle_in_transaction_session_timeout = '30s'")
        await connection.execute("alter role meydan_app set statement_timeout = '15s'")
        if not await connection.fetchval("select 1 from pg_database where datname = $1", database):
            await connection.execute(f'create database "{database}" owner meydan_owner')
        await connection.execute(f'revoke all on database "{database}" from public')
        await connection.execute(f'grant connect on database "{database}" to meydan_app, meydan_service, meydan_relay')
    finally:
        await connection.close()


def new_passwords() -> dict[str, str]:
    return {role: secrets.token_hex(16) for role in ROLES}


async def pending(owner_url: str) -> list[str]:
    connection = await asyncpg.connect(owner_url)
    try:
        applied = await _applied(connection)
        return [file.name for file in files() if file.name not in applied]
    finally:
        await connection.close()


async def migrate(owner_url: str) -> list[str]:
    """Applies pending migrations as the owner of the schema and returns their names.

    Locks: an advisory lock, so that only one process migrates.
    Raises: MigrationChangedError, ProgramTooOldError."""
    connection = await asyncpg.connect(owner_url)
    try:
        await connection.execute(f"select pg_advisory_lock({_LOCK})")
        await connection.execute("set lock_timeout = '10s'")
        await connection.execute(_CREATE_TABLE)
        _check_served([row["serves"] for row in await connection.fetch("select serves from public.migrations")])
        applied = await _applied(connection)
        done: list[str] = []
        for file in files():
            text = file.read_text()
            sha256 = hashlib.sha256(text.encode()).hexdigest()
            if file.name in applied:
                if applied[file.name] != sha256:
                    raise MigrationChangedError(f"{file.name} was changed after it was applied")
                continue
            async with connection.transaction():
                await connection.execute(text)
                await connection.execute(
                    "insert into public.migrations (name, sha256, serves) values ($1, $2, $3)",
                    file.name,
                    sha256,
                    serves(file),
                )
            done.append(file.name)
        await _install_jobs(connection)
        return done
    finally:
        await connection.close()


async def _applied(connection: asyncpg.Connection) -> dict[str, str]:
    if not await connection.fetchval("select to_regclass('public.migrations')"):
        return {}
    return {row["name"]: row["sha256"] for row in await connection.fetch("select name, sha256 from public.migrations")}


async def _install_jobs(connection: asyncpg.Connection) -> None:
    """Installs PgQueuer's tables, without its trigger: NOTIFY would serialise every commit."""
    if await connection.fetchval("select to_regclass('jobs.pgqueuer') is not null"):
        return
    # Imported here because it takes half a second and is needed once; the library reads its schema from the environment.
    os.environ.setdefault("PGQUEUER_SCHEMA", "jobs")
    from pgqueuer.db import AsyncpgDriver
    from pgqueuer.queries import Queries

    async with connection.transaction():
        await Queries(AsyncpgDriver(connection)).install(create_schema=False)
        await connection.execute("""
            alter table jobs.pgqueuer disable trigger tg_pgqueuer_changed;
            grant usage on schema jobs to meydan_service;
            grant select, insert, update, delete on all tables in schema jobs to meydan_service;
            grant usage on all sequences in schema jobs to meydan_service;
        """)
