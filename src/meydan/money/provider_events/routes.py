"""The door for providers' news: no log in, the community by its address, the body as it came.

What is forged leaves nothing behind but a count; what is proved is kept, and read by the worker.
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
from meydan.kit.http import AnyRequest, client_ip_address
from meydan.money.payments import provider_accounts
from meydan.money.provider_events import webhook_events

_names = {name.value: name for name in ProviderName}
_LARGEST = 256 * 1024
_FORGED = rate_limits.Limit("payments.forged_notices", timedelta(minutes=1), 60)
# Whoever paid knows the address their browser was sent to, and can post to it whatever they like.
_BROUGHT = rate_limits.Limit("payments.brought_notices", timedelta(hours=1), 20)


@post(
    "/api/payments/webhooks/{provider:str}/{community:str}",
    status_code=200,
    request_max_body_size=_LARGEST,
    tags=["payments"],
    summary="A payment provider's notice",
)
async def receive(request: AnyRequest, state: State, db: Database, provider: str, community: str) -> Response[None]:
    """For providers only; what it says is believed once its signature holds."""
    directory: tenants.Directory = state.directory
    # A closed community's members are still charged, and get their money back.
    tenant = await directory.find(request.headers.get("host", ""), community, suspended_too=True)
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
            notice = await connected.verify(webhook)
            onward = connected.redirect_url(webhook)
    except provider_accounts.ProviderNotConnected:
        raise NotFound from None
    except SignatureInvalid:
        await rate_limits.take(_FORGED, f"{tenant.id} {client_ip_address(request)}")
        raise
    if onward is not None:
        await rate_limits.take(_BROUGHT, f"{tenant.id} {onward}")
    async with db.as_service(tenant.id) as tx:
        await webhook_events.do_keep(tx, name, notice)
    if onward is not None:
        return Response(None, status_code=303, headers={"Location": onward})
    return Response(None, status_code=200)


ROUTES = [receive]
