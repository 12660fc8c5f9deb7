"""Route that receives providers' webhooks: without login, the tenant named by the path, the body as it came.

A forged webhook leaves only a count of the rate limit. A verified one is stored, and read by the worker.
"""

from datetime import timedelta

from litestar import Response, post
from litestar.datastructures import State

from meydan import tenants
from meydan.integrations.payments.contract import SignatureInvalid, Webhook
from meydan.integrations.payments.enums import ProviderName
from meydan.kit import rate_limits
from meydan.kit.database import Database
from meydan.kit.errors import NotFound
from meydan.kit.http import PROVED_BY, AnyRequest, client_ip_address
from meydan.money.payments import provider_accounts
from meydan.money.provider_events import webhook_events

_names = {name.value: name for name in ProviderName}
_LARGEST = 256 * 1024
_FORGERIES = rate_limits.Limit("payments.forged_webhooks", timedelta(minutes=1), 60)
# A callback that the buyer's browser brings: the buyer knows its URL, and can post anything to it.
_CALLBACKS = rate_limits.Limit("payments.brought_webhooks", timedelta(hours=1), 20)


@post(
    "/api/payments/webhooks/{provider:str}/{slug:str}",
    status_code=200,
    request_max_body_size=_LARGEST,
    opt={PROVED_BY: "the provider's signature, also where the buyer's browser brings it"},
    tags=["payments"],
    summary="A payment provider's webhook",
)
async def receive(request: AnyRequest, state: State, db: Database, provider: str, slug: str) -> Response[None]:
    """Stores a webhook whose signature holds. For providers only.

    Raises: NotFound, SignatureInvalid."""
    directory: tenants.Directory = state.directory
    # Members of a suspended tenant are still charged and refunded.
    tenant = await directory.find(request.headers.get("host", ""), slug, closed_too=True)
    name = _names.get(provider)
    if name is None:
        raise NotFound
    webhook = Webhook(
        headers={key.lower(): value for key, value in request.headers.items()},
        body=await request.body(),
        url=str(request.url),
    )
    try:
        async with provider_accounts.opened(db, tenant.id, name) as connected:
            event = await connected.verify(webhook)
            onward = connected.redirect_url(webhook)
    except provider_accounts.ProviderNotConnected:
        raise NotFound from None
    except SignatureInvalid:
        await rate_limits.take(_FORGERIES, f"{tenant.id} {client_ip_address(request)}")
        raise
    if onward is not None:
        await rate_limits.take(_CALLBACKS, f"{tenant.id} {onward}")
    async with db.as_service(tenant.id) as tx:
        await webhook_events.do_store(tx, name, event)
    if onward is not None:
        return Response(None, status_code=303, headers={"Location": onward})
    return Response(None, status_code=200)


ROUTES = [receive]
