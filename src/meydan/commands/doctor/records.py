"""Records in the database: jobs, frames, coins, texts, and what operators set for each community."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import msgspec

from meydan.commands.doctor.findings import Finding, bad, good, warning
from meydan.config import Settings

_OUTBOX_LIMIT = 60
_MUCH_BUDGET = 75
_JOURNAL_LIMIT = 600


async def check_jobs(connection: Any) -> AsyncIterator[Finding]:
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


async def check_outbox(connection: Any) -> AsyncIterator[Finding]:
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


async def check_ledgers(connection: Any) -> AsyncIterator[Finding]:
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


async def check_journal(connection: Any) -> AsyncIterator[Finding]:
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


async def check_tenants(connection: Any) -> AsyncIterator[Finding]:
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


async def check_texts(settings: Settings, connection: Any) -> AsyncIterator[Finding]:
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
