"""`meydan doctor`: checks everything the product needs and explains what is wrong."""

from __future__ import annotations

import asyncio
import os
import shutil
import stat
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any

import click
import msgspec
from msgspec import Struct

from meydan.commands import data_option
from meydan.config import (
    LOGINS,
    PREFIX,
    Environment,
    Settings,
    contact_key_file,
    default_data,
    generated_file,
    is_own_engine,
    last_running,
    load_settings,
)
from meydan.engines import is_running
from meydan.kit.settings import SettingsError, fields

_OWN_VARIABLES = {"MEYDAN_DATA", "MEYDAN_CONFIG", "MEYDAN_OWNER_PASSWORD", "MEYDAN_SKIP_WEB", "MEYDAN_CHROMIUM"}
_LITTLE_DISK, _NO_DISK = 2_000_000_000, 200_000_000
_CLOCK_LIMIT = 2.0
_ANSWER_LIMIT = 5.0
_OUTBOX_LIMIT = 60
_MUCH_BUDGET = 75
_JOURNAL_LIMIT = 600
_MUCH_MEMORY, _FULL_MEMORY = 0.8, 0.95


class Level(StrEnum):
    good = "good"
    warning = "warning"
    bad = "bad"


class Finding(Struct, frozen=True):
    level: Level
    words: str


def good(words: str) -> Finding:
    return Finding(Level.good, words)


def warning(words: str) -> Finding:
    return Finding(Level.warning, words)


def bad(words: str) -> Finding:
    return Finding(Level.bad, words)


_SIGNS = {Level.good: ("✓", "green"), Level.warning: ("!", "yellow"), Level.bad: ("✗", "red")}


@click.command()
@data_option
def doctor(data: Path | None) -> None:
    """Say in words what is wrong: settings, secrets, disk, database, Valkey, clock, jobs, coins.

    Ends with 1 when something has to be mended, with 0 when it all works or deserves only a look.
    """
    findings = asyncio.run(examine(data))
    for finding in findings:
        sign, colour = _SIGNS[finding.level]
        click.echo(f"{click.style(sign, fg=colour)} {finding.words}")
    wrong = sum(finding.level is Level.bad for finding in findings)
    if wrong:
        click.secho(f"\n{wrong} to mend.", fg="red")
        sys.exit(1)
    click.echo("\nNothing to mend.")


async def examine(data: Path | None) -> list[Finding]:
    findings = list(versions())
    data = (data or default_data()).absolute()
    try:
        settings = load_settings(data, {**last_running(data), **os.environ})
    except SettingsError as error:
        return [*findings, bad(f"Settings: {error}")]
    findings += [*check_settings(settings), *check_disk(data)]
    if is_own_engine(data, "postgres", settings.database.owner_url) and not is_running(data):
        return [*findings, bad(f"`meydan up` is not running over {data}. Start it, then ask again")]
    findings += [finding async for finding in check_database(settings)]
    findings += [finding async for finding in check_valkey(settings)]
    findings += [finding async for finding in check_worker(settings)]
    findings += [finding async for finding in check_servers(settings)]
    return findings


def versions() -> Iterator[Finding]:
    from importlib.metadata import version

    python = ".".join(map(str, sys.version_info[:3]))
    yield good(f"Meydan {version('meydan')} on Python {python}")


def check_settings(settings: Settings) -> Iterator[Finding]:
    known = {field.variable(PREFIX) for field in fields(Settings)} | _OWN_VARIABLES
    for name in sorted(set(os.environ) - known):
        if name.startswith(f"{PREFIX}_"):
            yield warning(f"Settings: there is no setting {name}; it has no effect")
    missing = [name for name, value in msgspec.structs.asdict(settings.secrets).items() if not value]
    if missing:
        yield bad(
            f"Secrets: {' and '.join(missing)} not set. `meydan up` makes them in {settings.data}; elsewhere set "
            f"{' and '.join(f'{PREFIX}_SECRETS_{name.upper()}' for name in missing)} (openssl rand -hex 32)"
        )
    files = [file for file in (generated_file(settings.data), contact_key_file(settings.data)) if file.exists()]
    readable = [file for file in files if stat.S_IMODE(file.stat().st_mode) & 0o077]
    for file in readable:
        yield bad(f"Secrets: others on this machine can read {file}. Close it: chmod 600 {file}")
    if not readable and not missing:
        yield good(f"Secrets are set, environment is {settings.environment.value}")
    if settings.environment is Environment.production:
        for name, given in (
            ("mail.host", settings.mail.host),
            ("sms.twilio_account_sid", settings.sms.twilio_account_sid),
        ):
            if not given:
                yield warning(f"Settings: {name} is not set, so no codes go out that way")


