"""Matching: how soon after the second compatible ticket both sides have the frame, and whether a crowd that waits for others costs anything.

    python -m benchmarks.meeting [--quick]

Three parts, on engines of their own. The first one meets an empty database, whose statistics say so:

- joins at 500 a second in this process, ten thousand of them, with blocks, recent meetings, languages and distances;
- growth: with 1,000, 10,000 and 100,000 people waiting who fit nobody (other languages, or near somewhere else only), pairs
  that fit join one after the other;
- two thousand people over real HTTP and sockets: API, gateway and worker as processes of their own.

A match counts as told when its frame reaches the listener (a subscriber of Valkey; in the last part the user's socket). The time
starts when the second of the two tickets is committed; in the last part when its request is sent. After each part every
match is looked at: no pair that must not meet.
"""

import asyncio
import contextlib
import os
import random
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from uuid import uuid4

import click
import uvloop

from benchmarks.kit import processes, results
from benchmarks.kit.meeting_place import (
    KEY,
    PASSWORDS,
    Arrivals,
    Place,
    check_no_forbidden_pair,
    connect,
    draw_without_decoys,
)
from meydan import meeting, rooms
from meydan.engines import Engines
from meydan.kit import clock
from meydan.kit.crypto import tokens
from meydan.kit.crypto.keys import Keys
from meydan.kit.database import Database, DatabaseSettings, migrations
from meydan.kit.realtime import Realtime
from meydan.kit.runtime import runtime
from meydan.kit.valkey import Valkey

GOAL_MS = 300


def summary(found: list[float]) -> tuple[float, float, float]:
    return statistics.median(found), found[int(len(found) * 0.95)], found[-1]


