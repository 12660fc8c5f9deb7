"""Webhooks: forged, repeated, late, for another tenant, too large, unknown."""

import asyncio
from uuid import UUID, uuid4

import asyncpg
import httpx
import msgspec
import pytest
from litestar import Litestar

from meydan import tenants
from meydan.integrations.payments.contract import Paid, ProviderLocked, ProviderRefused, Refunded
from meydan.integrations.payments.enums import ProviderName
from meydan.kit.database import Database, Tx
from meydan.money.payments import billing_customers
from meydan.money.payments.settlement import apply, deferred_events
from meydan.money.provider_events import webhook_events
from tests.conftest import MovableClock
from tests.money.scripted_provider import DOWN, signed
from tests.money.shops import Shop, failed, in_days, refunded
from tests.waiting import happens, somebody_waits, until


async def test_a_forged_webhook_changes_and_leaves_nothing(shop: Shop):
    ana = await shop.person()
    payment = await shop.order(ana)
    paid = shop.paid(payment)
    body, headers = signed(shop.book, [paid])
    larger = body.replace(b"4999", b"9999")
    assert await shop.post(paid, headers={}) == 400
    assert await shop.post(paid, headers={"X-Signature": "0" * 64}) == 400
    assert await shop.post(paid, body=larger, headers=headers) == 400
    assert await shop.post(paid, body=b"", headers=headers) == 400
    await shop.work()
    assert await shop.rows("webhook_events") == 0
    assert (await shop.get(ana, f"/api/payments/{payment['id']}"))["status"] == "pending"


async def test_a_flood_of_forged_webhooks_is_slowed_and_stores_nothing(shop: Shop):
    ana = await shop.person()
    paid = shop.paid(await shop.order(ana))
    answers = await asyncio.gather(*(shop.post(paid, headers={"X-Signature": "f"}) for _ in range(90)))
    assert set(answers) == {400, 429}
    assert await shop.rows("webhook_events") == 0
    assert await shop.post(paid) == 200, "a verified webhook passes meanwhile"


async def test_a_webhook_is_stored_once_and_applied_once(shop: Shop):
    ana = await shop.person()
    payment = await shop.order(ana)
    paid = shop.paid(payment)
    assert set(await asyncio.gather(*(shop.post(paid) for _ in range(8)))) == {200}
    assert await shop.rows("webhook_events") == 1
    await shop.work()
    assert await shop.post(paid) == 200
    assert await shop.work() == [], "it was read"
    # The same event under another id, as a second endpoint or a check brings it.
    await shop.deliver(msgspec.structs.replace(paid, event_id="again"))
    assert (await shop.wallet(ana)).balance == 100
    assert await shop.cleared() == 100


async def test_another_tenants_webhook_is_not_believed(
    shop: Shop, app: Litestar, db: Database, other_tenant: tenants.Tenant, owner
):
    abroad = Shop(app, db, other_tenant, owner)
    await abroad.connect(ProviderName.stripe)
    ana = await shop.person()
    payment = await shop.order(ana)
    paid = shop.paid(payment)
    # Signed with the other's secret, for ours; and with ours, at the other's door.
    assert await shop.post(paid, book=abroad.book) == 400
    assert await shop.post(paid, slug=other_tenant.slug) == 400
    # Rightly signed there, it names a payment of ours: there is none of that name there.
    assert await abroad.post(paid) == 200
    await abroad.work()
    assert (await shop.get(ana, f"/api/payments/{payment['id']}"))["status"] == "pending"
    problem = await owner.fetchval("select problem from app.webhook_events where tenant_id = $1", other_tenant.id)
    assert problem == "unknown_payment"
    assert await abroad.rows("payments") == 0


async def test_routes_that_do_not_exist_are_not_found(shop: Shop):
    paid = shop.paid(await shop.order(await shop.person()))
    assert await shop.post(paid, slug="nobody-here") == 404
    assert await _post(shop, f"/api/payments/webhooks/iyzico/{shop.tenant.slug}") == 404, "not connected"
    assert await _post(shop, f"/api/payments/webhooks/paypal/{shop.tenant.slug}") == 404


async def test_a_body_as_large_as_nobody_sends_is_refused(shop: Shop):
    assert await _post(shop, f"/api/payments/webhooks/stripe/{shop.tenant.slug}", b"x" * 300_000) == 413


