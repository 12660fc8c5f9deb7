"""Invitations over HTTP."""

from litestar import Response, get

from meydan.growth import invite_pictures, invites
from meydan.kit.database import Database
from meydan.kit.http import AnyRequest, client_ip_address
from meydan.kit.identity import Identity
from meydan.kit.networks import network_of
from meydan.tenants import Language, Tenant

_IMMUTABLE = "public, max-age=31536000, immutable"


@get("/api/growth/invite", tags=["growth"], summary="Your invitation")
async def invite(request: AnyRequest, db: Database, me: Identity) -> invites.Invite:
    """Your code, and the number of users who registered with it. The link uses this request's host."""
    async with db.as_user(me) as tx:
        return await invites.do_get_or_create_invite(tx, str(request.base_url))


@get("/api/growth/invite-pictures/{language:str}/{name:str}", include_in_schema=False)
async def invite_picture(request: AnyRequest, tenant: Tenant, language: Language, name: str) -> Response[bytes]:
    """The picture that messengers show beside an invitation.

    The address of an earlier version answers the present picture, which is then kept nowhere: links outlive names."""
    version = invite_pictures.version_of(tenant, language)
    headers = {
        "etag": f'"{version}"',
        "cache-control": _IMMUTABLE if name == f"{version}.png" else "no-cache",
        "vary": "x-meydan-tenant",
    }
    if request.headers.get("if-none-match") == headers["etag"]:
        return Response(b"", status_code=304, headers=headers)
    network = network_of(client_ip_address(request))
    body = await invite_pictures.picture(tenant, language, network)
    return Response(body, media_type="image/png", headers=headers)


ROUTES = [invite, invite_picture]
