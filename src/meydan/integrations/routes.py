"""The local outbox over HTTP: only where there is one, for it shows every code that was sent."""

from litestar import MediaType, get

from meydan import integrations
from meydan.integrations.local_outbox import LocalOutbox, Sent, page
from meydan.kit.errors import NotFound


@get("/api/outbox", tags=["front"], summary="What would have been sent by SMS and e-mail", sync_to_thread=False)
def list_outbox() -> list[Sent]:
    return _outbox().newest()


@get("/outbox", media_type=MediaType.HTML, include_in_schema=False, sync_to_thread=False)
def outbox_page() -> str:
    return page(_outbox().newest())


def _outbox() -> LocalOutbox:
    outbox = integrations.current().local_outbox
    if outbox is None:
        raise NotFound
    return outbox


ROUTES = [list_outbox, outbox_page]
