"""The second factor over HTTP: the log in's second step, the user's own page, and the pages of staff."""

from typing import Annotated
from uuid import UUID

from litestar import get, post, put
from litestar.response import Response
from msgspec import Meta, Struct

from meydan.accounts import staff
from meydan.accounts.me import Session
from meydan.accounts.second_factor import challenges, enrolment, of_staff, removal
from meydan.accounts.second_factor.challenges import FinishLogInRequest
from meydan.accounts.second_factor.enrolment import (
    BeginSecondFactorRequest,
    ChangeSecondFactorRequest,
    ConfirmSecondFactorRequest,
    NewAuthenticator,
    RecoveryCodes,
    SecondFactorState,
)
from meydan.accounts.second_factor.of_staff import PersonSecondFactor, StaffSecondFactors
from meydan.accounts.sessions import cookies
from meydan.kit.database import Database
from meydan.kit.http import AnyRequest, client_ip_address
from meydan.kit.identity import Identity, Role
from meydan.tenants import Tenant

_STAFF = [staff.staff_only(Role.admin, Role.owner)]
_OWNER = [staff.staff_only(Role.owner)]


class RequireSecondFactorRequest(Struct, frozen=True):
    is_required: bool


class RemoveSecondFactorRequest(Struct, frozen=True):
    reason: Annotated[str, Meta(min_length=1, max_length=500)]


@post("/api/auth/login/second-factor", status_code=200, tags=["accounts"], summary="Finish a log in by a second factor")
async def finish_login(
    request: AnyRequest, db: Database, tenant: Tenant, data: FinishLogInRequest
) -> Response[Session]:
    done = await challenges.do_finish(db, tenant.id, data, client_ip_address(request), cookies.browser_secret(request))
    return cookies.with_session(request, done, 200)


@get("/api/auth/second-factor", tags=["accounts"], summary="My second factor")
async def second_factor(db: Database, me: Identity) -> SecondFactorState:
    return await enrolment.state(db, me)


@post("/api/auth/second-factor", status_code=201, tags=["accounts"], summary="Begin with an authenticator")
async def begin_second_factor(db: Database, me: Identity, data: BeginSecondFactorRequest) -> NewAuthenticator:
    """Nothing is on yet: the first code confirms it."""
    return await enrolment.do_begin(db, me, data)


@post("/api/auth/second-factor/confirm", status_code=200, tags=["accounts"], summary="Switch my second factor on")
async def confirm_second_factor(db: Database, me: Identity, data: ConfirmSecondFactorRequest) -> RecoveryCodes:
    return await enrolment.do_confirm(db, me, data)


@post("/api/auth/second-factor/recovery-codes", status_code=200, tags=["accounts"], summary="New recovery codes for me")
async def renew_recovery_codes(db: Database, me: Identity, data: ChangeSecondFactorRequest) -> RecoveryCodes:
    return await enrolment.do_renew_recovery_codes(db, me, data)


@post("/api/auth/second-factor/off", status_code=204, tags=["accounts"], summary="Switch my second factor off")
async def switch_second_factor_off(db: Database, me: Identity, data: ChangeSecondFactorRequest) -> None:
    await enrolment.do_switch_off(db, me, data)


@get("/api/staff/second-factors", tags=["staff"], guards=_STAFF, summary="Which of the staff have a second factor")
async def staff_second_factors(db: Database, me: Identity) -> StaffSecondFactors:
    async with db.as_service(me.tenant_id) as tx:
        return await of_staff.everybody(tx)


@put(
    "/api/staff/second-factors",
    status_code=204,
    tags=["staff"],
    guards=_OWNER,
    summary="Require a second factor of staff, or not",
)
async def require_second_factor(db: Database, me: Identity, data: RequireSecondFactorRequest) -> None:
    async with db.as_service(me.tenant_id) as tx:
        await of_staff.do_require(tx, me.user_id, is_required=data.is_required)


@get(
    "/api/staff/people/{user_id:uuid}/second-factor", tags=["staff"], guards=_STAFF, summary="A person's second factor"
)
async def second_factor_of(db: Database, me: Identity, user_id: UUID) -> PersonSecondFactor:
    async with db.as_service(me.tenant_id) as tx:
        return await of_staff.of_person(tx, user_id, viewer=me.user_id)


@post(
    "/api/staff/people/{user_id:uuid}/second-factor/remove",
    status_code=204,
    tags=["staff"],
    guards=_STAFF,
    summary="Remove somebody's lost second factor",
)
async def remove_second_factor(db: Database, me: Identity, user_id: UUID, data: RemoveSecondFactorRequest) -> None:
    async with db.as_service(me.tenant_id) as tx:
        await removal.do_remove(tx, user_id, data.reason, removed_by_user_id=me.user_id)


ROUTES = [
    finish_login,
    second_factor,
    begin_second_factor,
    confirm_second_factor,
    renew_recovery_codes,
    switch_second_factor_off,
    staff_second_factors,
    require_second_factor,
    second_factor_of,
    remove_second_factor,
]
