"""Accounts over HTTP."""

from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from litestar import Response, delete, get, post, put
from litestar.openapi import ResponseSpec
from msgspec import Meta, Struct, structs

from meydan import tenants
from meydan.accounts import me as myself
from meydan.accounts import personal_data
from meydan.accounts.admission import routes as admission
from meydan.accounts.faces import aliases, profiles
from meydan.accounts.faces.aliases import Suggestion
from meydan.accounts.faces.profiles import ChangeProfileRequest, NoSuchFace
from meydan.accounts.identifiers import Contact, plain, read_contact
from meydan.accounts.me import Me, Session
from meydan.accounts.passkeys import routes as passkeys
from meydan.accounts.second_factor import routes as second_factor
from meydan.accounts.second_factor.challenges import SecondFactorWanted
from meydan.accounts.sessions import cookies, devices, endings, sessions
from meydan.accounts.sessions.devices import DeviceLine
from meydan.accounts.sessions.endings import EndReason
from meydan.accounts.sessions.sessions import SessionEnded, SessionLine
from meydan.accounts.settings import AccountsSettings
from meydan.accounts.sign_in import contacts, otp, password_changes, puzzles, registration
from meydan.accounts.sign_in.code_limits import Asker
from meydan.accounts.sign_in.login import Browser, LogInRequest, do_log_in
from meydan.accounts.sign_in.otp import OtpSent, Proof, Purpose
from meydan.accounts.sign_in.puzzles import PuzzleWanted
from meydan.accounts.sign_in.registration import RegisterUserRequest
from meydan.integrations import Channel
from meydan.kit.database import Database, Tx
from meydan.kit.errors import NotFound, Refused
from meydan.kit.http import AnyRequest, client_ip_address
from meydan.kit.identity import Face, Identity
from meydan.kit.networks import network_of
from meydan.kit.rate_limits import Limit, take
from meydan.tenants import Language, Tenant

_SUGGESTIONS = Limit("alias_suggestions", timedelta(minutes=1), 120)
_EXPORTS = Limit("exports", timedelta(hours=1), 20)
_CHANGES = Limit("profile_changes", timedelta(minutes=1), 60)
_RESETS = Limit("password_resets", timedelta(minutes=10), 20)

Text = Annotated[str, Meta(max_length=254)]
Secret = Annotated[str, Meta(max_length=1024)]


class RequestCodeRequest(Struct, frozen=True):
    channel: Channel
    to: Text
    purpose: Purpose
    client_device_id: UUID | None = None
    language: Language | None = None
    puzzle: Annotated[str, Meta(max_length=puzzles.LONGEST_PAYLOAD)] | None = None
    """The solved puzzle of a refusal `puzzle_needed`."""


class VerifyCodeRequest(Struct, frozen=True):
    to: Text
    code: Annotated[str, Meta(max_length=12)]
    purpose: Purpose


class RefreshSessionRequest(Struct, frozen=True):
    signature: Text | None = None
    """The browser's signature over the digest of its token, in base64url."""


class LogOutRequest(Struct, frozen=True):
    all: bool = False


class SwitchFaceRequest(Struct, frozen=True):
    face: Face


class AddShadowRequest(Struct, frozen=True):
    alias: Text


class ChangePasswordRequest(Struct, frozen=True):
    current: Secret
    new: Secret


class ResetPasswordRequest(Struct, frozen=True):
    proof: Text
    password: Secret


class VerifyContactRequest(Struct, frozen=True):
    proof: Text
    password: Secret


class EraseAccountRequest(Struct, frozen=True):
    password: Secret


@post("/api/auth/send-otp", status_code=202, tags=["accounts"], summary="Ask for a one-time code")
async def send_otp(request: AnyRequest, db: Database, tenant: Tenant, data: RequestCodeRequest) -> Response[OtpSent]:
    """The answer is the same whether or not there is an account. The code belongs to this browser."""
    secret = cookies.browser_secret(request) or cookies.new_browser_secret()
    asker = structs.replace(_asker(request, data.client_device_id), secret=secret)
    try:
        async with db.as_service(tenant.id) as tx:
            sent = await otp.do_request(
                tx,
                await _contact(tx, data.channel, data.to),
                data.purpose,
                asker=asker,
                language=data.language or tenant.default_language,
                puzzle=data.puzzle,
            )
    except PuzzleWanted as wanted:
        raise await puzzles.needed(wanted, asker.network) from None
    if isinstance(sent, Refused):
        raise sent
    return Response(sent, status_code=202, cookies=[cookies.browser_cookie(request, secret)])


