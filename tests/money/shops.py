"""Shops for stories about money: scripted providers, a worker run by hand, and the audit that it adds up."""

from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import msgspec
import pytest
from litestar import Litestar

from meydan import tenants
from meydan.integrations.payments import ADAPTERS, Adapter
from meydan.integrations.payments.contract import (
    Charge,
    Disputed,
    DisputeState,
    Failed,
    Paid,
    ProviderEvent,
    Refunded,
    SubscriptionChanged,
    SubscriptionState,
)
from meydan.integrations.payments.enums import ProviderName
from meydan.kit import clock, jobs
from meydan.kit.database import Database, DatabaseSettings
from meydan.money import wallet
from meydan.money.payments import provider_accounts
from tests.factories import Person, make_person
from tests.money.scripted_provider import (
    BOOKS,
    Book,
    InAStore,
    OncePaid,
    ScriptedAccount,
    ScriptedProvider,
    WithoutRefunds,
    signed,
)

Answer = dict[str, Any]


@pytest.fixture
async def owner(database_settings: DatabaseSettings) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(database_settings.owner_url)
    yield connection
    await connection.close()


class Shop:
    """A tenant that sells through scripted providers, used from outside."""

    def __init__(self, app: Litestar, db: Database, tenant: tenants.Tenant, owner: asyncpg.Connection) -> None:
        self.app, self.db, self.tenant, self.owner = app, db, tenant, owner
        self.books: dict[ProviderName, Book] = {}
        self.packages: list[Answer] = []
        self.plans: list[Answer] = []
        self.host = "127.0.0.1:8000"
        """Host header of every request."""

    @property
    def book(self) -> Book:
        return self.books[ProviderName.stripe]

    async def connect(self, name: ProviderName, *, sandbox: bool = False) -> None:
        key, book = uuid4().hex, Book()
        BOOKS[key] = self.books[name] = book
        async with self.db.as_service(self.tenant.id) as tx:
            await provider_accounts.do_connect(tx, name, {"book": key, "secret": book.secret}, sandbox=sandbox)

    async def person(self, coins: int = 0) -> Person:
        person = await make_person(self.db, self.tenant)
        if coins:
            async with self.db.as_service(self.tenant.id) as tx:
                await wallet.do_credit(
                    tx,
                    person.me.user_id,
                    coins,
                    source=wallet.PROMOTIONS,
                    type=wallet.TransactionType.earned,
                    key=f"gift:{uuid4()}",
                )
        return person

    async def ask(
        self, person: Person, method: str, path: str, body: Answer | None = None, key: str | None = None
    ) -> httpx.Response:
        async with person.client(self.app) as client:
            headers = {"Host": self.host, **({"Idempotency-Key": key} if key else {})}
            return await client.request(method, path, json=body, headers=headers)

    async def get(self, person: Person, path: str) -> Answer:
        answer = await self.ask(person, "GET", path)
        assert answer.status_code == 200, answer.text
        found: Answer = answer.json()
        return found

    async def order(
        self, person: Person, package: int = 0, *, provider: str | None = None, key: str = "", open: bool = True
    ) -> Answer:
        """Orders coins, and opens the pay page."""
        body = {"package_id": self.packages[package]["id"], "provider": provider}
        answer = await self.ask(person, "POST", "/api/coins/purchase", body, key or uuid4().hex)
        assert answer.status_code == 201, answer.text
        if open:
            await self.work()
        return await self.get(person, f"/api/payments/{answer.json()['id']}")

    async def subscribe(self, person: Person, plan: int = 0, *, provider: str | None = None) -> Answer:
        """Orders premium for money, and opens the pay page."""
        body = {"plan_id": self.plans[plan]["id"], "pay_with": "money", "provider": provider}
        answer = await self.ask(person, "POST", "/api/premium/subscribe", body, uuid4().hex)
        assert answer.status_code == 201, answer.text
        await self.work()
        payment: Answer = answer.json()["payment"]
        return payment

    def paid(self, payment: Answer, *, charge: str = "", **changes: Any) -> Paid:
        """The provider's event that the payment was paid, recorded in the provider's own books too."""
        paid = Paid(
            event_id=f"evt_{uuid4().hex}",
            happened_at=clock.now(),
            charge=charge or f"ch_{uuid4().hex}",
            amount=payment["amount"],
            currency=payment["currency"],
            payment_id=UUID(payment["id"]),
            checkout=f"cs_{payment['id']}",
        )
        paid = msgspec.structs.replace(paid, **changes)
        self.books[ProviderName(payment["provider"])].charges[paid.charge] = Charge(
            paid.charge, paid.amount, paid.currency, 0, False, paid.happened_at, paid.payment_id
        )
        return paid

    async def post(self, *events: ProviderEvent, provider: str = "stripe", event_id: str = "", **overrides: Any) -> int:
        """Delivers a signed webhook, and answers the response's status."""
        body, headers = signed(overrides.get("book") or self.books[ProviderName(provider)], events, event_id)
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app=self.app),  # type: ignore[arg-type]
            base_url="http://127.0.0.1:8000",
        ) as client:
            answer = await client.post(
                f"/api/payments/webhooks/{provider}/{overrides.get('slug') or self.tenant.slug}",
                content=overrides.get("body", body),
                headers=overrides.get("headers", headers),
            )
        return answer.status_code

    async def deliver(self, *events: ProviderEvent, provider: str = "stripe") -> None:
        """Delivers one webhook per event, and lets the worker read them."""
        for event in events:
            assert await self.post(event, provider=provider) == 200
        await self.work()

    async def buy(self, person: Person, package: int = 0) -> tuple[Answer, Paid]:
        """Buys coins, and settles the payment."""
        payment = await self.order(person, package)
        paid = self.paid(payment)
        await self.deliver(paid)
        return await self.get(person, f"/api/payments/{payment['id']}"), paid

    async def go_premium(self, person: Person, *, reference: str = "", provider: str = "stripe") -> tuple[Answer, Paid]:
        """Subscribes for money, for a month from now."""
        payment = await self.subscribe(person, provider=provider)
        more: Answer = {"subscription": reference or f"sub_{uuid4().hex}", "period_ends_at": in_days(30)}
        paid = self.paid(payment, **(more if provider != "iyzico" else {}))
        await self.deliver(paid, provider=provider)
        return payment, paid

    async def work(self, *, delayed: bool = False) -> list[str]:
        """Runs queued jobs, with ``delayed`` those of later too, until none is left. Answers their names."""
        done: list[str] = []
        while True:
            rows = await self.owner.fetch(
                "delete from jobs.pgqueuer where headers->>'tenant_id' = $1 and ($2 or execute_after <= now()) "
                "returning id, entrypoint, payload",
                str(self.tenant.id),
                delayed,
            )
            if not rows:
                return done
            for row in sorted(rows, key=lambda row: row["id"]):
                await jobs.run_job(self.db, row["entrypoint"], row["payload"], self.tenant.id)
                done.append(row["entrypoint"])

    async def wallet(self, person: Person) -> wallet.Wallet:
        async with self.db.as_user(person.me) as tx:
            return await wallet.wallet_of(tx, person.me.user_id)

    async def spend(self, person: Person, coins: int) -> None:
        async with self.db.as_user(person.me) as tx:
            await wallet.do_transfer(
                tx,
                wallet.TransactionType.spent,
                [wallet.Entry(wallet.coins_of(person.me.user_id), -coins), wallet.Entry(wallet.TENANT_REVENUE, coins)],
                key=f"spend:{uuid4()}",
                user_id=person.me.user_id,
            )

    async def cleared(self, provider: str = "stripe", currency: str = "TRY") -> int:
        """Coins sold and not clawed back, by the ledger."""
        async with self.db.as_service(self.tenant.id) as tx:
            return -await wallet.balance_of(tx, wallet.clearing(provider, currency))

    async def audit(self) -> None:
        async with self.db.as_service(self.tenant.id) as tx:
            assert (await wallet.do_audit(tx, whole=True)).fault_count == 0

    async def frames(self, person: Person, kind: str) -> list[Answer]:
        """Frames of a kind that are still in the outbox, oldest first."""
        rows = await self.db.relay.fetch(
            "select payload::jsonb as frame from app.outbox where tenant_id = $1 and user_id = $2 order by id",
            self.tenant.id,
            person.me.user_id,
        )
        return [row["frame"] for row in rows if row["frame"]["t"] == kind]

    async def rows(self, table: str) -> int:
        found: int = await self.owner.fetchval(f"select count(*) from app.{table} where tenant_id = $1", self.tenant.id)
        return found


