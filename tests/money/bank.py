"""The ledger of a story: users with coins, and a full audit at its end."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest

from meydan import tenants
from meydan.kit.database import Database
from meydan.money import wallet
from tests.factories import Person, make_person


@dataclass
class Bank:
    """A tenant's ledger, as stories use it."""

    db: Database
    tenant: tenants.Tenant

    async def person(self, coins: int = 0) -> Person:
        person = await make_person(self.db, self.tenant)
        if coins:
            await self.sell(person, coins)
        return person

    async def sell(self, person: Person, coins: int, *, key: str = "") -> wallet.Transaction:
        async with self.db.as_service(self.tenant.id) as tx:
            return await wallet.do_credit(
                tx,
                person.me.user_id,
                coins,
                source=wallet.clearing("stripe", "TRY"),
                type=wallet.TransactionType.purchased,
                key=key or f"sale:{uuid4()}",
            )

    async def spend(self, person: Person, coins: int, *, key: str = "") -> wallet.Transaction:
        async with self.db.as_user(person.me) as tx:
            return await wallet.do_transfer(
                tx,
                wallet.TransactionType.spent,
                [
                    wallet.Entry(wallet.coins_of(person.me.user_id), -coins),
                    wallet.Entry(wallet.TENANT_REVENUE, coins),
                ],
                key=key or f"spend:{uuid4()}",
                user_id=person.me.user_id,
            )

    async def take_back(self, person: Person, coins: int, *, key: str = "") -> wallet.Clawback:
        async with self.db.as_service(self.tenant.id) as tx:
            return await wallet.do_claw_back(
                tx,
                person.me.user_id,
                coins,
                to=wallet.clearing("stripe", "TRY"),
                type=wallet.TransactionType.refund,
                key=key or f"refund:{uuid4()}",
            )

    async def reverse(self, transaction_id: UUID, *, key: str = "") -> wallet.Transaction:
        async with self.db.as_service(self.tenant.id) as tx:
            return await wallet.do_reverse(tx, transaction_id, key=key or f"reverse:{uuid4()}", reason="a mistake")

    async def wallet_of(self, person: Person) -> wallet.Wallet:
        async with self.db.as_user(person.me) as tx:
            return await wallet.wallet_of(tx, person.me.user_id)

    async def balance(self, account: wallet.Account) -> int:
        async with self.db.as_service(self.tenant.id) as tx:
            return await wallet.balance_of(tx, account)

    async def history(self, person: Person) -> list[wallet.HistoryItem]:
        async with self.db.as_user(person.me) as tx:
            return (await wallet.history(tx, None, 100)).items

    async def audit(self) -> wallet.Audit:
        async with self.db.as_service(self.tenant.id) as tx:
            return await wallet.do_audit(tx, whole=True)


@pytest.fixture
async def bank(db: Database, tenant: tenants.Tenant) -> AsyncIterator[Bank]:
    """The ledger; at the end of the story its full audit must find no fault."""
    opened = Bank(db, tenant)
    yield opened
    assert (await opened.audit()).faults == []
