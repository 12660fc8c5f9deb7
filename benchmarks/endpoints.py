"""CPU a request of listing and sending messages, beside Fastify with pg doing the same on the same database; and the
price of row level security itself.

    python benchmarks/endpoints.py

Both servers run one process with eight connections on PostgreSQL as the application's own login; the load comes from
this process over 32 kept connections, in turns. What is compared is the processor time of the server alone, which other
work on the machine does not change. Ours forwards every message to Valkey and counts rate limits besides.
"""

import asyncio
import json
import random
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, cast
from uuid import UUID, uuid4

import asyncpg

from benchmarks.kit.peers import from_npm, node
from benchmarks.kit.processes import free_port
from benchmarks.kit.processes import server as running
from benchmarks.kit.results import keep, table
from meydan.engines import Engines
from meydan.kit.crypto import tokens
from meydan.kit.database import migrations
from meydan.kit.identity import Face, Identity, Role

HERE = Path(__file__).parent
PEERS = {"fast-jwt": "6.3.6", "fastify": "5.12.8", "pg": "8.23.1"}
KEY = "b" * 32
CONNECTIONS = 32
PEOPLE = 400
ROUNDS = 5
REQUESTS = 1500
RESULT = """Processor milliseconds of the server a request, median of turns. Goal: 1.0 on the hot ones, at most 1.5.
Ours forwards each message to Valkey twice and counts rate limits besides; the peer does not.

{}

The price of row level security, least of ten turns on one backend:

{}"""
PASSWORDS = dict.fromkeys(migrations.ROLES, "bench")


class Server(NamedTuple):
    name: str
    pid: int
    port: int

    def cpu(self) -> float:
        """Milliseconds of processor time so far, of every thread."""
        tasks = Path(f"/proc/{self.pid}/task").iterdir()
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e6


class Connection(asyncio.Protocol):
    """A persistent HTTP/1.1 connection, with a single request at a time."""

    def __init__(self) -> None:
        self.buffer = b""
        self.answer: asyncio.Future[tuple[int, bytes]] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        end = self.buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        head = self.buffer[:end].lower()
        length = int(head.split(b"content-length: ")[1].split(b"\r\n")[0])
        if len(self.buffer) >= end + 4 + length:
            body, self.buffer = self.buffer[end + 4 : end + 4 + length], b""
            assert self.answer is not None
            self.answer.set_result((int(head[9:12]), body))

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        self.answer = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return await self.answer


class World:
    """Four hundred people in two hundred conversations of two hundred and fifty messages, and as many of others."""

    def __init__(self, people: list[tuple[Identity, UUID]]) -> None:
        self.people = [(me, conversation, tokens.sign_access(me, (KEY,)).encode()) for me, conversation in people]

    def head(self, token: bytes) -> bytes:
        return b"host: 127.0.0.1\r\nauthorization: Bearer %b\r\n" % token

    def list_page(self) -> bytes:
        _, conversation, token = random.choice(self.people)
        return b"GET /api/messages/%b?after=%d&limit=20 HTTP/1.1\r\n%b\r\n" % (
            str(conversation).encode(),
            random.randrange(80),
            self.head(token),
        )

    def send(self) -> bytes:
        _, conversation, token = random.choice(self.people)
        body = json.dumps(
            {"id": str(uuid4()), "conversation_id": str(conversation), "type": "text", "epoch": 1, "body": "QUJD" * 64}
        ).encode()
        return (
            b"POST /api/messages/send HTTP/1.1\r\n%bcontent-type: application/json\r\ncontent-length: %d\r\n\r\n%b"
            % (
                self.head(token),
                len(body),
                body,
            )
        )


