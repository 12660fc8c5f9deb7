"""A plan changed in a store is another plan here: at once, with the next period, or not after all, as the store says."""

import random
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest

from meydan.integrations.payments.enums import ProviderName
from meydan.integrations.payments.revenuecat.account import RevenueCatAccount
from meydan.integrations.payments.stripe.account import StripeAccount
from meydan.money.premium import acknowledgements, membership
from tests.conftest import MovableClock
from tests.factories import Person
from tests.integrations.payments.servers.apple import AppStore
from tests.integrations.payments.servers.google import PlayStore
from tests.integrations.payments.servers.revenuecat import RevenueCatServer
from tests.integrations.payments.servers.stripe import StripeServer
from tests.integrations.payments.stores import connect, look, post, tell_apple, tell_google
from tests.money.shops import Answer, Shop

YEAR = (1_199, 990_000_000, "TRY")
MONTH = (199, 990_000_000, "TRY")


async def mine(shop: Shop, person: Person) -> Answer:
    """The membership, its plans by their period."""
    found: Answer = (await shop.get(person, "/api/premium"))["subscription"]
    names = {plan["id"]: plan["period"] for plan in shop.plans}
    return found | {"plan": names[found["plan_id"]], "next": names.get(found["next_plan_id"] or "")}


async def count(shop: Shop, person: Person) -> int:
    found: int = await shop.owner.fetchval(
        "select count(*) from app.subscriptions where tenant_id = $1 and user_id = $2",
        shop.tenant.id,
        person.me.user_id,
    )
    return found


async def statuses(shop: Shop, person: Person) -> list[str]:
    return [one["status"] for one in (await shop.get(person, "/api/payments"))["items"]]


async def codes(shop: Shop, person: Person) -> list[str]:
    return [one["code"] for one in (await shop.get(person, "/api/notifications"))["items"]]


async def pass_time(shop: Shop) -> None:
    async with shop.db.as_service(shop.tenant.id) as tx:
        await membership.do_run_renewals(tx)


async def in_the_app_store(shop: Shop, store: AppStore) -> tuple[Person, str]:
    person = await shop.person()
    payment = await shop.subscribe(person, provider="apple")
    subscription = store.subscribe(token=UUID(payment["id"]))
    await tell_apple(shop, store.told[-1][1])
    return person, subscription


# Apple


async def test_apple_upgrades_at_once(store_counter: Shop, app_store: AppStore):
    shop, store = store_counter, app_store
    ana, subscription = await in_the_app_store(shop, store)
    store.now += timedelta(minutes=10)
    store.change_plan(subscription, "premium.year", price=1_199_990, days=365, at_once=True)
    first, upgraded = store.told[0][1], store.told[-1][1]
    await tell_apple(shop, upgraded, first, upgraded)
    now = await mine(shop, ana)
    assert (now["plan"], now["next"], now["status"]) == ("year", None, "active")
    assert now["period_ends_at"][:10] == (store.now + timedelta(days=365)).isoformat()[:10]
    assert (await count(shop, ana), await statuses(shop, ana)) == (1, ["paid", "paid"])
    assert (await shop.get(ana, "/api/payments"))["items"][0]["product_id"] == shop.plans[1]["id"]
    # The part of the old month that Apple gives back ends nothing.
    store.refund(subscription, part=70_000)
    await tell_apple(shop, store.told[-1][1])
    assert (await mine(shop, ana))["plan"] == "year"
    assert "premium_paid_twice" not in await codes(shop, ana)


async def test_apple_changes_a_long_period_into_a_short_one_at_once(store_counter: Shop, app_store: AppStore):
    """A month of more is an upgrade from a year of less; the year's money going back ends nothing."""
    shop, store = store_counter, app_store
    ana = await shop.person()
    payment = await shop.subscribe(ana, 1, provider="apple")
    store.lengths["premium.year"] = timedelta(days=365)
    subscription = store.subscribe("premium.year", token=UUID(payment["id"]), price=1_199_990)
    await tell_apple(shop, store.told[-1][1])
    store.now += timedelta(minutes=10)
    store.change_plan(subscription, "premium.month", price=199_990, days=30, at_once=True)
    await tell_apple(shop, store.told[-1][1])
    now = await mine(shop, ana)
    assert (now["plan"], now["period_ends_at"][:10]) == ("month", (store.now + timedelta(days=30)).isoformat()[:10])
    store.refund(subscription)
    await tell_apple(shop, store.told[-1][1])
    assert (await mine(shop, ana))["status"] == "active"
    assert (await statuses(shop, ana)) == ["paid", "refunded"]


