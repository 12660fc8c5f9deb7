"""The shop over HTTP."""

from uuid import UUID

from litestar import get, post, put
from msgspec import Struct

from meydan import accounts
from meydan.kit.database import Database
from meydan.kit.identity import Identity, Role
from meydan.money.shop import products

_STAFF = [accounts.staff_only(Role.admin, Role.owner)]


class StaffPackageList(Struct, frozen=True):
    items: list[products.StaffPackage]


class StaffPlanList(Struct, frozen=True):
    items: list[products.StaffPlan]


@get("/api/coins/packages", tags=["shop"], summary="Coin packages for sale")
async def list_packages(db: Database, me: Identity) -> products.PackageList:
    async with db.as_user(me) as tx:
        return products.PackageList(await products.packages(tx))


@get("/api/staff/packages", tags=["staff"], guards=_STAFF, summary="All coin packages")
async def staff_packages(db: Database, me: Identity) -> StaffPackageList:
    async with db.as_service(me.tenant_id) as tx:
        return StaffPackageList(await products.all_packages(tx))


@post("/api/staff/packages", tags=["staff"], guards=_STAFF, summary="Add a package")
async def add_package(db: Database, me: Identity, data: products.PutPackageRequest) -> products.StaffPackage:
    async with db.as_service(me.tenant_id) as tx:
        return await products.do_put_package(tx, None, data, actor=me.user_id)


@put("/api/staff/packages/{package_id:uuid}", tags=["staff"], guards=_STAFF, summary="Change or withdraw a package")
async def put_package(
    db: Database, me: Identity, package_id: UUID, data: products.PutPackageRequest
) -> products.StaffPackage:
    """Earlier orders keep their terms."""
    async with db.as_service(me.tenant_id) as tx:
        return await products.do_put_package(tx, package_id, data, actor=me.user_id)


@get("/api/staff/plans", tags=["staff"], guards=_STAFF, summary="All premium plans")
async def staff_plans(db: Database, me: Identity) -> StaffPlanList:
    async with db.as_service(me.tenant_id) as tx:
        return StaffPlanList(await products.all_plans(tx))


@post("/api/staff/plans", tags=["staff"], guards=_STAFF, summary="Add a plan")
async def add_plan(db: Database, me: Identity, data: products.PutPlanRequest) -> products.StaffPlan:
    async with db.as_service(me.tenant_id) as tx:
        return await products.do_put_plan(tx, None, data, actor=me.user_id)


@put("/api/staff/plans/{plan_id:uuid}", tags=["staff"], guards=_STAFF, summary="Change or withdraw a plan")
async def put_plan(db: Database, me: Identity, plan_id: UUID, data: products.PutPlanRequest) -> products.StaffPlan:
    """Entitlements change for all subscribers, the price only for new ones."""
    async with db.as_service(me.tenant_id) as tx:
        return await products.do_put_plan(tx, plan_id, data, actor=me.user_id)


ROUTES = [list_packages, staff_packages, add_package, put_package, staff_plans, add_plan, put_plan]
