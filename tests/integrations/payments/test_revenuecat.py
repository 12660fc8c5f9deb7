"""RevenueCat, as a server of our own behaves like it."""

import itertools
import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID, uuid4

import msgspec
import pytest

from meydan.integrations.payments.contract import (
    Buyer,
    Charge,
    Order,
    Paid,
    ProviderEvent,
    ProviderRefused,
    ProviderUnavailable,
    Refunded,
    SignatureInvalid,
    SubscriptionChanged,
    SubscriptionState,
    Webhook,
    WebhookEvent,
)
from meydan.integrations.payments.revenuecat.account import RevenueCatAccount
from meydan.integrations.payments.revenuecat.adapter import RevenueCatProvider
from tests.integrations.payments.fake_server import Answered
from tests.integrations.payments.servers.revenuecat import Bought, RevenueCatServer
from tests.integrations.payments.servers.revenuecat_shapes import SHAPES
from tests.integrations.payments.servers.shapes import Unfit

T = TypeVar("T", bound=ProviderEvent)


@pytest.fixture
async def server() -> AsyncIterator[RevenueCatServer]:
    async with RevenueCatServer() as one:
        yield one


@pytest.fixture
async def provider(server: RevenueCatServer) -> AsyncIterator[RevenueCatProvider]:
    one = RevenueCatProvider(account(server), sandbox=False)
    yield one
    await one.close()


@pytest.fixture
def buyer() -> UUID:
    return uuid4()


def account(server: RevenueCatServer, **other: Any) -> RevenueCatAccount:
    mine = RevenueCatAccount(
        secret_key_v1=server.secret_key_v1,
        secret_key_v2=server.secret_key_v2,
        project_id=server.project_id,
        authorization_secret=server.authorization,
        signing_secret=server.signing_secret,
        api_url=server.url,
    )
    return msgspec.structs.replace(mine, **other)


def order(buyer: UUID, **other: Any) -> Order:
    coins = Order(
        payment_id=uuid4(),
        title="500 jeton",
        amount=14_990,
        currency="TRY",
        period=None,
        buyer=Buyer(buyer, "tr", None, None, "203.0.113.5"),
        return_url="https://meydan.example/wallet/payments/1",
        webhook_url="https://meydan.example/api/payments/webhooks/revenuecat/lale",
        store_product_id="coins_500",
    )
    return msgspec.structs.replace(coins, **other)


def only(kind: type[T], events: list[ProviderEvent]) -> T:
    (event,) = [event for event in events if isinstance(event, kind)]
    return event


async def read(provider: RevenueCatProvider, *webhooks: Webhook) -> list[ProviderEvent]:
    """Each webhook goes through the database in between."""
    events: list[ProviderEvent] = []
    for webhook in webhooks:
        webhook_event = await provider.verify(webhook)
        kept = msgspec.json.decode(msgspec.json.encode(webhook_event), type=WebhookEvent)
        events += await provider.read(kept)
    return events


async def test_coins_bought_in_the_app(server: RevenueCatServer, provider: RevenueCatProvider, buyer: UUID) -> None:
    ordered = order(buyer)
    checkout = await provider.do_open_checkout(ordered)
    assert (checkout.url, checkout) == (
        "",
        msgspec.structs.replace(checkout, provider_checkout_id=f"{buyer}:{ordered.payment_id}"),
    )
    assert await provider.payment(checkout.provider_checkout_id) == []

    bought = server.buy(str(buyer))
    paid = only(Paid, await read(provider, *server.webhooks()))
    assert paid == Paid(
        event_id=f"{bought.transaction}:paid",
        happened_at=server.now,
        charge=bought.transaction,
        amount=14_990,
        currency="TRY",
        buyer=buyer,
        product_id="coins_500",
    )
    assert await provider.payment(checkout.provider_checkout_id) == [paid]
    assert await provider.payment(bought.transaction) == [paid]
    assert await read(provider, *server.webhooks(repeats=2)) == [paid] * 3


async def test_an_old_purchase_does_not_answer_for_a_new_order(
    server: RevenueCatServer, provider: RevenueCatProvider, buyer: UUID
) -> None:
    server.buy(str(buyer))
    server.later(days=3)
    checkout = await provider.do_open_checkout(order(buyer))
    assert await provider.payment(checkout.provider_checkout_id) == []
    server.buy(str(buyer))
    assert len(await provider.payment(checkout.provider_checkout_id)) == 1


