"""A generated attack: every endpoint of the OpenAPI document, random people, random ids of others.

Whatever is asked, no answer holds anything of somebody else's, nothing of theirs changes, and nothing breaks.
"""

import asyncio
import random
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import msgspec
import pytest
from litestar import Litestar

from meydan import tenants
from meydan.kit.database import Database, DatabaseSettings
from meydan.money import wallet
from tests.factories import Person, make_person
from tests.waiting import patience

ROUNDS = 6
# They end the attacker's own session or account: asked last, or never.
SUICIDAL = {"/api/auth/logout", "/api/users/erase"}

# Tables that a tenant shows to all its users.
SHOP_WINDOWS = ("gifts", "coin_packages", "premium_plans")

# The columns of a victim that are nobody else's to read, beside ids.
SECRETS = "select phone, username from app.users where tenant_id = $1"

NOTE = "a glass of tea for you"


async def everything(owner: asyncpg.Connection, tenant_id: int) -> dict[str, list[str]]:
    """Every row of a tenant as text, by table."""
    tables = await owner.fetch(
        "select relname from pg_class where relnamespace = 'app'::regnamespace and relkind = 'r' and relname <> 'tenants'"
    )
    return {
        table["relname"]: sorted(
            row["line"]
            for row in await owner.fetch(
                f"select t::text as line from app.{table['relname']} t where t.tenant_id = $1", tenant_id
            )
        )
        for table in tables
    }


async def ids_in(owner: asyncpg.Connection, tenant_id: int) -> list[str]:
    """Every uuid that stands anywhere in a tenant's rows."""
    columns = await owner.fetch(
        "select table_name, column_name from information_schema.columns where table_schema = 'app' and data_type = 'uuid'"
    )
    found: set[str] = set()
    for column in columns:
        rows = await owner.fetch(
            f"select distinct {column['column_name']}::text as id from app.{column['table_name']} "
            f"where tenant_id = $1 and {column['column_name']} is not null",
            tenant_id,
        )
        found |= {row["id"] for row in rows}
    return sorted(found)


async def ids_on_show(owner: asyncpg.Connection, tenant_id: int) -> set[str]:
    return {
        row["id"]
        for table in SHOP_WINDOWS
        for row in await owner.fetch(f"select id::text as id from app.{table} where tenant_id = $1", tenant_id)
    }


class Inventor:
    """Makes requests up from the document's schemas, with other people's ids wherever an id fits."""

    def __init__(self, document: dict[str, Any], ids: list[str]) -> None:
        self.document = document
        self.ids = ids
        self.own_words: set[str] = set()
        """Ids of others that were given to something of one's own: those may come back."""
        self.random = random.Random(8)

    def value(self, schema: dict[str, Any]) -> Any:
        if "$ref" in schema:
            return self.value(self.document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]])
        if alternatives := schema.get("oneOf") or schema.get("anyOf"):
            return self.value(self.random.choice(alternatives))
        if "const" in schema or "enum" in schema:
            return self.random.choice(schema.get("enum") or [schema["const"]])
        kind = schema.get("type", "string")
        if isinstance(kind, list):
            kind = self.random.choice(kind)
        make = {
            "object": self.object,
            "array": lambda schema: [self.value(schema.get("items", {})) for _ in range(self.random.randrange(3))],
            "integer": lambda _: self.random.choice([0, 1, 7, -1, 2**31, 2**63]),
            "number": lambda _: self.random.choice([0, 41.0, -181.5]),
            "boolean": lambda _: self.random.random() < 0.5,
            "null": lambda _: None,
        }
        return make.get(kind, self.text)(schema)

    def object(self, schema: dict[str, Any]) -> dict[str, Any]:
        required = set(schema.get("required", []))
        made = {
            name: self.value(member)
            for name, member in schema.get("properties", {}).items()
            if name in required or self.random.random() < 0.5
        }
        self.own_words |= {made[name] for name in ("id", "ticket_id") if isinstance(made.get(name), str)}
        return made

    def text(self, schema: dict[str, Any]) -> str:
        if schema.get("format") == "uuid":
            return self.random.choice(self.ids)
        if self.random.random() < 0.3:  # as an interest, a note, …: words of one's own
            words = self.random.choice(self.ids)
            self.own_words.add(words)
            return words
        return self.random.choice(["", "kedi", "İıŞğ \u0000", "' or 1=1 --", "QUJD", "2000-01-01", "+905551112233"])

    def request(self, path: str, method: str, operation: dict[str, Any]) -> httpx.Request:
        query = {}
        for parameter in operation.get("parameters", []):
            if parameter["in"] == "path":
                path = path.replace("{" + parameter["name"] + "}", str(self.value(parameter["schema"])) or "x")
            elif parameter["in"] == "query" and self.random.random() < 0.5:
                query[parameter["name"]] = self.value(parameter["schema"])
        body = operation.get("requestBody", {}).get("content", {}).get("application/json")
        content = msgspec.json.encode(self.value(body["schema"])) if body else None
        return httpx.Request(
            method.upper(),
            f"http://127.0.0.1:8000{httpx.URL(path=path.replace(chr(0), ''))}",
            params=query,
            content=content,
            headers={"Idempotency-Key": str(uuid4())} | ({"Content-Type": "application/json"} if content else {}),
        )


