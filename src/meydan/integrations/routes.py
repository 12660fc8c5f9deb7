"""Routes of the local outbox. It shows every one-time code, so production has none, and only this machine sees it."""

from litestar import MediaType, get

from meydan import integrations
from meydan.integrations.local_door import local_only
from meydan.integrations.local_outbox import LocalOutbox, Sent, page
from meydan.kit.errors import NotFound


@get(
    "/api/outbox",
    tags=["front"],
    summary="What would have been sent by SMS and e-mail",
    guards=[local_only],
    sync_to_thread=False,
)
def list_outbox() -> list[Sent]:
    return _outbox().newest()


@get("/outbox", media_type=MediaType.HTML, include_in_schema=False, guards=[local_only], sync_to_thread=False)
def outbox_page() -> str:
    return page(_outbox().newest())


def _outbox() -> LocalOutbox:
    outbox = integrations.current().local_outbox
    if outbox is None:
        raise NotFound
    return outbox


ROUTES = [list_outbox, outbox_page]
