"""A tenant's accounts at providers: sealed, its own, and chosen from."""

import httpx
import msgspec
import pytest
from litestar import Litestar

from meydan import integrations, tenants
from meydan.integrations.payments import ACKNOWLEDGED, ADAPTERS, APP_STORES, RECURRING, REFUNDABLE, adapter
from meydan.integrations.payments.enums import ProviderName
from meydan.kit.database import Database
from meydan.kit.identity import Role
from meydan.kit.runtime import runtime
from meydan.money.payments import provider_accounts
from tests.factories import make_person
from tests.money.scripted_provider import BOOKS
from tests.money.shops import Shop


async def choose(shop: Shop, wanted: ProviderName | None = None) -> ProviderName:
    async with shop.db.as_service(shop.tenant.id) as tx:
        return await provider_accounts.choose(tx, wanted)


@pytest.mark.parametrize("name", list(ProviderName))
def test_what_is_said_of_an_adapter_without_loading_it_is_so(name: ProviderName):
    kind = adapter(name)
    assert kind.provider.name is name
    assert kind.provider.store is (name in APP_STORES)
    assert kind.provider.renews is (name in RECURRING)
    assert kind.provider.refundable is (name in REFUNDABLE)
    assert kind.provider.acknowledges is (name in ACKNOWLEDGED)
    assert msgspec.structs.fields(kind.account)
    assert set(ADAPTERS) == set(ProviderName)


async def test_secrets_lie_sealed_and_open_only_for_their_tenant(shop: Shop, owner, other_tenant: tenants.Tenant):
    secret = shop.book.secret
    row = await owner.fetchrow("select * from app.provider_accounts where tenant_id = $1", shop.tenant.id)
    assert secret.encode() not in row["sealed"]
    async with provider_accounts.opened(shop.db, shop.tenant.id, ProviderName.stripe) as provider:
        assert provider.account.secret == secret  # type: ignore[attr-defined]
    # Copied into another community's row, it opens for nobody.
    await owner.execute(
        "insert into app.provider_accounts (tenant_id, provider, sealed, sandbox) values ($1, 'stripe', $2, false)",
        other_tenant.id,
        row["sealed"],
    )
    with pytest.raises(Exception, match="not sealed here"):
        await provider_accounts.provider_of(shop.db, other_tenant.id, ProviderName.stripe)


async def test_no_answer_shows_a_secret(shop: Shop):
    boss = await make_person(shop.db, shop.tenant, role=Role.owner)
    answer = await shop.ask(boss, "GET", "/api/staff/providers")
    assert answer.status_code == 200
    assert shop.book.secret not in answer.text
    lines = {line["provider"]: line for line in answer.json()["items"]}
    assert (lines["stripe"]["connected"], lines["iyzico"]["connected"], lines["iyzico"]["renews"]) == (
        True,
        False,
        False,
    )
    assert lines["google"]["store"] is True
    assert lines["stripe"]["webhook_url"].endswith(f"/api/payments/webhooks/stripe/{shop.tenant.slug}")


async def test_wrong_accounts_are_refused_in_words(shop: Shop):
    for values, words in (
        ({"book": "x"}, "secret"),
        ({"book": "x", "secret": "y", "sekret": "z"}, "sekret"),
        ({"book": "x", "secret": None}, "secret"),
    ):
        with pytest.raises(provider_accounts.AccountInvalid) as refused:
            async with shop.db.as_service(shop.tenant.id) as tx:
                await provider_accounts.do_connect(tx, ProviderName.iyzico, values, sandbox=False)
        assert words in str(refused.value.extra["detail"])
    with pytest.raises(provider_accounts.AccountInvalid):
        provider_accounts.read_account(ProviderName.local, {})
    assert await shop.rows("provider_accounts") == 1


async def test_who_names_none_gets_the_first_that_is_no_store(shop: Shop):
    assert await choose(shop) is ProviderName.stripe
    await shop.connect(ProviderName.google)
    await shop.connect(ProviderName.iyzico)
    assert await choose(shop) is ProviderName.stripe
    assert await choose(shop, ProviderName.google) is ProviderName.google
    async with shop.db.as_service(shop.tenant.id) as tx:
        await provider_accounts.do_disconnect(tx, ProviderName.stripe)
    assert await choose(shop) is ProviderName.iyzico
    with pytest.raises(provider_accounts.ProviderNotConnected):
        await choose(shop, ProviderName.stripe)
    with pytest.raises(provider_accounts.ProviderNotConnected):
        async with shop.db.as_service(shop.tenant.id) as tx:
            await provider_accounts.do_disconnect(tx, ProviderName.stripe)


async def test_a_browser_is_told_where_it_can_pay_and_what_renews(shop: Shop):
    ana = await shop.person()
    await shop.connect(ProviderName.google)
    await shop.connect(ProviderName.iyzico)
    found = (await shop.get(ana, "/api/payments/providers"))["items"]
    assert found == [{"provider": "stripe", "renews": True}, {"provider": "iyzico", "renews": False}]


async def test_what_was_sold_before_is_still_settled_and_refunded(shop: Shop):
    ana = await shop.person()
    payment = await shop.order(ana)
    async with shop.db.as_service(shop.tenant.id) as tx:
        await provider_accounts.do_disconnect(tx, ProviderName.stripe)
    await shop.deliver(shop.paid(payment))
    assert (await shop.wallet(ana)).balance == 100


async def test_the_pay_page_of_ours_is_there_until_a_real_one_is(
    shop: Shop, app: Litestar, db: Database, other_tenant: tenants.Tenant
):
    new = Shop(app, db, other_tenant, shop.owner)
    assert integrations.current().local_payments is not None
    assert await choose(new) is ProviderName.local
    await new.connect(ProviderName.google)
    assert await choose(new) is ProviderName.local, "a browser cannot pay in a store"
    await new.connect(ProviderName.iyzico)
    with pytest.raises(provider_accounts.ProviderNotConnected):
        await choose(new, ProviderName.local)


async def test_in_production_nothing_is_sold_until_a_provider_is_connected(
    shop: Shop, app: Litestar, db: Database, other_tenant: tenants.Tenant
):
    new = Shop(app, db, other_tenant, shop.owner)
    with runtime.using(msgspec.structs.replace(integrations.current(), local_payments=None)):
        with pytest.raises(provider_accounts.NothingForSale):
            await choose(new)
        with pytest.raises(provider_accounts.ProviderNotConnected):
            await choose(new, ProviderName.local)
        with pytest.raises(provider_accounts.ProviderNotConnected):
            await provider_accounts.provider_of(db, other_tenant.id, ProviderName.local)
        transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
            answer = await client.post(f"/api/payments/webhooks/local/{other_tenant.slug}", content=b"{}")
        assert answer.status_code == 404
    assert BOOKS
