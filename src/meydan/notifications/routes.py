"""The inbox and push over HTTP."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from litestar import delete, get, post, put
from litestar.params import Parameter
from msgspec import Struct

from meydan import accounts, integrations
from meydan.integrations.local_door import is_local
from meydan.kit.database import Database
from meydan.kit.http import AnyRequest, client_ip_address
from meydan.kit.identity import Identity
from meydan.kit.rate_limits import Limit as RateLimit
from meydan.kit.rate_limits import take
from meydan.notifications import inbox, push_preferences, push_subscriptions
from meydan.notifications.push_preferences import PushDetail, PushPreferences
from meydan.notifications.push_subscriptions import RenewSubscriptionRequest, SubscribeBrowserRequest
from meydan.notifications.push_words import previews
from meydan.tenants import Tenant

_SUBSCRIPTIONS = RateLimit("push_subscriptions", timedelta(hours=1), 60)
_RENEWALS = RateLimit("push_renewals", timedelta(hours=1), 120)
_PREFERENCES = RateLimit("push_preferences", timedelta(minutes=1), 60)
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


class ChangePreferencesRequest(PushPreferences, frozen=True, forbid_unknown_fields=True):
    """All of them, as they shall be."""


class PushSettings(Struct, frozen=True):
    """Push, as the caller has set it up, and as it stands in this session's browser."""

    application_server_key: str | None
    """The key that a browser lets in; None where this installation has no push."""
    subscribed: bool
    preferences: PushPreferences
    previews: dict[PushDetail, str]
    """A message in each detail, as the screen would show it."""


@get("/api/notifications/push", tags=["notifications"], summary="Your push settings")
async def get_push(db: Database, me: Identity) -> PushSettings:
    sender = integrations.current().push
    async with db.as_user(me) as tx:
        return PushSettings(
            application_server_key=None if sender is None else sender.public_key,
            subscribed=await push_subscriptions.is_subscribed(tx),
            preferences=await push_preferences.preferences(tx),
            previews=previews((await accounts.user(tx, me.user_id)).language),
        )


@put("/api/notifications/push/preferences", tags=["notifications"], summary="Change what is pushed, and when not")
async def change_preferences(db: Database, me: Identity, data: ChangePreferencesRequest) -> PushPreferences:
    await take(_PREFERENCES, me.user_id)
    async with db.as_user(me) as tx:
        return await push_preferences.do_set_preferences(tx, data)


@put(
    "/api/notifications/push/subscription",
    tags=["notifications"],
    status_code=204,
    summary="Subscribe this session's browser",
)
async def subscribe(request: AnyRequest, db: Database, me: Identity, data: SubscribeBrowserRequest) -> None:
    """A browser has one subscription: another session in the same browser loses it to this one."""
    await take(_SUBSCRIPTIONS, me.user_id)
    async with db.as_user(me) as tx:
        await push_subscriptions.do_subscribe(tx, data, is_local=is_local(request))


@delete("/api/notifications/push/subscription", tags=["notifications"], summary="End this browser's subscription")
async def unsubscribe(db: Database, me: Identity) -> None:
    async with db.as_user(me) as tx:
        await push_subscriptions.do_unsubscribe(tx)


@post(
    "/api/notifications/push/renewals",
    tags=["notifications"],
    status_code=204,
    summary="Move a subscription that the browser has changed",
)
async def renew_subscription(request: AnyRequest, db: Database, tenant: Tenant, data: RenewSubscriptionRequest) -> None:
    """For the service worker, without a login: the old endpoint and its secret show that it is the same browser."""
    await take(_RENEWALS, client_ip_address(request))
    async with db.as_service(tenant.id) as tx:
        await push_subscriptions.do_renew(tx, data, is_local=is_local(request))


ROUTES = [
    list_notifications,
    mark_read,
    get_push,
    change_preferences,
    subscribe,
    unsubscribe,
    renew_subscription,
]
