"""Plans are kept with a connection, perhaps since the tables were empty: they must be right when these have filled."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from meydan import tenants
from meydan.accounts.sessions import refresh_tokens, sessions
from meydan.kit.database import Database, DatabaseSettings
from meydan.messaging import conversations
from meydan.notifications import inbox
from tests.conftest import new_tenant
from tests.factories import Person
from tests.meeting.factories import join, match, matched
from tests.messaging.factories import read, send, text
from tests.money.bank import Bank
from tests.waiting import until

PEOPLE = 120
READS_A_SCAN = 8
LONGER = dict.fromkeys(["ticket_lanes_open", "ticket_lanes_near", "tickets_new", "tickets_searched"], 60)
"""Indexes of which a whole crowd is read by intention: those who wait."""


@pytest.fixture
async def fresh(own_database: DatabaseSettings) -> AsyncIterator[Database]:
    """A database of which the statistics say that every table is empty, for good."""
    owner = await asyncpg.connect(own_database.owner_url)
    await owner.execute("analyze")
    await owner.close()
    db = await Database.open(own_database)
    yield db
    await db.close()


async def live_an_evening(db: Database, tenant: tenants.Tenant) -> None:
    bank = Bank(db, tenant)
    people = [await bank.person(coins=10) for _ in range(PEOPLE)]
    for person in people:
        await refresh(db, person)
        await join(db, person)
        await match(db, tenant)
    while await match(db, tenant, search_again=True):
        continue
    for person in people:
        await bank.spend(person, 1)
        await bank.spend(person, 2)
        if (met := await matched(db, person)) is not None:
            await send(db, person.me, text(met.conversation_id))
            await read(db, person.me, met.conversation_id)
        async with db.as_user(person.me) as tx:
            await conversations.conversations(tx)
            await inbox.notifications(tx, None, 20)
            await sessions.mine(tx)


async def refresh(db: Database, person: Person) -> None:
    session_id = person.me.session_id
    async with db.as_service(person.tenant.id) as tx:
        salt = await tx.one(bytes, "select refresh_salt from app.sessions where tenant_id = $1 and id = $2", session_id)
        token = refresh_tokens.written(tx, session_id, salt, 0)
        assert isinstance(await sessions.do_refresh(tx, token), sessions.Opened)


async def ended(owner: asyncpg.Connection) -> bool:
    """Every other connection is over, and has counted what it read."""
    return not await owner.fetchval(
        "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
        " and backend_type = 'client backend'"
    )


async def test_rows_are_found_by_their_keys_however_empty_the_tables_were(
    fresh: Database, own_database: DatabaseSettings
):
    tenant = await new_tenant(fresh)
    await live_an_evening(fresh, tenant)
    await fresh.close()

    owner = await asyncpg.connect(own_database.owner_url)
    await until(lambda: ended(owner))
    whole = await owner.fetch(
        "select relname, seq_tup_read from pg_stat_user_tables where schemaname = 'app' and seq_tup_read > $1", PEOPLE
    )
    indexes = await owner.fetch(
        "select indexrelname, idx_scan, idx_tup_read from pg_stat_user_indexes where schemaname = 'app' and idx_scan > 0"
    )
    await owner.close()
    assert not [dict(row) for row in whole], "read whole, again and again"
    assert not [
        dict(row)
        for row in indexes
        if row["idx_tup_read"] > row["idx_scan"] * LONGER.get(row["indexrelname"], READS_A_SCAN)
    ], "an index that begins like the right one"
    assert {"match_slots_pkey", "ledger_balances_pkey"} <= {row["indexrelname"] for row in indexes}
