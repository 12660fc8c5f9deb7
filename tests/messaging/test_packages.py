"""Key packages are handed out once, to the two people of a conversation."""

import asyncio
import base64
from uuid import UUID, uuid4

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from litestar import Litestar

from meydan import accounts, messaging, tenants
from meydan.kit.database import Database
from meydan.kit.errors import NotFound
from meydan.kit.events import publish
from meydan.kit.identity import Identity
from meydan.messaging import identity_keys, packages
from tests.conftest import MovableClock
from tests.factories import make_person
from tests.messaging.conftest import Conversation
from tests.messaging.factories import (
    claim,
    commit,
    identity_of,
    key_package,
    name_of,
    offer,
    open_between,
    send,
    set_identity,
)


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


async def test_a_person_who_offers_none_costs_the_caller_none(db: Database, conversation: Conversation):
    laptop = on_another_device(conversation.ana.me)
    await offer(db, laptop, b"laptop")
    for _ in range(packages.CLAIMS_PER_CONVERSATION + 1):
        assert await claim(db, conversation.ana.me, conversation.id) == set()
    await offer(db, conversation.bora.me, b"phone")
    assert await claim(db, conversation.ana.me, conversation.id) == {b"laptop", b"phone"}


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
    for stale in (0, 2):
        with pytest.raises(packages.GroupExists):
            await claim(db, conversation.ana.me, conversation.id, stale)
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
        await offer(db, conversation.ana.me, b"x" * 4096)


async def test_devices_that_stayed_away_are_added_to_no_group(
    db: Database, conversation: Conversation, moving_clock: MovableClock
):
    await offer(db, conversation.bora.me, b"long ago")
    moving_clock.forward(hours=24 * 31)
    await offer(db, on_another_device(conversation.bora.me), b"today")
    async with db.as_service(conversation.bora.me.tenant_id) as tx:
        await packages.do_purge_old(tx)
        bodies = await tx.all(bytes, "select body from app.key_packages where tenant_id = $1")
    assert [name_of(body) for body in bodies] == [b"today"]


async def test_a_forgotten_device_is_added_to_no_group(db: Database, conversation: Conversation):
    phone = on_another_device(conversation.bora.me)
    await offer(db, conversation.bora.me, b"laptop")
    await offer(db, phone, b"phone")
    async with db.as_service(conversation.bora.me.tenant_id) as tx:
        await publish(tx, accounts.DeviceForgotten(phone.user_id, phone.client_device_id))
    assert await claim(db, conversation.ana.me, conversation.id) == {b"laptop"}


async def test_a_device_without_a_session_is_added_to_no_group(
    db: Database, app: Litestar, conversation: Conversation, tenant: tenants.Tenant
):
    """Of both faces, once its last session has ended; other devices keep theirs."""
    bora = conversation.bora.me
    shadow = msgspec.structs.replace(conversation.shadows[1].me, client_device_id=bora.client_device_id)
    await offer(db, bora, b"laptop")
    await offer(db, shadow, b"laptop of the shadow")
    await offer(db, on_another_device(bora), b"phone")

    async def left_after(session_id: UUID) -> list[bytes]:
        async with conversation.bora.client(app) as client:
            assert (await client.delete(f"/api/auth/sessions/{session_id}")).status_code == 204
        async with db.as_service(tenant.id) as tx:
            bodies = await tx.all(bytes, "select body from app.key_packages where tenant_id = $1 order by id")
        return [name_of(body) for body in bodies]

    everything = [b"laptop", b"laptop of the shadow", b"phone"]
    assert await left_after(shadow.session_id) == everything, "the same browser is logged in once more"
    assert await left_after(bora.session_id) == [b"phone"]


async def test_packages_are_handed_out_only_while_the_talk_is_open(
    db: Database, conversation: Conversation, moving_clock: MovableClock
):
    await offer(db, conversation.bora.me, b"1", b"2")
    async with db.as_user(conversation.bora.me) as tx:
        await messaging.do_close(tx, conversation.id)
    with pytest.raises(messaging.ConversationClosed):
        await claim(db, conversation.ana.me, conversation.id)
    second = await open_between(db, conversation.ana.me, conversation.bora.me, hours=1)
    moving_clock.forward(hours=2)
    with pytest.raises(messaging.ConversationClosed):
        await claim(db, conversation.ana.me, second)


