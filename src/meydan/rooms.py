"""Which rooms there are. Importing one registers its listeners, jobs and what it keeps of a person."""

import inspect
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from litestar.handlers import HTTPRouteHandler

from meydan.accounts import routes as accounts
from meydan.commerce import routes as commerce
from meydan.commerce.providers.local import routes as local_payments
from meydan.commerce.providers.local.tasks import local_payments_kept_going
from meydan.growth import routes as growth
from meydan.integrations import routes as integrations
from meydan.kit.database import Database
from meydan.kit.hot import HotRoute
from meydan.meeting import matching
from meydan.meeting import routes as meeting
from meydan.messaging import routes as messaging
from meydan.moderation import routes as moderation
from meydan.notifications import routes as notifications
from meydan.safety import routes as safety
from meydan.wallet import routes as wallet

ROUTES: list[HTTPRouteHandler] = [
    *accounts.ROUTES,
    *integrations.ROUTES,
    *local_payments.ROUTES,
    *safety.ROUTES,
    *wallet.ROUTES,
    *commerce.ROUTES,
    *messaging.ROUTES,
    *meeting.ROUTES,
    *growth.ROUTES,
    *moderation.ROUTES,
    *notifications.ROUTES,
]


HOT_ROUTES: list[HotRoute] = [*messaging.HOT_ROUTES]


def routes() -> list[HTTPRouteHandler]:
    """Every room's routes; those that ask who is there say so in the OpenAPI document."""
    for route in ROUTES:
        if "me" in inspect.signature(route.fn).parameters:
            route.security = [{"access_token": []}]
    return ROUTES


@asynccontextmanager
async def opened(db: Database) -> AsyncIterator[None]:
    """What rooms keep running inside the API process."""
    async with matching(db), local_payments_kept_going():
        yield
