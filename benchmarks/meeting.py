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
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import click
import msgspec
import uvloop
from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from benchmarks.kit import processes, results
from meydan import meeting, rooms, tenants
from meydan.engines import Engines
from meydan.kit import clock
from meydan.kit.crypto import tokens
from meydan.kit.crypto.keys import Keys
from meydan.kit.database import Database, DatabaseSettings, migrations
from meydan.kit.identity import Face, Identity, Role
from meydan.kit.realtime import Realtime
from meydan.kit.realtime.frames import channel_of_user, pubsub_channel
from meydan.kit.runtime import runtime
from meydan.kit.valkey import Valkey
from meydan.meeting import tickets
from meydan.meeting.enums import MeetingType

KEY = "b" * 32
PASSWORDS = dict.fromkeys(migrations.ROLES, "bench")
GOAL_MS = 300
CITIES = [(41.0, 29.0), (39.9, 32.9), (38.4, 27.1), (36.9, 30.7), (52.5, 13.4)]
INTERESTS = ["sea", "books", "chess", "tango", "cats", "bread", "bicycles", "stars"]


@dataclass
class Participant:
    me: Identity
    languages: list[str]
    cell: tuple[float, float] | None = None
    max_distance_km: int | None = None


@dataclass
class Arrivals:
    """Times at which match frames reached each side, and tickets were made."""

    joined: dict[UUID, float] = field(default_factory=dict)
    frames: dict[str, list[tuple[float, UUID]]] = field(default_factory=lambda: defaultdict(list))
    heard: asyncio.Event = field(default_factory=asyncio.Event)

    def hear(self, user_id: UUID, frame: bytes) -> None:
        if b'"match_made"' in frame:
            match_id = msgspec.json.decode(frame)["match_id"]
            self.frames[match_id].append((time.perf_counter(), user_id))
            if len(self.frames[match_id]) == 2:
                self.heard.set()

    async def settled(self) -> None:
        """Waits until no match has come for two seconds."""
        known = -1
        while known != len(self.frames):
            known = len(self.frames)
            await asyncio.sleep(2)

    def latencies(self) -> list[float]:
        """In milliseconds, from the second ticket to the second frame."""
        found = []
        for sides in self.frames.values():
            assert len(sides) == 2, "each match is sent to two people, once each"
            found.append((max(at for at, _ in sides) - max(self.joined[user_id] for _, user_id in sides)) * 1000)
        return sorted(found)


class Place:
    """Engines, a database and a subscriber to the users' channels."""

    def __init__(self, db: Database, urls: dict[str, str], listener: Valkey, engines: Engines, folder: Path) -> None:
        self.db, self.urls, self.listener, self.engines, self.folder = db, urls, listener, engines, folder

    def environment(self, http_port: int, gateway_port: int) -> dict[str, str]:
        """Of the product's processes over these engines."""
        return {
            "MEYDAN_DATA": str(self.folder / "data"),
            "MEYDAN_HTTP_PORT": str(http_port),
            "MEYDAN_HTTP_GATEWAY_PORT": str(gateway_port),
            "MEYDAN_LOG_LEVEL": "warning",
            "MEYDAN_VALKEY_URL": self.engines.valkey_url,
            "MEYDAN_SECRETS_TOKEN_KEY": KEY,
            "MEYDAN_SECRETS_SEAL_KEY": "s" * 32,
            "MEYDAN_SECRETS_CONTACT_KEY": "c" * 32,
            **{f"MEYDAN_DATABASE_{role.removeprefix('meydan_').upper()}_URL": url for role, url in self.urls.items()},
        }

    def engine_pids(self) -> list[int]:
        children = self.engines.postgres.child, self.engines.valkey.child
        return [child.pid for child in children if child is not None]

    async def tenant(self, **settings: object) -> tenants.Tenant:
        async with self.db.as_service(0) as tx:
            made = await tenants.do_add(tx, f"b-{uuid4().hex[:12]}", "A benchmark")
            await tenants.do_configure(tx, meeting.MeetingSettings, **settings)
            return made

    async def people(
        self, tenant: tenants.Tenant, number: int, *, languages: Iterable[list[str]], seed: int = 1
    ) -> list[Participant]:
        dice, spoken = random.Random(seed), list(languages)
        made = [
            Participant(
                Identity(tenant.id, uuid4(), uuid4(), uuid4(), uuid4(), Role.user, Face.real),
                dice.choice(spoken),
                dice.choice(CITIES) if dice.random() < 0.5 else None,
            )
            for _ in range(number)
        ]
        owner = await asyncpg.connect(self.urls["meydan_owner"])
        await owner.executemany(
            """
            insert into app.users (tenant_id, id, phone, password_hash, birth_date, language)
            values ($1, $2, $3, 'none', '1990-01-01', 'tr')
            """,
            [(tenant.id, one.me.user_id, f"+9{seed:03d}{number:08d}") for number, one in enumerate(made)],
        )
        await owner.executemany(
            """
            insert into app.profiles (
                tenant_id, id, user_id, face, alias, tag, languages, interests, latitude, longitude, avatar_seed, created_at
            ) values ($1, $2, $3, 'real', $4, $5, $6, $7, $8, $9, 'a', now())
            """,
            [
                (
                    *(
                        tenant.id,
                        one.me.profile_id,
                        one.me.user_id,
                        f"p{seed}-{number // 10_000}",
                        f"{number % 10_000:04d}",
                    ),
                    *(one.languages, dice.sample(INTERESTS, 2), *(one.cell or (None, None))),
                )
                for number, one in enumerate(made)
            ],
        )
        await owner.execute("analyze app.users, app.profiles")
        await owner.close()
        return made

    async def clear(self, tenant: tenants.Tenant) -> None:
        """Removes tickets still waiting, so that the next part starts empty."""
        async with self.db.as_service(tenant.id) as tx:
            await tx.run("delete from app.tickets where tenant_id = $1")

    async def listen(self, arrivals: Arrivals, people: list[Participant]) -> None:
        users = {
            pubsub_channel(channel_of_user(one.me.tenant_id, one.me.user_id)).encode(): one.me.user_id for one in people
        }
        self.listener.on_message(b"smessage", lambda channel, frame: arrivals.hear(users[channel], frame))
        for channel in users:
            self.listener.subscribe(channel)
        await self.listener.execute("PING")

    async def join(self, arrivals: Arrivals, one: Participant) -> None:
        async with self.db.as_user(one.me) as tx:
            # First in line after the commit: before the matcher hears of it.
            tx.after_commit(lambda: arrivals.joined.__setitem__(one.me.user_id, time.perf_counter()))
            await tickets.do_join(tx, MeetingType.text, None, tickets.Criteria(max_distance_km=one.max_distance_km))


