"""Premium for money: begun by a payment, renewed by the provider, synchronised by its newest event, ended in time."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest

from meydan.integrations.payments.contract import DisputeState, Paid, ProviderEvent, ProviderRefused, SubscriptionState
from meydan.integrations.payments.enums import Period, ProviderName
from meydan.kit import clock
from meydan.kit.database import Database
from meydan.money.payments import billing_customers
from meydan.money.premium import billing_periods, membership
from tests.conftest import MovableClock
from tests.factories import Person
from tests.money.scripted_provider import DOWN, ScriptedProvider
from tests.money.shops import Answer, Shop, changed, disputed, in_days, refunded

ACTIVE, GRACE = SubscriptionState.active, SubscriptionState.grace
CANCELLED, EXPIRED = SubscriptionState.cancelled, SubscriptionState.expired


async def mine(shop: Shop, person: Person) -> Answer:
    found: Answer = (await shop.get(person, "/api/premium"))["subscription"]
    return found


async def is_premium(shop: Shop, person: Person) -> bool:
    return bool((await shop.get(person, "/api/premium"))["entitlements"]["premium"])


async def run_renewals(shop: Shop, db: Database) -> None:
    async with db.as_service(shop.tenant.id) as tx:
        await membership.do_run_renewals(tx)
    await shop.work()


def renewal(shop: Shop, payment: Answer, first: Paid, days: float = 60, **changes: Any) -> Paid:
    """The provider charged again by itself: nobody told it our payment's id."""
    assert first.subscription
    more: Answer = {
        "payment_id": None,
        "checkout": None,
        "subscription": first.subscription,
        "period_ends_at": in_days(days),
    }
    return shop.paid(payment, **{**more, **changes})


async def test_premium_is_bought_renewed_and_unlocks(shop: Shop):
    ana = await shop.person()
    assert (await shop.get(ana, "/api/premium"))["entitlements"] == {
        "premium": False,
        "matches_per_day": None,
        "sees_likes": False,
        "no_ads": False,
    }
    payment, paid = await shop.go_premium(ana)
    now = await shop.get(ana, "/api/premium")
    assert now["entitlements"] == {"premium": True, "matches_per_day": 50, "sees_likes": True, "no_ads": True}
    assert (now["subscription"]["status"], now["subscription"]["renews"]) == ("active", True)
    assert (await shop.get(ana, f"/api/payments/{payment['id']}"))["status"] == "paid"
    assert (await shop.wallet(ana)).balance == 0
    before = now["subscription"]["period_ends_at"]
    await shop.deliver(renewal(shop, payment, paid))
    after = await mine(shop, ana)
    assert (after["id"], after["period_ends_at"] > before) == (now["subscription"]["id"], True)
    listed = (await shop.get(ana, "/api/payments"))["items"]
    assert [(item["kind"], item["status"], item["amount"]) for item in listed] == [("premium", "paid", 14_999)] * 2
    assert [frame["subscription"]["status"] for frame in await shop.frames(ana, "subscription")] == ["active", "active"]
    await shop.audit()


async def test_one_premium_at_a_time(shop: Shop):
    ana = await shop.person()
    await shop.go_premium(ana)
    body = {"plan_id": shop.plans[1]["id"], "pay_with": "money"}
    again = await shop.ask(ana, "POST", "/api/premium/subscribe", body, "k")
    assert (again.status_code, again.json()["code"]) == (409, "already_premium")