async def test_an_event_of_an_unknown_payment_is_noted(shop: Shop, owner):
    ana = await shop.person()
    paid = shop.paid(await shop.order(ana), payment_id=uuid4(), checkout=None)
    await shop.deliver(paid)
    row = await owner.fetchrow("select * from app.webhook_events where tenant_id = $1", shop.tenant.id)
    assert (row["problem"], row["payment_id"], row["read_at"] is not None) == ("unknown_payment", None, True)


async def test_an_event_of_another_providers_payment_is_not_applied(shop: Shop):
    ana = await shop.person()
    await shop.connect(ProviderName.iyzico)
    payment = await shop.order(ana, provider="iyzico")
    await shop.deliver(shop.paid(payment), failed(payment), provider="stripe")
    assert (await shop.get(ana, f"/api/payments/{payment['id']}"))["status"] == "pending"


async def test_a_refund_that_comes_before_its_payment_waits_for_it(shop: Shop):
    ana = await shop.person()
    payment = await shop.order(ana)
    paid = shop.paid(payment)
    await shop.deliver(refunded(paid, 1_000), refunded(paid, paid.amount))
    assert (await shop.get(ana, f"/api/payments/{payment['id']}"))["status"] == "pending"
    await shop.deliver(paid)
    after = await shop.get(ana, f"/api/payments/{payment['id']}")
    assert (after["status"], after["refunded"], after["coins_clawed_back"], after["owed"]) == (
        "refunded",
        4_999,
        100,
        0,
    )
    assert (await shop.wallet(ana)).balance == 0
    assert await shop.rows("deferred_events") == 0
    assert await shop.cleared() == 0
    await shop.audit()


async def test_what_the_provider_must_be_asked_for_is_read_later(shop: Shop, owner):
    ana = await shop.person()
    payment = await shop.order(ana)
    shop.book.failures = [DOWN, DOWN, DOWN]
    assert await shop.post(shop.paid(payment)) == 200
    await shop.work()
    row = await owner.fetchrow("select * from app.webhook_events where tenant_id = $1", shop.tenant.id)
    assert (row["problem"], row["read_at"], row["attempts"]) == ("the provider is down", None, 1)
    await shop.work(delayed=True)
    row = await owner.fetchrow("select * from app.webhook_events where tenant_id = $1", shop.tenant.id)
    assert (row["problem"], row["read_at"] is not None, row["attempts"]) == (None, True, 4)
    assert str(row["payment_id"]) == payment["id"]
    assert (await shop.wallet(ana)).balance == 100


async def test_what_can_never_be_read_says_why(shop: Shop, owner):
    paid = shop.paid(await shop.order(await shop.person()))
    shop.book.failures = [ProviderRefused("this kind of event has no object")]
    await shop.deliver(paid)
    row = await owner.fetchrow("select * from app.webhook_events where tenant_id = $1", shop.tenant.id)
    assert (row["problem"], row["read_at"] is not None) == ("this kind of event has no object", True)