def summary(found: list[float]) -> tuple[float, float, float]:
    return statistics.median(found), found[int(len(found) * 0.95)], found[-1]


async def check_no_forbidden_pair(
    place: Place, tenant: tenants.Tenant, people: list[Participant], apart: set[frozenset[UUID]]
) -> int:
    """Answers how many matches there are."""
    by_user = {one.me.user_id: one for one in people}
    owner = await asyncpg.connect(place.urls["meydan_owner"])
    pairs = await owner.fetch("select user1_id, user2_id from app.matches where tenant_id = $1", tenant.id)
    twice = await owner.fetchval(
        "select count(*) from (select user_id from app.match_slots where tenant_id = $1 group by user_id having count(*) > 1) x",
        tenant.id,
    )
    assert twice == 0
    for one, other in ((by_user[pair["user1_id"]], by_user[pair["user2_id"]]) for pair in pairs):
        assert frozenset((one.me.user_id, other.me.user_id)) not in apart, "blocked, or met a moment ago"
        assert set(one.languages) & set(other.languages), "no common language"
        reach = [person.max_distance_km for person in (one, other) if person.max_distance_km]
        if reach:
            assert one.cell
            assert other.cell
            assert await owner.fetchval(
                "select app.kilometres($1::text::point, $2::text::point)", f"{one.cell[::-1]}", f"{other.cell[::-1]}"
            ) <= min(reach)
    await owner.close()
    return len(pairs)


async def draw_without_decoys(
    place: Place, tenant: tenants.Tenant, pairs: list[tuple[Participant, Participant]]
) -> None:
    """Draws the tenant's key until each of these pairs may meet: they have nobody else to meet."""
    async with place.db.as_service(tenant.id) as tx:
        await tx.run("insert into app.decoy_keys (tenant_id) values ($1) on conflict do nothing")
        users, faces, other_users, other_faces = zip(
            *((one.me.user_id, one.me.profile_id, other.me.user_id, other.me.profile_id) for one, other in pairs),
            strict=True,
        )
        drawn = True
        while drawn:
            await tx.run("update app.decoy_keys set key = gen_random_uuid() where tenant_id = $1")
            drawn = await tx.one(
                bool,
                """
                select bool_or(app.is_passed_over($1, drawn.key, 50, user_id, face_id, other_user_id, other_face_id))
                from app.decoy_keys drawn
                cross join unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[])
                    as pair (user_id, face_id, other_user_id, other_face_id)
                where drawn.tenant_id = $1
                """,
                *(list(users), list(faces), list(other_users), list(other_faces)),
            )


async def growth(place: Place, sizes: list[int], pairs: int) -> list[list[str]]:
    lines, first = [], 0.0
    for seed, size in enumerate(sizes, start=10):
        tenant = await place.tenant()
        crowd = await place.people(tenant, size, languages=[["tr"]], seed=seed)
        owner = await asyncpg.connect(place.urls["meydan_owner"])
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
    owner = await asyncpg.connect(place.urls["meydan_owner"])
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


class Socket(WSListener):
    def __init__(self, arrivals: Arrivals, user_id: UUID) -> None:
        self._arrivals, self._user_id = arrivals, user_id
        self.ready = asyncio.get_running_loop().create_future()

    def on_ws_frame(self, _transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.TEXT:
            text = frame.get_payload_as_bytes()
            if b'"ready"' in text and not self.ready.done():
                self.ready.set_result(None)
            self._arrivals.hear(self._user_id, text)


async def connect(arrivals: Arrivals, one: Participant, gateway_port: int) -> WSTransport:
    """A socket of this person, once the gateway has said that it is ready."""
    transport, listener = await ws_connect(
        lambda: Socket(arrivals, one.me.user_id), f"ws://127.0.0.1:{gateway_port}/ws"
    )
    hello = {"t": "hello", "token": tokens.sign_access(one.me, (KEY,)), "since": None}
    transport.send(WSMsgType.TEXT, msgspec.json.encode(hello))
    await asyncio.wait_for(listener.ready, 10)
    return transport


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
