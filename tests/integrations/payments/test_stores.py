"""From a store's sheet to coins and back: the real adapters in the real shop, with stores of our own at the other end."""

from datetime import timedelta
from uuid import UUID

import pytest

from meydan.integrations.payments.contract import Webhook
from meydan.integrations.payments.enums import ProviderName
from meydan.money.provider_events import reconciliation
from tests.integrations.payments.fake_server import Answered
from tests.integrations.payments.servers.apple import AppStore
from tests.integrations.payments.servers.google import PlayStore
from tests.integrations.payments.stores import coins, look, post, tell_apple, tell_google
from tests.money.shops import Shop


@pytest.fixture
def counter(store_counter: Shop) -> Shop:
    return store_counter


@pytest.fixture
def apple(app_store: AppStore) -> AppStore:
    return app_store


@pytest.fixture
def google(play_store: PlayStore) -> PlayStore:
    return play_store


async def test_coins_from_the_app_store_and_a_refund_that_comes_back(counter: Shop, apple: AppStore):
    person = await counter.person()
    payment = await counter.order(person, provider="apple")
    assert (payment["status"], payment["store_token"]) == ("pending", payment["id"])
    worth = payment["coins"]

    transaction = apple.buy(token=UUID(payment["id"]))
    bought = apple.told[-1][1]
    await tell_apple(counter, bought, bought)
    assert (await look(counter, person, payment))["status"] == "paid"
    assert await coins(counter, person) == worth

    apple.refund(transaction)
    refunded = apple.told[-1][1]
    await tell_apple(counter, refunded)
    assert (await look(counter, person, payment))["status"] == "refunded"
    assert await coins(counter, person) == 0

    apple.reverse_refund(transaction)
    await tell_apple(counter, apple.told[-1][1])
    assert (await look(counter, person, payment))["status"] == "paid"
    assert await coins(counter, person) == worth

    apple.refund(transaction, part=50_000)
    await tell_apple(counter, apple.told[-1][1], refunded, bought)
    assert (await look(counter, person, payment))["status"] == "partly_refunded"
    assert worth / 2 - 1 <= await coins(counter, person) <= worth / 2 + 1
    apple.refund(transaction, part=100_000)
    await tell_apple(counter, apple.told[-1][1])
    assert await coins(counter, person) == 0
    await counter.audit()


async def test_the_app_hands_its_receipt_in_before_apple_tells(counter: Shop, apple: AppStore):
    person, other = await counter.person(), await counter.person()
    payment, theirs = await counter.order(person, provider="apple"), await counter.order(other, provider="apple")
    transaction = apple.buy(token=UUID(payment["id"]))
    receipt = apple.sign(apple.transactions[transaction])
    for who, which in ((other, theirs), (person, payment)):  # who copies a receipt pays for somebody else
        answer = await counter.ask(who, "POST", f"/api/payments/{which['id']}/receipt", {"receipt": receipt})
        assert answer.status_code == 202
        await counter.work()
    await tell_apple(counter, apple.told[-1][1])
    assert (await look(counter, other, theirs))["status"] == "pending"
    assert (await look(counter, person, payment))["status"] == "paid"
    assert (await coins(counter, other), await coins(counter, person)) == (0, payment["coins"])


async def test_a_notice_that_never_arrives_is_found_in_apples_books(counter: Shop, apple: AppStore):
    person = await counter.person()
    payment = await counter.order(person, provider="apple")
    transaction = apple.buy(token=UUID(payment["id"]))
    await reconciliation.reconcile(counter.db, counter.tenant.id, reconciliation.Reconcile(ProviderName.apple))
    assert (await look(counter, person, payment))["status"] == "paid"
    apple.refund(transaction)
    await reconciliation.reconcile(counter.db, counter.tenant.id, reconciliation.Reconcile(ProviderName.apple))
    assert (await look(counter, person, payment))["status"] == "refunded"
    assert await coins(counter, person) == 0


async def test_a_forged_notice_leaves_nothing(counter: Shop, apple: AppStore):
    person = await counter.person()
    payment = await counter.order(person, provider="apple")
    forger = AppStore()
    forger.buy(token=UUID(payment["id"]))
    assert await post(counter, "apple", Webhook(headers={}, body=forger.told[-1][1])) == 400
    assert await counter.work() == []
    assert (await look(counter, person, payment))["status"] == "pending"
    assert await counter.rows("webhook_events") == 0


async def test_a_membership_from_the_app_store_whose_news_come_backwards(counter: Shop, apple: AppStore):
    person = await counter.person()
    payment = await counter.subscribe(person, provider="apple")
    subscription = apple.subscribe(token=UUID(payment["id"]))
    apple.renew(subscription)
    first, renewed = (body for _, body in apple.told)
    await tell_apple(counter, renewed)
    await tell_apple(counter, first)
    running = (await counter.get(person, "/api/premium"))["subscription"]
    assert (running["status"], running["provider"]) == ("active", "apple")
    paid = (await counter.get(person, "/api/payments"))["items"]
    assert [one["status"] for one in paid] == ["paid", "paid"]

    apple.set_renewal(subscription, on=False)
    await tell_apple(counter, apple.told[-1][1])
    running = (await counter.get(person, "/api/premium"))["subscription"]
    assert (running["status"], running["renews"]) == ("cancelled", False)
    apple.set_renewal(subscription, on=True)
    apple.fail_to_renew(subscription, grace=timedelta(days=16))
    await tell_apple(counter, *(body for _, body in apple.told[-2:]))
    running = (await counter.get(person, "/api/premium"))["subscription"]
    assert running["status"] == "grace"
    assert running["grace_ends_at"] > running["period_ends_at"]