def check_disk(data: Path) -> Iterator[Finding]:
    if not data.exists():
        yield bad(f"Data: there is no folder {data} yet. `meydan up` makes it, or name the right one with --data")
        return
    free = shutil.disk_usage(data).free
    words = f"{free / 1e9:.1f} GB free where the data is ({data})"
    if free < _NO_DISK:
        yield bad(f"Disk: {words}. PostgreSQL stops when it is full: make room")
    elif free < _LITTLE_DISK:
        yield warning(f"Disk: {words}. That is little")
    else:
        yield good(f"Disk: {words}")


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
            ("meydan_service", _check_jobs),
            ("meydan_service", _check_ledgers),
            ("meydan_service", _check_tenants),
            ("meydan_owner", partial(_check_texts, settings)),
            ("meydan_owner", _check_journal),
            ("meydan_relay", _check_outbox),
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


async def _check_jobs(connection: Any) -> AsyncIterator[Finding]:
    if not await connection.fetchval("select to_regclass('jobs.pgqueuer') is not null"):
        return  # a missing migration, reported above
    held = await connection.fetch(
        """
        select entrypoint, count(*) as count from jobs.pgqueuer
        where status = 'failed' group by entrypoint order by 2 desc
        """
    )
    if held:
        which = ", ".join(f"{row['entrypoint']} {row['count']}" for row in held)
        yield warning(f"Jobs: failed and held: {which}. The worker's log says why")
    waiting = await connection.fetchval(
        "select count(*) from jobs.pgqueuer where status = 'queued' and execute_after < now() - interval '5 minutes'"
    )
    if waiting:
        yield bad(f"Jobs: {waiting} are due for more than five minutes: is `meydan worker` running?")
    elif not held:
        yield good("Jobs: none failed, none late")


async def _check_outbox(connection: Any) -> AsyncIterator[Finding]:
    if not await connection.fetchval("select to_regclass('app.outbox') is not null"):
        return  # a missing migration, reported above
    row = await connection.fetchrow(
        "select count(*) as count, extract(epoch from clock_timestamp() - min(created_at))::float8 as age from app.outbox"
    )
    if row["count"] and row["age"] > _OUTBOX_LIMIT:
        yield bad(
            f"Outbox: {row['count']} frames wait, the oldest for {row['age']:.0f} s, so people see changes only when they "
            "reload. Valkey takes none, or no `meydan worker` is running"
        )
    else:
        yield good("Outbox: no frame waits")


async def _check_ledgers(connection: Any) -> AsyncIterator[Finding]:
    """Audits every tenant's whole ledger, as the worker does every night."""
    if not await connection.fetchval("select to_regprocedure('app.ledger_faults(integer)') is not null"):
        return  # a missing migration, reported above
    wrong = False
    for tenant in await connection.fetch("select id, slug from app.tenants order by id"):
        async with connection.transaction():
            await connection.execute(f"set local app.tenant_id = '{int(tenant['id'])}'")
            faults = await connection.fetch("select fault, id from app.ledger_faults($1)", tenant["id"])
            unaudited = await connection.fetchval(
                """
                select exists (
                    select from app.coin_transactions
                    where tenant_id = $1 and created_at < app.now() - interval '15 minutes'
                ) and not exists (
                    select from app.ledger_audits
                    where tenant_id = $1 and created_at > app.now() - interval '15 minutes'
                )
                """,
                tenant["id"],
            )
        if faults:
            wrong = True
            which = ", ".join(f"{fault['fault']} {fault['id'] or ''}".strip() for fault in faults[:3])
            yield bad(
                f"Coins: the ledger of {tenant['slug']} does not add up, {len(faults)} faults: {which}. "
                "The worker keeps payouts frozen until it does"
            )
        if unaudited:
            yield warning(
                f"Coins: nobody has added up the ledger of {tenant['slug']} for a quarter of an hour: is `meydan worker` running?"
            )
    if not wrong:
        yield good("Coins: every ledger adds up")


