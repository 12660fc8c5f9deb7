"""Transfers a second, and processor time a transfer, beside pgbench's TPC-B and a plain update of two rows.

    python -m benchmarks.ledger [seconds a turn]

One durable server (fsync, full pages, synchronous_commit on), one database, one client program for all of them: pgbench
with eight clients, in turns. Statements are planned each time (pgbench's default) or prepared (as our driver does).
TPC-B at scale 50 is pgbench's own script: three updates, one select and one insert. Ours is the ledger's function,
called by the service's login under row level security: a header, its entries, two balances and the idempotency key. The
floor is the least that a ledger needs: two balances updated in a transaction, without entries. Afterwards the whole
ledger is audited.
"""

import asyncio
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import asyncpg
import psutil

from benchmarks.kit.results import keep, table
from meydan.engines import Engines
from meydan.engines.postgres import wheel_program
from meydan.kit.database import migrations

CLIENTS = 8
THREADS = 2
SCALE = 50
PEOPLE = 100_000
ROUNDS = 3
SECONDS = 8
PASSWORDS = dict.fromkeys(migrations.ROLES, "bench")

# A service transaction, in the product's own three round trips.
TRANSFER = """\\set payer random(1, {people})
\\set other random(1, {people} - 1)
\\set payee 1 + (:payer + :other - 1) % {people}
\\set key random(1, 9000000000000000000)
{begin}
select (app.transfer({tenant}, 'bench:' || :key, 'gift_sent', array[
    ('person_coins', lpad(:payer::text, 32, '0')::uuid, null, null, -1), ('{kind}', {payee}, null, null, 1)
]::app.ledger_entry[], lpad(:payer::text, 32, '0')::uuid)).id;
commit;
"""
# To begin and to say who asks is one round trip, in each protocol by its own means.
SETTING = "set local app.tenant_id = '{tenant}';"
BEGIN = {
    "simple": f"begin \\; {SETTING}",
    "prepared": f"\\startpipeline\nbegin;\n{SETTING}\n\\endpipeline",
}
PAYEE = "lpad(:payee::text, 32, '0')::uuid"
FLOOR = """\\set payer random(1, {people} - 1)
\\set payee {payee}
begin;
update public.floor set balance = balance - 1 where id = :payer;
update public.floor set balance = balance + 1 where id = :payee;
commit;
"""

WORLD = """
insert into app.users (tenant_id, id, username, password_hash, birth_date, language)
select {tenant}, lpad(n::text, 32, '0')::uuid, 'user' || n, 'none', '1990-01-01', 'en' from generate_series(1, {people}) n;
insert into app.ledger_accounts (tenant_id, kind, user_id)
select {tenant}, kind, lpad(n::text, 32, '0')::uuid
from generate_series(1, {people}) n, unnest(array['person_coins', 'creator_revenue']) kind;
insert into app.ledger_accounts (tenant_id, kind) values ({tenant}, 'promotions');
insert into app.coin_transactions (tenant_id, user_id, amount, transaction_type, idempotency_key, fingerprint)
select {tenant}, lpad(n::text, 32, '0')::uuid, 1000000, 'earned', 'begin:' || n, '' from generate_series(1, {people}) n;
insert into app.coin_entries (tenant_id, transaction_id, account_id, stripe, amount)
select {tenant}, given.id, account.id, 0, account.amount
from app.coin_transactions given
cross join lateral (values
    (app.ledger_account_id('person_coins', given.user_id, null, null), 1000000),
    (app.ledger_account_id('promotions', null, null, null), -1000000)
) account (id, amount) where given.tenant_id = {tenant};
insert into app.ledger_balances (tenant_id, account_id, stripe, balance, lowest)
select {tenant}, account.id, 0, case account.kind when 'person_coins' then 1000000 when 'promotions' then -1000000::bigint * {people}
    else 0 end, case when account.user_id is not null then 0 end
from app.ledger_accounts account where account.tenant_id = {tenant};
create table public.floor (id integer primary key, balance bigint not null, filler text not null) with (fillfactor = 60);
insert into public.floor select n, 0, repeat('x', 60) from generate_series(1, {people}) n;
"""
RESULT = """Durable PostgreSQL 18, {clients} clients by pgbench, median of {rounds} turns of {seconds} s, ratios within a turn. Goals: uncontended at least
1.0 × TPC-B at scale {scale}, on one hot account at least 0.5. {count:,} transfers were made by {people:,} people; their entries sum to {total},
and every balance equals its entries. CPU is that of every process of the server, its writers included.

As pgbench runs TPC-B by itself, statements planned each time:

{}

With prepared statements, which spare TPC-B the planning of five statements and a transfer that of one:

{}"""