async def test_apple_downgrades_with_the_next_period_or_not_after_all(
    store_counter: Shop, app_store: AppStore, moving_clock: MovableClock
):
    shop, store = store_counter, app_store
    ana, subscription = await in_the_app_store(shop, store)
    ends_at = (await mine(shop, ana))["period_ends_at"]
    store.change_plan(subscription, "premium.year", price=1_199_990, days=365, at_once=False)
    await tell_apple(shop, store.told[-1][1])
    now = await mine(shop, ana)
    assert (now["plan"], now["next"], now["period_ends_at"]) == ("month", "year", ends_at)
    assert (await shop.frames(ana, "subscription"))[-1]["subscription"]["next_plan_id"] == shop.plans[1]["id"]
    store.set_renewal(subscription, on=False)
    await tell_apple(shop, store.told[-1][1])
    assert (await mine(shop, ana))["next"] is None, "nothing comes after it"
    store.set_renewal(subscription, on=True)
    await tell_apple(shop, store.told[-1][1])
    assert (await mine(shop, ana))["next"] == "year"
    store.keep_plan(subscription)
    await tell_apple(shop, store.told[-1][1])
    assert (await mine(shop, ana))["next"] is None
    store.change_plan(subscription, "premium.year", price=1_199_990, days=365, at_once=False)
    await tell_apple(shop, store.told[-1][1])

    moving_clock.forward(hours=24 * 30 - 10)
    store.renew(subscription, early=timedelta(hours=8))
    await tell_apple(shop, store.told[-1][1])
    now = await mine(shop, ana)
    assert (now["plan"], now["next"]) == ("month", "year"), "paid, and the month lasts some hours yet"
    assert now["period_ends_at"] > ends_at
    store.set_renewal(subscription, on=False)  # news of these hours is news
    await tell_apple(shop, store.told[-1][1])
    now = await mine(shop, ana)
    assert (now["status"], now["plan"], now["next"]) == ("cancelled", "month", "year")
    moving_clock.forward(hours=11)
    await pass_time(shop)
    now = await mine(shop, ana)
    assert (now["plan"], now["next"], now["status"]) == ("year", None, "cancelled")
    assert (await count(shop, ana), await statuses(shop, ana)) == (1, ["paid", "paid"])


async def test_a_product_that_is_not_in_the_shop_changes_no_plan_and_staff_see_it(
    store_counter: Shop, app_store: AppStore
):
    shop, store = store_counter, app_store
    ana, subscription = await in_the_app_store(shop, store)
    store.change_plan(subscription, "premium.decade", price=9_999_990, days=3650, at_once=False)
    await tell_apple(shop, store.told[-1][1])
    assert (await mine(shop, ana))["next"] is None
    problem = await shop.owner.fetchval(
        "select problem from app.webhook_events where tenant_id = $1 order by id desc limit 1", shop.tenant.id
    )
    assert problem == "unknown_product"


# Google


async def in_play(shop: Shop, store: PlayStore) -> tuple[Person, str]:
    person = await shop.person()
    payment = await shop.subscribe(person, provider="google")
    token = store.subscribe(account=UUID(payment["id"]))
    await tell_google(shop, store.told[-1])
    return person, token


@pytest.mark.parametrize("badly", [False, True])
async def test_google_changes_a_plan_at_once_under_another_token(
    store_counter: Shop, play_store: PlayStore, *, badly: bool
):
    shop, store = store_counter, play_store
    ana, token = await in_play(shop, store)
    store.now += timedelta(minutes=5)
    new = store.change_plan(token, "premium.year", YEAR, days=365)
    told = store.told[-2:]
    await tell_google(shop, *(reversed(told) if badly else told))
    now = await mine(shop, ana)
    assert (now["plan"], now["status"], now["renews"]) == ("year", "active", True)
    assert (await count(shop, ana), await statuses(shop, ana)) == (1, ["paid", "paid"])
    assert store.done == [("acknowledge", token), ("acknowledge", new)]
    assert not {"premium_ended", "premium_paid_twice"} & set(await codes(shop, ana)), "it went on all the time"
    store.renew(new)
    await tell_google(shop, store.told[-1])
    assert (await count(shop, ana), await statuses(shop, ana)) == (1, ["paid"] * 3)
    store.three_days_pass()
    assert (await mine(shop, ana))["status"] == "active"


