"""Duration of the ledger's audits as the ledger grows: frequent and whole, beside a plain sum of all entries.

    python -m benchmarks.audit [transfers of the past, at first]

Old transfers are written in bulk, new ones by the ledger's own function. The frequent audit should cost in proportion to
the new ones only; the whole one grows. Measured is processor time of the auditing backend, which other work on the
machine changes little.
"""

import asyncio
import shutil
import sys
import tempfile
from pathlib import Path

import asyncpg
import psutil

from benchmarks.kit.results import keep, table
from benchmarks.ledger import PASSWORDS, PEOPLE, make_world
from meydan.engines import Engines
from meydan.kit.database import migrations

FIRST = 400_000
BETWEEN = 2_000
LOOKS = 3
TIMES = (1, 2)

PAST = """
with past as (
    insert into app.coin_transactions (tenant_id, user_id, amount, transaction_type, idempotency_key, fingerprint)
    select $1, lpad((1 + n * 7919::bigint % $4)::text, 32, '0')::uuid, -1, 'spent', 'past:' || n, ''
    from generate_series($2::integer, $3::integer - 1) n returning id, user_id
),
entries as (
    insert into app.coin_entries (tenant_id, transaction_id, account_id, stripe, amount)
    select $1, past.id, side.account_id, 0, side.amount
    from past cross join lateral (values
        (app.ledger_account_id('person_coins', past.user_id, null, null), -1),
        (app.ledger_account_id('tenant_revenue', null, null, null), 1)
    ) side (account_id, amount) returning account_id, amount
)
update app.ledger_balances known set balance = known.balance + moved.amount
from (select account_id, sum(amount) as amount from entries group by account_id) moved
where known.tenant_id = $1 and known.account_id = moved.account_id and known.stripe = 0
"""
TRANSFERS = """
select count((app.transfer($1, 'audit:' || $2 || ':' || n, 'spent', array[
    ('person_coins', payer, null, null, -1), ('tenant_revenue', null, null, null, 1)
]::app.ledger_entry[], payer)).id)
from (select n, lpad((1 + (n * 7919::bigint + $2) % $4)::text, 32, '0')::uuid as payer from generate_series(1, $3::integer) n) one
"""
# Proves all balances without earlier results: each from all its entries.
EVERY_BALANCE = """
select count(*), count(*) filter (where known.balance <> coalesce(told.amount, 0)) from app.ledger_balances known
left join (
    select account_id, stripe, sum(amount) as amount from app.coin_entries where tenant_id = $1 group by account_id, stripe
) told using (account_id, stripe) where known.tenant_id = $1
"""
RESULT = """A fresh ledger of {people:,} people, durable PostgreSQL 18, CPU-ms of a look (of {looks}, after {between:,} new transfers each):

{}"""


class Books:
    def __init__(self, service: asyncpg.Connection, tenant: int) -> None:
        self.service, self.tenant, self.batch = service, tenant, 0
        self.backend = psutil.Process(service.get_server_pid())

    def spent(self) -> float:
        times = self.backend.cpu_times()
        return float(times.user + times.system) * 1000

    async def ask(self, statement: str, *args: object) -> tuple[asyncpg.Record, float]:
        """Executes the statement; returns its first row and the milliseconds of processor time."""
        async with self.service.transaction():
            await self.service.execute(f"set local app.tenant_id = '{self.tenant}'")
            await self.service.execute("set local max_parallel_workers_per_gather = 0")
            before = self.spent()
            row = await self.service.fetchrow(statement, self.tenant, *args)
            assert row is not None
            return row, self.spent() - before

    async def move(self, number: int) -> None:
        self.batch += 1
        await self.ask(TRANSFERS, self.batch, number, PEOPLE)

    async def audit(self, *, whole: bool) -> float:
        row, took = await self.ask("select fault_count, whole from app.audit_ledger($1, $2)", whole)
        assert tuple(row.values()) == (0, whole), row
        return took


async def measure(service_url: str, superuser_url: str, tenant: int, first: int) -> list[list[str]]:
    rows: list[list[str]] = []
    superuser, service = await asyncpg.connect(superuser_url), await asyncpg.connect(service_url)
    books = Books(service, tenant)
    await books.move(1)  # opens the community's account
    await superuser.execute(
        """
        insert into app.ledger_balances (tenant_id, account_id, stripe)
        values ($1, app.ledger_account_id('tenant_revenue', null, null, null), 0) on conflict do nothing
        """,
        tenant,
    )
    for before, times in zip((0, *TIMES), TIMES, strict=False):
        await superuser.execute(PAST, tenant, first * before, first * times, PEOPLE)
        await superuser.execute("vacuum analyze")
        await books.audit(whole=True)
        fresh = []
        for _ in range(LOOKS):
            await books.move(BETWEEN)
            fresh.append(await books.audit(whole=False))
        nothing = [await books.audit(whole=False) for _ in range(LOOKS)]
        whole = await books.audit(whole=True)
        _, every = await books.ask(EVERY_BALANCE)
        entries = await superuser.fetchval("select count(*) from app.coin_entries")
        found = [
            f"{entries:,}",
            f"{sum(fresh) / LOOKS:,.0f}",
            f"{sum(nothing) / LOOKS:,.0f}",
            f"{whole:,.0f}",
            f"{every:,.0f}",
        ]
        print(*found, flush=True)
        rows.append(found)
    await service.close()
    await superuser.close()
    return rows


def main() -> None:
    first = int(sys.argv[1]) if len(sys.argv) > 1 else FIRST
    folder = Path(tempfile.mkdtemp(prefix="meydan-bench-"))
    folder.chmod(0o755)
    with Engines(folder) as engines:
        asyncio.run(migrations.bootstrap(engines.postgres_url, "meydan", PASSWORDS))
        address = engines.postgres_url.rsplit("@", 1)[1].split("/")[0]
        superuser = engines.postgres_url.split("//")[1].split("@", maxsplit=1)[0]
        owner_url = f"postgresql://meydan_owner:bench@{address}/meydan"
        asyncio.run(migrations.migrate(owner_url))
        superuser_url = f"postgresql://{superuser}@{address}/meydan"
        tenant = asyncio.run(make_world(owner_url, superuser_url))
        service_url = f"postgresql://meydan_service:bench@{address}/meydan"
        rows = asyncio.run(measure(service_url, superuser_url, tenant, first))
    shown = table(["entries", "what is new", "nothing new", "all of it", "every balance from its entries"], rows)
    print(shown)
    keep("audit", RESULT.format(shown, people=PEOPLE, looks=LOOKS, between=BETWEEN))
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