class Load(NamedTuple):
    name: str
    login: str
    script: str | None
    """None: pgbench's own TPC-B."""


class Run(NamedTuple):
    per_second: float
    cpu_ms: float


def server_cpu(postmaster: psutil.Process) -> float:
    """Seconds of processor time of the server so far: those that run, and those that have ended."""
    total = 0.0
    for process in postmaster.children():
        with suppress(psutil.NoSuchProcess):  # it has just ended, and is counted below
            times = process.cpu_times()
            total += times.user + times.system
    times = postmaster.cpu_times()
    return float(total + times.user + times.system + times.children_user + times.children_system)


def pgbench(load: Load, protocol: str, address: str, folder: Path, seconds: int) -> tuple[int, float]:
    """Runs pgbench; returns the number of transactions, and the rate a second."""
    arguments = ["--client", CLIENTS, "--jobs", THREADS, "--time", seconds, "--protocol", protocol, "--no-vacuum"]
    if load.script is not None:
        file = folder / f"{re.sub('[^a-z]', '-', load.name)}.sql"
        file.write_text(load.script)
        arguments += ["--file", file]
    done = subprocess.run(
        [wheel_program("pgbench"), *map(str, arguments), f"postgresql://{load.login}@{address}/meydan"],
        check=True,
        capture_output=True,
        text=True,
    )
    said = done.stdout + done.stderr
    failed = re.search(r"number of failed transactions: (\d+)", said)
    assert failed is not None, said
    assert failed.group(1) == "0", said
    processed = re.search(r"number of transactions actually processed: (\d+)", said)
    rate = re.search(r"tps = ([\d.]+)", said)
    assert processed is not None, said
    assert rate is not None, said
    return int(processed.group(1)), float(rate.group(1))


async def make_world(owner_url: str, superuser_url: str) -> int:
    owner = await asyncpg.connect(owner_url)
    tenant: int = await owner.fetchval("select id from app.tenants where slug = 'default'")
    await owner.close()
    superuser = await asyncpg.connect(superuser_url)
    await superuser.execute(WORLD.format(tenant=tenant, people=PEOPLE))
    for statement in ("vacuum analyze", "checkpoint"):
        await superuser.execute(statement)
    await superuser.close()
    return tenant


async def add_up(service_url: str, tenant: int) -> tuple[int, int]:
    """The ledger's own proof, and the plainest one beside it."""
    service = await asyncpg.connect(service_url)
    async with service.transaction():
        await service.execute(f"set local app.tenant_id = '{tenant}'")
        faults = await service.fetch("select fault, id, expected, found from app.ledger_faults($1)", tenant)
        assert not faults, faults[:5]
        count = await service.fetchval(
            "select count(*) from app.coin_transactions where tenant_id = $1 and idempotency_key like 'bench:%'", tenant
        )
        total = await service.fetchval("select sum(amount)::bigint from app.coin_entries where tenant_id = $1", tenant)
    await service.close()
    assert total == 0
    return count, total