async def make_world(owner_url: str) -> World:
    owner = await asyncpg.connect(owner_url)
    tenant = await owner.fetchval("select id from app.tenants where slug = 'default'")
    people: list[tuple[Identity, UUID]] = []
    for start in range(0, 2 * PEOPLE, 2):
        ids = [(uuid4(), uuid4(), uuid4(), uuid4()) for _ in range(2)]
        for number, (user, profile, _, _) in enumerate(ids):
            name = f"user{start + number}"
            await owner.execute(
                """
                insert into app.users (tenant_id, id, username, password_hash, birth_date, language)
                values ($1, $2, $3, 'none', '1990-01-01', 'en')
                """,
                *(tenant, user, name),
            )
            await owner.execute(
                """
                insert into app.profiles (tenant_id, id, user_id, face, alias, tag, avatar_seed, created_at)
                values ($1, $2, $3, 'real', $4, '0001', 'a', now())
                """,
                *(tenant, profile, user, name),
            )
        conversation = await owner.fetchval(
            """
            insert into app.conversations (tenant_id, match_id, opener_profile_id, epoch, last_seq, expires_at)
            values ($1, $2, $3, 1, 100, now() + interval '1 day') returning id
            """,
            *(tenant, uuid4(), ids[0][1]),
        )
        for user, profile, device, session in ids:
            await owner.execute(
                "insert into app.conversation_members (tenant_id, conversation_id, profile_id, user_id) values ($1, $2, $3, $4)",
                *(tenant, conversation, profile, user),
            )
            if start < PEOPLE:
                people.append((Identity(tenant, user, profile, session, device, Role.user, Face.real), conversation))
    await owner.execute("""
        insert into app.messages (tenant_id, conversation_id, seq, id, sender_profile_id, sender_device_id, kind, epoch, body)
        select c.tenant_id, c.id, n, gen_random_uuid(), c.opener_profile_id, gen_random_uuid(), 'text', 1,
               decode(repeat('ab', 192), 'hex')
        from app.conversations c, generate_series(1, case when c.last_seq = 100 then 250 end) n
    """)
    await owner.execute("update app.conversations set last_seq = 250")
    await owner.execute("analyze")
    await owner.close()
    return World(people)


async def connect(server: Server) -> list[Connection]:
    loop = asyncio.get_running_loop()
    return [(await loop.create_connection(Connection, "127.0.0.1", server.port))[1] for _ in range(CONNECTIONS)]


async def measure(server: Server, make: Callable[[], bytes], count: int = REQUESTS) -> float:
    """Milliseconds of the server's CPU for each request."""
    connections = await connect(server)
    left = iter(range(count))

    async def client(connection: Connection) -> None:
        for _ in left:
            status, body = await connection.ask(make())
            assert status in (200, 201), (server.name, status, body)

    before = server.cpu()
    await asyncio.gather(*map(client, connections))
    spent = server.cpu() - before
    for connection in connections:
        connection.transport.close()
    return spent / count


async def wall(url: str, owner_url: str, world: World) -> str:
    """Cost of row level security for a PostgreSQL backend, in three variants.

    They are: with it; without it, but with membership checked by the statement itself; and without any check.
    """
    me, conversation, _ = world.people[0]
    begin = (
        f"begin;set local app.tenant_id='{me.tenant_id}';set local app.user_id='{me.user_id}';"
        f"set local app.profile_id='{me.profile_id}'"
    )
    page = """
        select id, conversation_id, seq, sender_profile_id, sender_device_id, kind, epoch, body, created_at from app.messages
        where tenant_id = $1 and conversation_id = $2 and seq > $3 order by seq limit 20
        """
    by_hand = page.replace(
        " order by",
        " and exists (select from app.conversation_members mine where mine.tenant_id = $1 "
        "and mine.conversation_id = $2 and mine.profile_id = $4) order by",
    )
    owner = await asyncpg.connect(owner_url)
    kinds = {"with the wall": (True, page), "checked by hand": (False, by_hand), "unchecked": (False, page)}
    spent: dict[str, list[float]] = {kind: [] for kind in kinds}
    for _ in range(10):
        for kind, (on, statement) in kinds.items():
            for walled in ("messages", "conversation_members", "conversations"):
                await owner.execute(f"alter table app.{walled} {'enable' if on else 'disable'} row level security")
            connection = await asyncpg.connect(url)
            stat = Path(f"/proc/{connection.get_server_pid()}/schedstat")
            more = (me.profile_id,) if statement is by_hand else ()
            for repeat in range(600):
                if repeat == 100:
                    before = int(stat.read_text().split()[0])
                await connection.execute(begin)
                rows = await connection.fetch(statement, me.tenant_id, conversation, repeat % 80, *more)
                assert len(rows) == 20
                await connection.execute("commit")
            spent[kind].append((int(stat.read_text().split()[0]) - before) / 500 / 1e6)
            await connection.close()
    for walled in ("messages", "conversation_members", "conversations"):
        await owner.execute(f"alter table app.{walled} enable row level security")
    await owner.close()
    best = {kind: min(found) for kind, found in spent.items()}
    wall_ms = best["with the wall"]
    rows = [[kind, f"{value:.3f}", f"**{wall_ms / value:.2f}**"] for kind, value in best.items()]
    print(*rows, sep="\n")
    return table(["a page of 20 in PostgreSQL", "CPU-ms", "the wall's ratio to it"], rows)