@post("/api/auth/verify-otp", status_code=200, tags=["accounts"], summary="Turn a one-time code into a proof")
async def verify_otp(request: AnyRequest, db: Database, tenant: Tenant, data: VerifyCodeRequest) -> Proof:
    async with db.as_service(tenant.id) as tx:
        channel = Channel.email if "@" in plain(data.to) else Channel.sms
        outcome = await otp.do_verify(
            tx, await _contact(tx, channel, data.to), data.purpose, plain(data.code), asker=_asker(request)
        )
    if isinstance(outcome, Refused):
        raise outcome
    return outcome


def _asker(request: AnyRequest, client_device_id: UUID | None = None) -> Asker:
    network = network_of(client_ip_address(request))
    return Asker(network, cookies.browser_secret(request), client_device_id)


async def _contact(tx: Tx, channel: Channel, to: str) -> Contact:
    return read_contact(channel, to, (await tenants.settings(tx, AccountsSettings)).default_region)


@post("/api/auth/register", status_code=201, tags=["accounts"], summary="Register, or found a community")
async def register(request: AnyRequest, db: Database, tenant: Tenant, data: RegisterUserRequest) -> Response[Session]:
    done = await registration.do_register(
        db, tenant.id, data, client_ip_address(request), request.app.state.settings.tenants
    )
    return cookies.with_session(request, done, 201)


@post(
    "/api/auth/login",
    status_code=200,
    tags=["accounts"],
    summary="Log in by password or one-time code",
    responses={
        202: ResponseSpec(
            SecondFactorWanted, generate_examples=False, description="A code of the second factor is still needed"
        )
    },
)
async def login(request: AnyRequest, db: Database, tenant: Tenant, data: LogInRequest) -> Response[Session]:
    secret = cookies.browser_secret(request) or cookies.new_browser_secret()
    outcome = await do_log_in(db, tenant.id, data, Browser(client_ip_address(request), secret))
    if isinstance(outcome, SecondFactorWanted):
        wanted: Response[Any] = Response(outcome, status_code=202, cookies=[cookies.browser_cookie(request, secret)])
        return wanted
    return cookies.with_session(request, outcome, 200)


@post("/api/auth/refresh", status_code=200, tags=["accounts"], summary="A new access token for the cookie")
async def refresh(
    request: AnyRequest, db: Database, tenant: Tenant, data: RefreshSessionRequest | None = None
) -> Response[Session]:
    token, signature = cookies.refresh_token(request), None if data is None else data.signature
    async with db.as_service(tenant.id) as tx:
        opened = SessionEnded() if token is None else await sessions.do_refresh(tx, token, signature)
        done = opened if isinstance(opened, SessionEnded) else await myself.logged_in(tx, opened)
    if isinstance(done, SessionEnded):
        raise done
    return cookies.with_session(request, done, 200)


@post("/api/auth/logout", status_code=204, tags=["accounts"], summary="End this session, or all")
async def logout(
    request: AnyRequest, db: Database, tenant: Tenant, data: LogOutRequest | None = None
) -> Response[None]:
    token = cookies.refresh_token(request)
    async with db.as_service(tenant.id) as tx:
        found = None if token is None else await sessions.lock_by_token(tx, token)
        if found is not None and data is not None and data.all:
            await endings.do_end_all(tx, found[0], EndReason.logout)
        elif found is not None:
            await endings.do_end(tx, *found, EndReason.logout)
    return cookies.without_session()


@get("/api/auth/profile", tags=["accounts"], summary="What I am")
async def profile(db: Database, me: Identity) -> Me:
    async with db.as_user(me) as tx:
        return await myself.mine(tx)


@put("/api/users/profile", tags=["accounts"], summary="Change the active face")
async def change_profile(db: Database, me: Identity, data: ChangeProfileRequest) -> Me:
    await take(_CHANGES, me.user_id)
    async with db.as_user(me) as tx:
        await profiles.do_change(tx, data)
        return await myself.mine(tx)


