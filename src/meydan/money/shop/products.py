"""Products: coin packages and premium plans, edited by staff. Purchases keep the terms they were made under."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated
from uuid import UUID

import asyncpg
import msgspec
from msgspec import Meta, Struct

from meydan import tenants
from meydan.integrations.payments.enums import Period
from meydan.kit.database import Tx
from meydan.kit.errors import NotFound, Refused
from meydan.kit.events import listen
from meydan.tenants import Language

Words = Annotated[str, Meta(min_length=1, max_length=60, pattern=r"\S")]
Names = Annotated[dict[Language, Words], Meta(min_length=1)]
Coins = Annotated[int, Meta(ge=1, le=10_000_000)]
Price = Annotated[int, Meta(ge=1, le=100_000_000_000)]
Currency = Annotated[str, Meta(pattern=r"^[A-Z]{3}$(?!\n)")]
ProductId = Annotated[str, Meta(min_length=1, max_length=200)]
Position = Annotated[int, Meta(ge=-1000, le=1000)]
PerDay = Annotated[int, Meta(ge=0, le=1000)]


class CoinPackage(Struct, frozen=True):
    id: UUID
    name: dict[Language, str] | None
    """The tenant's own names; without them clients name the package by its coins."""
    coins: int
    bonus: int
    """Free coins on top of ``coins``."""
    price: int
    """In the currency's minor unit."""
    currency: str
    position: int


class Plan(Struct, frozen=True):
    id: UUID
    name: dict[Language, str] | None
    period: Period
    price: int
    currency: str
    coin_price: int | None
    """Null: not sold for coins."""
    matches_per_day: int
    sees_likes: bool
    no_ads: bool
    position: int


class PackageList(Struct, frozen=True):
    items: list[CoinPackage]


class StaffPackage(CoinPackage, frozen=True, kw_only=True):
    store_product_id: str | None
    active: bool


class StaffPlan(Plan, frozen=True, kw_only=True):
    store_product_id: str | None
    active: bool


class PutPackageRequest(Struct, frozen=True, forbid_unknown_fields=True):
    coins: Coins
    price: Price
    currency: Currency
    bonus: Annotated[int, Meta(ge=0, le=10_000_000)] = 0
    name: Names | None = None
    store_product_id: ProductId | None = None
    position: Position = 0
    active: bool = True


class PutPlanRequest(Struct, frozen=True, forbid_unknown_fields=True):
    period: Period
    price: Price
    currency: Currency
    matches_per_day: PerDay
    sees_likes: bool = True
    no_ads: bool = True
    coin_price: Coins | None = None
    name: Names | None = None
    store_product_id: ProductId | None = None
    position: Position = 0
    active: bool = True


class PeriodFixed(Refused):
    """A changed period would charge present subscribers the old period's price for the new one."""

    code, status, title = "plan_period_fixed", 409, "A plan keeps its period: sell it no more, and add another."


class ProductTaken(Refused):
    code, status, title = "store_product_taken", 409, "Something else is sold under this name in the stores."


_PACKAGE = "id, name, coins, bonus, price, currency, position"
_PLAN = "id, name, period, price, currency, coin_price, matches_per_day, sees_likes, no_ads, position"
_ORDER = "order by position, price, id"


async def packages(tx: Tx) -> list[CoinPackage]:
    return await tx.all(
        CoinPackage, f"select {_PACKAGE} from app.coin_packages where tenant_id = $1 and active {_ORDER}"
    )


async def plans(tx: Tx) -> list[Plan]:
    return await tx.all(Plan, f"select {_PLAN} from app.premium_plans where tenant_id = $1 and active {_ORDER}")


async def package(tx: Tx, package_id: UUID) -> StaffPackage:
    """The package, also when it is withdrawn.

    Raises: NotFound.
    """
    return await tx.one(
        StaffPackage,
        f"select {_PACKAGE}, store_product_id, active from app.coin_packages where tenant_id = $1 and id = $2",
        package_id,
    )


async def plan(tx: Tx, plan_id: UUID | None) -> StaffPlan:
    """The plan, also when it is withdrawn.

    Raises: NotFound.
    """
    return await tx.one(
        StaffPlan,
        f"select {_PLAN}, store_product_id, active from app.premium_plans where tenant_id = $1 and id = $2",
        plan_id,
    )


async def package_for_sale(tx: Tx, package_id: UUID) -> StaffPackage:
    """The package, if it is for sale.

    Raises: NotFound (unknown or withdrawn).
    """
    found = await package(tx, package_id)
    if not found.active:
        raise NotFound
    return found


