"""Routes of the local outbox. It shows every one-time code, so production has none, and other hosts are refused."""

from urllib.parse import urlsplit

from litestar import MediaType, get
from litestar.datastructures import State

from meydan import integrations
from meydan.config import Settings
from meydan.integrations.local_outbox import LocalOutbox, Sent, page
from meydan.kit.errors import NotFound, Refused
from meydan.kit.http import AnyRequest, is_private_name


class OutboxElsewhere(Refused):
    code, status, title = (
        "outbox_elsewhere",
        403,
        "The outbox is shown at this machine's own address and at http.public_url, under no other name.",
    )


@get("/api/outbox", tags=["front"], summary="What would have been sent by SMS and e-mail", sync_to_thread=False)
def list_outbox(request: AnyRequest, state: State) -> list[Sent]:
    return _outbox(request, state).newest()


@get("/outbox", media_type=MediaType.HTML, include_in_schema=False, sync_to_thread=False)
def outbox_page(request: AnyRequest, state: State) -> str:
    return page(_outbox(request, state).newest())


def _outbox(request: AnyRequest, state: State) -> LocalOutbox:
    """The outbox, for this machine's own address.

    Raises: NotFound (a real service sends), OutboxElsewhere."""
    outbox = integrations.current().local_outbox
    if outbox is None:
        raise NotFound
    if not is_own_host(request, state.settings):
        raise OutboxElsewhere
    return outbox


def is_own_host(request: AnyRequest, settings: Settings) -> bool:
    """True if the request came to this machine's own address or to ``http.public_url``."""
    host = request.url.hostname or ""
    return is_private_name(host) or host == urlsplit(settings.http.public_url).hostname


ROUTES = [list_outbox, outbox_page]
