"""Readiness: whether the database and Valkey answer a process now.

Liveness is another question: a process that waits for its database is alive, and starting it again helps nobody.
"""

import asyncio
import logging
from enum import StrEnum

import asyncpg

from meydan.kit.database import CONNECTION_LOST, Database
from meydan.kit.valkey import ReplyError, Valkey, ValkeyDown

log = logging.getLogger(__name__)

LIMIT = 2.0  # seconds


class Engine(StrEnum):
    database = "database"
    valkey = "valkey"


async def waiting_for(db: Database, valkey: Valkey | None) -> list[Engine]:
    """The engines that do not answer within the limit; none when the process is ready."""
    database_answers, valkey_answers = await asyncio.gather(_database_answers(db), _valkey_answers(valkey))
    return [
        engine
        for engine, answers in ((Engine.database, database_answers), (Engine.valkey, valkey_answers))
        if not answers
    ]


async def _database_answers(db: Database) -> bool:
    try:
        await db.ping(LIMIT)
    except (*CONNECTION_LOST, asyncpg.PostgresError) as error:
        log.warning("the database does not answer: %r", error)
        return False
    return True


async def _valkey_answers(valkey: Valkey | None) -> bool:
    if valkey is None:
        return False
    try:
        await valkey.ask("PING", limit=LIMIT)
    except (ValkeyDown, ReplyError) as error:
        log.warning("Valkey does not answer: %r", error)
        return False
    return True
