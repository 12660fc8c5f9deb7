"""Fraud cases are decided once: by staff, or by the end of a delay."""

import asyncio
from uuid import UUID

import msgspec
import pytest

from meydan import tenants
from meydan.kit import personal_data as kept
from meydan.kit.database import Database
from meydan.kit.errors import NotFound
from meydan.kit.identity import Role
from meydan.kit.jobs import registry
from meydan.money import wallet
from meydan.money.fraud import cases, personal_data, tasks
from meydan.money.fraud.cases import AlreadyDecided, Choice
from meydan.money.fraud.scoring import Outcome
from meydan.money.fraud.settings import FraudSettings
from tests.accounts.conftest import Queue, owner, queue
from tests.conftest import MovableClock
from tests.factories import Person, make_person
from tests.money.coin_scenarios import check_the_books, give_coins, wallet_of
from tests.money.fraud.purchases import become, buy, configure, newest

__all__ = ["owner", "queue"]


@pytest.fixture(autouse=True)
async def suspicious(db: Database, tenant: tenants.Tenant) -> None:
    """The second payment of an hour is delayed, a card of three people is reviewed, both together freeze."""
    await configure(
        db, tenant, payments_per_hour=1, many_payments_points=15, shared_card_points=60, delay_score=30, freeze_score=90
    )


@pytest.fixture
async def boss(db: Database, tenant: tenants.Tenant) -> Person:
    return await make_person(db, tenant, role=Role.admin)


@pytest.fixture
async def ana(db: Database, tenant: tenants.Tenant) -> Person:
    person = await make_person(db, tenant)
    await buy(db, person)
    return person


class Seen(msgspec.Struct, frozen=True):
    id: UUID
    status: str
    decision: str | None
    decided_by_user_id: UUID | None


async def case_of(db: Database, person: Person) -> Seen:
    """About the newest payment."""
    async with db.as_service(person.tenant.id) as tx:
        return await tx.one(
            Seen,
            "select id, status, decision, decided_by_user_id from app.fraud_cases"
            " where tenant_id = $1 and user_id = $2 and status <> 'allowed' order by id desc",
            person.me.user_id,
        )


async def status_of(db: Database, person: Person) -> str:
    """The newest payment's status."""
    async with db.as_service(person.tenant.id) as tx:
        return await tx.one(
            str,
            "select status from app.payments where tenant_id = $1 and user_id = $2 order by id desc",
            person.me.user_id,
        )


async def decide(db: Database, boss: Person, case_id: UUID, choice: Choice, note: str = "looked at it") -> None:
    async with db.as_service(boss.tenant.id) as tx:
        await cases.do_decide(tx, case_id, choice, note, boss.me.user_id)


async def a_minute_passes(db: Database, tenant: tenants.Tenant, queue: Queue) -> None:
    if tenant.id in await db.tenant_ids("tenants_with_held_payments"):  # as the worker asks
        async with db.as_service(tenant.id) as tx:
            await tasks.queue_releases(tx)
    await queue.work()


async def log_of(db: Database, person: Person) -> list[str]:
    async with db.as_service(person.tenant.id) as tx:
        return await tx.all(
            str,
            "select action from app.system_logs where tenant_id = $1 and user_id = $2 order by id",
            person.me.user_id,
        )


async def review(db: Database, person: Person) -> None:
    """A payment of theirs that waits for staff."""
    await configure(db, person.tenant, review_score=30)
    assert (await buy(db, person)).outcome is Outcome.review


async def freeze(db: Database, person: Person) -> None:
    await configure(db, person.tenant, freeze_score=30)
    assert (await buy(db, person)).outcome is Outcome.freeze


async def test_a_delayed_purchase_is_given_when_its_time_has_come(
    db: Database, tenant: tenants.Tenant, queue: Queue, ana: Person, moving_clock: MovableClock
):
    assert (await buy(db, ana)).outcome is Outcome.delay
    await a_minute_passes(db, tenant, queue)
    assert await status_of(db, ana) == "held"
    moving_clock.forward(minutes=120, seconds=1)
    await a_minute_passes(db, tenant, queue)
    assert await status_of(db, ana) == "paid"
    assert (await wallet_of(db, ana)).balance == 100
    seen = await case_of(db, ana)
    assert (seen.status, seen.decision, seen.decided_by_user_id) == ("closed", "release", None)
    await a_minute_passes(db, tenant, queue)
    assert (await wallet_of(db, ana)).balance == 100
    await check_the_books(db, tenant)