async def test_all_events_of_a_webhook_are_applied_or_none(
    shop: Shop, db: Database, monkeypatch: pytest.MonkeyPatch, owner
):
    """A worker killed in the middle: the transaction is gone, and the job is done again from its beginning."""
    ana = await shop.person()
    payment = await shop.order(ana)
    assert await shop.post(shop.paid(payment)) == 200
    webhook_event_id = await owner.fetchval("select id from app.webhook_events where tenant_id = $1", shop.tenant.id)

    class Killed(BaseException):
        pass

    async def die(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(webhook_events, "_do_mark", die)
        with pytest.raises(Killed):
            await webhook_events.read_webhook_event(
                db, shop.tenant.id, webhook_events.ReadWebhookEvent(webhook_event_id=webhook_event_id)
            )
    assert (await shop.wallet(ana)).balance == 0
    await shop.work()
    assert (await shop.wallet(ana)).balance == 100
    await shop.audit()


async def test_two_workers_settle_once(shop: Shop, db: Database, owner):
    """Events of one payment under six ids, read by six workers at once."""
    for _ in range(4):
        ana = await shop.person()
        payment = await shop.order(ana)
        paid = shop.paid(payment)
        for number in range(6):
            assert await shop.post(msgspec.structs.replace(paid, event_id=f"{payment['id']} {number}")) == 200
        unread = await owner.fetch(
            "select id from app.webhook_events where tenant_id = $1 and read_at is null", shop.tenant.id
        )
        await asyncio.gather(
            *(
                webhook_events.read_webhook_event(
                    db, shop.tenant.id, webhook_events.ReadWebhookEvent(webhook_event_id=row["id"])
                )
                for row in unread
            )
        )
        assert (await shop.wallet(ana)).balance == 100
        assert len([frame for frame in await shop.frames(ana, "payment") if frame["payment"]["status"] == "paid"]) == 1
    await shop.audit()


async def test_two_workers_make_one_payment_of_what_nobody_announced(shop: Shop, db: Database, owner):
    """Bought entirely in a store: who and what is all that is said, and it is said six times at once."""
    await shop.connect(ProviderName.google)
    ana = await shop.person()
    reference = await _in_the_store(shop, db, owner, ana.me.user_id)
    order = {"id": str(uuid4()), "provider": "google", "amount": 1_99, "currency": "EUR"}
    paid = shop.paid(order, payment_id=None, checkout=None, buyer=reference, product_id="coins_100")
    for number in range(6):
        assert await shop.post(msgspec.structs.replace(paid, event_id=str(number)), provider="google") == 200
    unread = await owner.fetch("select id from app.webhook_events where tenant_id = $1", shop.tenant.id)
    await asyncio.gather(
        *(
            webhook_events.read_webhook_event(
                db, shop.tenant.id, webhook_events.ReadWebhookEvent(webhook_event_id=row["id"])
            )
            for row in unread
        )
    )
    assert await shop.rows("payments") == 1
    assert (await shop.wallet(ana)).balance == 100
    await shop.audit()


async def test_webhooks_that_a_lost_job_left_are_read_and_old_ones_purged(
    shop: Shop, db: Database, owner, moving_clock: MovableClock
):
    ana = await shop.person()
    payment = await shop.order(ana)
    await shop.post(shop.paid(payment))
    await owner.execute("delete from jobs.pgqueuer where headers->>'tenant_id' = $1", str(shop.tenant.id))
    async with db.as_service(shop.tenant.id) as tx:
        await webhook_events.do_sweep(tx)
    assert await shop.work() == [], "a worker may be about to read it"
    moving_clock.forward(minutes=11)
    async with db.as_service(shop.tenant.id) as tx:
        await webhook_events.do_sweep(tx)
    await shop.work()
    assert (await shop.wallet(ana)).balance == 100
    moving_clock.forward(hours=24 * 91)
    async with db.as_service(shop.tenant.id) as tx:
        await webhook_events.do_purge_old(tx)
        await deferred_events.do_purge_old(tx)
    assert await shop.rows("webhook_events") == 0


async def _in_the_store(shop: Shop, db: Database, owner, user_id: UUID) -> UUID:
    await owner.execute(
        "update app.coin_packages set store_product_id = 'coins_100' where tenant_id = $1 and coins = 100",
        shop.tenant.id,
    )
    async with db.as_service(shop.tenant.id) as tx:
        return await billing_customers.lock_billing_customer(tx, user_id)


async def _post(shop: Shop, path: str, body: bytes = b"{}") -> int:
    transport = httpx.ASGITransport(app=shop.app)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
        return (await client.post(path, content=body)).status_code


async def test_an_early_event_that_races_its_payment_is_not_left_deferred(
    shop: Shop, db: Database, owner, monkeypatch: pytest.MonkeyPatch
):
    """An event that is read after its payment has looked for deferred events, and before that is committed."""
    looked, through, look = asyncio.Event(), asyncio.Event(), apply._do_apply_deferred

    async def look_and_linger(tx: Tx, name: ProviderName, subject: str) -> None:
        await look(tx, name, subject)
        if looked.is_set():
            return
        looked.set()

        async def the_other_came() -> bool:
            return through.is_set() or await somebody_waits(tx)

        await until(the_other_came)

    ana = await shop.person()
    payment, premium = await shop.order(ana), await shop.subscribe(ana)
    paid = shop.paid(payment)
    first = shop.paid(premium, subscription="sub_1", period_ends_at=in_days(30))
    renewal = msgspec.structs.replace(
        first, event_id=uuid4().hex, charge=uuid4().hex, payment_id=None, checkout=None, period_ends_at=in_days(60)
    )
    monkeypatch.setattr(apply, "_do_apply_deferred", look_and_linger)
    for event, early in ((paid, refunded(paid, 2_500)), (first, renewal)):
        looked.clear()
        through.clear()
        before, after = [await _kept(shop, owner, one) for one in (event, early)]
        slow = asyncio.create_task(webhook_events.read_webhook_event(db, shop.tenant.id, before))
        await happens(looked, "the reader's look")  # it may fail before
        await webhook_events.read_webhook_event(db, shop.tenant.id, after)
        through.set()
        await slow
    assert await shop.rows("deferred_events") == 0
    assert (await shop.wallet(ana)).balance == 50
    assert len((await shop.get(ana, "/api/payments"))["items"]) == 3
    await shop.audit()


async def _kept(shop: Shop, owner, event: Paid | Refunded) -> webhook_events.ReadWebhookEvent:
    assert await shop.post(event) == 200
    webhook_event_id = await owner.fetchval(
        "select id from app.webhook_events where tenant_id = $1 and event_id = $2", shop.tenant.id, event.event_id
    )
    return webhook_events.ReadWebhookEvent(webhook_event_id=webhook_event_id)


async def test_a_suspended_tenants_webhooks_are_read_all_the_same(shop: Shop, db: Database, owner: asyncpg.Connection):
    """Members of a suspended tenant are still charged and refunded by their providers."""
    ana = await shop.person()
    payment = await shop.order(ana)
    paid = shop.paid(payment)
    await owner.execute("update app.tenants set status = 'suspended' where id = $1", shop.tenant.id)
    directory: tenants.Directory = shop.app.state.directory
    directory._kept.clear()
    assert (await shop.ask(ana, "GET", "/api/premium")).json()["code"] == "tenant_suspended"
    await shop.deliver(paid)
    assert (await shop.wallet(ana)).balance == 100
    await shop.deliver(refunded(paid, paid.amount))
    await owner.execute("update app.tenants set status = 'active' where id = $1", shop.tenant.id)
    directory._kept.clear()
    assert (await shop.get(ana, f"/api/payments/{payment['id']}"))["status"] == "refunded"


async def test_webhooks_wait_for_keys_that_the_provider_accepts(shop: Shop):
    """An operator changed them wrongly, and puts it right: what was told meanwhile is read then."""
    ana = await shop.person()
    payment = await shop.order(ana)
    shop.book.failures = [ProviderLocked("no such key")] * 2
    assert await shop.post(shop.paid(payment)) == 200
    await shop.work()
    problem = "select problem from app.webhook_events where tenant_id = $1"
    assert await shop.owner.fetchval(problem, shop.tenant.id) == "no such key"
    await shop.work(delayed=True)
    assert (await shop.wallet(ana)).balance == 100
    assert await shop.owner.fetchval(problem, shop.tenant.id) is None


async def test_pending_actions_and_receipts_wait_for_such_keys_too(shop: Shop):
    await shop.connect(ProviderName.google)
    ana = await shop.person()
    await shop.go_premium(ana, reference="sub_1")
    shop.book.failures = [ProviderLocked("no such key")]
    await shop.ask(ana, "POST", "/api/premium/cancel")
    await shop.work()
    assert (await shop.get(ana, "/api/premium"))["subscription"]["status"] == "cancelled"
    await shop.work(delayed=True)
    assert shop.book.asked[-2:] == ["cancel sub_1", "cancel sub_1"]

    payment = await shop.order(ana, provider="google")
    book = shop.books[ProviderName.google]
    book.truth["token"], book.failures = [shop.paid(payment)], [ProviderLocked("no such key")]
    await shop.ask(ana, "POST", f"/api/payments/{payment['id']}/receipt", {"receipt": "token"})
    await shop.work()
    waiting = await shop.get(ana, f"/api/payments/{payment['id']}")
    assert (waiting["status"], waiting["problem"]) == ("pending", None), "the receipt may be a good one"
    await shop.work(delayed=True)
    assert (await shop.wallet(ana)).balance == 100