async def test_google_counts_what_was_paid_as_time_of_the_new_plan(store_counter: Shop, play_store: PlayStore):
    """No money moves, so there is no payment; the change has to be acknowledged all the same."""
    shop, store = store_counter, play_store
    ana, token = await in_play(shop, store)
    new = store.change_plan(token, "premium.year", (0, 0, "TRY"), days=60)
    await tell_google(shop, *store.told[-2:])
    now = await mine(shop, ana)
    assert (now["plan"], now["period_ends_at"][:10]) == ("year", (store.now + timedelta(days=60)).isoformat()[:10])
    assert (await count(shop, ana), await statuses(shop, ana)) == (1, ["paid"])
    assert store.done[-1] == ("acknowledge", new)
    assert (
        await shop.owner.fetchval(
            "select acknowledgement_token from app.subscriptions where tenant_id = $1", shop.tenant.id
        )
        is None
    )


async def test_a_change_that_google_was_not_told_of_is_told_again(store_counter: Shop, play_store: PlayStore):
    shop, store = store_counter, play_store
    ana, token = await in_play(shop, store)
    new = store.change_plan(token, "premium.year", (0, 0, "TRY"), days=60)
    await tell_google(shop, store.told[-2])
    store.subscriptions[new]["acknowledgementState"] = "ACKNOWLEDGEMENT_STATE_PENDING"  # as if it had not been heard
    await shop.owner.execute(
        "update app.subscriptions set acknowledgement_token = $2 where tenant_id = $1", shop.tenant.id, new
    )
    store.done.clear()
    async with shop.db.as_service(shop.tenant.id) as tx:
        await acknowledgements.do_sweep(tx)
    await shop.work()
    assert store.done == [("acknowledge", new)]
    assert (await mine(shop, ana))["plan"] == "year"


async def test_google_changes_a_plan_with_the_next_period(store_counter: Shop, play_store: PlayStore):
    shop, store = store_counter, play_store
    ana, token = await in_play(shop, store)
    new = store.change_plan(token, "premium.year", YEAR, later=True)
    await tell_google(shop, *store.told[-2:])
    now = await mine(shop, ana)
    assert (now["plan"], now["next"], now["status"]) == ("month", "year", "active")
    assert ("acknowledge", new) in store.done
    store.begin_plan(new)
    await tell_google(shop, store.told[-1])
    now = await mine(shop, ana)
    assert (now["plan"], now["next"]) == ("year", None)
    assert (await count(shop, ana), await statuses(shop, ana)) == (1, ["paid", "paid"])


async def test_somebody_elses_plan_on_the_same_phone_is_theirs(store_counter: Shop, play_store: PlayStore):
    """Two people here use one account of the store: whoever orders the other plan has it, and the first one has none."""
    shop, store = store_counter, play_store
    ana, token = await in_play(shop, store)
    bora = await shop.person()
    payment = await shop.subscribe(bora, 1, provider="google")
    store.now += timedelta(minutes=5)
    new = store.change_plan(token, "premium.year", YEAR, days=365)
    store.subscriptions[new]["externalAccountIdentifiers"] = {"obfuscatedExternalAccountId": payment["id"]}
    await tell_google(shop, *store.told[-2:])
    assert (await mine(shop, bora))["plan"] == "year"
    assert (await look(shop, bora, payment))["status"] == "paid"
    assert (await shop.get(ana, "/api/premium"))["entitlements"]["premium"] is False


# RevenueCat


@pytest.fixture
async def revenuecat(store_counter: Shop) -> AsyncIterator[RevenueCatServer]:
    async with RevenueCatServer() as server:
        account = RevenueCatAccount(
            secret_key_v1=server.secret_key_v1,
            secret_key_v2=server.secret_key_v2,
            project_id=server.project_id,
            authorization_secret=server.authorization,
            signing_secret=server.signing_secret,
            api_url=server.url,
        )
        await connect(store_counter, ProviderName.revenuecat, account)
        yield server


async def tell_revenuecat(shop: Shop, server: RevenueCatServer, *, badly: bool = False) -> None:
    manner = random.Random(3) if badly else None
    for webhook in server.webhooks(repeats=int(badly), shuffled=manner):
        assert await post(shop, "revenuecat", webhook) == 200
    server.events.clear()
    server.later(seconds=1)
    await shop.work()