async def test_the_worker_looks_every_minute_and_at_gifts_every_ten():
    kept = {(expression, tick) for _, expression, tick in registry.SCHEDULES}
    assert ("* * * * *", tasks.queue_releases) in kept
    assert ("*/10 * * * *", tasks.assess_gifts) in kept
    assert ("40 3 * * *", tasks.purge_fingerprints) in kept


async def test_something_graver_keeps_the_delayed_waiting(
    db: Database, tenant: tenants.Tenant, queue: Queue, ana: Person, boss: Person, moving_clock: MovableClock
):
    await buy(db, ana)
    delayed = await newest(db, ana)
    await review(db, ana)
    moving_clock.forward(hours=3)
    await a_minute_passes(db, tenant, queue)
    async with db.as_service(tenant.id) as tx:
        assert await tx.one(str, "select status from app.payments where (tenant_id, id) = ($1, $2)", delayed) == "held"
    await decide(db, boss, (await case_of(db, ana)).id, Choice.release)
    await a_minute_passes(db, tenant, queue)
    async with db.as_service(tenant.id) as tx:
        assert await tx.one(str, "select status from app.payments where (tenant_id, id) = ($1, $2)", delayed) == "paid"


async def test_a_frozen_wallet_keeps_the_delayed_waiting(
    db: Database, tenant: tenants.Tenant, queue: Queue, ana: Person, boss: Person, moving_clock: MovableClock
):
    await buy(db, ana)
    async with db.as_service(tenant.id) as tx:
        await wallet.do_freeze(tx, ana.me.user_id, "by hand", boss.me.user_id)
    moving_clock.forward(hours=3)
    await a_minute_passes(db, tenant, queue)
    assert await status_of(db, ana) == "held"
    async with db.as_service(tenant.id) as tx:
        await cases.do_thaw(tx, ana.me.user_id, boss.me.user_id)
    await a_minute_passes(db, tenant, queue)
    assert await status_of(db, ana) == "paid"


async def test_staff_let_it_through_and_the_next_is_looked_at_as_closely(
    db: Database, tenant: tenants.Tenant, ana: Person, boss: Person
):
    await review(db, ana)
    await decide(db, boss, (await case_of(db, ana)).id, Choice.release)
    assert await status_of(db, ana) == "paid"
    seen = await case_of(db, ana)
    assert (seen.status, seen.decision, seen.decided_by_user_id) == ("closed", "release", boss.me.user_id)
    assert (await log_of(db, ana))[-1] == "fraud_case_decided"
    assert (await buy(db, ana)).outcome is Outcome.review
    await check_the_books(db, tenant)


async def test_staff_dismiss_a_doubt_and_the_card_is_theirs_to_use(
    db: Database, tenant: tenants.Tenant, boss: Person, moving_clock: MovableClock
):
    family = [await make_person(db, tenant) for _ in range(4)]
    for person in family[:2]:
        assert (await buy(db, person, card="family")).outcome is Outcome.allow
    assert (await buy(db, family[2], card="family")).outcome is Outcome.review
    await decide(db, boss, (await case_of(db, family[2])).id, Choice.dismiss)
    assert await status_of(db, family[2]) == "paid"
    moving_clock.forward(hours=2)
    assert (await buy(db, family[2], card="family")).outcome is Outcome.allow, "trusted"
    assert (await buy(db, family[0], card="family")).outcome is Outcome.allow, "nor are others doubted for it"
    assert (await buy(db, family[3], card="family")).outcome is Outcome.review, "a fourth is doubted"


async def test_staff_give_the_money_back(db: Database, tenant: tenants.Tenant, ana: Person, boss: Person):
    await review(db, ana)
    payment_id = await newest(db, ana)
    await decide(db, boss, (await case_of(db, ana)).id, Choice.refund, "the card was stolen")
    async with db.as_service(tenant.id) as tx:
        asked = await tx.connection.fetchrow(
            "select status, amount, acted_by_user_id, reason from app.payment_refunds where (tenant_id, payment_id) = ($1, $2)",
            tenant.id,
            payment_id,
        )
    assert tuple(asked) == ("asked", 4_999, boss.me.user_id, "the card was stolen")
    assert await status_of(db, ana) == "held", "until the provider has done it"
    assert (await wallet_of(db, ana)).balance == 0


async def test_a_refund_that_cannot_be_decides_nothing(db: Database, tenant: tenants.Tenant, ana: Person, boss: Person):
    await review(db, ana)
    async with db.as_service(tenant.id) as tx:
        await tx.run(
            "update app.payments set refunded = paid_amount where (tenant_id, id) = ($1, $2)", await newest(db, ana)
        )
    with pytest.raises(Exception, match="refund_too_large"):
        await decide(db, boss, (await case_of(db, ana)).id, Choice.refund)
    assert (await case_of(db, ana)).status == "open"