async def test_a_renewal_that_comes_before_the_first_payment_waits(shop: Shop):
    ana = await shop.person()
    payment = await shop.subscribe(ana)
    first = shop.paid(payment, subscription="sub_1", period_ends_at=in_days(30))
    second = renewal(shop, payment, first, happened_at=clock.now() + timedelta(seconds=9))
    state = changed("sub_1", ACTIVE, in_days(30))
    ends_at = in_days(60)
    second = msgspec.structs.replace(second, period_ends_at=ends_at)
    events: tuple[ProviderEvent, ...] = (first, second, state)
    for order in permutations(events):
        ana = await shop.person()
        payment = await shop.subscribe(ana)
        reference, charge = uuid4().hex, uuid4().hex
        for event in order:
            changes: Answer = {"subscription": reference, "event_id": uuid4().hex}
            if isinstance(event, Paid):
                changes["charge"] = f"{event.charge}{charge}"
                changes["payment_id"] = event.payment_id and UUID(payment["id"])
                changes["checkout"] = event.checkout and f"cs_{payment['id']}"
            await shop.deliver(msgspec.structs.replace(event, **changes))
        assert (await mine(shop, ana))["period_ends_at"] == ends_at.isoformat().replace("+00:00", "Z")
        assert len((await shop.get(ana, "/api/payments"))["items"]) == 2
    assert await shop.rows("deferred_events") == 0


async def test_an_event_older_than_the_known_state_is_ignored(shop: Shop):
    ana = await shop.person()
    _, paid = await shop.go_premium(ana, reference="sub_1")
    newest = changed("sub_1", CANCELLED, in_days(30), happened_at=clock.now() + timedelta(seconds=20))
    older = changed("sub_1", ACTIVE, in_days(90), happened_at=clock.now() + timedelta(seconds=10))
    oldest = changed("sub_1", EXPIRED, in_days(-1), happened_at=paid.happened_at - timedelta(hours=1))
    await shop.deliver(newest, older, oldest)
    now = await mine(shop, ana)
    assert (now["status"], now["renews"]) == ("cancelled", False)
    assert now["period_ends_at"] == newest.period_ends_at.isoformat().replace("+00:00", "Z")


async def test_grace_keeps_premium_until_its_end(shop: Shop, db: Database, moving_clock: MovableClock):
    ana = await shop.person()
    payment, paid = await shop.go_premium(ana, reference="sub_1")
    moving_clock.forward(hours=24 * 30)
    shop.book.truth[paid.charge] = [paid]
    await shop.deliver(changed("sub_1", GRACE, paid.period_ends_at or in_days(0)))
    now = await mine(shop, ana)
    assert (now["status"], now["renews"]) == ("grace", True)
    assert now["grace_ends_at"][:10] == (clock.now() + timedelta(days=3)).isoformat()[:10]
    assert await is_premium(shop, ana)
    await shop.deliver(renewal(shop, payment, paid, 30))
    assert (await mine(shop, ana))["status"] == "active", "the card was mended"

    moving_clock.forward(hours=24 * 31)
    later = in_days(6)
    await shop.deliver(changed("sub_1", GRACE, in_days(-1), grace_ends_at=later))
    assert (await mine(shop, ana))["grace_ends_at"] == later.isoformat().replace("+00:00", "Z")
    moving_clock.forward(hours=24 * 6 + 1)
    await run_renewals(shop, db)
    assert await mine(shop, ana) is None
    assert not await is_premium(shop, ana)


async def test_silence_after_a_periods_end_is_asked_about_then_grace_then_over(
    shop: Shop, db: Database, moving_clock: MovableClock
):
    ana = await shop.person()
    _, paid = await shop.go_premium(ana, reference="sub_1")
    shop.book.truth[paid.charge] = [paid]
    shop.book.asked.clear()
    moving_clock.forward(hours=24 * 30, minutes=1)
    await run_renewals(shop, db)
    await run_renewals(shop, db)
    assert shop.book.asked == [f"payment {paid.charge}"], "asked once"
    assert (await mine(shop, ana))["status"] == "active", "its webhook may be on its way"
    moving_clock.forward(hours=1)
    await run_renewals(shop, db)
    assert (await mine(shop, ana))["status"] == "grace"
    moving_clock.forward(hours=25)
    await run_renewals(shop, db)
    assert len(shop.book.asked) == 3, "and every day"
    moving_clock.forward(hours=48)
    await run_renewals(shop, db)
    assert not await is_premium(shop, ana)


