"""Push subscriptions: a browser that takes messages belongs to the session in it, and ends with that session."""

from typing import Annotated
from uuid import UUID

import asyncpg
from msgspec import Meta, Struct

from meydan import integrations
from meydan.integrations.web_push import BrowserKeys
from meydan.kit.database import Tx
from meydan.kit.errors import NotFound, Refused
from meydan.kit.http.guarded_client import LONGEST_URL, UrlRefused, names_loopback

Endpoint = Annotated[str, Meta(min_length=1, max_length=LONGEST_URL)]
Key = Annotated[str, Meta(min_length=1, max_length=120)]


class PushIsOff(Refused):
    code, status, title = "push_is_off", 409, "This installation has no push."


class SubscribeBrowserRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A browser's ``PushSubscription``: its address at the push service, and the keys that it made."""

    endpoint: Endpoint
    p256dh: Key
    auth: Key


class RenewSubscriptionRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """From a service worker, whose browser has changed its subscription. No page is open, so nobody is logged in.

    The old endpoint and its secret prove that it is the same browser.
    """

    old_endpoint: Endpoint
    old_auth: Key
    endpoint: Endpoint
    p256dh: Key
    auth: Key


async def is_subscribed(tx: Tx) -> bool:
    """True where the caller's session has a subscription."""
    found = await tx.maybe(
        UUID, "select id from app.push_subscriptions where tenant_id = $1 and session_id = $2", tx.me.session_id
    )
    return found is not None


async def do_subscribe(tx: Tx, new: SubscribeBrowserRequest, *, is_local: bool) -> None:
    """Gives the browser to the caller's session, and takes it from any other. ``is_local``: this machine asks.

    Raises: PushIsOff, UrlRefused, KeysInvalid, NotFound (the session has ended)."""
    keys = _checked(new.endpoint, new.p256dh, new.auth, is_local=is_local)
    await tx.one(
        UUID,
        """
        select subscribed from app.subscribe_to_push($1, $2, $3, $4, $5) as subscribed where subscribed is not null
        """,
        tx.me.session_id,
        new.endpoint,
        keys.public_key,
        keys.auth_secret,
    )


async def do_unsubscribe(tx: Tx) -> None:
    """Ends the subscription of the caller's session, if there is one."""
    await tx.run("delete from app.push_subscriptions where tenant_id = $1 and session_id = $2", tx.me.session_id)


async def do_renew(tx: Tx, new: RenewSubscriptionRequest, *, is_local: bool) -> None:
    """Moves a subscription to the browser's new endpoint.

    Raises: PushIsOff, UrlRefused, KeysInvalid, NotFound.
    Runs as: service.
    """
    keys = _checked(new.endpoint, new.p256dh, new.auth, is_local=is_local)
    old_secret = BrowserKeys.read(new.p256dh, new.old_auth).auth_secret
    try:
        async with tx.savepoint():
            await tx.one(
                UUID,
                """
                update app.push_subscriptions set endpoint = $4, public_key = $5, auth_secret = $6
                where tenant_id = $1 and endpoint = $2 and auth_secret = $3 returning id
                """,
                new.old_endpoint,
                old_secret,
                new.endpoint,
                keys.public_key,
                keys.auth_secret,
            )
    except asyncpg.UniqueViolationError:
        raise NotFound from None  # a page was quicker, or the endpoint is somebody else's


async def do_end_with_sessions(tx: Tx, user_id: UUID) -> None:
    """Deletes the user's subscriptions whose session has ended.

    Runs as: service or user."""
    await tx.run(
        """
        delete from app.push_subscriptions where tenant_id = $1 and session_id in (
            select ended.id from app.sessions ended
            where ended.tenant_id = $1 and ended.user_id = $2 and ended.ended_at is not null
        )
        """,
        user_id,
    )


async def do_end(tx: Tx, subscription_id: UUID, endpoint: str) -> None:
    """Deletes a subscription that its push service no longer knows, unless the browser has renewed it since.

    Runs as: service."""
    await tx.run(
        "delete from app.push_subscriptions where tenant_id = $1 and id = $2 and endpoint = $3",
        subscription_id,
        endpoint,
    )


def _checked(endpoint: str, p256dh: str, auth: str, *, is_local: bool) -> BrowserKeys:
    """Only a request of this machine may name a push service on it: in development, and never through a proxy."""
    sender = integrations.current().push
    if sender is None:
        raise PushIsOff
    sender.check_endpoint(endpoint)
    if names_loopback(endpoint) and not is_local:
        raise UrlRefused
    return BrowserKeys.read(p256dh, auth)
