"""The shop over HTTP."""

from uuid import UUID

from litestar import get, post, put
from msgspec import Struct

from meydan import accounts
from meydan.kit.database import Database
from meydan.kit.identity import Identity, Role
from meydan.money.shop import products

_STAFF = [accounts.staff_only(Role.admin, Role.owner)]


class StaffPackages(Struct, frozen=True):
    items: list[products.StaffPackage]


class StaffPlans(Struct, frozen=True):
    items: list[products.StaffPlan]


@get("/api/coins/packages", tags=["shop"], summary="Packages of coins for sale")
async def list_packages(db: Database, me: Identity) -> products.Packages:
    async with db.as_user(me) as tx:
        return products.Packages(await products.packages(tx))


@get("/api/staff/packages", tags=["staff"], guards=_STAFF, summary="All packages of coins")
async def staff_packages(db: Database, me: Identity) -> StaffPackages:
    async with db.as_service(me.tenant_id) as tx:
        return StaffPackages(await products.all_packages(tx))


@post("/api/staff/packages", tags=["staff"], guards=_STAFF, summary="Sell another package")
async def add_package(db: Database, me: Identity, data: products.PackageWish) -> products.StaffPackage:
    async with db.as_service(me.tenant_id) as tx:
        return await products.do_put_package(tx, None, data, actor=me.user_id)


@put(
    "/api/staff/packages/{package_id:uuid}",
    tags=["staff"],
    guards=_STAFF,
    summary="Change a package, or sell it no more",
)
async def put_package(
    db: Database, me: Identity, package_id: UUID, data: products.PackageWish
) -> products.StaffPackage:
    """Orders made before keep what they were made for."""
    async with db.as_service(me.tenant_id) as tx:
        return await products.do_put_package(tx, package_id, data, actor=me.user_id)


@get("/api/staff/plans", tags=["staff"], guards=_STAFF, summary="All plans of premium")
async def staff_plans(db: Database, me: Identity) -> StaffPlans:
    async with db.as_service(me.tenant_id) as tx:
        return StaffPlans(await products.all_plans(tx))


@post("/api/staff/plans", tags=["staff"], guards=_STAFF, summary="Sell another plan")
async def add_plan(db: Database, me: Identity, data: products.PlanWish) -> products.StaffPlan:
    async with db.as_service(me.tenant_id) as tx:
        return await products.do_put_plan(tx, None, data, actor=me.user_id)


@put("/api/staff/plans/{plan_id:uuid}", tags=["staff"], guards=_STAFF, summary="Change a plan, or sell it no more")
async def put_plan(db: Database, me: Identity, plan_id: UUID, data: products.PlanWish) -> products.StaffPlan:
    """What it unlocks changes for everybody who has it; its price only for who buys it from now on."""
    async with db.as_service(me.tenant_id) as tx:
        return await products.do_put_plan(tx, plan_id, data, actor=me.user_id)


ROUTES = [list_packages, staff_packages, add_package, put_package, staff_plans, add_plan, put_plan]