@pytest.mark.parametrize("store", ["app_store", "play_store"])
@pytest.mark.parametrize("badly", [False, True])
async def test_revenuecat_tells_a_change_and_then_the_purchase(
    store_counter: Shop, revenuecat: RevenueCatServer, store: str, *, badly: bool
):
    shop, server = store_counter, revenuecat
    ana = await shop.person()
    payment = await shop.subscribe(ana, provider="revenuecat")
    bought = server.subscribe(payment["store_token"], "premium.month", store=store)
    await tell_revenuecat(shop, server)
    server.announce_change(bought, "premium.year")
    await tell_revenuecat(shop, server)
    now = await mine(shop, ana)
    assert (now["plan"], now["next"]) == ("month", "year")
    server.later(minutes=5)
    server.change(bought, "premium.year", 1199.99, days=365)
    await tell_revenuecat(shop, server, badly=badly)
    now = await mine(shop, ana)
    assert (now["plan"], now["next"], now["status"], now["renews"]) == ("year", None, "active", True)
    assert (await count(shop, ana), await statuses(shop, ana)) == (1, ["paid", "paid"])
    assert not {"premium_ended", "premium_paid_twice"} & set(await codes(shop, ana))


async def test_revenuecat_with_two_subscriptions_side_by_side(store_counter: Shop, revenuecat: RevenueCatServer):
    """Nothing was changed for anything: the app sold a second one, and the person is told that both renew."""
    shop, server = store_counter, revenuecat
    ana = await shop.person()
    payment = await shop.subscribe(ana, provider="revenuecat")
    server.subscribe(payment["store_token"], "premium.month")
    await tell_revenuecat(shop, server)
    server.later(minutes=5)
    server.subscribe(payment["store_token"], "premium.year", 1199.99)
    await tell_revenuecat(shop, server)
    assert await count(shop, ana) == 2
    assert "premium_paid_twice" in await codes(shop, ana)
    assert (await shop.get(ana, "/api/premium"))["second"] is not None


# Stripe


@pytest.fixture
async def stripe(store_counter: Shop) -> AsyncIterator[StripeServer]:
    async with StripeServer() as server:
        account = StripeAccount(secret_key=server.secret_key, webhook_secret=server.webhook_secret, api_url=server.url)
        await connect(store_counter, ProviderName.stripe, account, sandbox=True)
        yield server


async def tell_stripe(shop: Shop, server: StripeServer, *, badly: bool = False) -> None:
    manner = random.Random(7) if badly else None
    for webhook in server.webhooks(repeats=int(badly), shuffled=manner):
        assert await post(shop, "stripe", webhook) == 200
    server.books.events.clear()
    await shop.work()


@pytest.mark.parametrize("badly", [False, True])
async def test_stripe_switches_a_price_in_its_portal(store_counter: Shop, stripe: StripeServer, *, badly: bool):
    shop = store_counter
    ana = await shop.person()
    payment = await look(shop, ana, await shop.subscribe(ana, provider="stripe"))
    stripe.books.pay(str(payment["checkout_url"]).rpartition("/")[2])
    await tell_stripe(shop, stripe, badly=badly)
    name = stripe.books.of("subscription")[0]["id"]
    stripe.books.later(minutes=5)
    stripe.books.switch(name, 100_000, "year", "premium.year")
    await tell_stripe(shop, stripe, badly=badly)
    now = await mine(shop, ana)
    assert (now["plan"], now["status"]) == ("year", "active")
    items = (await shop.get(ana, "/api/payments"))["items"]
    assert [(one["status"], one["amount"]) for one in items] == [
        ("paid", payment["amount"]),
        ("paid", payment["amount"]),
    ]
    paid = await shop.owner.fetch(
        "select paid_amount from app.payments where tenant_id = $1 order by id", shop.tenant.id
    )
    assert [row["paid_amount"] for row in paid] == [payment["amount"], 90_000], "what was unused was counted against it"
    stripe.books.later(days=365)
    stripe.books.renew(name)
    await tell_stripe(shop, stripe, badly=badly)
    assert (await mine(shop, ana))["plan"] == "year"
    assert await statuses(shop, ana) == ["paid"] * 3


async def test_a_price_of_stripe_that_names_no_plan_is_for_staff(store_counter: Shop, stripe: StripeServer):
    shop = store_counter
    ana = await shop.person()
    payment = await look(shop, ana, await shop.subscribe(ana, provider="stripe"))
    stripe.books.pay(str(payment["checkout_url"]).rpartition("/")[2])
    await tell_stripe(shop, stripe)
    stripe.books.later(minutes=5)
    stripe.books.switch(stripe.books.of("subscription")[0]["id"], 100_000, "year", None)
    await tell_stripe(shop, stripe)
    newest = (await shop.get(ana, "/api/payments"))["items"][0]
    assert (newest["status"], newest["problem"]) == ("held", "amount_differs")
    assert (await mine(shop, ana))["plan"] == "month"
