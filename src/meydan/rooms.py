"""The list of rooms. Importing a room registers its listeners, jobs and personal data."""

import inspect
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from litestar.handlers import HTTPRouteHandler

from meydan.accounts import burdens, inheritance
from meydan.accounts import routes as accounts
from meydan.growth import routes as growth
from meydan.integrations import routes as integrations
from meydan.integrations.payments.local import routes as local_payments
from meydan.integrations.payments.local.tasks import local_payments_running
from meydan.kit import personal_data
from meydan.kit.database import Database
from meydan.kit.http.fast_path import FastRoute
from meydan.legal import routes as legal
from meydan.meeting import do_inherit_quota, matching, pairs_met
from meydan.meeting import routes as meeting
from meydan.messaging import routes as messaging
from meydan.moderation import routes as moderation
from meydan.money import metering  # noqa: F401 -- no route of its own yet: importing it registers its jobs
from meydan.money.backoffice import routes as backoffice
from meydan.money.fraud import FraudReviewer
from meydan.money.gifts import routes as gifts
from meydan.money.payments import COINS, CoinFulfilment, fulfilment, review
from meydan.money.payments import routes as payments
from meydan.money.premium import PREMIUM, PremiumFulfilment
from meydan.money.premium import routes as premium
from meydan.money.provider_events import routes as provider_events
from meydan.money.shop import routes as shop
from meydan.money.wallet import carried_in_wallet, do_inherit_wallet
from meydan.money.wallet import routes as wallet
from meydan.notifications import routes as notifications
from meydan.safety import pairs_blocked
from meydan.safety import routes as safety

personal_data.set_order(
    [
        "accounts",
        "wallet",
        "gifts",
        "metering",
        "payments",
        "provider_events",
        "premium",
        "fraud",
        "backoffice",
        "growth",
        "safety",
        "messaging",
        "meeting",
        "moderation",
        "legal",
        "notifications",
    ]
)
inheritance.set_rooms(pairs=[pairs_blocked, pairs_met], inherit=[do_inherit_wallet, do_inherit_quota])
burdens.set_rooms([carried_in_wallet])
fulfilment.register(COINS, CoinFulfilment())
fulfilment.register(PREMIUM, PremiumFulfilment())
review.register(FraudReviewer())

ROUTES: list[HTTPRouteHandler] = [
    *accounts.ROUTES,
    *integrations.ROUTES,
    *local_payments.ROUTES,
    *safety.ROUTES,
    *shop.ROUTES,
    *wallet.ROUTES,
    *gifts.ROUTES,
    *payments.ROUTES,
    *provider_events.ROUTES,
    *premium.ROUTES,
    *backoffice.ROUTES,
    *messaging.ROUTES,
    *meeting.ROUTES,
    *growth.ROUTES,
    *moderation.ROUTES,
    *legal.ROUTES,
    *notifications.ROUTES,
]


FAST_ROUTES: list[FastRoute] = [*messaging.FAST_ROUTES]


def routes() -> list[HTTPRouteHandler]:
    """Every room's routes; those that take the caller's identity name the access token in the OpenAPI document."""
    for route in ROUTES:
        if "me" in inspect.signature(route.fn).parameters:
            route.security = [{"access_token": []}]
    return ROUTES


def check_complete() -> None:
    """Refuses to start a process that could take money for nothing, or wash off burdens with an account.

    Raises: FulfilmentMissingError, ReviewerMissingError, InheritanceMissingError."""
    fulfilment.check_complete()
    review.check_complete()
    inheritance.check_complete()


@asynccontextmanager
async def opened(db: Database) -> AsyncIterator[None]:
    """Background work of rooms inside the API process."""
    async with matching(db), local_payments_running():
        yield