async def test_what_the_webhook_says_counts_for_nothing_until_the_api_says_it_too(
    server: RevenueCatServer, provider: RevenueCatProvider, buyer: UUID
) -> None:
    """Whoever learnt the shared value can write webhooks."""
    real = server.buy(str(buyer))
    never = Bought(str(buyer), "coins_500", 149.9, "TRY", "app_store", "666", "666", server.now)
    with pytest.raises(ProviderUnavailable, match="does not know"):
        await read(provider, server.webhook(server.tell("NON_RENEWING_PURCHASE", never)))
    assert await provider.payment(f"{uuid4()}:{uuid4()}") == []

    dear = server.tell("NON_RENEWING_PURCHASE", real, price_in_purchased_currency=99_999.0, environment="SANDBOX")
    paid = only(Paid, await read(provider, server.webhook(dear)))
    assert (paid.amount, paid.test) == (14_990, False)

    refund = server.tell("CANCELLATION", real, cancel_reason="CUSTOMER_SUPPORT")
    with pytest.raises(ProviderUnavailable):
        await read(provider, server.webhook(refund))
    stolen = server.webhook(server.tell("NON_RENEWING_PURCHASE", real, app_user_id=str(uuid4()), aliases=[]))
    with pytest.raises(ProviderUnavailable):
        await read(provider, stolen)


async def test_a_membership_is_named_by_its_buyer_and_base_plan_and_may_be_extended(
    server: RevenueCatServer, provider: RevenueCatProvider, buyer: UUID
) -> None:
    bought = server.subscribe(str(buyer), plan="monthly", store="play_store")
    paid = only(Paid, await read(provider, *server.webhooks()))
    assert (paid.subscription, paid.product_id) == (f"{buyer}:premium:monthly", "premium:monthly")
    with pytest.raises(ProviderRefused):
        await provider.subscription(f"{uuid4()}:premium:monthly", "nobody's")
    server.fail_renewal(bought, grace=timedelta(days=6))
    grace = only(SubscriptionChanged, await read(provider, server.webhooks()[-1]))
    assert (grace.period_ends_at, grace.grace_ends_at) == (bought.expires_at, bought.grace_until)
    server.extend(bought, timedelta(days=2))
    extended = only(SubscriptionChanged, await read(provider, server.webhooks()[-1]))
    assert extended.period_ends_at == bought.expires_at


async def test_news_in_any_order_tells_what_is_and_late_money_is_still_money(
    server: RevenueCatServer, provider: RevenueCatProvider, buyer: UUID
) -> None:
    server.page_size = 1
    bought = server.subscribe(str(buyer))
    charges = {bought.transaction}
    for price in (99.0, 119.5, 119.5):
        server.later(days=30)
        server.renew(bought, price)
        charges.add(bought.transaction)
    server.cancel(bought)
    events = await read(provider, *server.webhooks(repeats=1, shuffled=random.Random(7)))
    paid = {event.charge: event for event in events if isinstance(event, Paid)}
    assert paid.keys() == charges
    assert sorted(one.amount for one in paid.values()) == [9_900, 9_900, 11_950, 11_950]
    ends = sorted(one.period_ends_at for one in paid.values() if one.period_ends_at)
    assert [later - earlier for earlier, later in itertools.pairwise(ends)] == [timedelta(days=30)] * 3
    assert {event.state for event in events if isinstance(event, SubscriptionChanged)} == {SubscriptionState.cancelled}


async def test_a_store_gives_money_back_and_takes_that_back(
    server: RevenueCatServer, provider: RevenueCatProvider, buyer: UUID
) -> None:
    coins, premium = server.buy(str(buyer)), server.subscribe(str(buyer))
    for bought, amount in ((coins, 14_990), (premium, 9_900)):
        server.events.clear()
        server.refund(bought)
        events = await read(provider, *server.webhooks())
        refunded = only(Refunded, events)
        assert (refunded.charge, refunded.refunded, refunded.currency) == (bought.transaction, amount, "TRY")
        assert refunded in await provider.payment(bought.transaction)
    assert only(SubscriptionChanged, events).state is SubscriptionState.expired

    server.events.clear()
    server.reverse_refund(premium)
    events = await read(provider, *server.webhooks())
    assert (only(Refunded, events).refunded, only(Refunded, events).reversed) == (0, True)
    assert only(SubscriptionChanged, events).state is SubscriptionState.active