async def test_a_renewal_whose_webhook_was_lost_is_found_by_asking(
    shop: Shop, db: Database, moving_clock: MovableClock
):
    ana = await shop.person()
    payment, paid = await shop.go_premium(ana, reference="sub_1")
    moving_clock.forward(hours=24 * 30, minutes=1)
    second = renewal(shop, payment, paid, 30)
    shop.book.truth[paid.charge] = [paid, second, changed("sub_1", ACTIVE, in_days(30))]
    await run_renewals(shop, db)
    now = await mine(shop, ana)
    assert (now["status"], now["period_ends_at"] > clock.now().isoformat()) == ("active", True)
    assert len((await shop.get(ana, "/api/payments"))["items"]) == 2


async def test_cancel_and_resume_are_told_to_the_provider(shop: Shop, db: Database, moving_clock: MovableClock):
    ana = await shop.person()
    await shop.go_premium(ana, reference="sub_1")
    shop.book.asked.clear()
    shop.book.failures = [DOWN]
    cancelled = await shop.ask(ana, "POST", "/api/premium/cancel")
    assert (cancelled.status_code, cancelled.json()["status"], cancelled.json()["renews"]) == (200, "cancelled", False)
    await shop.work(delayed=True)
    assert shop.book.asked == ["cancel sub_1", "cancel sub_1"]
    assert await is_premium(shop, ana), "until the period's end"
    resumed = await shop.ask(ana, "POST", "/api/premium/resume")
    assert (resumed.json()["status"], resumed.json()["renews"]) == ("active", True)
    await shop.work()
    assert shop.book.asked[-1] == "resume sub_1"
    await shop.ask(ana, "POST", "/api/premium/cancel")
    await shop.work()
    moving_clock.forward(hours=24 * 30, minutes=1)
    assert not await is_premium(shop, ana), "at its very end"
    await run_renewals(shop, db)
    nothing = await shop.ask(ana, "POST", "/api/premium/cancel")
    assert (nothing.status_code, nothing.json()["code"]) == (409, "not_premium")


async def test_an_action_that_the_provider_refuses_is_reverted(shop: Shop):
    ana = await shop.person()
    await shop.go_premium(ana)
    shop.book.failures = [ProviderRefused("no such subscription")]
    await shop.ask(ana, "POST", "/api/premium/cancel")
    await shop.work()
    now = await mine(shop, ana)
    assert (now["status"], now["renews"]) == ("active", True), "nobody is told it ends when it will be charged for"
    statuses = [frame["subscription"]["status"] for frame in await shop.frames(ana, "subscription")]
    assert statuses == ["active", "cancelled", "active"]


async def test_an_event_that_crosses_a_cancellation_does_not_undo_it(shop: Shop):
    ana = await shop.person()
    await shop.go_premium(ana, reference="sub_1")
    await shop.ask(ana, "POST", "/api/premium/cancel")
    assert await shop.post(changed("sub_1", ACTIVE, in_days(30))) == 200
    shop.book.failures = [DOWN]  # it does not perform the cancellation before its event is read
    await shop.work()
    assert (await mine(shop, ana))["status"] == "cancelled"
    await shop.work(delayed=True)
    assert [what for what in shop.book.asked if what.startswith("cancel")] == ["cancel sub_1"] * 2
    assert (await mine(shop, ana))["status"] == "cancelled"


async def test_an_event_from_before_the_provider_performed_a_cancellation_does_not_undo_it(
    shop: Shop, moving_clock: MovableClock
):
    ana = await shop.person()
    await shop.go_premium(ana, reference="sub_1")
    moving_clock.forward(minutes=5)
    late = changed("sub_1", ACTIVE, in_days(30))
    moving_clock.forward(minutes=5)
    await shop.ask(ana, "POST", "/api/premium/cancel")
    await shop.work()
    assert "cancel sub_1" in shop.book.asked
    await shop.deliver(late)
    assert (await mine(shop, ana))["status"] == "cancelled"


