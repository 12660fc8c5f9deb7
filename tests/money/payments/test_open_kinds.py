"""A room that payments have never heard of sells something of its own, with a table of its own."""

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import asyncpg
import pytest
from msgspec import Struct

from meydan import rooms
from meydan.integrations.payments.contract import DisputeState, Paid, SubscriptionChanged, SubscriptionState
from meydan.integrations.payments.enums import Period, ProviderName
from meydan.kit.database import Database, Tx
from meydan.kit.errors import NotFound
from meydan.money.payments import COINS, CoinFulfilment, billing_customers, fulfilment, orders, review
from meydan.money.payments.fulfilment import Applied, Clawback, FulfilmentMissingError, Product, Renewal
from meydan.money.payments.order_source import OrderedFrom
from meydan.money.payments.payment_rows import PaymentRow
from meydan.money.payments.review import ReviewerMissingError
from meydan.tenants import Language
from tests.factories import Person
from tests.money.shops import Shop, changed, disputed, in_days, refunded

TOY = "toy"
SHELF = Product(
    id=UUID(int=7),
    price=700,
    currency="TRY",
    title={Language.turkish: "Topaç", Language.english: "A spinning top"},
    period=Period.month,
    store_product_id="toys.top",
)


class Loan(Struct, frozen=True):
    agreement_id: UUID
    user_id: UUID


class ToyFulfilment:
    """Lends toys by the month: one row in ``toys.loans`` for each month that was paid."""

    async def product(self, tx: Tx, product_id: UUID) -> Product:
        if product_id != SHELF.id:
            raise NotFound
        return SHELF

    async def store_product(self, tx: Tx, store_product_id: str) -> Product | None:
        return SHELF if store_product_id == SHELF.store_product_id else None

    async def do_change_reference(self, tx: Tx, name: ProviderName, event: Paid | SubscriptionChanged) -> None:
        if event.replaces is not None:
            await tx.run(
                "update toys.loans set reference = $3 where tenant_id = $1 and reference = $2",
                event.replaces,
                event.subscription,
            )

    async def lock_renewal(self, tx: Tx, name: ProviderName, event: Paid) -> Renewal | None:
        loan = await tx.maybe(
            Loan,
            """
            select agreement_id, user_id from toys.loans
            where tenant_id = $1 and reference = $2 order by payment_id limit 1 for update
            """,
            event.subscription,
        )
        if loan is None:
            return None
        return Renewal(loan.user_id, SHELF.id, loan.agreement_id, (SHELF.price, SHELF.currency))

    async def do_fulfil(self, tx: Tx, payment: PaymentRow, *, despite_duplicate: bool) -> bool:
        agreement_id = payment.agreement_id or uuid4()
        await tx.run(
            """
            insert into toys.loans (tenant_id, payment_id, agreement_id, user_id, reference, gone)
            values ($1, $2, $3, $4, $5, false)
            """,
            *(payment.id, agreement_id, payment.user_id, payment.provider_subscription_id),
        )
        await orders.do_link_agreement(tx, payment.id, agreement_id, payment.period_ends_at)
        return True

    async def do_claw_back(self, tx: Tx, payment: PaymentRow, covered: int, cause: str, *, disputed: bool) -> Clawback:
        gone = covered >= payment.paid
        changed = await tx.maybe(
            UUID,
            """
            update toys.loans set gone = $3
            where tenant_id = $1 and payment_id = $2 and gone <> $3 returning payment_id
            """,
            payment.id,
            gone,
        )
        return Clawback(ended=gone and changed is not None)

    async def do_synchronise(self, tx: Tx, name: ProviderName, event: SubscriptionChanged) -> Applied | None:
        found = await tx.maybe(
            UUID,
            "update toys.loans set state = $3 where tenant_id = $1 and reference = $2 returning payment_id",
            event.subscription,
            event.state.value,
        )
        return None if found is None else Applied()


@pytest.fixture
def hooks(monkeypatch: pytest.MonkeyPatch) -> None:
    """What rooms have registered, to be changed: the test's end brings it back."""
    monkeypatch.setattr(fulfilment, "_kinds", {*fulfilment._kinds})
    monkeypatch.setattr(fulfilment, "_handlers", {**fulfilment._handlers})
    monkeypatch.setattr(review, "_reviewers", [*review._reviewers])


@pytest.fixture
async def toys(owner: asyncpg.Connection, hooks: None) -> AsyncIterator[None]:
    """The toy room is installed: its kind, its handler, and its table outside the schema of the house."""
    await owner.execute("""
        create schema toys;
        create table toys.loans (
            payment_id uuid primary key, tenant_id integer not null, agreement_id uuid not null, user_id uuid not null,
            reference text, state text, gone boolean not null
        );
        grant usage on schema toys to meydan_service;
        grant select, insert, update on toys.loans to meydan_service;
    """)
    fulfilment.register(fulfilment.declare(TOY), ToyFulfilment())
    yield
    await owner.execute("drop schema toys cascade")


