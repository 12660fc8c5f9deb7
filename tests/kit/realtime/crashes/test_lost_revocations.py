"""Valkey comes back with an empty disk: what was revoked stays revoked, in processes that live and in new ones."""

from functools import partial
from uuid import UUID, uuid4

from meydan import accounts
from meydan.kit.database import Database
from meydan.kit.realtime import Realtime, do_revoke, is_revoked
from meydan.kit.realtime.revocation import KEY, Revocations
from meydan.kit.valkey import LIBRARY, Valkey
from meydan.tenants import Tenant
from tests.factories import make_person
from tests.own_valkey import OwnValkey
from tests.waiting import PATIENCE, until


async def knows(revocations: Revocations, subject: UUID) -> bool:
    return subject in revocations


async def new_process(own_valkey: OwnValkey) -> tuple[Valkey, Revocations]:
    """A gateway, as far as it knows revocations: no database, and nothing that it remembers."""
    valkey = Valkey(own_valkey.url, library=LIBRARY)
    revocations = Revocations(valkey)
    valkey.on_message(b"smessage", lambda _channel, message: revocations.on_message(message))
    valkey.start()
    assert await valkey.wait_up(PATIENCE)
    return valkey, revocations


async def test_a_process_that_knows_says_it_again(own_valkey: OwnValkey, db: Database, tenant: Tenant):
    session_id = uuid4()
    async with Realtime.opened(own_valkey.url, db) as realtime:
        async with db.as_service(tenant.id) as tx:
            await do_revoke(tx, session_id)
        assert is_revoked(session_id)
        await realtime.valkey.execute("PING")

        own_valkey.lose_everything()

        valkey, revocations = await new_process(own_valkey)
        await until(partial(knows, revocations, session_id))
        await valkey.close()


async def test_a_gateway_that_knows_says_it_again_though_no_database_helps(own_valkey: OwnValkey):
    first, remembers = await new_process(own_valkey)
    session_id = uuid4()
    remembers.restore([])
    remembers.on_message(f"{2**45} {session_id}".encode())
    own_valkey.lose_everything()
    second, learns = await new_process(own_valkey)
    await until(partial(knows, learns, session_id))
    await first.close()
    await second.close()


async def test_when_nobody_remembers_the_database_does(own_valkey: OwnValkey, db: Database, tenant: Tenant):
    ana, ben = await make_person(db, tenant), await make_person(db, tenant)
    async with db.as_service(tenant.id) as tx:
        await accounts.do_end_all_sessions(tx, ana.me.user_id, accounts.EndReason.revoked)

    async with Realtime.opened(own_valkey.url, db) as realtime:
        assert is_revoked(ana.me.session_id)
        assert not is_revoked(ben.me.session_id)
        valkey, revocations = await new_process(own_valkey)  # and a gateway learns it from the new list
        await until(partial(knows, revocations, ana.me.session_id))
        await valkey.close()
        assert await realtime.valkey.execute("ZSCORE", KEY, str(ana.me.session_id))


async def test_without_valkey_a_new_process_still_knows(db: Database, tenant: Tenant):
    ana = await make_person(db, tenant)
    async with db.as_service(tenant.id) as tx:
        await accounts.do_end_all_sessions(tx, ana.me.user_id, accounts.EndReason.revoked)
    async with Realtime.opened("redis://127.0.0.1:1/0", db):
        assert is_revoked(ana.me.session_id)