async def test_a_change_of_mind_while_the_provider_refuses_the_first_is_told_too(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
):
    ana = await shop.person()
    await shop.go_premium(ana, reference="sub_1")

    async def refuse(_: ScriptedProvider, subscription: str) -> None:
        await shop.ask(ana, "POST", "/api/premium/resume")
        raise ProviderRefused(f"{subscription} is not cancelled today")

    monkeypatch.setattr(ScriptedProvider, "do_cancel", refuse)
    await shop.ask(ana, "POST", "/api/premium/cancel")
    await shop.work()
    assert "resume sub_1" in shop.book.asked
    now = await mine(shop, ana)
    assert (now["status"], now["renews"]) == ("active", True)


async def test_a_late_event_of_a_payment_does_not_undo_a_cancellation_after_it(shop: Shop, moving_clock: MovableClock):
    ana = await shop.person()
    payment, first = await shop.go_premium(ana, reference="sub_1")
    moving_clock.forward(minutes=5)
    second = renewal(shop, payment, first)
    moving_clock.forward(minutes=5)
    await shop.deliver(changed("sub_1", CANCELLED, first.period_ends_at or in_days(0)))
    await shop.deliver(second)
    now = await mine(shop, ana)
    assert (now["status"], now["renews"]) == ("cancelled", False)
    moving_clock.forward(minutes=5)
    await shop.deliver(renewal(shop, payment, first, 90))
    assert (await mine(shop, ana))["status"] == "active", "paid for after it was cancelled: it went on"


async def test_a_full_refund_ends_premium_and_the_provider_is_told(shop: Shop):
    ana = await shop.person()
    payment, paid = await shop.go_premium(ana, reference="sub_1")
    await shop.deliver(refunded(paid, 7_000))
    assert await is_premium(shop, ana), "a part is a favour"
    await shop.deliver(refunded(paid, paid.amount))
    assert not await is_premium(shop, ana)
    assert "cancel sub_1" in shop.book.asked
    await shop.deliver(changed("sub_1", CANCELLED, in_days(30), happened_at=in_days(0.01)))
    assert not await is_premium(shop, ana), "what the provider says of it brings it not back"
    await shop.deliver(renewal(shop, payment, paid, happened_at=in_days(0.02)))
    assert await is_premium(shop, ana), "new money does"


async def test_an_old_periods_refund_leaves_the_new_one(shop: Shop):
    ana = await shop.person()
    payment, paid = await shop.go_premium(ana)
    await shop.deliver(renewal(shop, payment, paid))
    await shop.deliver(refunded(paid, paid.amount))
    assert await is_premium(shop, ana)


async def test_a_dispute_of_premium_won_gives_the_rest_of_it_back(shop: Shop):
    ana = await shop.person()
    _, paid = await shop.go_premium(ana)
    await shop.deliver(disputed(paid, DisputeState.opened))
    assert not await is_premium(shop, ana)
    await shop.deliver(disputed(paid, DisputeState.won))
    now = await mine(shop, ana)
    assert (now["status"], now["renews"]) == ("cancelled", False)


async def test_a_dispute_won_after_its_period_gives_nothing_back(shop: Shop, moving_clock: MovableClock):
    ana = await shop.person()
    _, paid = await shop.go_premium(ana, reference="sub_1")
    await shop.deliver(disputed(paid, DisputeState.opened))
    moving_clock.forward(hours=24 * 31)
    await shop.deliver(disputed(paid, DisputeState.won))
    assert await mine(shop, ana) is None
    codes = [frame["notification"]["code"] for frame in await shop.frames(ana, "notification")]
    assert codes.count("premium_started") == 1


async def test_a_renewal_for_another_price_is_held(shop: Shop):
    ana = await shop.person()
    payment, paid = await shop.go_premium(ana)
    before = (await mine(shop, ana))["period_ends_at"]
    await shop.deliver(renewal(shop, payment, paid, amount=1))
    newest = (await shop.get(ana, "/api/payments"))["items"][0]
    assert (newest["status"], newest["problem"]) == ("held", "amount_differs")
    assert (await mine(shop, ana))["period_ends_at"] == before