async def test_staff_freeze_and_what_was_bought_waits_for_the_thaw(
    db: Database, tenant: tenants.Tenant, ana: Person, boss: Person
):
    await review(db, ana)
    await decide(db, boss, (await case_of(db, ana)).id, Choice.freeze)
    assert (await wallet_of(db, ana)).frozen == "fraud"
    assert await status_of(db, ana) == "held"
    async with db.as_service(tenant.id) as tx:
        await cases.do_thaw(tx, ana.me.user_id, boss.me.user_id)
    assert (await wallet_of(db, ana)).frozen is None
    assert await status_of(db, ana) == "paid"
    assert (await wallet_of(db, ana)).balance == 100


async def test_what_the_rules_froze_is_thawed_with_the_case(
    db: Database, tenant: tenants.Tenant, ana: Person, boss: Person
):
    await give_coins(db, ana, 50)
    await freeze(db, ana)
    assert (await wallet_of(db, ana)).frozen == "fraud"
    assert (await wallet_of(db, ana)).balance == 50, "what they had is not touched"
    first = (await case_of(db, ana)).id
    await freeze(db, ana)
    await decide(db, boss, (await case_of(db, ana)).id, Choice.release)
    assert (await wallet_of(db, ana)).frozen == "fraud", "the other case is open"
    await decide(db, boss, first, Choice.dismiss)
    assert (await wallet_of(db, ana)).frozen is None
    assert (await wallet_of(db, ana)).balance == 250
    await check_the_books(db, tenant)


async def test_what_staff_froze_is_theirs_to_thaw(db: Database, tenant: tenants.Tenant, ana: Person, boss: Person):
    async with db.as_service(tenant.id) as tx:
        await wallet.do_freeze(tx, ana.me.user_id, "by hand", boss.me.user_id)
    await freeze(db, ana)
    await decide(db, boss, (await case_of(db, ana)).id, Choice.release)
    assert (await wallet_of(db, ana)).frozen == "by hand"


async def test_a_case_that_staff_decided_to_freeze_keeps_it_frozen(
    db: Database, tenant: tenants.Tenant, ana: Person, boss: Person
):
    await freeze(db, ana)
    first = (await case_of(db, ana)).id
    await freeze(db, ana)
    await decide(db, boss, first, Choice.freeze)
    await decide(db, boss, (await case_of(db, ana)).id, Choice.release)
    assert (await wallet_of(db, ana)).frozen == "fraud"
    assert await status_of(db, ana) == "paid", "the coins are there, and cannot be spent"


async def test_a_second_decision_is_refused_with_the_first(
    db: Database, tenant: tenants.Tenant, ana: Person, boss: Person
):
    await review(db, ana)
    case_id = (await case_of(db, ana)).id
    asked = await asyncio.gather(
        *(decide(db, boss, case_id, choice) for choice in (Choice.release, Choice.dismiss, Choice.freeze) * 2),
        return_exceptions=True,
    )
    assert sum(one is None for one in asked) == 1
    refused = [one for one in asked if one is not None]
    assert all(isinstance(one, AlreadyDecided) for one in refused), refused
    decision = (await case_of(db, ana)).decision
    assert {one.extra["decision"] for one in refused if isinstance(one, AlreadyDecided)} == {decision}
    await check_the_books(db, tenant)


async def test_allowed_payments_and_other_tenants_cases_are_not_found(
    db: Database, tenant: tenants.Tenant, other_tenant: tenants.Tenant, ana: Person, boss: Person
):
    async with db.as_service(tenant.id) as tx:
        allowed = await tx.one(UUID, "select id from app.fraud_cases where tenant_id = $1")
    with pytest.raises(NotFound):
        await decide(db, boss, allowed, Choice.release)
    await review(db, ana)
    stranger = await make_person(db, other_tenant, role=Role.owner)
    with pytest.raises(NotFound):
        await decide(db, stranger, (await case_of(db, ana)).id, Choice.release)


async def test_gifts_cannot_be_refunded(db: Database, tenant: tenants.Tenant, ana: Person, boss: Person):
    async with db.as_service(tenant.id) as tx:
        case_id = await tx.one(
            UUID,
            "insert into app.fraud_cases (tenant_id, user_id, ring, outcome, points, findings, status)"
            " values ($1, $2, $3, 'review', 60, '[]', 'open') returning id",
            ana.me.user_id,
            sorted([ana.me.user_id, boss.me.user_id]),
        )
    with pytest.raises(cases.NothingToRefund):
        await decide(db, boss, case_id, Choice.refund)
    await decide(db, boss, case_id, Choice.freeze)
    assert (await wallet_of(db, ana)).frozen == "fraud"
    assert (await wallet_of(db, boss)).frozen is None