async def main() -> None:
    rows: list[list[str]] = []
    manifest = from_npm("fastify", PEERS)
    folder = Path(tempfile.mkdtemp(prefix="meydan-bench-"))
    folder.chmod(0o755)
    with Engines(folder) as engines:
        await migrations.bootstrap(engines.postgres_url, "meydan", PASSWORDS)
        address = engines.postgres_url.rsplit("@", 1)[1].split("/")[0]
        urls = {role: f"postgresql://{role}:bench@{address}/meydan" for role in PASSWORDS}
        await migrations.migrate(urls["meydan_owner"])
        world = await make_world(urls["meydan_owner"])
        ports = free_port(), free_port()
        ours = {
            "MEYDAN_DATA": str(folder / "data"),
            "MEYDAN_HTTP_PORT": str(ports[0]),
            "MEYDAN_LOG_LEVEL": "warning",
            "MEYDAN_VALKEY_URL": engines.valkey_url,
            "MEYDAN_SECRETS_TOKEN_KEY": KEY,
            "MEYDAN_SECRETS_SEAL_KEY": "s" * 32,
            "MEYDAN_SECRETS_CONTACT_KEY": "c" * 32,
            **{f"MEYDAN_DATABASE_{role.removeprefix('meydan_').upper()}_URL": url for role, url in urls.items()},
        }
        theirs = {
            "PORT": str(ports[1]),
            "DATABASE": urls["meydan_app"],
            "TOKEN_KEY": KEY,
            "NODE_ENV": "production",
            "MODULES": str(manifest),
        }
        with (
            running([sys.executable, "-m", "meydan", "api"], ports[0], ours) as our_pid,
            running([node(), HERE / "peers" / "fastify.mjs"], ports[1], theirs) as their_pid,
        ):
            meydan, fastify = Server("meydan", our_pid, ports[0]), Server("fastify", their_pid, ports[1])
            for name, make in (("list a page of 20", world.list_page), ("send a message", world.send)):
                spent: dict[str, list[float]] = {"meydan": [], "fastify": []}
                for server in (meydan, fastify):
                    await measure(server, make, 500)
                for turn in range(ROUNDS):
                    for server in (meydan, fastify) if turn % 2 else (fastify, meydan):
                        spent[server.name].append(await measure(server, make))
                a, b = (statistics.median(spent[name_]) for name_ in ("meydan", "fastify"))
                rows.append([name, f"{a:.3f}", f"{b:.3f}", f"**{a / b:.2f}**"])
                print(*rows[-1], flush=True)
        walls = await wall(urls["meydan_app"], urls["meydan_owner"], world)
    keep("endpoints", RESULT.format(table(["", "meydan", "fastify + pg", "ratio"], rows), walls))
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    asyncio.run(main())
