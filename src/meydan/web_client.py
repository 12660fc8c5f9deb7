"""The built web client's files, and its configuration before login."""

import asyncio
import gzip
import hashlib
import mimetypes
import re
from functools import cache
from pathlib import Path

from litestar import MediaType, Response, get
from litestar.datastructures import State
from litestar.exceptions import NotFoundException
from msgspec import Struct

from meydan import accounts, growth, kept_builds, meeting, tenants
from meydan.config import Founding, Settings
from meydan.integrations.local_door import is_local
from meydan.kit import http, readiness, valkey
from meydan.kit.database import Database
from meydan.kit.errors import Refused

STATIC = Path(__file__).parent / "static"
_ASSETS = "assets/"
_IMMUTABLE = "public, max-age=31536000, immutable"
_BROTLI = (
    ".br"  # the build writes it beside each text (web/plugins/brotli.ts); gzip is quick enough to make at the start
)
_WORTH_ENCODING = 1000  # bytes; smaller files fit into the first packets as they are
_REFUSED = re.compile(r"q=0(\.0*)?")
_COMPRESSIBLE = ("text/", "application/javascript", "application/json", "image/svg", "application/manifest")


class CommunityDescription(Struct, frozen=True):
    slug: str
    name: str
    runs_installation: bool
    """True for the default community: its staff approve the others."""
    timezone: str
    """Name in the IANA database; the hour on the community's square follows it."""
    scene: tenants.Scene
    """Picture that the community has chosen for its square."""


class Config(Struct, frozen=True):
    """Configuration that a page needs before login."""

    tenant: CommunityDescription
    realtime_url: str
    languages: list[tenants.Language]
    default_language: tenants.Language
    sign_in_methods: list[accounts.SignInMethod]
    default_region: str
    """Country of phone numbers written without a country code."""
    default_country_code: int
    """That country's code, as in +90."""
    minimum_age: int
    require_verified: accounts.RequireVerified
    """Proof required before meeting strangers."""
    message_hours: int
    """Hours that a match and its messages last."""
    passkeys: accounts.PasskeyPlace
    """The address that this page was opened at, as passkeys see it."""
    claim_minutes: int
    """Minutes of a stranger's silence before the right can be claimed back."""
    founding: Founding
    """Rule of this installation for visitors who want a community of their own."""
    local_twin: bool
    """True on the machine of a development installation: codes are not sent, but shown in the local outbox, ``/outbox``."""


class Health(Struct, frozen=True):
    status: str


@get(
    "/api/health",
    tags=["front"],
    summary="Is the server there",
    opt={http.READS_FREELY: "asked by load balancers without end, and answered without asking anybody"},
)
async def health() -> Health:
    return Health(status="ok")


@get("/api/ready", tags=["front"], summary="Do its database and Valkey answer")
async def ready(db: Database) -> Health:
    """Answers when the database and Valkey answer too. Health is about this process alone.

    Raises: Unavailable (``waiting_for`` names them).
    """
    if missing := await readiness.waiting_for(db, valkey.current()):
        raise http.Unavailable(waiting_for=[*missing], retry_after=2)
    return Health(status="ready")


@get("/api/config", tags=["front"], summary="What a page needs before anybody has logged in")
async def config(request: http.AnyRequest, state: State, db: Database, tenant: tenants.Tenant) -> Config:
    settings: Settings = state.settings
    async with db.as_service(tenant.id) as tx:
        for_accounts = await tenants.settings(tx, accounts.AccountsSettings)
        for_meeting = await tenants.settings(tx, meeting.MeetingSettings)
        for_tenant = await tenants.settings(tx, tenants.TenantsSettings)
    return Config(
        tenant=CommunityDescription(
            tenant.slug,
            tenant.name,
            tenant.slug == tenants.Directory.default_slug,
            tenant.timezone,
            for_tenant.scene,
        ),
        realtime_url=realtime_url(request, settings),
        languages=list(tenants.Language),
        default_language=tenant.default_language,
        sign_in_methods=for_accounts.sign_in_methods,
        default_region=for_accounts.default_region,
        default_country_code=accounts.country_code(for_accounts.default_region),
        minimum_age=for_accounts.minimum_age,
        require_verified=for_accounts.require_verified,
        message_hours=for_meeting.match_hours,
        passkeys=accounts.place_of_passkeys(request, tenant),
        claim_minutes=for_meeting.claim_minutes,
        founding=settings.tenants.founding,
        local_twin=settings.local_twin and is_local(request),
    )


def realtime_url(request: http.AnyRequest, settings: Settings) -> str:
    """The gateway's URL as this page's browser reaches it."""
    if settings.http.realtime_url:
        return settings.http.realtime_url
    host = request.url.hostname or settings.http.host
    if ":" in host:
        host = f"[{host}]"
    return f"{'wss' if request.url.scheme == 'https' else 'ws'}://{host}:{settings.http.gateway_port}/ws"