async def test_a_changed_plan_keeps_its_price_for_who_has_it(shop: Shop, owner):
    ana = await shop.person()
    payment, paid = await shop.go_premium(ana)
    await owner.execute("update app.premium_plans set price = 99999 where tenant_id = $1", shop.tenant.id)
    await shop.deliver(renewal(shop, payment, paid))
    assert (await shop.get(ana, "/api/payments"))["items"][0]["status"] == "paid"


async def test_a_provider_that_does_not_renew_sells_one_period_at_a_time(
    shop: Shop, db: Database, moving_clock: MovableClock
):
    await shop.connect(ProviderName.iyzico)
    ana = await shop.person()
    await shop.go_premium(ana, provider="iyzico")
    first = await mine(shop, ana)
    assert (first["status"], first["renews"], first["provider"]) == ("active", False, "iyzico")
    body = {"plan_id": shop.plans[0]["id"], "pay_with": "money", "provider": "iyzico"}
    early = await shop.ask(ana, "POST", "/api/premium/subscribe", body, "k")
    assert early.json()["code"] == "already_premium"
    resumed = await shop.ask(ana, "POST", "/api/premium/resume")
    assert resumed.json()["code"] == "premium_cannot_resume"
    moving_clock.forward(hours=24 * 24)
    await shop.go_premium(ana, provider="iyzico")
    second = await mine(shop, ana)
    assert second["id"] == first["id"]
    assert second["period_ends_at"][:10] > first["period_ends_at"][:10]
    moving_clock.forward(hours=24 * 12)
    assert await is_premium(shop, ana), "in the second period"
    moving_clock.forward(hours=24 * 31)
    await run_renewals(shop, db)
    assert not await is_premium(shop, ana)
    assert not [ask for ask in shop.books[ProviderName.iyzico].asked if ask.startswith("payment")]


async def test_a_store_sells_by_token_and_receipt(shop: Shop, owner):
    await shop.connect(ProviderName.google)
    await owner.execute(
        "update app.coin_packages set store_product_id = 'coins.' || coins where tenant_id = $1", shop.tenant.id
    )
    ana, bora = await shop.person(), await shop.person()
    book = shop.books[ProviderName.google]
    payment = await shop.order(ana, provider="google")
    assert (payment["store_token"], payment.get("checkout_url")) == (payment["id"], None)
    receipt = shop.paid(payment, product_id="coins.100", amount=199, currency="EUR")
    book.truth["token-1"] = [receipt]
    # Somebody else hands the receipt in: it names its payment.
    theirs = await shop.order(bora, provider="google")
    await shop.ask(bora, "POST", f"/api/payments/{theirs['id']}/receipt", {"receipt": "token-1"})
    await shop.work()
    assert (await shop.wallet(bora)).balance == 0
    assert (await shop.wallet(ana)).balance == 100
    done = await shop.get(ana, f"/api/payments/{payment['id']}")
    assert (done["status"], done["amount"], done["currency"]) == ("paid", 199, "EUR"), "the store's own price"
    assert f"acknowledge {receipt.charge} purchase given" in book.asked
    # A receipt that proves nothing, and one for something cheaper than what was ordered.
    await shop.ask(bora, "POST", f"/api/payments/{theirs['id']}/receipt", {"receipt": "made up"})
    await shop.work()
    after = await shop.get(bora, f"/api/payments/{theirs['id']}")
    assert (after["status"], after["problem"]) == ("pending", "proof_refused")
    large = await shop.order(bora, 3, provider="google")
    book.truth["token-2"] = [shop.paid(large, product_id="coins.100", amount=199, currency="EUR")]
    await shop.ask(bora, "POST", f"/api/payments/{large['id']}/receipt", {"receipt": "token-2"})
    await shop.work()
    assert (await shop.get(bora, f"/api/payments/{large['id']}"))["problem"] == "product_differs"
    assert (await shop.wallet(bora)).balance == 0
    no_store = await shop.order(bora)
    refused = await shop.ask(bora, "POST", f"/api/payments/{no_store['id']}/receipt", {"receipt": "token-1"})
    assert refused.json()["code"] == "not_a_store"
    assert await shop.cleared("google", "EUR") == 100


