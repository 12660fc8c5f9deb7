"""The database itself: its logins, version, migrations, safety and clock."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from functools import partial
from typing import Any

from meydan.commands.doctor import keys, records
from meydan.commands.doctor.findings import Finding, bad, good, warning
from meydan.config import LOGINS, Settings

_ANSWER_LIMIT = 5.0
_CLOCK_LIMIT = 2.0


async def check_database(settings: Settings) -> AsyncIterator[Finding]:
    import asyncpg

    async with AsyncExitStack() as stack:
        answering: dict[str, Any] = {}
        for login in LOGINS.values():
            try:
                answering[login] = await _log_in(settings, login)
            except (OSError, TimeoutError, LookupError, asyncpg.PostgresError) as error:
                yield bad(f"Database: {login} cannot log in: {error or type(error).__name__}")
                continue
            stack.push_async_callback(answering[login].close)
            async for finding in _check_login(login, answering[login]):
                yield finding
        for login, check in (
            ("meydan_owner", partial(_check_schema, settings)),
            ("meydan_service", records.check_jobs),
            ("meydan_service", records.check_ledgers),
            ("meydan_service", records.check_tenants),
            ("meydan_owner", partial(records.check_texts, settings)),
            ("meydan_owner", records.check_journal),
            ("meydan_owner", partial(keys.check_keys, settings)),
            ("meydan_relay", records.check_outbox),
        ):
            if login in answering:
                async for finding in check(answering[login]):
                    yield finding


async def _log_in(settings: Settings, login: str) -> Any:
    import asyncpg

    field = next(field for field, name in LOGINS.items() if name == login)
    url = getattr(settings.database, field)
    if not url:
        raise LookupError(f"no address (MEYDAN_DATABASE_{field.upper()}). `meydan up` runs a database here")
    try:
        return await asyncpg.connect(url, timeout=_ANSWER_LIMIT, command_timeout=600)  # whole ledgers are added up
    except (ConnectionError, TimeoutError) as error:
        raise ConnectionError(f"no answer ({error or type(error).__name__})") from None


async def _check_login(login: str, connection: Any) -> AsyncIterator[Finding]:
    row = await connection.fetchrow(
        "select current_user as name, rolsuper, rolbypassrls from pg_catalog.pg_roles where rolname = current_user"
    )
    if row["name"] != login:
        yield bad(f"Database: the address for {login} logs in as {row['name']}")
    if row["rolsuper"] or row["rolbypassrls"]:
        yield bad(
            f"Database: {row['name']} may pass row level security, so people would see other people's rows. "
            f"Take it away: alter role {row['name']} nosuperuser nobypassrls"
        )


async def _check_schema(settings: Settings, connection: Any) -> AsyncIterator[Finding]:
    from meydan.kit.database import migrations

    number = int(await connection.fetchval("show server_version_num"))
    words = f"PostgreSQL {await connection.fetchval('show server_version')}"
    if number < 180_000:
        yield bad(f"Database: {words}; Meydan needs 18 or newer (uuidv7)")
    else:
        yield good(f"Database: {words} answers, its logins are held to row level security")
    pending = await migrations.pending(settings.database.owner_url)
    if pending:
        yield bad(f"Database: {len(pending)} migrations are missing, from {pending[0]} on. Run: meydan migrate")
    try:
        await migrations.check_version(connection)
    except migrations.DatabaseTooOldError:
        pass  # said above
    except migrations.ProgramTooOldError as error:
        yield bad(f"Database: {error}")
    open_tables = await connection.fetchval(
        """
        select string_agg(relname, ', ') from pg_catalog.pg_class
        where relnamespace = to_regnamespace('app') and relkind in ('r', 'p')
            and not (relrowsecurity and relforcerowsecurity) and relname <> 'tenants'
        """
    )
    if open_tables:
        yield bad(f"Database: row level security is off for {open_tables}")
    for name in ("fsync", "full_page_writes", "synchronous_commit"):
        if await connection.fetchval("select current_setting($1)", name) == "off":
            yield warning(f"Database: {name} is off: a crash of the machine may lose what was committed")
    before = datetime.now(UTC)
    theirs = await connection.fetchval("select clock_timestamp()")
    behind = (theirs - before).total_seconds()
    if abs(behind) > _CLOCK_LIMIT:
        yield bad(
            f"Clock: the database is {abs(behind):.0f} s {'ahead' if behind > 0 else 'behind'}. Codes and sessions "
            "end at the wrong time: set both clocks by NTP"
        )
    else:
        yield good("Clock: this machine and the database agree")
