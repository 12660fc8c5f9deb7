"""Older database: loaded from the dump of an older program, and brought to the present."""

import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import msgspec

from meydan import (
    rooms,  # noqa: F401 -- registers every room's jobs and settings
)
from meydan.kit import jobs
from meydan.kit.database import Database, DatabaseSettings
from meydan.kit.identity import Face, Identity, Role

FOLDER = Path(__file__).parents[1] / "migrations"
FACTS: dict[str, Any] = json.loads((FOLDER / "from_0010.json").read_text())
TENANT: int = FACTS["tenant"]
CONTACT_KEY = "c" * 32
"""A program of then had none."""
LAGOON: int = FACTS["other_tenant"]
MOMENT = datetime.fromisoformat(FACTS["moment"])

Row = dict[str, Any]


class Before(msgspec.Struct, frozen=True):
    """Rows as the older program left them, read before the first newer migration."""

    jobs: list[Row]
    schedules: list[str]
    configs: list[Row]
    deferred: list[Row]
    outbox: list[Row]
    attempts: list[Row]
    contacts: list[bytes]
    marks: list[Row]
    findings: list[list[Row]]
    codes: list[str]
    unread: list[Row]


class Moved(msgspec.Struct, frozen=True):
    """A copy of the older database, brought to the present."""

    db: Database
    owner: asyncpg.Connection
    before: Before

    async def job(self, id: int) -> Row:
        return dict(await self.owner.fetchrow("select * from jobs.pgqueuer where id = $1", id))

    async def work(self) -> None:
        """Does every queued job, and the jobs that it queues."""
        while rows := await self.owner.fetch(
            "delete from jobs.pgqueuer where status = 'queued' returning id, entrypoint, payload, headers"
        ):
            await self._do(rows)

    async def do_those_called(self, old_name: str) -> None:
        """Does the queued jobs that had this name, and leaves them in the queue for other stories."""
        ids = [row["id"] for row in self.before.jobs if (row["entrypoint"], row["status"]) == (old_name, "queued")]
        await self._do(await self.owner.fetch("select * from jobs.pgqueuer where id = any($1)", ids))

    async def _do(self, rows: list[asyncpg.Record]) -> None:
        for row in sorted(rows, key=lambda row: row["id"]):
            tenant_id = json.loads(row["headers"])["tenant_id"]
            await jobs.run_job(self.db, row["entrypoint"], row["payload"], tenant_id)


def url_at(url: str, database: str, role: str | None = None) -> str:
    start, _, _ = url.rpartition("/")
    scheme, _, host = start.partition("://")
    login = f"{role}:test" if role else host.rpartition("@")[0]
    return f"{scheme}://{login}@{host.rpartition('@')[2]}/{database}"


async def read(owner: asyncpg.Connection) -> Before:
    async def rows(statement: str) -> list[Row]:
        return [dict(row) for row in await owner.fetch(statement)]

    return Before(
        jobs=await rows("select id, entrypoint, payload, dedupe_key, headers, status from jobs.pgqueuer order by id"),
        schedules=await owner.fetchval("select array_agg(entrypoint) from jobs.pgqueuer_schedules"),
        configs=await rows("select tenant_id, config_key, config_value from app.tenant_configs"),
        deferred=await rows(
            "select provider, subject, event from app.payment_early_events where subject <> 'ch_before'"
        ),
        outbox=await rows("select tenant_id, id, user_id, payload from app.outbox"),
        attempts=await rows("select scope, key, tries from app.login_attempts"),
        contacts=await owner.fetchval("select array_agg(contact_hash) from app.known_contacts"),
        marks=await rows(
            "select m.kind, m.mark, p.device_id, p.charge from app.payment_marks m "
            "join app.payments p on (p.tenant_id, p.id) = (m.tenant_id, m.payment_id)"
        ),
        findings=[
            json.loads(row["findings"])
            for row in await rows("select findings from app.fraud_cases where status = 'open'")
        ],
        codes=await owner.fetchval("select array_agg(distinct code) from app.notifications"),
        unread=await rows("select provider, event_id, payload from app.payment_notices where read_at is null"),
    )


@asynccontextmanager
async def copied(older: tuple[str, Before], postgres_url: str) -> AsyncIterator[Moved]:
    template, before = older
    name = f"meydan_moved_{uuid4().hex[:8]}"
    superuser = await asyncpg.connect(postgres_url)
    await superuser.execute(f'create database "{name}" template "{template}" owner meydan_owner')
    db = await Database.open(
        DatabaseSettings(
            app_url=url_at(postgres_url, name, "meydan_app"),
            service_url=url_at(postgres_url, name, "meydan_service"),
            relay_url=url_at(postgres_url, name, "meydan_relay"),
            owner_url=url_at(postgres_url, name, "meydan_owner"),
        )
    )
    owner = await asyncpg.connect(url_at(postgres_url, name, "meydan_owner"))
    yield Moved(db, owner, before)
    await owner.close()
    await db.close()
    await superuser.execute(f'drop database "{name}" with (force)')
    await superuser.close()


def leaves(value: Any) -> Counter[str]:
    """Counts every value in it, under any name."""
    if isinstance(value, dict):
        return sum((leaves(one) for one in value.values()), Counter[str]())
    if isinstance(value, list):
        return sum((leaves(one) for one in value), Counter[str]())
    return Counter() if value is None else Counter([json.dumps(value)])


def lost(before: Any, after: object) -> Counter[str]:
    """Values that ``before`` has and ``after`` has not."""
    return leaves(before) - leaves(msgspec.to_builtins(after))


def who(facts: Row) -> Identity:
    user, profile, session, device = (UUID(facts[one]) for one in ("user", "profile", "session", "device"))
    return Identity(TENANT, user, profile, session, device, Role.user, Face.real)