async def test_money_that_went_back_leaves_the_queue(db: Database, tenant: tenants.Tenant, queue: Queue, ana: Person):
    await review(db, ana)
    async with db.as_service(tenant.id) as tx:
        await tx.run(
            "update app.payments set status = 'disputed' where (tenant_id, id) = ($1, $2)", await newest(db, ana)
        )
    await a_minute_passes(db, tenant, queue)
    assert (await case_of(db, ana)).status == "open", "a dispute may be won"
    async with db.as_service(tenant.id) as tx:
        await tx.run(
            "update app.payments set status = 'refunded' where (tenant_id, id) = ($1, $2)", await newest(db, ana)
        )
    await a_minute_passes(db, tenant, queue)
    seen = await case_of(db, ana)
    assert (seen.status, seen.decision, seen.decided_by_user_id) == ("closed", "overtaken", None)


async def test_nothing_is_given_to_somebody_who_has_left(
    db: Database, tenant: tenants.Tenant, queue: Queue, ana: Person, boss: Person, moving_clock: MovableClock
):
    await buy(db, ana)
    case_id = (await case_of(db, ana)).id
    async with db.as_service(tenant.id) as tx:
        await kept.do_erase(tx, ana.me.user_id)
    moving_clock.forward(hours=3)
    await a_minute_passes(db, tenant, queue)
    for choice in (Choice.release, Choice.dismiss):
        with pytest.raises(cases.PersonGone):
            await decide(db, boss, case_id, choice)
    assert await status_of(db, ana) == "held"
    await decide(db, boss, case_id, Choice.refund)
    assert (await case_of(db, ana)).decision == "refund"


async def test_fingerprints_are_deleted_when_no_rule_looks_back_so_far(
    db: Database, tenant: tenants.Tenant, boss: Person, moving_clock: MovableClock
):
    ben = await make_person(db, tenant)
    await buy(db, ben, card="visa")
    await review(db, ben)
    await decide(db, boss, (await case_of(db, ben)).id, Choice.dismiss)

    async def kept() -> list[bool]:
        async with db.as_service(tenant.id) as tx:
            await tasks.purge_fingerprints(tx)
            return sorted(await tx.all(bool, "select trusted from app.payment_fingerprints where tenant_id = $1"))

    assert await kept() == [False, False, True]
    moving_clock.forward(hours=24 * (FraudSettings().refund_lookback_days + 1))
    assert await kept() == [True]


async def test_the_export_has_cases_but_no_findings(db: Database, tenant: tenants.Tenant, ana: Person, boss: Person):
    await review(db, ana)
    await decide(db, boss, (await case_of(db, ana)).id, Choice.release, "her sister's card")
    async with db.as_service(tenant.id) as tx:
        shown = await personal_data.export(tx, ana.me.user_id)
    [case] = shown["cases"]
    assert (case["payment_id"], case["outcome"], case["decision"]) == (str(await newest(db, ana)), "review", "release")
    assert "findings" not in case and "sister" not in str(shown)
    assert {fingerprint["kind"] for fingerprint in shown["fingerprints"]} == {"device"}


async def test_erasure_deletes_notes_and_fingerprints_but_not_a_disputed_card(
    db: Database, tenant: tenants.Tenant, ana: Person, boss: Person
):
    await buy(db, ana, card="own")
    await review(db, ana)
    await decide(db, boss, (await case_of(db, ana)).id, Choice.release, "her sister's card")
    ben = await make_person(db, tenant)
    await buy(db, ben, card="stolen")
    async with db.as_service(tenant.id) as tx:
        await become(tx, await newest(db, ben), "charged_back")
        for person in (ana, ben):
            await personal_data.do_erase(tx, person.me.user_id)
            await personal_data.do_erase(tx, person.me.user_id)
        assert await tx.all(str, "select kind from app.payment_fingerprints where tenant_id = $1 order by kind") == [
            "card",
            "device",
        ]
        closed = "select findings::text || note from app.fraud_cases where tenant_id = $1 and status <> 'open'"
        assert set(await tx.all(str, closed)) == {"[]"}
    cem = await make_person(db, tenant)
    assert (await buy(db, cem, card="stolen")).outcome is not Outcome.allow
