"""Invitations over HTTP."""

from litestar import get

from meydan.growth import invites
from meydan.kit.database import Database
from meydan.kit.http import AnyRequest
from meydan.kit.identity import Identity


@get("/api/growth/invite", tags=["growth"], summary="Your invitation")
async def invite(request: AnyRequest, db: Database, me: Identity) -> invites.Invite:
    """Your code, and the number of users who registered with it. The link uses this request's host."""
    async with db.as_user(me) as tx:
        return await invites.do_get_or_create_invite(tx, str(request.base_url))


ROUTES = [invite]
