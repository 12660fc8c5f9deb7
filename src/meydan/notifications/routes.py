"""The inbox over HTTP."""

from typing import Annotated
from uuid import UUID

from litestar import get, put
from litestar.params import Parameter
from msgspec import Struct

from meydan.kit.database import Database
from meydan.kit.identity import Identity
from meydan.notifications import inbox

Limit = Annotated[int, Parameter(ge=1, le=100)]


class MarkReadRequest(Struct, frozen=True, forbid_unknown_fields=True):
    up_to: UUID


@get("/api/notifications", tags=["notifications"], summary="Your inbox")
async def list_notifications(
    db: Database, me: Identity, cursor: UUID | None = None, limit: Limit = 30
) -> inbox.NotificationPage:
    async with db.as_user(me) as tx:
        return await inbox.notifications(tx, cursor, limit)


@put("/api/notifications/read", tags=["notifications"], summary="Mark as read")
async def mark_read(db: Database, me: Identity, data: MarkReadRequest) -> inbox.Unread:
    async with db.as_user(me) as tx:
        return await inbox.do_mark_read(tx, data.up_to)


ROUTES = [list_notifications, mark_read]
