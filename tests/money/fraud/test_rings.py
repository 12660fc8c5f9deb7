"""Coins that go round as gifts: found, judged once, and found again only when new ones go round."""

from itertools import pairwise, permutations
from uuid import UUID, uuid4

import pytest

from meydan import tenants
from meydan.kit.database import Database
from meydan.money import wallet
from meydan.money.fraud import rings
from meydan.money.fraud.scoring import Outcome
from meydan.money.gifts import gifts
from tests.conftest import MovableClock
from tests.factories import Person, make_person, make_shadow
from tests.money.coin_scenarios import give_coins, make_met
from tests.money.fraud.purchases import configure

PRICE = 100


@pytest.fixture
async def people(db: Database, tenant: tenants.Tenant) -> list[Person]:
    people = [await make_person(db, tenant) for _ in range(5)]
    for person in people:
        await give_coins(db, person, 100_000)
    return people


async def give(db: Database, giver: Person, receiver: Person, coins: int) -> None:
    """In gifts of a hundred coins."""
    await make_met(db, giver, receiver)
    async with db.as_service(giver.tenant.id) as tx:
        gift_id = await tx.one(
            UUID, "update app.gifts set price = $2 where tenant_id = $1 and key = 'tulip' returning id", PRICE
        )
    async with db.as_user(giver.me) as tx:
        await gifts.do_send(tx, gift_id, coins // PRICE, receiver.me.profile_id, "", key=str(uuid4()))


async def judge(db: Database, tenant: tenants.Tenant) -> int:
    async with db.as_service(tenant.id) as tx:
        return await rings.do_assess_gifts(tx)


async def cases(db: Database, tenant: tenants.Tenant) -> dict[UUID, Outcome]:
    async with db.as_service(tenant.id) as tx:
        rows = await tx.connection.fetch("select user_id, outcome from app.fraud_cases where tenant_id = $1", tenant.id)
    return {row["user_id"]: Outcome(row["outcome"]) for row in rows}


async def test_coins_that_come_back_through_three_hands(db: Database, tenant: tenants.Tenant, people: list[Person]):
    ana, ben, cem, dilek, emre = people
    for giver, receiver, coins in ((ana, ben, 900), (ben, cem, 700), (dilek, ana, 5_000), (cem, emre, 5_000)):
        await give(db, giver, receiver, coins)
    assert await judge(db, tenant) == 0, "a chain that leads nowhere"
    await give(db, cem, ana, 400)
    assert await judge(db, tenant) == 0, "too little of it came back"
    await give(db, cem, ana, 100)
    assert await judge(db, tenant) == 3
    assert await cases(db, tenant) == {person.me.user_id: Outcome.review for person in (ana, ben, cem)}
    async with db.as_service(tenant.id) as tx:
        findings = await tx.all(
            list[dict[str, object]],
            "select findings from app.fraud_cases where tenant_id = $1",
        )
    assert (
        findings[0]
        == findings[1]
        == findings[2]
        == [
            {
                "rule": "gift_ring",
                "points": 60,
                "facts": {"people": 3, "coins": 500, "gifts": 4, "usual_coins": 500, "days": 7},
            }
        ]
    )
    assert await judge(db, tenant) == 0, "once"
    async with db.as_service(tenant.id) as tx:
        first, *others = await tx.all(list[UUID], "select ring from app.fraud_cases where tenant_id = $1")
    users = [person.me.user_id for person in (ana, ben, cem)]
    assert others == [first, first]
    assert first in [users[at:] + users[:at] for at in range(3)], "in the order in which the coins went"


async def test_two_who_give_to_and_fro(db: Database, tenant: tenants.Tenant, people: list[Person]):
    ana, ben, cem, *_ = people
    await give(db, ana, ben, 1_900)
    await give(db, ben, ana, 6_000)
    await give(db, cem, ben, 9_000)
    assert await judge(db, tenant) == 0, "friends"
    await give(db, ana, ben, 100)
    assert await judge(db, tenant) == 2
    assert await cases(db, tenant) == {ana.me.user_id: Outcome.review, ben.me.user_id: Outcome.review}


async def test_a_face_is_a_person(db: Database, tenant: tenants.Tenant, people: list[Person]):
    """Coins that left under one face and came back to the other came back."""
    ana, ben, cem, *_ = people
    shadow = await make_shadow(db, ana)
    for giver, receiver in pairwise((ana, ben, cem, shadow)):
        await give(db, giver, receiver, 500)
    assert await judge(db, tenant) == 3
    assert set(await cases(db, tenant)) == {person.me.user_id for person in (ana, ben, cem)}


async def test_rings_up_to_five_within_the_days(
    db: Database, tenant: tenants.Tenant, people: list[Person], moving_clock: MovableClock
):
    sixth = await make_person(db, tenant)
    await give_coins(db, sixth, 100_000)
    for giver, receiver in pairwise([*people, sixth, people[0]]):
        await give(db, giver, receiver, 500)
    assert await judge(db, tenant) == 0, "six are more than is looked for"
    moving_clock.forward(hours=24 * 8)
    for giver, receiver in pairwise(people):
        await give(db, giver, receiver, 500)
    moving_clock.forward(hours=24 * 6)
    await give(db, people[-1], people[0], 500)
    assert await judge(db, tenant) == 5
    assert set(await cases(db, tenant)) == {person.me.user_id for person in people}


async def test_gifts_far_apart_are_no_ring(
    db: Database, tenant: tenants.Tenant, people: list[Person], moving_clock: MovableClock
):
    ana, ben, cem, *_ = people
    await give(db, ana, ben, 500)
    await give(db, ben, cem, 500)
    moving_clock.forward(hours=24 * 7 + 1)
    await give(db, cem, ana, 500)
    assert await judge(db, tenant) == 0


async def test_a_ring_that_was_decided_is_left_alone_until_new_coins_go_round(
    db: Database, tenant: tenants.Tenant, people: list[Person], moving_clock: MovableClock
):
    ana, ben, cem, *_ = people
    round_trip = list(pairwise((ana, ben, cem, ana)))
    for giver, receiver in round_trip:
        await give(db, giver, receiver, 900)
    assert await judge(db, tenant) == 3
    for giver, receiver in round_trip:
        await give(db, giver, receiver, 900)
    assert await judge(db, tenant) == 0, "nobody has looked at it yet"
    moving_clock.forward(minutes=1)
    async with db.as_service(tenant.id) as tx:
        await tx.run(
            "update app.fraud_cases set status = 'closed', decision = 'dismiss', decided_at = app.now() where tenant_id = $1"
        )
    moving_clock.forward(minutes=1)
    for giver, receiver in round_trip[:2]:
        await give(db, giver, receiver, 900)
    assert await judge(db, tenant) == 0
    await give(db, cem, ana, 400)
    assert await judge(db, tenant) == 0
    await give(db, cem, ana, 100)
    assert await judge(db, tenant) == 3
    async with db.as_service(tenant.id) as tx:
        assert await tx.one(int, "select count(*) from app.fraud_cases where tenant_id = $1") == 6


async def test_a_grave_ring_freezes_wallets_and_says_so(db: Database, tenant: tenants.Tenant, people: list[Person]):
    ana, ben, cem, dilek, _ = people
    for giver, receiver in pairwise((ana, ben, cem, ana)):
        await give(db, giver, receiver, 1_000)
    assert await judge(db, tenant) == 3
    for person in (ana, ben, cem):
        async with db.as_user(person.me) as tx:
            assert (await wallet.wallet_of(tx, person.me.user_id)).frozen == "fraud"
        with pytest.raises(wallet.WalletBlocked):
            await give(db, person, dilek, 100)
    await give(db, dilek, ana, 100)


async def test_a_community_may_turn_it_off_and_another_is_never_looked_into(
    db: Database, tenant: tenants.Tenant, other_tenant: tenants.Tenant, people: list[Person]
):
    ana, ben, cem, *_ = people
    for giver, receiver in pairwise((ana, ben, cem, ana)):
        await give(db, giver, receiver, 500)
    assert await judge(db, other_tenant) == 0
    await configure(db, tenant, ring_points=0)
    assert await judge(db, tenant) == 0
    await configure(db, tenant, ring_points=60, ring_coins=501)
    assert await judge(db, tenant) == 0
    await configure(db, tenant, ring_coins=500, ring_points=29)
    assert await judge(db, tenant) == 0, "nothing would follow, not even from twice as much"
    await configure(db, tenant, ring_points=30)
    assert await judge(db, tenant) == 0
    await configure(db, tenant, ring_coins=250)
    assert await judge(db, tenant) == 3


async def test_everybody_gives_everybody_and_each_has_one_case(
    db: Database, tenant: tenants.Tenant, people: list[Person], moving_clock: MovableClock
):
    """A crowd of five has eighty-four rings."""
    await configure(db, tenant, ring_coins=1_500)
    for giver, receiver in permutations(people, 2):
        await give(db, giver, receiver, 2_000)
    assert await judge(db, tenant) == 5
    assert set(await cases(db, tenant)) == {person.me.user_id for person in people}
    moving_clock.forward(minutes=1)
    ana, ben, *_ = people
    async with db.as_service(tenant.id) as tx:
        closed = "update app.fraud_cases set status = 'closed', decision = 'dismiss', decided_at = app.now() where tenant_id = $1"
        await tx.run(f"{closed} and user_id = $2", ana.me.user_id)
    assert await judge(db, tenant) == 0, "the others wait for a decision"
    async with db.as_service(tenant.id) as tx:
        await tx.run(closed)
    assert await judge(db, tenant) == 0, "whatever ring of them it is"
    moving_clock.forward(minutes=1)
    await give(db, ana, ben, 2_000)
    assert await judge(db, tenant) == 0
    await give(db, ben, ana, 2_000)
    assert await judge(db, tenant) == 2


async def test_somebody_new_is_found_behind_somebody_decided(
    db: Database, tenant: tenants.Tenant, people: list[Person], moving_clock: MovableClock
):
    ana, ben, cem, dilek, emre = people
    for giver, receiver in pairwise((ana, ben, cem, ana)):
        await give(db, giver, receiver, 500)
    assert await judge(db, tenant) == 3
    for giver, receiver in pairwise((ana, dilek, emre, ana)):
        await give(db, giver, receiver, 500)
    moving_clock.forward(minutes=1)
    async with db.as_service(tenant.id) as tx:
        await tx.run(
            "update app.fraud_cases set status = 'closed', decision = 'dismiss', decided_at = app.now() where tenant_id = $1"
        )
    assert await judge(db, tenant) == 3
    assert set(await cases(db, tenant)) == {person.me.user_id for person in people}


async def test_who_is_in_several_rings_is_told_by_the_gravest(
    db: Database, tenant: tenants.Tenant, people: list[Person]
):
    ana, ben, cem, dilek, _ = people
    for giver, receiver in ((ana, ben), (ben, ana)):
        await give(db, giver, receiver, 2_000)
    for giver, receiver in pairwise((ben, cem, dilek, ben)):
        await give(db, giver, receiver, 1_000)
    assert await judge(db, tenant) == 4
    assert await cases(db, tenant) == {ana.me.user_id: Outcome.review} | {
        person.me.user_id: Outcome.freeze for person in (ben, cem, dilek)
    }