async def _check_journal(connection: Any) -> AsyncIterator[Finding]:
    """Checks how far the restore journal is behind: what waits there would be undone by a restore."""
    if not await connection.fetchval("select to_regclass('app.restore_journal') is not null"):
        return  # a missing migration, reported above
    row = await connection.fetchrow(
        """
        select count(*) as count, extract(epoch from app.now() - min(entry.created_at))::float8 as age
        from app.restore_journal entry join app.tenants tenant on tenant.id = entry.tenant_id
        where entry.shipped_at is null and tenant.status = 'active'
        """
    )
    if row["count"] and row["age"] > _JOURNAL_LIMIT:
        yield bad(
            f"Backups: {row['count']} bans, erasures, blocks or roles wait for {row['age'] / 60:.0f} minutes to reach the "
            "place of the backups; a restore would undo them. Is `meydan worker` running, and may it write there?"
        )
    else:
        yield good("Backups: what a restore must not undo is beside them")


async def _check_tenants(connection: Any) -> AsyncIterator[Finding]:
    """Checks what operators set for each tenant: an older program, or a hand in the database, took more."""
    from meydan import rooms, tenants  # noqa: F401 -- with the rooms come their settings

    if not await connection.fetchval("select to_regclass('app.tenant_configs') is not null"):
        return  # a missing migration, reported above
    wrong = False
    in_database = {row["name"] for row in await connection.fetch("select name from pg_catalog.pg_timezone_names")}
    for tenant in await connection.fetch("select id, slug, timezone from app.tenants order by id"):
        slug = tenant["slug"]
        if tenant["timezone"] not in tenants.timezones() & in_database:
            wrong = True
            yield bad(
                f"Communities: {slug} has the time zone {tenant['timezone']}, which does not exist: nobody can register. "
                f"Set one: meydan tenant timezone {slug} Europe/Istanbul"
            )
        async with connection.transaction():
            await connection.execute(f"set local app.tenant_id = '{int(tenant['id'])}'")
            rows = await connection.fetch(
                "select config_key, config_value::text as value from app.tenant_configs where tenant_id = $1 order by 1",
                tenant["id"],
            )
        for row in rows:
            fault = tenants.fault(row["config_key"], msgspec.json.decode(row["value"]))
            if fault:
                wrong = True
                yield bad(
                    f"Communities: {row['config_key']} of {slug} is {row['value']}: {fault}. The default holds in its "
                    f"place. Set it: meydan tenant set {slug} {row['config_key']} VALUE"
                )
    if not wrong:
        yield good("Communities: all settings and time zones are right")


async def _check_texts(settings: Settings, connection: Any) -> AsyncIterator[Finding]:
    """Tells how much of the day's budget for text messages is used."""
    if not await connection.fetchval("select to_regclass('app.sms_spendings') is not null"):
        return  # a missing migration, reported above
    from meydan.commands.texts import spent_on

    unknown = _unknown_countries(settings.sms.countries)
    if unknown:
        yield bad(f"Texts: sms.countries names {', '.join(unknown)}, which is no country. One is written TR")
    spent = await spent_on(connection, datetime.now(UTC).date())
    if not (settings.sms.twilio_account_sid or spent):
        return
    budget = settings.sms.daily_budget_cents
    percent = 100 * spent // budget if budget else 100
    words = f"Texts: {spent} of today's {budget} cents are spent ({percent} %)"
    if percent >= _MUCH_BUDGET:
        yield warning(f"{words}. The last quarter is kept for known devices. `meydan texts` says where it went")
    else:
        yield good(words)


def _unknown_countries(countries: list[str]) -> list[str]:
    import phonenumbers

    return [country for country in countries if country not in phonenumbers.SUPPORTED_REGIONS]


