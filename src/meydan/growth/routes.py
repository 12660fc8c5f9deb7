"""Inviting over HTTP."""

from litestar import get

from meydan.growth import invites
from meydan.kit.database import Database
from meydan.kit.http import AnyRequest
from meydan.kit.identity import Identity


@get("/api/growth/invite", tags=["growth"], summary="Your invitation")
async def invite(request: AnyRequest, db: Database, me: Identity) -> invites.Invite:
    """One's own code and how many came by it. The link leads to the address that the request came to."""
    async with db.as_user(me) as tx:
        return await invites.invite(tx, str(request.base_url))


ROUTES = [invite]
