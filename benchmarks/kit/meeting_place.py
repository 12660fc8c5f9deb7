"""The place where people of a benchmark are matched: engines, a database, and listeners that note when each side is told."""

import asyncio
import random
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import msgspec
from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from meydan import meeting, tenants
from meydan.engines import Engines
from meydan.kit.crypto import tokens
from meydan.kit.database import Database, migrations
from meydan.kit.identity import Face, Identity, Role
from meydan.kit.realtime.frames import channel_of_user, pubsub_channel
from meydan.kit.valkey import Valkey
from meydan.meeting import tickets
from meydan.meeting.enums import MeetingType

KEY = "b" * 32
PASSWORDS = dict.fromkeys(migrations.ROLES, "bench")
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

    async def owner(self) -> asyncpg.Connection:
        """A connection that plans like the product's: a check of a key must not read a table whole that has filled since."""
        return await asyncpg.connect(self.urls["meydan_owner"], server_settings={"enable_seqscan": "off"})

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
        owner = await self.owner()
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


async def check_no_forbidden_pair(
    place: Place, tenant: tenants.Tenant, people: list[Participant], apart: set[frozenset[UUID]]
) -> int:
    """Answers how many matches there are."""
    by_user = {one.me.user_id: one for one in people}
    owner = await place.owner()
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