class Page(Struct, frozen=True):
    body: bytes
    encoded: dict[str, bytes]
    """The body in content codings, the smallest first."""
    media_type: str
    etag: str

    def encoded_for(self, accept_encoding: str) -> tuple[str, bytes] | None:
        """The first coding that the browser accepts, and the body in it. None where the body goes as it is."""
        accepted = {
            coding.strip().lower()
            for coding, _, weight in (part.partition(";") for part in accept_encoding.split(","))
            if not _REFUSED.fullmatch(weight.strip())
        }
        return next(((coding, body) for coding, body in self.encoded.items() if coding in accepted), None)


@cache
def pages() -> dict[str, Page]:
    """Reads the built client into memory: a few megabytes with its encoded bodies."""
    files = {
        file.relative_to(STATIC).as_posix(): file.read_bytes()
        for file in STATIC.rglob("*")
        if file.is_file() and not file.name.startswith(".")
    }
    return {
        name: _page(name, body, files.get(f"{name}{_BROTLI}"))
        for name, body in files.items()
        if not name.endswith(_BROTLI)
    }


def _page(name: str, body: bytes, brotli: bytes | None = None) -> Page:
    media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    encoded = {"br": brotli} if brotli is not None else {}
    if media_type.startswith(_COMPRESSIBLE) and len(body) >= _WORTH_ENCODING:
        encoded["gzip"] = gzip.compress(body, mtime=0)
    return Page(body, encoded, media_type, f'W/"{hashlib.sha256(body).hexdigest()[:20]}"')


async def keep_build(data: Path) -> None:
    """Writes this build's hashed files to the data folder, for all processes, before this one answers."""
    assets = {name: page.body for name, page in pages().items() if name.startswith(_ASSETS)}
    await asyncio.to_thread(kept_builds.keep, data, assets)


async def _find(data: Path, name: str) -> Page | None:
    """The client's file, else one of another build. A path that names no file is a page, which the client draws.

    A missing file is never answered by the client: browsers would keep a page in a script's place.
    """
    own = pages().get(name)
    if own is not None or not pages():
        return own
    if f"{name}/".startswith(_ASSETS):
        body = await asyncio.to_thread(kept_builds.find, data, name)
        if body is None:
            raise NotFoundException
        return _page(name, body)
    if mimetypes.guess_type(name)[0] is not None:
        raise NotFoundException
    return pages()["index.html"]


async def _with_preview(request: http.AnyRequest, state: State, page: Page) -> Page:
    """The page with what messengers show beside a link to it, in the language that is asked for."""
    directory: tenants.Directory = state.directory
    try:
        tenant = await directory.find(request.headers.get("host", ""), request.headers.get("x-meydan-tenant"))
    except Refused:
        return page  # which says so itself
    asked = http.accepted_language(request.headers.get("accept-language", ""), list(tenants.Language))
    tags = growth.preview_tags(tenant, asked or tenant.default_language, str(request.base_url))
    return _page("index.html", page.body.replace(b"</head>", f"{tags}\n</head>".encode(), 1))


@get(
    ["/", "/{path:path}"],
    include_in_schema=False,
    opt={http.READS_FREELY: "the client's own files, dozens to a visit; browsers keep them, and no database is asked"},
)
async def page(
    request: http.AnyRequest,
    state: State,
    path: str = "",
) -> Response[bytes]:
    """A file of the client. Any other path returns the client itself, which draws that page."""
    name = path.strip("/")
    if name == "api" or name.startswith("api/"):
        raise NotFoundException
    found = await _find(state.settings.data, name)
    if found is None:
        return Response(
            b"The web client is not built: run `make up`, or install the wheel.",
            status_code=503,
            media_type=MediaType.TEXT,
        )
    varies = "accept-encoding"
    if name == "join" and "invite" in request.query_params:
        found, varies = await _with_preview(request, state, found), f"{varies}, accept-language"
    headers = {
        "cache-control": _IMMUTABLE if name.startswith(_ASSETS) else "no-cache",
        "vary": varies,
        "etag": found.etag,
    }
    if found.media_type == "text/html":
        headers["content-security-policy"] = _policy(realtime_url(request, state.settings))
    if request.headers.get("if-none-match") == found.etag:
        return Response(b"", status_code=304, headers=headers)
    body = found.body
    if encoded := found.encoded_for(request.headers.get("accept-encoding", "")):
        headers["content-encoding"], body = encoded
    return Response(body, media_type=found.media_type, headers=headers)


def _policy(realtime: str) -> str:
    socket = "/".join(realtime.split("/")[:3])
    return (
        f"default-src 'self'; connect-src 'self' {socket}; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; "
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


ROUTES = [health, ready, config, page]