async def test_one_person_takes_so_many_in_one_talk(db: Database, conversation: Conversation):
    """Counted by person, whatever session asks; another talk and the other side have their own count."""
    await offer(db, conversation.bora.me, *(f"{n}".encode() for n in range(packages.CLAIMS_PER_CONVERSATION + 5)))
    for _ in range(3):
        assert await claim(db, conversation.bora.me, conversation.id) == set(), "taking nothing costs nothing"
    for _ in range(packages.CLAIMS_PER_CONVERSATION):
        assert len(await claim(db, conversation.ana.me, conversation.id)) == 1
    for me in (conversation.ana.me, on_another_device(conversation.ana.me)):
        with pytest.raises(packages.KeyPackageClaimsSpent):
            await claim(db, me, conversation.id)
    second = await open_between(db, conversation.ana.me, conversation.bora.me)
    assert len(await claim(db, conversation.ana.me, second)) == 1


async def test_a_package_that_the_identity_did_not_sign_is_refused(db: Database, conversation: Conversation):
    ana, bora = conversation.ana.me, conversation.bora.me
    await set_identity(db, ana)
    stranger = Ed25519PrivateKey.generate()
    genuine = key_package(ana, b"own")
    of_the_shadow = key_package(conversation.shadows[0].me, b"shadow")
    of_another_device = key_package(on_another_device(ana), b"phone")
    forged = genuine[:-80] + bytes(64) + genuine[-16:]
    for package in (
        b"nonsense",
        genuine[:40],
        key_package(ana, b"own", signed_by=stranger),
        key_package(bora, b"bora's"),
        of_the_shadow,
        of_another_device,
        forged,
    ):
        with pytest.raises(identity_keys.KeyPackageUnsigned):
            async with db.as_user(ana) as tx:
                await packages.do_add(tx, [genuine, package], replace=False)
    with pytest.raises(identity_keys.KeyPackageUnsigned):  # nobody has set an identity key yet
        async with db.as_user(bora) as tx:
            await packages.do_add(tx, [key_package(bora, b"own")], replace=False)


async def test_a_new_identity_takes_the_packages_of_the_old_one_along(db: Database, conversation: Conversation):
    ana = conversation.ana.me
    await offer(db, ana, b"laptop")
    await offer(db, on_another_device(ana), b"phone")
    old, new = (
        key.public_key().public_bytes_raw() for key in (identity_of(ana.profile_id), Ed25519PrivateKey.generate())
    )
    for replaces in (None, new):
        with pytest.raises(identity_keys.IdentityReplacedElsewhere):
            async with db.as_user(ana) as tx:
                await identity_keys.do_set(tx, identity_keys.SetIdentityKeyRequest(new, replaces))
    async with db.as_user(ana) as tx:
        await identity_keys.do_set(tx, identity_keys.SetIdentityKeyRequest(new, old))
        assert await identity_keys.my_identity_key(tx) == new
    rows = await db.relay.fetch("select user_id, payload from app.outbox where tenant_id = $1", ana.tenant_id)
    told = [row for row in rows if '"t":"identity_replaced"' in row["payload"]]
    assert [row["user_id"] for row in told] == [ana.user_id] * 2
    assert base64.b64encode(new).decode() in told[-1]["payload"]
    assert await claim(db, conversation.bora.me, conversation.id) == set()


async def test_a_sealed_identity_waits_ten_minutes_for_another_browser_of_its_face(
    db: Database, conversation: Conversation, moving_clock: MovableClock
):
    ana, shadow = conversation.ana.me, conversation.shadows[0].me
    async with db.as_user(ana) as tx:
        await identity_keys.do_offer(tx, b"first")
        await identity_keys.do_offer(tx, b"second")
    async with db.as_user(on_another_device(ana)) as tx:
        assert (await identity_keys.offered(tx)).body == b"second"
    for me in (shadow, conversation.bora.me):
        async with db.as_user(me) as tx:
            await identity_keys.do_withdraw(tx)
            with pytest.raises(NotFound):
                await identity_keys.offered(tx)
    moving_clock.forward(minutes=11)
    async with db.as_user(ana) as tx:
        with pytest.raises(NotFound):
            await identity_keys.offered(tx)
    async with db.as_service(ana.tenant_id) as tx:
        await identity_keys.do_purge_transfers(tx)
        assert await tx.one(int, "select count(*) from app.identity_transfers where tenant_id = $1") == 0


async def test_one_browser_has_another_name_in_each_face(db: Database, conversation: Conversation):
    names = {
        packages.conversation_device_id(person.me.profile_id, conversation.ana.me.client_device_id)
        for person in (conversation.ana, conversation.shadows[0])
    }
    assert len(names) == 2
    assert conversation.ana.me.client_device_id not in names