@post("/api/auth/face", status_code=200, tags=["accounts"], summary="Go on under another face")
async def switch_face(db: Database, me: Identity, data: SwitchFaceRequest) -> Session:
    """Raises: NoSuchFace."""
    await take(_CHANGES, me.user_id)
    async with db.as_service(me.tenant_id) as tx:
        try:
            identity = await sessions.do_switch_face(tx, me.session_id, me.user_id, data.face)
        except NotFound:
            raise NoSuchFace from None
        return await myself.session_response(tx, identity)


@post("/api/auth/shadow", status_code=201, tags=["accounts"], summary="Make my shadow, once")
async def make_shadow(db: Database, me: Identity, data: AddShadowRequest) -> Me:
    async with db.as_user(me) as tx:
        await profiles.do_add_shadow(tx, data.alias)
        return await myself.mine(tx)


@get("/api/auth/alias-suggestions", tags=["accounts"], summary="An alias with tags that are free now")
async def alias_suggestions(request: AnyRequest, db: Database, tenant: Tenant, alias: str) -> list[Suggestion]:
    await take(_SUGGESTIONS, network_of(client_ip_address(request)))
    async with db.as_service(tenant.id) as tx:
        return await aliases.suggest(tx, alias)


@get("/api/auth/sessions", tags=["accounts"], summary="Where I am logged in")
async def list_sessions(db: Database, me: Identity) -> list[SessionLine]:
    async with db.as_user(me) as tx:
        return await sessions.mine(tx)


@delete("/api/auth/sessions/{session_id:uuid}", status_code=204, tags=["accounts"], summary="Log out there")
async def end_session(db: Database, me: Identity, session_id: UUID) -> None:
    async with db.as_service(me.tenant_id) as tx:
        await endings.do_end_one(tx, me.user_id, session_id)


@get("/api/auth/devices", tags=["accounts"], summary="Devices I have logged in with")
async def list_devices(db: Database, me: Identity) -> list[DeviceLine]:
    async with db.as_user(me) as tx:
        return await devices.mine(tx)


@delete("/api/auth/devices/{device_id:uuid}", status_code=204, tags=["accounts"], summary="Forget a device")
async def forget_device(db: Database, me: Identity, device_id: UUID) -> None:
    async with db.as_service(me.tenant_id) as tx:
        await devices.do_forget(tx, me.user_id, device_id)


@post("/api/auth/password", status_code=204, tags=["accounts"], summary="Change my password")
async def change_password(db: Database, me: Identity, data: ChangePasswordRequest) -> None:
    await password_changes.do_change_password(db, me, data.current, data.new)


@post("/api/auth/reset-password", status_code=204, tags=["accounts"], summary="A new password, by a one-time code")
async def reset_password(request: AnyRequest, db: Database, tenant: Tenant, data: ResetPasswordRequest) -> None:
    await take(_RESETS, network_of(client_ip_address(request)))
    await password_changes.do_reset_password(db, tenant.id, data.proof, data.password)


@post("/api/auth/verify", status_code=200, tags=["accounts"], summary="Set a proved phone number or e-mail address")
async def verify(db: Database, me: Identity, data: VerifyContactRequest) -> Me:
    return await contacts.do_set_contact(db, me, data.proof, data.password)


@get("/api/users/export", tags=["accounts"], summary="Everything that is kept of me")
async def export(db: Database, me: Identity) -> dict[str, Any]:
    await take(_EXPORTS, me.user_id)
    return await personal_data.export_me(db, me)


@post("/api/users/erase", status_code=204, tags=["accounts"], summary="Erase me")
async def erase(db: Database, me: Identity, data: EraseAccountRequest) -> Response[None]:
    await password_changes.do_check_password(db, me, data.password)
    await personal_data.do_erase_me(db, me)
    return cookies.without_session()


ROUTES = [
    *admission.ROUTES,
    send_otp,
    verify_otp,
    register,
    login,
    refresh,
    logout,
    profile,
    change_profile,
    switch_face,
    make_shadow,
    alias_suggestions,
    list_sessions,
    end_session,
    list_devices,
    forget_device,
    change_password,
    reset_password,
    verify,
    export,
    erase,
    *second_factor.ROUTES,
    *passkeys.ROUTES,
]