async def test_what_cost_nothing_is_no_payment(
    server: RevenueCatServer, provider: RevenueCatProvider, buyer: UUID
) -> None:
    server.subscribe(str(buyer), "trial", price=0.0, period="trial")
    server.subscribe(str(buyer), "family", shared=True)
    server.subscribe(str(buyer), "present", store="promotional")
    events = await read(provider, *server.webhooks())
    assert [event for event in events if isinstance(event, Paid)] == []
    assert {event.product_id for event in events if isinstance(event, SubscriptionChanged)} == {"trial", "present"}
    assert not any(isinstance(event, Paid) for event in await provider.payment(f"{buyer}:{uuid4()}"))


async def test_play_money_says_so(server: RevenueCatServer, provider: RevenueCatProvider, buyer: UUID) -> None:
    server.buy(str(buyer), sandbox=True)
    server.subscribe(str(buyer), sandbox=True)
    assert [event.test for event in await read(provider, *server.webhooks()) if isinstance(event, Paid)] == [True, True]


@pytest.mark.parametrize(
    ("price", "currency", "amount"),
    [
        (0.29, "EUR", 29),
        (1.234, "KWD", 1_234),
        (1_799.99, "TRY", 179_999),
        (7.989999999999999, "TRY", 799),
    ],
)
async def test_prices_are_exact(
    server: RevenueCatServer, provider: RevenueCatProvider, buyer: UUID, price: float, currency: str, amount: int
) -> None:
    server.buy(str(buyer), price=price, currency=currency)
    paid = only(Paid, await read(provider, *server.webhooks()))
    assert (paid.amount, paid.currency) == (amount, currency)


async def test_purchases_that_move_to_another_account(
    server: RevenueCatServer, provider: RevenueCatProvider, buyer: UUID
) -> None:
    server.subscribe(str(buyer))
    other = uuid4()
    server.transfer(str(buyer), str(other))
    events = await read(provider, *server.webhooks("TRANSFER"))
    assert {(event.subscription, event.state) for event in events if isinstance(event, SubscriptionChanged)} == {
        (f"{buyer}:premium", SubscriptionState.expired),
        (f"{other}:premium", SubscriptionState.active),
    }


async def test_a_secret_that_is_being_changed_signs_beside_the_old_one(
    server: RevenueCatServer, provider: RevenueCatProvider, buyer: UUID
) -> None:
    server.buy(str(buyer))
    rolled = server.webhook(server.events[-1], secrets=("whsec_new", server.signing_secret))
    assert (await provider.verify(rolled)).event_id == server.events[-1]["id"]
    assert server.asked == []


async def test_without_a_signing_secret_the_shared_value_must_be_right(server: RevenueCatServer, buyer: UUID) -> None:
    provider = RevenueCatProvider(account(server, signing_secret=None), sandbox=False)
    server.buy(str(buyer))
    body = server.webhooks()[0].body
    assert (await provider.verify(Webhook({"authorization": server.authorization}, body))).payload["type"]
    for headers in ({}, {"authorization": server.authorization[:-1]}, {"authorization": "ş" + server.authorization}):
        with pytest.raises(SignatureInvalid):
            await provider.verify(Webhook(headers, body))
    with pytest.raises(SignatureInvalid):
        await provider.verify(Webhook({"authorization": server.authorization}, b"{}"))
    await provider.close()


async def test_a_person_is_found_among_their_names(
    server: RevenueCatServer, provider: RevenueCatProvider, buyer: UUID
) -> None:
    """The app may write the reference in capitals, and the name seen last may be one it made up before the log in."""
    name = str(buyer).upper()
    server.buy(name)
    event = server.events[-1] | {"app_user_id": "$RCAnonymousID:2"}
    assert only(Paid, await read(provider, server.webhook(event))).buyer == buyer