async def order(shop: Shop, person: Person) -> dict[str, object]:
    """An order of the toy, its pay page opened."""
    source = OrderedFrom(person.me.client_device_id, "203.0.113.9", "http://127.0.0.1:8000")
    async with shop.db.as_service(shop.tenant.id) as tx:
        key = uuid4().hex
        assert await orders.lock_order_with_key(tx, person.me.user_id, key, TOY, SHELF.id, None) is None
        made = await orders.do_order(tx, person.me.user_id, TOY, SHELF, None, key, source)
    await shop.work()
    return await shop.get(person, f"/api/payments/{made.id}")


async def months(owner: asyncpg.Connection, person: Person) -> int:
    found: int = await owner.fetchval(
        "select count(*) from toys.loans where user_id = $1 and not gone", person.me.user_id
    )
    return found


async def test_a_kind_of_its_own_is_bought_renewed_refunded_and_disputed(
    toys: None, shop: Shop, db: Database, owner: asyncpg.Connection
):
    ana = await shop.person()
    payment = await order(shop, ana)
    assert (payment["kind"], payment["product_id"], payment["coins"]) == (TOY, str(SHELF.id), 0)
    assert shop.book.orders[UUID(str(payment["id"]))].title.endswith(": Topaç")
    first = shop.paid(payment, subscription="sub_toy", period_ends_at=in_days(30))
    await shop.deliver(first)
    assert await months(owner, ana) == 1

    renewal = Paid("evt_renewal", first.happened_at, "ch_renewal", 700, "TRY", subscription="sub_toy")
    await shop.deliver(renewal)
    await shop.deliver(renewal)
    assert await months(owner, ana) == 2
    mine = (await shop.get(ana, "/api/payments"))["items"]
    assert [line["status"] for line in mine] == ["paid", "paid"]

    await shop.deliver(changed("sub_toy", SubscriptionState.cancelled, in_days(30)))
    assert await owner.fetchval("select min(state) from toys.loans where user_id = $1", ana.me.user_id) == "cancelled"

    await shop.deliver(refunded(renewal, 700))
    assert await months(owner, ana) == 1
    await shop.deliver(disputed(first, DisputeState.opened))
    assert await months(owner, ana) == 0
    await shop.deliver(disputed(first, DisputeState.won))
    assert await months(owner, ana) == 1
    states = {line["id"]: line["status"] for line in (await shop.get(ana, "/api/payments"))["items"]}
    assert states[payment["id"]] == "paid"
    assert sorted(states.values()) == ["paid", "refunded"]
    await shop.audit()


async def test_an_event_about_an_agreement_waits_until_its_first_payment_is_there(
    toys: None, shop: Shop, owner: asyncpg.Connection
):
    ana = await shop.person()
    payment = await order(shop, ana)
    await shop.deliver(changed("sub_early", SubscriptionState.grace, in_days(30)))
    await shop.deliver(shop.paid(payment, subscription="sub_early", period_ends_at=in_days(30)))
    assert await owner.fetchval("select min(state) from toys.loans where user_id = $1", ana.me.user_id) == "grace"


async def test_a_purchase_begun_in_a_store_finds_the_room_that_sells_it(
    toys: None, shop: Shop, db: Database, owner: asyncpg.Connection
):
    ana = await shop.person()
    async with db.as_service(shop.tenant.id) as tx:
        buyer = await billing_customers.lock_billing_customer(tx, ana.me.user_id)
    await shop.deliver(Paid("evt_store", in_days(0), "ch_store", 700, "TRY", buyer=buyer, product_id="toys.top"))
    assert await months(owner, ana) == 1


@pytest.mark.parametrize("kind", ["Toys", "toy kind", "toy\n", "", "7toys", "t" * 41])
async def test_the_database_refuses_what_is_no_name(shop: Shop, owner: asyncpg.Connection, kind: str):
    ana = await shop.person()
    await shop.buy(ana)
    with pytest.raises(asyncpg.CheckViolationError):
        await owner.execute("update app.payments set kind = $2, coins = 0 where tenant_id = $1", shop.tenant.id, kind)


def test_a_process_refuses_to_start_when_a_kind_lacks_its_handler(hooks: None):
    rooms.check_complete()
    del fulfilment._handlers[COINS]
    with pytest.raises(FulfilmentMissingError, match="coins"):
        rooms.check_complete()
    fulfilment.register(COINS, CoinFulfilment())
    rooms.check_complete()


def test_a_process_refuses_to_start_when_nobody_reviews_payments(hooks: None):
    reviewer = review.reviewer()
    review._reviewers.clear()
    with pytest.raises(ReviewerMissingError):
        rooms.check_complete()
    review.register(reviewer)
    rooms.check_complete()
