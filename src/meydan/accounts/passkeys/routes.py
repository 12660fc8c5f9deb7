"""Passkeys over HTTP. All paths are below the one that the browser's secret is sent to."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from litestar import Response, get, post, put
from msgspec import Meta, Struct

from meydan.accounts.me import Session
from meydan.accounts.passkeys import credentials, login
from meydan.accounts.passkeys.credentials import AddPasskeyRequest, BeginAddingPasskeyRequest, Name, Passkey
from meydan.accounts.passkeys.login import LogInByPasskeyRequest
from meydan.accounts.passkeys.relying_party import relying_party
from meydan.accounts.passkeys.webauthn_json import CreationOptions, RequestOptions
from meydan.accounts.sessions import cookies
from meydan.accounts.sign_in.login import Browser
from meydan.kit.database import Database
from meydan.kit.http import AnyRequest, client_ip_address
from meydan.kit.identity import Identity
from meydan.kit.networks import network_of
from meydan.kit.rate_limits import Limit, take
from meydan.tenants import Tenant

# A mobile network hides thousands of people behind one IP address.
_LOGINS = Limit("passkey_logins", timedelta(minutes=1), 600)
_CHANGES = Limit("passkey_changes", timedelta(minutes=1), 30)

Password = Annotated[str, Meta(max_length=1024)]


class RenamePasskeyRequest(Struct, frozen=True):
    name: Name


class RemovePasskeyRequest(Struct, frozen=True):
    password: Password


@post("/api/auth/login/passkey/options", status_code=200, tags=["accounts"], summary="Begin to log in by passkey")
async def begin_login(request: AnyRequest, db: Database, tenant: Tenant) -> Response[RequestOptions]:
    """The answer is the same for everybody. Its challenge belongs to this browser."""
    await take(_LOGINS, network_of(client_ip_address(request)))
    secret = cookies.browser_secret(request) or cookies.new_browser_secret()
    options = await login.begin(db, tenant.id, relying_party(request, tenant), secret)
    return Response(options, status_code=200, cookies=[cookies.browser_cookie(request, secret)])


@post("/api/auth/login/passkey", status_code=200, tags=["accounts"], summary="Log in by passkey")
async def log_in(request: AnyRequest, db: Database, tenant: Tenant, data: LogInByPasskeyRequest) -> Response[Session]:
    ip_address = client_ip_address(request)
    await take(_LOGINS, network_of(ip_address))
    browser = Browser(ip_address, cookies.browser_secret(request) or "")
    done = await login.do_log_in(db, tenant.id, relying_party(request, tenant), data, browser)
    return cookies.with_session(request, done, 200)


@get("/api/auth/passkeys", tags=["accounts"], summary="My passkeys")
async def list_passkeys(db: Database, me: Identity) -> list[Passkey]:
    async with db.as_user(me) as tx:
        return await credentials.mine(tx)


@post("/api/auth/passkeys/options", status_code=200, tags=["accounts"], summary="Begin to add a passkey")
async def begin_adding(
    request: AnyRequest, db: Database, tenant: Tenant, me: Identity, data: BeginAddingPasskeyRequest
) -> Response[CreationOptions]:
    await take(_CHANGES, me.user_id)
    secret = cookies.browser_secret(request) or cookies.new_browser_secret()
    options = await credentials.do_begin_adding(db, me, relying_party(request, tenant), secret, data)
    return Response(options, status_code=200, cookies=[cookies.browser_cookie(request, secret)])


@post("/api/auth/passkeys", status_code=201, tags=["accounts"], summary="Add a passkey")
async def add(request: AnyRequest, db: Database, tenant: Tenant, me: Identity, data: AddPasskeyRequest) -> Passkey:
    await take(_CHANGES, me.user_id)
    party, secret = relying_party(request, tenant), cookies.browser_secret(request) or ""
    return await credentials.do_add(db, me, party, secret, data)


@put("/api/auth/passkeys/{passkey_id:uuid}", tags=["accounts"], summary="Rename a passkey")
async def rename(db: Database, me: Identity, passkey_id: UUID, data: RenamePasskeyRequest) -> Passkey:
    await take(_CHANGES, me.user_id)
    async with db.as_user(me) as tx:
        return await credentials.do_set_name(tx, passkey_id, data.name)


@post("/api/auth/passkeys/{passkey_id:uuid}/remove", status_code=204, tags=["accounts"], summary="Remove a passkey")
async def remove(db: Database, me: Identity, passkey_id: UUID, data: RemovePasskeyRequest) -> None:
    await take(_CHANGES, me.user_id)
    await credentials.do_remove(db, me, passkey_id, data.password)


ROUTES = [begin_login, log_in, list_passkeys, begin_adding, add, rename, remove]