async def test_the_books_know_only_what_they_are_asked_for(
    server: RevenueCatServer, provider: RevenueCatProvider, buyer: UUID
) -> None:
    coins, premium, other = server.buy(str(buyer)), server.subscribe(str(buyer)), server.buy(str(buyer))
    server.refund(coins)
    known = [coins.transaction, premium.transaction, "nobody's"]
    statement = await provider.statement(server.now - timedelta(days=1), server.now, known)
    assert not statement.complete
    assert statement.charges == [
        Charge(coins.transaction, 14_990, "TRY", 14_990, disputed=False, paid_at=server.now),
        Charge(premium.transaction, 9_900, "TRY", 0, disputed=False, paid_at=server.now),
    ]
    assert other.transaction not in {charge.provider_charge_id for charge in statement.charges}


async def test_who_asks_about_nothing_learns_whether_the_keys_are_right(server: RevenueCatServer) -> None:
    for wrong in ({}, {"secret_key_v1": "sk_wrong"}, {"secret_key_v2": "sk_wrong"}, {"project_id": "proj_of_another"}):
        provider = RevenueCatProvider(account(server, **wrong), sandbox=False)
        if wrong:
            with pytest.raises(ProviderRefused):
                await provider.statement(server.now, server.now, [])
        else:
            assert (await provider.statement(server.now, server.now, [])).charges == []
        await provider.close()


async def test_a_number_on_a_receipt_counts_only_for_its_buyer(
    server: RevenueCatServer, provider: RevenueCatProvider, buyer: UUID
) -> None:
    mine, nobodys = server.buy(str(buyer)), server.buy("$RCAnonymousID:3")
    assert only(Paid, await provider.receipt(mine.transaction)).buyer == buyer
    for stranger in (nobodys.transaction, f"{buyer}:{uuid4()}"):
        with pytest.raises(ProviderRefused):
            await provider.receipt(stranger)


async def test_trouble_passes_or_does_not_and_nothing_secret_is_said(
    server: RevenueCatServer, provider: RevenueCatProvider, buyer: UUID
) -> None:
    words = {"message": "the key sk_one of ayse@example.org", "code": 7110}
    for trouble in (Answered(500, words), Answered(423, words)):
        server.trouble.append(trouble)
        with pytest.raises(ProviderUnavailable) as unavailable:
            await provider.payment(f"{buyer}:{uuid4()}")
        assert "sk_one" not in str(unavailable.value)
        assert "ayse" not in str(unavailable.value)
    server.trouble.append(Answered(400, words))
    with pytest.raises(ProviderRefused, match="400 7110") as refused:
        await provider.payment(f"{buyer}:{uuid4()}")
    assert "ayse" not in str(refused.value)
    with pytest.raises(ProviderRefused, match="no such transaction"):
        await provider.payment("2000000000000")

    for wrong in ({"secret_key_v1": "sk_wrong"}, {"secret_key_v2": "sk_wrong"}, {"project_id": "proj_of_another"}):
        stranger = RevenueCatProvider(account(server, **wrong), sandbox=False)
        with pytest.raises(ProviderRefused, match=r"40[13]"):
            await stranger.payment(f"{buyer}:{uuid4()}" if "secret_key_v1" in wrong else "2000000000000")
        await stranger.close()


@pytest.mark.parametrize(
    "wrong",
    [{"secret_key_v1": "appl_public"}, {"authorization_secret": "short"}, {"project_id": "../x"}, {"api_url": "api"}],
)
def test_an_account_that_cannot_work_is_refused_when_it_is_set_up(wrong: dict[str, str]) -> None:
    values = {"secret_key_v1": "sk_a", "secret_key_v2": "sk_b", "project_id": "proj1", "authorization_secret": "x" * 24}
    assert msgspec.convert(values, RevenueCatAccount).signing_secret is None
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(values | wrong, RevenueCatAccount)


def test_the_shapes_notice_what_revenuecat_would_never_say() -> None:
    now = datetime.now(UTC).isoformat()
    good = {"id": "1", "is_sandbox": True, "purchase_date": now, "store": "app_store"}
    SHAPES.check("NonSubscription", good)
    for bad in (good | {"store": "bazaar"}, good | {"colour": "red"}, good | {"is_sandbox": "yes"}, {"id": "1"}):
        with pytest.raises(Unfit):
            SHAPES.check("NonSubscription", bad)
