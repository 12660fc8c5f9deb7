"""Which rooms there are. Importing one registers its listeners, jobs and what it keeps of a person."""

import inspect
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from litestar.handlers import HTTPRouteHandler

from meydan.kit.database import Database

HANDLERS: Sequence[HTTPRouteHandler] = []


def handlers() -> list[HTTPRouteHandler]:
    """Every room's routes; those that ask who is there say so in the OpenAPI document."""
    for handler in HANDLERS:
        if "me" in inspect.signature(handler.fn).parameters:
            handler.security = [{"access_token": []}]
    return list(HANDLERS)


@asynccontextmanager
async def opened(db: Database) -> AsyncIterator[None]:
    """What rooms keep running inside the API process."""
    yield
