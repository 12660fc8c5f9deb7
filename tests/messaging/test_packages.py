"""Key packages are handed out once, to the two people of a conversation."""

import asyncio
from uuid import UUID, uuid4

import msgspec
import pytest

from meydan import accounts, tenants
from meydan.kit.database import Database
from meydan.kit.errors import NotFound
from meydan.kit.events import publish
from meydan.kit.identity import Identity
from meydan.messaging import packages
from tests.conftest import MovableClock
from tests.factories import make_person
from tests.messaging.conftest import Conversation
from tests.messaging.factories import commit, send


async def offer(db: Database, me: Identity, *bodies: bytes, fresh: bool = False) -> int:
    async with db.as_user(me) as tx:
        return await packages.do_add(tx, list(bodies), replace=fresh)


async def claim(db: Database, me: Identity, conversation_id: UUID) -> set[bytes]:
    async with db.as_user(me) as tx:
        return {package.package for package in await packages.do_consume(tx, conversation_id)}


def on_another_device(me: Identity) -> Identity:
    return msgspec.structs.replace(me, client_device_id=uuid4())


async def test_one_of_every_device_but_the_callers_own(db: Database, conversation: Conversation):
    phone = on_another_device(conversation.bora.me)
    await offer(db, conversation.ana.me, b"own")
    await offer(db, conversation.bora.me, b"laptop 1", b"laptop 2")
    await offer(db, phone, b"phone 1")
    assert await claim(db, conversation.ana.me, conversation.id) == {b"laptop 1", b"phone 1"}
    assert await claim(db, conversation.ana.me, conversation.id) == {b"laptop 2"}
    assert await claim(db, conversation.ana.me, conversation.id) == set()


async def test_no_package_is_handed_out_twice(db: Database, conversation: Conversation):
    await offer(db, conversation.bora.me, *(f"{n}".encode() for n in range(5)))
    claimed = await asyncio.gather(*(claim(db, conversation.ana.me, conversation.id) for _ in range(10)))
    handed = [body for bodies in claimed for body in bodies]
    assert len(handed) == len(set(handed))
    async with db.as_user(conversation.bora.me) as tx:
        assert await packages.count(tx) == 5 - len(handed)


async def test_only_founding_a_group_takes_packages(db: Database, conversation: Conversation):
    await offer(db, conversation.bora.me, b"1")
    await send(db, conversation.ana.me, commit(conversation.id, epoch=0))
    with pytest.raises(packages.GroupExists):
        await claim(db, conversation.ana.me, conversation.id)
    async with db.as_user(conversation.bora.me) as tx:
        assert await packages.count(tx) == 1


async def test_strangers_and_other_faces_get_none(db: Database, conversation: Conversation, tenant: tenants.Tenant):
    await offer(db, conversation.bora.me, b"1")
    await offer(db, conversation.shadows[1].me, b"of the shadow")
    for me in ((await make_person(db, tenant)).me, conversation.shadows[0].me, conversation.shadows[1].me):
        with pytest.raises(NotFound):
            await claim(db, me, conversation.id)
    assert await claim(db, conversation.ana.me, conversation.id) == {b"1"}


async def test_adding_again_changes_nothing_and_a_cleared_browser_starts_over(db: Database, conversation: Conversation):
    assert await offer(db, conversation.ana.me, b"1", b"2") == 2
    assert await offer(db, conversation.ana.me, b"2", b"3") == 3
    assert await offer(db, conversation.ana.me, b"new", fresh=True) == 1


async def test_a_hundred_are_kept(db: Database, conversation: Conversation):
    await offer(db, conversation.ana.me, *(f"a{n}".encode() for n in range(80)))
    assert await offer(db, conversation.ana.me, *(f"b{n}".encode() for n in range(80))) == packages.LIMIT_PER_DEVICE


async def test_a_large_one_is_refused(db: Database, conversation: Conversation):
    with pytest.raises(packages.KeyPackageTooLarge):
        await offer(db, conversation.ana.me, b"x" * 4097)


async def test_devices_that_stayed_away_are_added_to_no_group(
    db: Database, conversation: Conversation, moving_clock: MovableClock
):
    await offer(db, conversation.bora.me, b"long ago")
    moving_clock.forward(hours=24 * 31)
    await offer(db, on_another_device(conversation.bora.me), b"today")
    async with db.as_service(conversation.bora.me.tenant_id) as tx:
        await packages.do_purge_old(tx)
        assert await tx.all(bytes, "select body from app.key_packages where tenant_id = $1") == [b"today"]


async def test_a_forgotten_device_is_added_to_no_group(db: Database, conversation: Conversation):
    phone = on_another_device(conversation.bora.me)
    await offer(db, conversation.bora.me, b"laptop")
    await offer(db, phone, b"phone")
    async with db.as_service(conversation.bora.me.tenant_id) as tx:
        await publish(tx, accounts.DeviceForgotten(phone.user_id, phone.client_device_id))
    assert await claim(db, conversation.ana.me, conversation.id) == {b"laptop"}


async def test_one_browser_has_another_name_in_each_face(db: Database, conversation: Conversation):
    names = {
        packages.conversation_device_id(person.me.profile_id, conversation.ana.me.client_device_id)
        for person in (conversation.ana, conversation.shadows[0])
    }
    assert len(names) == 2
    assert conversation.ana.me.client_device_id not in names