async def test_a_receipt_that_names_nobody_counts_for_who_brings_it_once(shop: Shop):
    await shop.connect(ProviderName.google)
    ana, bora = await shop.person(), await shop.person()
    payment, theirs = await shop.order(ana, provider="google"), await shop.order(bora, provider="google")
    receipt = shop.paid(payment, payment_id=None, checkout=None, amount=199, currency="EUR")
    shop.books[ProviderName.google].truth["token"] = [receipt]
    for person, order in ((ana, payment), (bora, theirs)):
        await shop.ask(person, "POST", f"/api/payments/{order['id']}/receipt", {"receipt": "token"})
        await shop.work()
    assert ((await shop.wallet(ana)).balance, (await shop.wallet(bora)).balance) == (100, 0)


async def test_premium_of_a_store_is_changed_in_the_store(shop: Shop, owner):
    await shop.connect(ProviderName.google)
    ana = await shop.person()
    await shop.go_premium(ana, provider="google")
    for path in ("cancel", "cancel"):
        refused = await shop.ask(ana, "POST", f"/api/premium/{path}")
        assert (refused.status_code, refused.json()["code"], refused.json()["provider"]) == (
            409,
            "premium_in_store",
            "google",
        )


async def test_a_free_first_period_of_a_store_is_premium(shop: Shop):
    await shop.connect(ProviderName.google)
    ana = await shop.person()
    payment = await shop.subscribe(ana, provider="google")
    await shop.deliver(
        shop.paid(payment, amount=0, subscription="sub_free", period_ends_at=in_days(7)), provider="google"
    )
    assert await is_premium(shop, ana)


async def test_what_was_begun_in_the_app_is_not_made_a_second_time(shop: Shop, db: Database, owner):
    """A store that carries no id of ours: who and what fits the order that was opened a moment ago."""
    await shop.connect(ProviderName.google)
    await owner.execute(
        "update app.premium_plans set store_product_id = 'premium.' || period where tenant_id = $1", shop.tenant.id
    )
    ana = await shop.person()
    payment = await shop.subscribe(ana, provider="google")
    async with db.as_service(shop.tenant.id) as tx:
        reference = await billing_customers.lock_billing_customer(tx, ana.me.user_id)
    await shop.deliver(
        shop.paid(
            payment,
            payment_id=None,
            checkout=None,
            buyer=reference,
            product_id="premium.month",
            subscription="gpa.1",
            period_ends_at=in_days(30),
        ),
        provider="google",
    )
    assert [item["id"] for item in (await shop.get(ana, "/api/payments"))["items"]] == [payment["id"]]
    assert (await mine(shop, ana))["provider"] == "google"


@pytest.mark.parametrize(
    ("period", "begun", "then", "ends"),
    [
        (Period.month, "2026-01-31", "2026-01-31", "2026-02-28"),
        (Period.month, "2026-01-31", "2026-02-28", "2026-03-31"),
        (Period.month, "2026-12-15", "2026-12-15", "2027-01-15"),
        (Period.year, "2028-02-29", "2028-02-29", "2029-02-28"),
        (Period.year, "2028-02-29", "2031-05-01", "2032-02-29"),
        (Period.week, "2026-01-01", "2026-01-08", "2026-01-15"),
    ],
)
def test_periods_follow_the_calendar(period: Period, begun: str, then: str, ends: str):
    def day(text: str) -> datetime:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)

    assert billing_periods.after(period, day(begun), day(then)) == day(ends)