async def plan_for_sale(tx: Tx, plan_id: UUID) -> StaffPlan:
    """The plan, if it is for sale.

    Raises: NotFound (unknown or withdrawn).
    """
    found = await plan(tx, plan_id)
    if not found.active:
        raise NotFound
    return found


async def package_of_product(tx: Tx, product_id: str) -> StaffPackage | None:
    """The package with this product id in the app stores, also when it is withdrawn."""
    return await tx.maybe(
        StaffPackage,
        f"""
        select {_PACKAGE}, store_product_id, active from app.coin_packages
        where tenant_id = $1 and store_product_id = $2
        """,
        product_id,
    )


async def plan_of_product(tx: Tx, product_id: str) -> StaffPlan | None:
    """The plan with this product id in the app stores, also when it is withdrawn."""
    return await tx.maybe(
        StaffPlan,
        f"select {_PLAN}, store_product_id, active from app.premium_plans where tenant_id = $1 and store_product_id = $2",
        product_id,
    )


async def all_packages(tx: Tx) -> list[StaffPackage]:
    return await tx.all(
        StaffPackage,
        f"select {_PACKAGE}, store_product_id, active from app.coin_packages where tenant_id = $1 {_ORDER}",
    )


async def all_plans(tx: Tx) -> list[StaffPlan]:
    return await tx.all(
        StaffPlan, f"select {_PLAN}, store_product_id, active from app.premium_plans where tenant_id = $1 {_ORDER}"
    )


async def do_put_package(tx: Tx, package_id: UUID | None, request: PutPackageRequest, *, actor: UUID) -> StaffPackage:
    """Adds a package, or replaces one.

    Raises: NotFound, ProductTaken.
    Runs as: service.
    """
    values: tuple[object, ...] = (
        *(request.name, request.coins, request.bonus, request.price, request.currency, request.position),
        *(request.store_product_id, request.active),
    )
    if package_id is None:
        sql = """
            insert into app.coin_packages (tenant_id, name, coins, bonus, price, currency, position, store_product_id, active)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning id
            """
    else:
        sql = """
            update app.coin_packages set name = $2, coins = $3, bonus = $4, price = $5, currency = $6, position = $7,
                store_product_id = $8, active = $9 where tenant_id = $1 and id = $10 returning id
            """
        values = (*values, package_id)
    async with _unique_in_stores(tx):
        put_id = await tx.one(UUID, sql, *values)
    await tenants.do_record(
        tx, "coin_package_changed", acted_by_user_id=actor, package_id=put_id, **msgspec.to_builtins(request)
    )
    return await package(tx, put_id)


async def do_put_plan(tx: Tx, plan_id: UUID | None, request: PutPlanRequest, *, actor: UUID) -> StaffPlan:
    """Adds a plan, or replaces one. Present subscribers keep their price.

    Raises: NotFound, PeriodFixed, ProductTaken.
    Runs as: service.
    """
    if plan_id is not None and (await plan(tx, plan_id)).period is not request.period:
        raise PeriodFixed
    values: tuple[object, ...] = (
        *(
            request.name,
            request.period.value,
            request.price,
            request.currency,
            request.coin_price,
            request.matches_per_day,
            request.sees_likes,
        ),
        *(request.no_ads, request.position, request.store_product_id, request.active),
    )
    if plan_id is None:
        sql = """
            insert into app.premium_plans (tenant_id, name, period, price, currency, coin_price, matches_per_day, sees_likes,
                no_ads, position, store_product_id, active)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) returning id
            """
    else:
        sql = """
            update app.premium_plans set name = $2, period = $3, price = $4, currency = $5, coin_price = $6,
                matches_per_day = $7, sees_likes = $8, no_ads = $9, position = $10, store_product_id = $11, active = $12
            where tenant_id = $1 and id = $13 returning id
            """
        values = (*values, plan_id)
    async with _unique_in_stores(tx):
        put_id = await tx.one(UUID, sql, *values)
    await tenants.do_record(
        tx, "premium_plan_changed", acted_by_user_id=actor, plan_id=put_id, **msgspec.to_builtins(request)
    )
    return await plan(tx, put_id)


@asynccontextmanager
async def _unique_in_stores(tx: Tx) -> AsyncIterator[None]:
    """Translates a duplicate product id of the app stores into ProductTaken."""
    try:
        async with tx.savepoint():
            yield
    except asyncpg.UniqueViolationError:
        raise ProductTaken from None


@listen(tenants.TenantAdded)
async def seed_default_products(tx: Tx, _: tenants.TenantAdded) -> None:
    """Gives a new tenant the default packages and plans."""
    await tx.run("select app.seed_default_products($1)")
