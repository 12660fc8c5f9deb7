"""A card is the same card under every seal key, however often the keys were rotated."""

from meydan import tenants
from meydan.config import Secrets
from meydan.integrations.payments.enums import ProviderName
from meydan.kit.crypto.keys import key_id
from meydan.kit.database import Database
from meydan.kit.runtime import runtime
from meydan.money import fraud
from meydan.money.fraud import fingerprints
from meydan.money.fraud.rules import Rule
from meydan.money.payments import provider_accounts
from tests.factories import make_person
from tests.money.fraud.purchases import buy, found, order
from tests.rotation import BEFORE, LEAKED, ONCE, PREPARED, TWICE


async def test_one_card_behind_many_people_over_two_rotations(db: Database, tenant: tenants.Tenant):
    people = [await make_person(db, tenant) for _ in range(4)]
    outcomes = []
    for person, process in zip(people, (BEFORE, ONCE, PREPARED, TWICE), strict=True):
        with runtime.using(process.keys()):
            outcomes.append((await buy(db, person, card="stolen", at_home=False)).outcome)
    assert outcomes == [fraud.Outcome.allow, fraud.Outcome.allow, fraud.Outcome.delay, fraud.Outcome.review]
    assert (await found(db, people[3]))[Rule.shared_card].facts == {"people": 4, "usual_people": 2, "days": 90}
    async with db.as_service(tenant.id) as tx:
        ids = await tx.all(str, "select distinct key_id from app.payment_fingerprints where tenant_id = $1")
    assert ids == [key_id(TWICE.seal_key, "seal")], "what was met again came under the newest key"


async def test_a_person_s_cards_are_counted_once_each_and_trust_stays(db: Database, tenant: tenants.Tenant):
    ana, ben = await make_person(db, tenant), await make_person(db, tenant)
    await buy(db, ana, card="visa")
    async with db.as_service(tenant.id) as tx:
        await tx.run("update app.payment_fingerprints set trusted = true where tenant_id = $1 and kind = 'card'")
    declined = await order(db, ana)
    with runtime.using(ONCE.keys()):
        async with db.as_service(tenant.id) as tx:
            await fingerprints.do_record_card(tx, declined, "visa")
            await fingerprints.do_record_card(tx, declined, "visa")
    with runtime.using(LEAKED.keys()):
        assert (await buy(db, ben, card="visa")).outcome is fraud.Outcome.allow
        await buy(db, ana, card="visa")
        assert Rule.shared_card not in await found(db, ana)
    async with db.as_service(tenant.id) as tx:
        marks = await tx.one(
            int,
            "select count(distinct mark)::integer from app.payment_fingerprints where tenant_id = $1 and kind = 'card'",
        )
    assert marks == 2, "the one of a key that the last process did not have is the only other"


async def test_a_provider_s_account_opens_and_is_sealed_anew(db: Database, tenant: tenants.Tenant):
    name = ProviderName.stripe
    values = {"secret_key": "sk_test_123", "webhook_secret": "whsec_123"}
    async with db.as_service(tenant.id) as tx:
        await provider_accounts.do_connect(tx, name, values, sandbox=True)
    assert await opens_with(db, tenant, TWICE, name) == key_id(BEFORE.seal_key, "seal")
    with runtime.using(TWICE.keys()):
        before = await sealed(db, tenant)
        async with db.as_service(tenant.id) as tx:
            await provider_accounts.do_reseal(tx)
        after = await sealed(db, tenant)
        async with db.as_service(tenant.id) as tx:
            await provider_accounts.do_reseal(tx)
        assert before != after == await sealed(db, tenant), "once"
        await (await provider_accounts.provider_of(db, tenant.id, name)).close()
    assert await opens_with(db, tenant, TWICE, name) == key_id(TWICE.seal_key, "seal")
    assert await opens_with(db, tenant, BEFORE, name) is None


async def sealed(db: Database, tenant: tenants.Tenant) -> bytes:
    async with db.as_service(tenant.id) as tx:
        return await tx.one(bytes, "select sealed from app.provider_accounts where tenant_id = $1")


async def opens_with(db: Database, tenant: tenants.Tenant, process: Secrets, name: ProviderName) -> str | None:
    with runtime.using(process.keys()):
        return provider_accounts.opening_key(tenant.id, name, await sealed(db, tenant))