def in_days(days: float) -> datetime:
    return clock.now() + timedelta(days=days)


def refunded(paid: Paid, total: int, **changes: Any) -> Refunded:
    event = Refunded(f"evt_{uuid4().hex}", clock.now(), paid.charge, total, paid.currency, f"re_{uuid4().hex}")
    return msgspec.structs.replace(event, **changes)


def disputed(paid: Paid, state: DisputeState, dispute: str = "dp_1", **changes: Any) -> Disputed:
    event = Disputed(
        f"evt_{uuid4().hex}", clock.now(), paid.charge, f"{dispute}_{paid.charge}", paid.amount, paid.currency, state
    )
    return msgspec.structs.replace(event, **changes)


def failed(payment: Answer, reason: str = "card_declined") -> Failed:
    return Failed(f"evt_{uuid4().hex}", clock.now(), UUID(payment["id"]), None, reason)


def changed(subscription: str, state: SubscriptionState, ends_at: datetime, **more: Any) -> SubscriptionChanged:
    event = SubscriptionChanged(f"evt_{uuid4().hex}", clock.now(), subscription, state, ends_at)
    return msgspec.structs.replace(event, **more)


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for kind in (ScriptedProvider, OncePaid, InAStore, WithoutRefunds):
        monkeypatch.setitem(ADAPTERS, kind.name, partial(Adapter, kind, ScriptedAccount))
    yield
    BOOKS.clear()


@pytest.fixture
async def shop(scripted: None, app: Litestar, db: Database, tenant: tenants.Tenant, owner: asyncpg.Connection) -> Shop:
    """A shop that sells through one provider that renews."""
    shop = Shop(app, db, tenant, owner)
    await shop.connect(ProviderName.stripe)
    visitor = await shop.person()
    shop.packages = (await shop.get(visitor, "/api/coins/packages"))["items"]
    shop.plans = (await shop.get(visitor, "/api/premium"))["plans"]
    return shop
