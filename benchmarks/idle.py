"""Idle communities: processor time of the whole product when nobody is there, engines included, as communities grow.

    python -m benchmarks.idle [--quick]

Then the first match in the first community beside that in the last. Nobody wakes a matcher: the worker has to find them.
"""

import asyncio
import contextlib
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import click
import uvloop

from benchmarks.kit import processes, results
from benchmarks.kit.meeting_place import KEY, PASSWORDS, Arrivals, Place, connect, draw_without_decoys
from meydan import rooms, tenants
from meydan.engines import Engines
from meydan.kit.crypto.keys import Keys
from meydan.kit.database import Database, DatabaseSettings, migrations
from meydan.kit.realtime import Realtime
from meydan.kit.runtime import runtime
from meydan.kit.valkey import Valkey

COMMUNITIES = (1, 100, 2_000)
SECONDS = 60.0  # in which every loop of a minute runs once
SETTLE = 20.0
GOAL = 1.3
PAIRS = 9


@contextlib.contextmanager
def product(place: Place) -> Iterator[tuple[list[int], int]]:
    """API, gateway and worker; gives the ids of all processes, the engines' among them, and the gateway's port."""
    ports = processes.free_port(), processes.free_port()
    environment = place.environment(*ports)
    meydan = [sys.executable, "-m", "meydan"]
    with contextlib.ExitStack() as stack:
        api = stack.enter_context(processes.server([*meydan, "api"], ports[0], environment))
        gateway = stack.enter_context(processes.server([*meydan, "gateway"], ports[1], environment))
        worker = subprocess.Popen([*meydan, "worker"], env={**os.environ, **environment})
        stack.callback(worker.wait)
        stack.callback(worker.terminate)
        yield [api, gateway, worker.pid, *place.engine_pids()], ports[1]


async def first_match(place: Place, gateway_port: int, tenant: tenants.Tenant, seed: int) -> float:
    """Milliseconds from the second ticket to both frames, the median of several pairs one after the other."""
    people = await place.people(tenant, PAIRS * 2, languages=[["tr"]], seed=seed)
    arrivals = Arrivals()
    sockets = [await connect(arrivals, one, gateway_port) for one in people]  # who is connected is not away
    pairs = list(zip(people[::2], people[1::2], strict=True))
    await draw_without_decoys(place, tenant, pairs)
    for pair in pairs:
        arrivals.heard.clear()
        for one in pair:
            await place.join(arrivals, one)
        async with asyncio.timeout(60):
            await arrivals.heard.wait()
    for socket in sockets:
        socket.disconnect()
    return statistics.median(arrivals.latencies())


async def measure(place: Place, sizes: tuple[int, ...], seconds: float) -> str:
    made: list[tenants.Tenant] = []
    rows, first = [], 0.0
    with product(place) as (pids, gateway_port):
        for size in sizes:
            while len(made) < size:
                made.append(await place.tenant())
            await asyncio.sleep(SETTLE)  # the start and the making are over
            before, at = processes.processor_seconds(*pids), time.perf_counter()
            await asyncio.sleep(seconds)
            used = (processes.processor_seconds(*pids) - before) / (time.perf_counter() - at) * 1000
            first = first or used
            click.echo(f"{size} communities: {used:.1f} CPU-ms a second")
            rows.append([f"{size:,}", f"{used:.1f}", f"{used / first:.2f}"])
        quick_first, quick_last = [
            await first_match(place, gateway_port, tenant, seed)
            for seed, tenant in enumerate((made[0], made[-1]), start=40)
        ]
    text = (
        f"Processor time of everything when nobody is there, in {seconds:.0f} s; goal: {GOAL} of one community. "
        "Loops of five minutes and more still visit each community.\n\n"
        + results.table(["communities", "CPU-ms a second", "of one"], rows)
        + f"\n\nA match that the worker finds, with {sizes[-1]:,} communities: {quick_first:.0f} ms in the first, "
        f"{quick_last:.0f} ms in the last."
    )
    click.echo(text)
    return text


async def run(*, quick: bool) -> None:
    folder = Path(tempfile.mkdtemp(prefix="meydan-bench-"))
    folder.chmod(0o755)
    with runtime.using(Keys(token_key=KEY, seal_key="s" * 32, contact_key="c" * 32)), Engines(folder) as engines:
        await migrations.bootstrap(engines.postgres_url, "meydan", PASSWORDS)
        address = engines.postgres_url.rsplit("@", 1)[1].split("/")[0]
        urls = {role: f"postgresql://{role}:bench@{address}/meydan" for role in PASSWORDS}
        await migrations.migrate(urls["meydan_owner"])
        db = await Database.open(
            DatabaseSettings(*(urls[f"meydan_{login}"] for login in ("app", "service", "relay", "owner")))
        )
        listener = Valkey(engines.valkey_url, name="listener")
        listener.start()
        await listener.wait_up(timeout=5)
        assert rooms.routes()
        async with Realtime.opened(engines.valkey_url, db):
            sizes = (1, 20, 200) if quick else COMMUNITIES
            text = await measure(Place(db, urls, listener, engines, folder), sizes, 20.0 if quick else SECONDS)
        await listener.close()
        await db.close()
    shutil.rmtree(folder, ignore_errors=True)
    if not quick:
        results.keep("idle", text)


@click.command()
@click.option("--quick", is_flag=True, help="A tenth of it, and nothing is written down.")
def main(quick: bool) -> None:
    uvloop.run(run(quick=quick))


if __name__ == "__main__":
    main()