async def growth(place: Place, sizes: list[int], pairs: int) -> list[list[str]]:
    lines, first = [], 0.0
    for seed, size in enumerate(sizes, start=10):
        tenant = await place.tenant()
        crowd = await place.people(tenant, size, languages=[["tr"]], seed=seed)
        owner = await place.owner()
        rows = []
        for number, one in enumerate(crowd):
            far_picky = number % 2 == 0
            language = "tr" if far_picky else f"{chr(97 + number // 2 % 26)}{chr(97 + number // 52 % 26)}q"
            place_of = ((60 + number % 80 / 10), (-100 + number // 80 % 800 / 10)) if far_picky else (None, None)
            rows.append(
                (
                    tenant.id,
                    one.me.user_id,
                    uuid4(),
                    one.me.profile_id,
                    [language],
                    *place_of,
                    40 if far_picky else None,
                )
            )
        await owner.executemany(
            """
            insert into app.tickets (
                tenant_id, user_id, kind, id, profile_id, languages, latitude, longitude, max_distance_km, day_limit, searched_at
            ) values ($1, $2, 'text', $3, $4, $5, $6, $7, $8, 10, now())
            """,
            rows,
        )
        await owner.execute("analyze app.tickets, app.ticket_lanes")
        await owner.close()
        seekers = await place.people(tenant, pairs * 2, languages=[["tr"]], seed=seed + 100)
        arrivals = Arrivals()
        await place.listen(arrivals, seekers)
        meeting_each_other = list(zip(seekers[::2], seekers[1::2], strict=True))
        await draw_without_decoys(place, tenant, meeting_each_other)
        for one, other in meeting_each_other:
            await place.join(arrivals, one)
            await asyncio.sleep(0.02)  # looked for, found nobody
            arrivals.heard.clear()
            await place.join(arrivals, other)
            async with asyncio.timeout(10):
                await arrivals.heard.wait()
        assert await check_no_forbidden_pair(place, tenant, seekers, set()) == pairs
        await place.clear(tenant)
        median, p95, _ = summary(arrivals.latencies())
        first = first or median
        lines.append([f"{size:,}", f"{median:.1f}", f"{p95:.1f}", f"{median / first:.2f}"])
        click.echo(f"growth {size}: p50 {median:.1f} ms, p95 {p95:.1f} ms")
    return lines


async def steady(place: Place, joins: int, per_second: int) -> list[str]:
    tenant = await place.tenant()
    people = await place.people(tenant, joins, languages=[["tr"], ["tr"], ["en"], ["tr", "en"]], seed=3)
    dice = random.Random(4)
    for one in people:
        if one.cell and dice.random() < 0.1:
            one.max_distance_km = 100
    # The next person to join is the likeliest match, so these pairs are blocked.
    near = [(people[i], people[min(i + dice.randrange(1, 6), joins - 1)]) for i in range(0, joins - 6, 2)]
    blocked, met = near[::2], near[1::2]
    owner = await place.owner()
    await owner.executemany(
        """
        insert into app.blocks (tenant_id, blocker_user_id, blocker_profile_id, blocked_user_id, blocked_profile_id)
        values ($1, $2, $3, $4, $5)
        """,
        [(tenant.id, a.me.user_id, a.me.profile_id, b.me.user_id, b.me.profile_id) for a, b in blocked],
    )
    await owner.executemany(
        "insert into app.encounters (tenant_id, first_profile_id, second_profile_id) values ($1, $2, $3)",
        [(tenant.id, *sorted((a.me.profile_id, b.me.profile_id))) for a, b in met],
    )
    await owner.execute("analyze")  # it is empty, but for those who are about to join
    await owner.close()
    apart = {frozenset((a.me.user_id, b.me.user_id)) for a, b in near}

    arrivals = Arrivals()
    await place.listen(arrivals, people)
    started = time.perf_counter()
    engines_used, own_used = processes.processor_seconds(*place.engine_pids()), time.process_time()
    async with asyncio.TaskGroup() as group:
        for number, one in enumerate(people):
            if (ahead := started + number / per_second - time.perf_counter()) > 0:
                await asyncio.sleep(ahead)
            group.create_task(place.join(arrivals, one))
    took = time.perf_counter() - started
    await arrivals.settled()
    engines_used = (processes.processor_seconds(*place.engine_pids()) - engines_used) / joins * 1000
    own_used = (time.process_time() - own_used) / joins * 1000
    await place.clear(tenant)
    made = await check_no_forbidden_pair(place, tenant, people, apart)
    assert made == len(arrivals.frames)
    median, p95, slowest = summary(arrivals.latencies())
    click.echo(
        f"steady: {joins / took:.0f} joins/s, {made} matches, p50 {median:.1f}, p95 {p95:.1f}, max {slowest:.1f} ms; "
        f"CPU-ms a join: engines {engines_used:.2f}, ours {own_used:.2f}"
    )
    return [
        f"{joins:,} joins in process ({engines_used + own_used:.2f} CPU-ms each, {engines_used:.2f} of them the engines')", f"{joins / took:.0f}", f"{made:,}", f"{median:.1f}", f"{p95:.1f}", f"{slowest:.1f}"
    ]  # fmt: skip


class Http:
    """Kept connections; one request at a time on each."""

    def __init__(self, port: int, slug: str) -> None:
        self._port, self._slug = port, slug
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def join(self, token: str) -> None:
        body = b'{"type":"text"}'
        head = (
            f"POST /api/match/join HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Meydan-Tenant: {self._slug}\r\n"
            f"Authorization: Bearer {token}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        while self._idle and self._idle[-1][0].at_eof():  # the server closes what nobody uses
            self._idle.pop()[1].close()
        reader, writer = self._idle.pop() if self._idle else await asyncio.open_connection("127.0.0.1", self._port)
        writer.write(head.encode() + body)
        answer = (await reader.readuntil(b"\r\n\r\n")).lower()
        text = await reader.readexactly(int(answer.split(b"content-length: ")[1].split(b"\r\n")[0]))
        assert answer.startswith(b"http/1.1 200"), text
        self._idle.append((reader, writer))


async def over_the_wire(place: Place, number: int, per_second: int) -> list[str]:
    tenant = await place.tenant()
    people = await place.people(tenant, number, languages=[["tr"], ["en"], ["tr", "en"]], seed=5)
    ports = processes.free_port(), processes.free_port()
    environment = place.environment(*ports)
    meydan = [sys.executable, "-m", "meydan"]
    with contextlib.ExitStack() as stack:
        stack.enter_context(processes.server([*meydan, "api"], ports[0], environment))
        stack.enter_context(processes.server([*meydan, "gateway"], ports[1], environment))
        worker = await asyncio.create_subprocess_exec(*meydan, "worker", env={**os.environ, **environment})
        arrivals = Arrivals()
        transports = [await connect(arrivals, one, ports[1]) for one in people]
        http = Http(ports[0], tenant.slug)
        started = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for index, one in enumerate(people):
                if (ahead := started + index / per_second - time.perf_counter()) > 0:
                    await asyncio.sleep(ahead)
                arrivals.joined[one.me.user_id] = time.perf_counter()
                group.create_task(http.join(tokens.sign_access(one.me, (KEY,))))
        took = time.perf_counter() - started
        await arrivals.settled()
        for transport in transports:
            transport.disconnect()
        worker.terminate()
        await worker.wait()
    made = await check_no_forbidden_pair(place, tenant, people, set())
    assert made == len(arrivals.frames)
    median, p95, slowest = summary(arrivals.latencies())
    click.echo(
        f"wire: {number / took:.0f} joins/s, {made} matches, p50 {median:.1f}, p95 {p95:.1f}, max {slowest:.1f} ms"
    )
    return [
        f"{number:,} people over HTTP and sockets", f"{number / took:.0f}", f"{made:,}", f"{median:.1f}", f"{p95:.1f}", f"{slowest:.1f}"
    ]  # fmt: skip


async def run(*, quick: bool) -> None:
    folder = Path(tempfile.mkdtemp(prefix="meydan-bench-"))
    folder.chmod(0o755)
    with runtime.using(Keys(token_key=KEY, seal_key="s" * 32, contact_key="c" * 32)), Engines(folder) as engines:
        await migrations.bootstrap(engines.postgres_url, "meydan", PASSWORDS)
        address = engines.postgres_url.rsplit("@", 1)[1].split("/")[0]
        urls = {role: f"postgresql://{role}:bench@{address}/meydan" for role in PASSWORDS}
        await migrations.migrate(urls["meydan_owner"])
        db = await Database.open(
            DatabaseSettings(
                urls["meydan_app"], urls["meydan_service"], urls["meydan_relay"], urls["meydan_owner"], pool_size=8
            )
        )
        listener = Valkey(engines.valkey_url, name="listener")
        listener.start()
        await listener.wait_up(timeout=5)
        place = Place(db, urls, listener, engines, folder)
        assert rooms.routes()  # every room hears of matches, as in the product
        began = clock.now()
        async with Realtime.opened(engines.valkey_url, db), meeting.matching(db):
            flow = [await steady(place, 1_000 if quick else 10_000, 500)]
            sizes = [100, 1_000] if quick else [1_000, 10_000, 100_000]
            grown = await growth(place, sizes, 20 if quick else 100)
        flow.append(await over_the_wire(place, 200 if quick else 2_000, 100))
        await listener.close()
        await db.close()
        click.echo(f"{(clock.now() - began).total_seconds():.0f} s")
    shutil.rmtree(folder, ignore_errors=True)
    if not quick:
        results.keep(
            "matching",
            "From the second compatible ticket until both sides have the frame, in milliseconds; goal: p95 at most "
            f"{GOAL_MS}. No pair that was blocked, had met, had no common language or was too far apart.\n\n"
            + results.table(["", "joins a second", "matches", "p50", "p95", "slowest"], flow)
            + "\n\nThe same with a crowd that waits for others (half of them for other languages, half for somebody near "
            "somewhere else):\n\n" + results.table(["waiting", "p50", "p95", "of the smallest"], grown),
        )


@click.command()
@click.option("--quick", is_flag=True, help="A tenth of it, and nothing is written down.")
def main(quick: bool) -> None:
    uvloop.run(run(quick=quick))


if __name__ == "__main__":
    main()