async def check_valkey(settings: Settings) -> AsyncIterator[Finding]:
    from meydan.kit.valkey import Valkey

    if not settings.valkey.url:
        yield bad("Valkey: no address (MEYDAN_VALKEY_URL). `meydan up` runs one here")
        return
    valkey = Valkey(settings.valkey.url, name="meydan-doctor")
    valkey.start()
    try:
        if not await valkey.wait_up(3):
            yield bad("Valkey: no answer")
            return
        info = _fields((await valkey.execute("INFO")).decode())
        version = info.get("valkey_version") or info.get("redis_version", "?")
        if "valkey_version" not in info or int(version.split(".")[0]) < 9:
            yield bad(
                f"Valkey: this is {info.get('server_name', 'a server')} {version}; Meydan needs Valkey 9 or newer"
            )
        else:
            yield good(f"Valkey {version} answers")
        if info.get("aof_enabled") != "1":
            yield warning(
                "Valkey: nothing is written to disk (appendonly no): after a restart clients reload everything"
            )
        elif info.get("aof_last_write_status") != "ok":
            yield bad("Valkey: writing to disk fails: look at its log and at the disk")
        for finding in _check_memory(int(info["used_memory"]), int(info.get("maxmemory", 0))):
            yield finding
        if info.get("maxmemory") != "0" and info.get("maxmemory_policy") != "noeviction":
            yield bad(
                f"Valkey: maxmemory-policy is {info['maxmemory_policy']}: it would forget revoked sessions. Use noeviction"
            )
    finally:
        await valkey.close()


def _check_memory(used: int, most: int) -> Iterator[Finding]:
    if not most:
        return
    words = f"Valkey: {used / 1e6:.0f} of {most / 1e6:.0f} MB are used (maxmemory)"
    if used >= _FULL_MEMORY * most:
        yield bad(f"{words}. It is full and takes no frames, so nothing reaches open pages: raise maxmemory")
    elif used >= _MUCH_MEMORY * most:
        yield warning(f"{words}. At the limit nothing reaches open pages: raise maxmemory")


async def check_worker(settings: Settings) -> AsyncIterator[Finding]:
    from meydan.kit.jobs.heartbeat import heartbeats
    from meydan.kit.valkey import Valkey, ValkeyDown

    valkey = Valkey(settings.valkey.url, name="meydan-doctor")
    valkey.start()
    try:
        if not settings.valkey.url or not await valkey.wait_up(3):
            return  # said by check_valkey
        beats = await heartbeats(valkey)
    except ValkeyDown:
        return
    finally:
        await valkey.close()
    if not any(not beat.is_late for beat in beats):
        yield bad("Worker: none is at work with its database and Valkey. Start `meydan worker`, or look at its log")
    else:
        yield good(f"Worker: {sum(not beat.is_late for beat in beats)} at work")
    for beat in beats:
        if beat.is_late:
            yield warning(
                f"Worker: {beat.worker} gave no sign for {beat.seconds_ago:.0f} s: it is frozen, or was killed"
            )


async def check_servers(settings: Settings) -> AsyncIterator[Finding]:
    """Asks each server a real question: a frozen one still takes connections."""
    import httpx

    host = settings.http.local_host
    scheme = "https" if settings.tls else "http"
    address = f"[{host}]" if ":" in host else host
    # The certificate is of another name than this machine's, mostly.
    async with httpx.AsyncClient(verify=False, timeout=_ANSWER_LIMIT, trust_env=False) as client:  # noqa: S501
        for name, port, path in (
            ("API", settings.http.port, "/api/ready"),
            ("Gateway", settings.http.gateway_port, "/ready"),
        ):
            try:
                answer = await client.get(f"{scheme}://{address}:{port}{path}")
            except httpx.ConnectError:
                yield warning(f"{name}: nothing answers on {host}:{port}. It is not running here, or on another port")
            except httpx.TimeoutException:
                yield bad(f"{name}: takes connections on {host}:{port} and answers none: it is frozen. Start it again")
            except httpx.HTTPError as error:
                yield bad(f"{name}: does not answer on {host}:{port}: {error or type(error).__name__}")
            else:
                yield _answered(name, f"{host}:{port}", answer.status_code)


def _answered(name: str, place: str, status: int) -> Finding:
    if status == HTTPStatus.OK:
        return good(f"{name}: answers on {place}")
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        return bad(f"{name}: waits on {place} for its database or Valkey. Its log says for which")
    return warning(f"{name}: another program seems to answer on {place} (status {status})")


def _fields(info: str) -> dict[str, str]:
    return dict(line.split(":", 1) for line in info.splitlines() if ":" in line)