async def test_coins_from_google_play_are_consumed_once_given(counter: Shop, google: PlayStore):
    person = await counter.person()
    payment = await counter.order(person, provider="google")
    token = google.buy(account=UUID(payment["store_token"]))
    await tell_google(counter, google.told[-1], google.told[-1])
    assert (await look(counter, person, payment))["status"] == "paid"
    assert await coins(counter, person) == payment["coins"]
    assert google.done == [("consume", token)]
    google.three_days_pass()
    assert len(google.told) == 1

    google.refund(google.products[token]["orderId"], reason="CHARGEBACK")
    await counter.spend(person, 10)
    await tell_google(counter, google.told[-1])
    assert (await look(counter, person, payment))["status"] == "charged_back"
    now = await counter.wallet(person)
    assert (now.balance, now.debt) == (0, 10)
    await counter.audit()


async def test_google_is_down_when_it_has_told(counter: Shop, google: PlayStore):
    person = await counter.person()
    payment = await counter.order(person, provider="google")
    google.buy(account=UUID(payment["id"]))
    assert await post(counter, "google", google.told[-1]) == 200
    google.trouble = [Answered(503, "no backend")] * 3
    await counter.work()
    assert (await look(counter, person, payment))["status"] == "pending"
    google.trouble.clear()
    await counter.work(delayed=True)
    assert (await look(counter, person, payment))["status"] == "paid"


async def test_play_money_buys_nothing(counter: Shop, google: PlayStore):
    person = await counter.person()
    payment = await counter.order(person, provider="google")
    google.buy(account=UUID(payment["id"]), test=True)
    await tell_google(counter, google.told[-1])
    assert (await look(counter, person, payment))["status"] == "pending"
    assert await coins(counter, person) == 0


async def test_a_membership_from_google_play(counter: Shop, google: PlayStore):
    person = await counter.person()
    payment = await counter.subscribe(person, provider="google")
    token = google.subscribe(account=UUID(payment["id"]))
    google.renew(token)
    await tell_google(counter, google.told[1], google.told[0])
    running = (await counter.get(person, "/api/premium"))["subscription"]
    assert (running["status"], running["provider"]) == ("active", "google")
    assert [one["status"] for one in (await counter.get(person, "/api/payments"))["items"]] == ["paid", "paid"]
    assert google.done == [("acknowledge", token)]
    google.cancel(token)
    google.expire(token)
    await tell_google(counter, *google.told[-2:])
    assert (await counter.get(person, "/api/premium"))["entitlements"]["premium"] is False


async def test_a_membership_taken_up_again_in_google_play_is_theirs_who_had_it(counter: Shop, google: PlayStore):
    person = await counter.person()
    payment = await counter.subscribe(person, provider="google")
    token = google.subscribe(account=UUID(payment["id"]))
    await tell_google(counter, google.told[-1])
    google.cancel(token)
    google.expire(token)
    await tell_google(counter, *google.told[-2:])
    assert (await counter.get(person, "/api/premium"))["entitlements"]["premium"] is False
    again = google.resubscribe(token)
    await tell_google(counter, google.told[-1])
    running = (await counter.get(person, "/api/premium"))["subscription"]
    assert (running["status"], running["provider"]) == ("active", "google")
    assert google.done[-1] == ("acknowledge", again)
    google.renew(again)
    await tell_google(counter, google.told[-1])
    assert [one["status"] for one in (await counter.get(person, "/api/payments"))["items"]] == ["paid"] * 3


async def test_whoever_brings_a_receipt_a_renewal_is_its_members(counter: Shop, google: PlayStore):
    person, other = await counter.person(), await counter.person()
    payment = await counter.subscribe(person, provider="google")
    token = google.subscribe(account=UUID(payment["id"]))
    await tell_google(counter, google.told[-1])
    google.renew(token)  # its webhook is still on its way
    theirs = await counter.subscribe(other, provider="google")
    await counter.ask(other, "POST", f"/api/payments/{theirs['id']}/receipt", {"receipt": token})
    await counter.work()
    assert (await look(counter, other, theirs))["status"] == "pending"
    assert (await counter.get(other, "/api/premium"))["entitlements"]["premium"] is False
    assert [one["status"] for one in (await counter.get(person, "/api/payments"))["items"]] == ["paid", "paid"]


async def test_a_part_refunded_in_play_console_is_found_in_googles_books(counter: Shop, google: PlayStore):
    person = await counter.person()
    payment = await counter.order(person, provider="google")
    token = google.buy(account=UUID(payment["id"]))
    await tell_google(counter, google.told[-1])
    google.refund_part(google.products[token]["orderId"], (50, 0, "TRY"))
    await reconciliation.reconcile(counter.db, counter.tenant.id, reconciliation.Reconcile(ProviderName.google))
    after = await look(counter, person, payment)
    assert (after["status"], after["refunded"]) == ("partly_refunded", 5000)