async def lively(app: Litestar, db: Database, tenant: tenants.Tenant) -> list[Person]:
    """Three people, two of whom meet and talk; one gives the other something, then reports and blocks them."""
    ayse, mehmet, deniz = [await make_person(db, tenant) for _ in range(3)]
    async with ayse.client(app) as a, mehmet.client(app) as b:
        for client in (a, b):
            answer = await client.post("/api/match/join", json={"type": "text"})
            assert answer.status_code < 300, answer.text
        state = await until_matched(a)
        stranger = state["match"]["stranger"]["id"]
        tea = (await a.get("/api/gifts")).json()[0]
        assert (await a.post("/api/coins/earn", json={"source": "daily"})).status_code == 201
        given = await a.post(
            "/api/gifts/send",
            json={"gift_id": tea["id"], "quantity": 1, "profile_id": stranger, "note": NOTE},
            headers={"Idempotency-Key": "tea"},
        )
        assert given.status_code == 201, given.text
        sent = await a.post(
            "/api/messages/send",
            json={
                "id": str(uuid4()),
                "conversation_id": state["match"]["conversation_id"],
                "type": "text",
                "epoch": 0,
                "body": "QUJD",
            },
        )
        assert sent.status_code < 300, sent.text
        assert (await a.post("/api/reports", json={"profile_id": stranger, "reason": "spam"})).status_code < 300
        assert (await a.post("/api/blocks", json={"profile_id": stranger})).status_code < 300
        await a.get("/api/growth/invite")
        await shopping(db, ayse, a)
    return [ayse, mehmet, deniz]


async def shopping(db: Database, person: Person, client: httpx.AsyncClient) -> None:
    """An order that waits to be paid, and premium for coins."""
    async with db.as_service(person.tenant.id) as tx:
        await wallet.do_credit(
            tx,
            person.me.user_id,
            500,
            source=wallet.PROMOTIONS,
            type=wallet.TransactionType.earned,
            key=f"lively {person.me.user_id}",
        )
    package = (await client.get("/api/coins/packages")).json()["items"][0]["id"]
    plan = (await client.get("/api/premium")).json()["plans"][0]["id"]
    for path, body in (
        ("/api/coins/purchase", {"package_id": package}),
        ("/api/premium/subscribe", {"plan_id": plan, "pay_with": "coins"}),
    ):
        answer = await client.post(path, json=body, headers={"Idempotency-Key": "once"})
        assert answer.status_code == 201, answer.text


async def until_matched(client: httpx.AsyncClient) -> dict[str, Any]:
    async with patience():
        while True:
            state: dict[str, Any] = (await client.get("/api/match/state")).json()
            if state["match"]:
                return state
            await asyncio.sleep(0.05)


@pytest.fixture
async def owner(database_settings: DatabaseSettings):
    connection = await asyncpg.connect(database_settings.owner_url)
    yield connection
    await connection.close()


@pytest.mark.parametrize("from_abroad", [False, True], ids=["a stranger next door", "a member of another community"])
async def test_nothing_of_others_is_read_or_changed(
    app: Litestar,
    db: Database,
    owner: asyncpg.Connection,
    tenant: tenants.Tenant,
    other_tenant: tenants.Tenant,
    api: httpx.AsyncClient,
    from_abroad: bool,
):
    victims = await lively(app, db, tenant)
    ids = await ids_in(owner, tenant.id)
    hidden = set(ids) if from_abroad else set(ids) - await ids_on_show(owner, tenant.id)
    attacker = await make_person(db, other_tenant if from_abroad else tenant, alias="attacker")
    document = (await api.get("/api/schema/openapi.json")).json()
    secrets = {row[0] for row in await owner.fetch(SECRETS, tenant.id) if row[0] and row[0] != attacker.phone}
    secrets |= {NOTE}
    secrets |= {person.alias for person in victims} - {attacker.alias}
    before = await everything(owner, tenant.id)
    inventor = Inventor(document, ids)

    asked = 0
    async with attacker.client(app) as client:
        operations = [
            (path, method, operation)
            for path, methods in document["paths"].items()
            for method, operation in methods.items()
            if path not in SUICIDAL
        ]
        assert len(operations) > 30
        for _ in range(ROUNDS):
            for path, method, operation in operations:
                request = inventor.request(path, method, operation)
                request.headers.update(
                    {name: value for name, value in client.headers.items() if name not in request.headers}
                )
                answer = await client.send(request)
                asked += 1
                said = f"{request.url} {request.content!r}"
                assert answer.status_code < 500, (method, said, answer.text)
                for foreign in hidden:
                    assert foreign not in answer.text or foreign in said or foreign in inventor.own_words, (
                        method,
                        said,
                        answer.text,
                    )
                for secret in secrets:
                    assert secret not in answer.text or secret in said, (method, said, answer.text)
    assert asked == ROUNDS * len(operations)

    after = await everything(owner, tenant.id)
    mine = {str(attacker.me.user_id), str(attacker.me.profile_id)}
    for table, lines in before.items():
        if table in ("outbox", "login_attempts"):
            continue
        if table == "ledger_balances":  # anybody may be given something from the community's own, which has no limits
            theirs = [line for line in lines if not line.endswith(",,,f)")]
            assert theirs
        else:
            theirs = lines
        missing = [line for line in theirs if line not in after[table] and not any(own_id in line for own_id in mine)]
        assert not missing, (table, missing)