def loads(protocol: str, superuser: str, service: str, tenant: int) -> list[Load]:
    ours = {"people": PEOPLE, "tenant": tenant, "begin": BEGIN[protocol].format(tenant=tenant)}
    return [
        Load("TPC-B", superuser, None),
        Load("two rows", superuser, FLOOR.format(people=PEOPLE, payee=f"random(:payer + 1, {PEOPLE})")),
        Load("two rows, one hot", superuser, FLOOR.format(people=PEOPLE, payee=PEOPLE)),
        Load("transfer", service, TRANSFER.format(kind="creator_revenue", payee=PAYEE, **ours)),
        Load("transfer, one hot", service, TRANSFER.format(kind="tenant_revenue", payee="null", **ours)),
    ]


def measure(
    made: list[Load], protocol: str, address: str, postmaster: psutil.Process, folder: Path, seconds: int
) -> dict[str, list[Run]]:
    found: dict[str, list[Run]] = {load.name: [] for load in made}
    for load in made:
        pgbench(load, protocol, address, folder, 1)
    for turn in range(ROUNDS):
        for load in made if turn % 2 else reversed(made):
            before = server_cpu(postmaster)
            count, rate = pgbench(load, protocol, address, folder, seconds)
            time.sleep(0.2)  # its backends are gone
            found[load.name].append(Run(rate, (server_cpu(postmaster) - before) / count * 1000))
            print(f"{protocol}, {load.name}: {rate:.0f} a second, {found[load.name][-1].cpu_ms:.3f} ms", flush=True)
    return found


def in_words(runs: dict[str, list[Run]]) -> str:
    def ratio(name: str, peer: str) -> float:
        """Ratio of runs of the same turn, so that other work on the machine affects both."""
        return statistics.median(
            one.per_second / other.per_second for one, other in zip(runs[name], runs[peer], strict=True)
        )

    return table(
        ["", "a second", "CPU-ms each", "of TPC-B", "of two rows"],
        [
            [
                name,
                f"{statistics.median(run.per_second for run in turns):,.0f}",
                f"{statistics.median(run.cpu_ms for run in turns):.3f}",
                f"**{ratio(name, 'TPC-B'):.2f}**",
                f"{ratio(name, 'two rows'):.2f}",
            ]
            for name, turns in runs.items()
        ],
    )


def main() -> None:
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    folder = Path(tempfile.mkdtemp(prefix="meydan-bench-"))
    folder.chmod(0o755)
    with Engines(folder) as engines:
        asyncio.run(migrations.bootstrap(engines.postgres_url, "meydan", PASSWORDS))
        address = engines.postgres_url.rsplit("@", 1)[1].split("/")[0]
        logins = {role: f"{role}:bench" for role in PASSWORDS}
        superuser = engines.postgres_url.split("//")[1].split("@", maxsplit=1)[0]
        owner_url = f"postgresql://{logins['meydan_owner']}@{address}/meydan"
        asyncio.run(migrations.migrate(owner_url))
        tenant = asyncio.run(make_world(owner_url, f"postgresql://{superuser}@{address}/meydan"))
        subprocess.run(
            [
                *(wheel_program("pgbench"), "--initialize", "--quiet", "--scale", str(SCALE)),
                f"postgresql://{superuser}@{address}/meydan",
            ],
            check=True,
            capture_output=True,
        )
        assert engines.postgres.child is not None
        postmaster = psutil.Process(engines.postgres.child.pid)
        tables = [
            in_words(
                measure(
                    loads(protocol, superuser, logins["meydan_service"], tenant),
                    *(protocol, address, postmaster, folder, seconds),
                )
            )
            for protocol in ("simple", "prepared")
        ]
        count, total = asyncio.run(add_up(f"postgresql://{logins['meydan_service']}@{address}/meydan", tenant))
    print(*tables, sep="\n\n")
    keep(
        "ledger",
        RESULT.format(
            *tables,
            clients=CLIENTS,
            rounds=ROUNDS,
            seconds=seconds,
            scale=SCALE,
            count=count,
            people=PEOPLE,
            total=total,
        ),
    )
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
