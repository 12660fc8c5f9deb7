"""The application over real HTTP, for the pay page of ours and whoever speaks to it; a community that sells in stores."""

from collections.abc import AsyncIterator
from uuid import UUID

import asyncpg
import pytest
from litestar import Litestar

from meydan import tenants
from meydan.integrations.payments.apple.account import AppleAccount
from meydan.integrations.payments.enums import ProviderName
from meydan.kit.database import Database
from tests.integrations.payments.fake_server import local_payments_at, served
from tests.integrations.payments.harnesses.base import Harness
from tests.integrations.payments.harnesses.by_name import harness_of
from tests.integrations.payments.harnesses.google import account_at
from tests.integrations.payments.servers.apple import AppStore
from tests.integrations.payments.servers.google import PlayStore
from tests.integrations.payments.stores import connect
from tests.money.shops import Shop, owner, scripted, shop

__all__ = ["owner", "scripted", "shop"]


@pytest.fixture(scope="session")
async def address(app: Litestar) -> AsyncIterator[str]:
    """Where the application answers, as a browser and a provider reach it."""
    async with served(app) as url:
        yield url


@pytest.fixture
async def pay_place(address: str) -> AsyncIterator[str]:
    """The address, with the local pay page standing there."""
    async with local_payments_at(address):
        yield address


@pytest.fixture
async def harness(request: pytest.FixtureRequest, pay_place: str) -> AsyncIterator[Harness]:
    """A provider by its name, with the world at its other end."""
    async with harness_of(request.param, pay_place) as made:
        yield made


@pytest.fixture
async def store_counter(app: Litestar, db: Database, tenant: tenants.Tenant, owner: asyncpg.Connection) -> Shop:
    """A community that sells in stores only; its packages and plans have their products there."""
    shop = Shop(app, db, tenant, owner)
    someone = await shop.person()
    shop.packages = (await shop.get(someone, "/api/coins/packages"))["items"]
    shop.plans = (await shop.get(someone, "/api/premium"))["plans"]
    async with db.as_service(tenant.id) as tx:
        for table, product, row in (
            ("coin_packages", "coins.500", shop.packages[0]),
            ("premium_plans", "premium.month", shop.plans[0]),
            ("premium_plans", "premium.year", shop.plans[1]),
        ):
            await tx.run(
                f"update app.{table} set store_product_id = $2 where tenant_id = $1 and id = $3",
                product,
                UUID(row["id"]),
            )
    return shop


@pytest.fixture
async def app_store(store_counter: Shop) -> AsyncIterator[AppStore]:
    async with AppStore() as store:
        account = AppleAccount(
            issuer_id=store.issuer_id,
            key_id=store.key_id,
            private_key=store.private_key,
            bundle_id=store.bundle_id,
            app_apple_id=store.app_apple_id,
            api_url=store.url,
            root_fingerprints=(store.chain.fingerprint,),
        )
        await connect(store_counter, ProviderName.apple, account)
        yield store


@pytest.fixture
async def play_store(store_counter: Shop) -> AsyncIterator[PlayStore]:
    async with PlayStore() as store:
        await connect(store_counter, ProviderName.google, account_at(store))
        yield store
