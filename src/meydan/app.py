"""The API: every room's routes and the dependencies of each request."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from importlib.metadata import version
from typing import Annotated

import uvicorn
from litestar import Litestar
from litestar.datastructures import State
from litestar.di import Provide
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme
from litestar.params import HeaderParameter
from litestar.types import ASGIApp

from meydan import accounts, rooms, startup, tenants, web_client
from meydan.config import Settings
from meydan.kit import http, open_files, service_manager
from meydan.kit.database import Database
from meydan.kit.http.body_sizes import SmallBodiesOfStrangers
from meydan.kit.http.fast_path import FastPath
from meydan.kit.http.forwarded_requests import ForwardedRequests
from meydan.kit.http.head import HeadAsGet
from meydan.kit.http.slow_clients import ClientLimits, protocol_with
from meydan.kit.identity import Identity
from meydan.kit.networks import OpenConnections, TrustedProxies

_LARGEST_BODY = 1024 * 1024
_REQUESTS_PER_NETWORK = 1000
_SECURE_HEADERS = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
]


async def provide_db(state: State) -> Database:
    db: Database = state.db
    return db


# Litestar runs independent dependencies in a task group, which costs more than they do. Here each depends on the one
# before.
async def provide_tenant(
    request: http.AnyRequest,
    state: State,
    db: Database,  # noqa: ARG001 -- see above
    community: Annotated[str | None, HeaderParameter(name="X-Meydan-Tenant")] = None,
) -> tenants.Tenant:
    """The tenant addressed by header or host.

    Raises: UnknownTenant, TenantSuspended, TenantPending."""
    directory: tenants.Directory = state.directory
    return await directory.find(request.headers.get("host", ""), community)


async def provide_me(
    request: http.AnyRequest,
    db: Database,  # noqa: ARG001 -- see above
) -> Identity:
    """The identity in the access token. Raises as ``accounts.identify`` does."""
    return await accounts.identity_of(request)


async def identify(state: State, headers: Mapping[bytes, bytes]) -> Identity:
    directory: tenants.Directory = state.directory
    return await accounts.identify(directory, headers)


def with_fast_path(app: Litestar) -> FastPath:
    """The application with the fast path in front."""
    return FastPath(app, rooms.FAST_ROUTES, partial(identify, app.state), _LARGEST_BODY)


def with_small_bodies(app: ASGIApp) -> SmallBodiesOfStrangers:
    """The application behind the check of what a stranger sends. Webhooks have a limit of their own."""
    return SmallBodiesOfStrangers(app, accounts.is_logged_in, ["/api/payments/webhooks/"])


def served(settings: Settings) -> ASGIApp:
    """The application as a server runs it: HEAD, the size of strangers' bodies and the fast path in front.

    Behind proxies also the requests of a network that are under way at once."""
    app: ASGIApp = HeadAsGet(with_small_bodies(with_fast_path(create_app(settings))))
    if not settings.http.trusted_proxies:
        return app
    requests = OpenConnections("requests", _REQUESTS_PER_NETWORK)
    return ForwardedRequests(app, TrustedProxies(settings.http.trusted_proxies), requests)


def create_app(settings: Settings) -> Litestar:
    @asynccontextmanager
    async def opened(app: Litestar) -> AsyncIterator[None]:
        # Only a serving application builds a runtime: one may also be created to read its OpenAPI document.
        async with startup.product(settings) as db:
            app.state.db = db
            addresses = tenants.Addresses.of(settings.http.public_url, settings.tenants.base_domain)
            app.state.directory = tenants.Directory(db, addresses)
            await web_client.keep_build(settings.data)
            async with rooms.opened(db), service_manager.noted():
                yield

    return Litestar(
        [*rooms.routes(), *web_client.ROUTES],
        lifespan=[opened],
        state=State({"settings": settings}),
        dependencies={
            "db": Provide(provide_db),
            "tenant": Provide(provide_tenant),
            "me": Provide(provide_me),
        },
        guards=[http.ReadLimit(accounts.identity_of)],
        before_request=http.check_request,
        before_send=[http.before_send, http.name_time],
        exception_handlers=http.EXCEPTION_HANDLERS,
        request_max_body_size=_LARGEST_BODY,
        openapi_config=OpenAPIConfig(
            title="Meydan",
            version=version("meydan"),
            path="/api/schema",
            render_plugins=[JsonRenderPlugin(path="/openapi.json")],
            use_handler_docstrings=True,
            components=Components(
                security_schemes={
                    "access_token": SecurityScheme(type="http", scheme="bearer", bearer_format="JWT"),
                }
            ),
        ),
        logging_config=None,
    )


def run(settings: Settings) -> None:
    """Serves until a signal ends it."""
    open_files.raise_limit()
    uvicorn.run(
        served(settings),
        host=settings.http.host,
        port=settings.http.port,
        loop="uvloop",
        http=protocol_with(ClientLimits(trusted_proxies=tuple(settings.http.trusted_proxies))),
        ws="none",
        access_log=False,
        log_level=settings.log_level.value,
        server_header=False,
        headers=_SECURE_HEADERS,
        proxy_headers=bool(settings.http.trusted_proxies),
        forwarded_allow_ips=settings.http.trusted_proxies,
        ssl_certfile=settings.http.tls_certificate,
        ssl_keyfile=settings.http.tls_key,
        timeout_graceful_shutdown=5,
        backlog=4096,
    )
