"""Payments for stories about fraud: stored and assessed as settlement does it."""

from typing import Any
from uuid import UUID, uuid4

from meydan import tenants
from meydan.kit.database import Database, Tx
from meydan.money import fraud
from meydan.money.fraud.rules import Finding, Rule
from meydan.money.fraud.settings import FraudSettings
from tests.factories import Person


async def order(
    db: Database,
    person: Person,
    *,
    amount: int = 4_999,
    currency: str = "TRY",
    provider: str = "local",
    at_home: bool = True,
) -> UUID:
    """A purchase that nobody has paid yet; ``at_home``: on the person's own device of this session."""
    async with db.as_service(person.tenant.id) as tx:
        return await tx.one(
            UUID,
            "insert into app.payments (tenant_id, user_id, kind, status, provider, product_id, coins, amount, currency,"
            " device_id) values ($1, $2, 'coins', 'pending', $3, $4, 100, $5, $6, $7) returning id",
            person.me.user_id,
            provider,
            await package(tx),
            amount,
            currency,
            await _device_of(tx, person) if at_home else None,
        )


async def package(tx: Tx) -> UUID:
    known = await tx.maybe(UUID, "select id from app.coin_packages where tenant_id = $1 limit 1")
    if known is not None:
        return known
    return await tx.one(
        UUID,
        "insert into app.coin_packages (tenant_id, coins, price, currency) values ($1, 100, 4999, 'TRY') returning id",
    )


async def _device_of(tx: Tx, person: Person) -> UUID:
    """As its browser calls itself now: stories let several people share one."""
    return await tx.one(UUID, "select client_id from app.devices where (tenant_id, id) = ($1, $2)", person.device_row)


async def arrive(tx: Tx, payment_id: UUID, *, card: str | None = None) -> fraud.Verdict:
    """The money has arrived: the payment is held until it is assessed, then paid if allowed."""
    await tx.run(
        "update app.payments set status = 'held', provider_charge_id = $3, paid_amount = amount, paid_currency = currency,"
        " paid_at = app.now() where (tenant_id, id) = ($1, $2)",
        payment_id,
        str(uuid4()),
    )
    verdict = await fraud.do_assess_payment(tx, payment_id, card=card)
    if verdict.outcome is fraud.Outcome.allow:
        await become(tx, payment_id, "paid")
    return verdict


async def buy(db: Database, person: Person, *, card: str | None = None, **ordered: Any) -> fraud.Verdict:
    payment_id = await order(db, person, **ordered)
    async with db.as_service(person.tenant.id) as tx:
        return await arrive(tx, payment_id, card=card)


async def become(tx: Tx, payment_id: UUID, status: str) -> None:
    await tx.run(
        "update app.payments set status = $3, settled_at = coalesce(settled_at, paid_at) where (tenant_id, id) = ($1, $2)",
        payment_id,
        status,
    )


async def newest(db: Database, person: Person) -> UUID:
    """The person's newest payment."""
    async with db.as_service(person.tenant.id) as tx:
        return await tx.one(
            UUID,
            "select id from app.payments where tenant_id = $1 and user_id = $2 order by id desc",
            person.me.user_id,
        )


async def found(db: Database, person: Person) -> dict[Rule, Finding]:
    """The findings about the user's newest payment, by rule."""
    async with db.as_service(person.tenant.id) as tx:
        findings = await tx.one(
            list[Finding],
            "select findings from app.fraud_cases where tenant_id = $1 and user_id = $2 order by id desc",
            person.me.user_id,
        )
    return {finding.rule: finding for finding in findings}


async def configure(db: Database, tenant: tenants.Tenant, **values: Any) -> None:
    async with db.as_service(tenant.id) as tx:
        await tenants.do_configure(tx, FraudSettings, **values)
