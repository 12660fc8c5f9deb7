"""Push messages: whom they reach, what they say, when they wait, and when there is none."""

import json
from datetime import timedelta
from uuid import UUID

import pytest

from meydan import messaging, notifications, tenants
from meydan.gateway import Gateway  # noqa: F401 -- registers the gateway's frames
from meydan.kit import clock
from meydan.kit.database import Database
from meydan.kit.identity import Role
from meydan.kit.realtime import Realtime
from meydan.kit.realtime.frames import channel_of_profile, channel_of_user, looking_channel, presence_key
from meydan.messaging import conversations
from meydan.notifications import Code, Receiver, push_sending
from meydan.notifications.push_preferences import PushDetail, PushKind, QuietHours
from tests.conftest import MovableClock
from tests.factories import Person, make_person, make_shadow
from tests.messaging.factories import open_between
from tests.notifications.pushing import Pushes, write

Two = tuple[Person, Person, UUID]


@pytest.fixture
async def two(db: Database, tenant: tenants.Tenant) -> Two:
    """Ada and Ben in a talk."""
    ada = await make_person(db, tenant, alias="Ada", language="en")
    ben = await make_person(db, tenant, alias="Ben", language="en")
    return ada, ben, await open_between(db, ada.me, ben.me)


async def test_a_message_calls_the_receiver_and_says_neither_who_nor_what(pushes: Pushes, db: Database, two: Two):
    ada, ben, talk = two
    await pushes.subscribe(ben)
    await write(db, ada, talk)
    [received] = await pushes.work(ben)
    shown = received.shown
    assert (shown["title"], shown["body"]) == ("A community", "You have a new message.")
    assert shown["to"] == f"/messages/{talk}"
    assert shown["profile"] == str(ben.me.profile_id)
    assert "Ada" not in str(shown)
    assert received.headers["urgency"] == "high"
    assert 0 < int(received.headers["ttl"]) <= 86_400
    assert str(talk) not in str(received.headers), "the push service learns of no conversation"
    assert ada.tenant.slug not in str(received.headers)


async def test_the_writers_own_browser_is_not_called(pushes: Pushes, db: Database, two: Two):
    ada, ben, talk = two
    await pushes.subscribe(ada)
    await write(db, ada, talk)
    assert await pushes.waiting(ben) == []


async def test_who_wants_names_reads_the_others_alias(pushes: Pushes, db: Database, two: Two):
    ada, ben, talk = two
    await pushes.subscribe(ben)
    for detail, body in (
        (PushDetail.names, "Ada wrote to you."),
        (PushDetail.kind, "You have a new message."),
        (PushDetail.nothing, "There is something new."),
    ):
        await pushes.prefer(ben, detail=detail)
        await write(db, ada, talk)
        [received] = await pushes.work(ben)
        assert received.shown["body"] == body


async def test_a_call_for_the_shadow_names_neither_face(pushes: Pushes, db: Database, two: Two):
    ada, ben, _ = two
    shadow = await make_shadow(db, ben, alias="Moth")
    talk = await open_between(db, ada.me, shadow.me)
    await pushes.subscribe(ben)
    await pushes.prefer(ben, detail=PushDetail.names)
    await write(db, ada, talk)
    [received] = await pushes.work(ben)
    assert (received.shown["title"], received.shown["body"]) == ("A community", "Ada wrote to you.")
    assert "Moth" not in str(received.shown)
    assert "Ben" not in str(received.shown)


async def test_many_messages_are_one_call(pushes: Pushes, db: Database, two: Two):
    ada, ben, talk = two
    await pushes.subscribe(ben)
    for _ in range(5):
        await write(db, ada, talk)
    assert len(await pushes.waiting(ben)) == 1
    [first] = await pushes.work(ben)
    await write(db, ada, talk)
    [second] = await pushes.work(ben)
    assert first.headers["topic"] == second.headers["topic"] == first.shown["tag"]


async def test_topics_of_two_browsers_have_nothing_in_common(pushes: Pushes, db: Database, two: Two):
    """A push service must not see that two of its endpoints belong to one person."""
    ada, ben, talk = two
    await pushes.subscribe(ben)
    await pushes.subscribe(await make_shadow(db, ben))
    await write(db, ada, talk)
    one, other = await pushes.work(ben)
    assert one.headers["topic"] != other.headers["topic"]


async def test_what_was_read_meanwhile_calls_nobody(pushes: Pushes, db: Database, two: Two):
    ada, ben, talk = two
    await pushes.subscribe(ben)
    sent = await write(db, ada, talk)
    async with db.as_user(ben.me) as tx:
        await conversations.do_mark_seen(tx, talk, read=sent.seq)
    assert await pushes.work(ben) == []


async def test_a_talk_that_is_over_calls_nobody(pushes: Pushes, db: Database, two: Two):
    ada, ben, talk = two
    await pushes.subscribe(ben)
    await write(db, ada, talk)
    async with db.as_service(ben.tenant.id) as tx:
        await messaging.do_close(tx, talk)
    assert await pushes.work(ben) == []


async def test_a_late_worker_calls_nobody_for_what_is_old(
    pushes: Pushes, db: Database, two: Two, moving_clock: MovableClock
):
    ada, ben, talk = two
    await pushes.subscribe(ben)
    await write(db, ada, talk)
    moving_clock.forward(hours=25)
    assert await pushes.work(ben) == []


async def test_a_rolled_back_message_calls_nobody(pushes: Pushes, db: Database, two: Two):
    ada, ben, talk = two
    await pushes.subscribe(ben)
    with pytest.raises(RuntimeError):
        async with db.as_user(ada.me) as tx:
            await push_sending.do_push(
                tx, [push_sending.PushReceiver(ben.me.user_id)], push_sending.Push(PushKind.message, "x", talk)
            )
            raise RuntimeError
    assert await pushes.waiting(ben) == []


class Sight:
    """Pages in sight, as a gateway reports them."""

    def __init__(self, realtime: Realtime) -> None:
        self._valkey = realtime.valkey

    async def set(self, channel: str, *, on: bool) -> None:
        key = presence_key(looking_channel(channel))
        arguments = ("arrive", 1, key, "", "a gateway", 40) if on else ("leave", 1, key, "", "a gateway")
        await self._valkey.execute("FCALL", *arguments)


@pytest.fixture
async def sight(valkey_url: str, db: Database):
    async with Realtime.opened(valkey_url, db) as opened:
        yield Sight(opened)


async def test_who_is_looking_is_not_called_unless_they_looked_away_without_reading(
    pushes: Pushes, db: Database, two: Two, sight: Sight
):
    ada, ben, talk = two
    face = channel_of_profile(ben.tenant.id, ben.me.profile_id)
    await pushes.subscribe(ben)
    await sight.set(face, on=True)
    await write(db, ada, talk)
    assert await pushes.work(ben) == []
    assert await pushes.waiting(ben) == [push_sending.LOOK_AGAIN]
    assert await pushes.work(ben) == []  # still looking a minute later: they see it
    assert await pushes.waiting(ben) == []
    await write(db, ada, talk)
    assert await pushes.work(ben) == []
    await sight.set(face, on=False)
    assert len(await pushes.work(ben)) == 1


async def test_a_message_for_the_other_face_is_not_seen_under_this_one(
    pushes: Pushes, db: Database, two: Two, sight: Sight
):
    ada, ben, _ = two
    shadow = await make_shadow(db, ben)
    talk = await open_between(db, ada.me, shadow.me)
    await pushes.subscribe(ben)
    await sight.set(channel_of_user(ben.tenant.id, ben.me.user_id), on=True)
    await sight.set(channel_of_profile(ben.tenant.id, ben.me.profile_id), on=True)
    await write(db, ada, talk)
    assert len(await pushes.work(ben)) == 1
    async with db.as_service(ben.tenant.id) as tx:
        await notifications.do_notify(tx, [Receiver(ben.me.user_id, shadow.me.profile_id)], Code.claim_approved)
    assert await pushes.work(ben) == []  # the bell counts for both faces


async def test_muted_kinds_do_not_call(pushes: Pushes, db: Database, two: Two):
    ada, ben, talk = two
    await pushes.subscribe(ben)
    await pushes.prefer(ben, muted=[PushKind.message])
    await write(db, ada, talk)
    assert await pushes.work(ben) == []
    async with db.as_service(ben.tenant.id) as tx:
        await notifications.do_notify(tx, [Receiver(ben.me.user_id)], Code.new_device, device_name="A tablet")
    [received] = await pushes.work(ben)
    assert (received.shown["body"], received.shown["to"]) == ("There is news of your account.", "/notifications")
    assert "tablet" not in str(received.shown)


async def test_in_quiet_hours_a_call_waits_for_their_end_and_comes_once(
    pushes: Pushes, db: Database, tenant: tenants.Tenant, moving_clock: MovableClock
):
    moving_clock.forward_to(20)  # 23:00 in Istanbul
    moving_clock.forward(minutes=30)
    ada, ben = await make_person(db, tenant), await make_person(db, tenant)
    talk = await open_between(db, ada.me, ben.me)
    await pushes.subscribe(ben)
    await pushes.prefer(ben, quiet_hours=QuietHours(23 * 60, 7 * 60, "Europe/Istanbul"))
    for _ in range(3):
        await write(db, ada, talk)
        assert await pushes.work(ben) == []
        [delay] = await pushes.waiting(ben)
        assert timedelta(hours=7) < delay <= timedelta(hours=8)
    moving_clock.forward(hours=8)
    assert len(await pushes.work(ben)) == 1


async def test_what_is_over_by_morning_does_not_wait(
    pushes: Pushes, db: Database, tenant: tenants.Tenant, moving_clock: MovableClock
):
    moving_clock.forward_to(21)
    ada, ben = await make_person(db, tenant), await make_person(db, tenant)
    talk = await open_between(db, ada.me, ben.me, hours=2)
    await pushes.subscribe(ben)
    await pushes.prefer(ben, quiet_hours=QuietHours(23 * 60, 7 * 60, "Europe/Istanbul"))
    await write(db, ada, talk)
    assert await pushes.work(ben) == []
    assert await pushes.waiting(ben) == []


async def test_both_are_called_to_a_match_that_they_do_not_see(pushes: Pushes, db: Database, two: Two):
    ada, ben, talk = two
    await pushes.subscribe(ben)
    async with db.as_service(ben.tenant.id) as tx:
        receivers = [Receiver(ben.me.user_id, ben.me.profile_id)]
        await notifications.do_notify(tx, receivers, Code.match_made, seen=True, match_id=talk, conversation_id=talk)
    [received] = await pushes.work(ben)
    assert received.shown["body"] == "You met somebody. The talk is open."
    assert received.shown["to"] == f"/messages/{talk}"
    assert ada.alias not in str(received.shown)


async def test_news_that_was_read_calls_nobody(pushes: Pushes, db: Database, tenant: tenants.Tenant):
    ben = await make_person(db, tenant, role=Role.owner)
    await pushes.subscribe(ben)
    async with db.as_service(tenant.id) as tx:
        await notifications.do_notify(tx, [Receiver(ben.me.user_id)], Code.reports_wait, until=clock.now())
    async with db.as_user(ben.me) as tx:
        await tx.run("update app.notifications set read_at = app.now() where tenant_id = $1")
    assert await pushes.work(ben) == []


async def test_a_service_that_is_busy_is_asked_again_later_and_not_for_ever(pushes: Pushes, db: Database, two: Two):
    ada, ben, talk = two
    await pushes.subscribe(ben)
    await write(db, ada, talk)
    pushes.service.instead.append((429, {"Retry-After": "600"}))
    assert await pushes.work(ben) == []
    assert await pushes.waiting(ben) == [timedelta(minutes=10)]
    waits = []
    while await pushes.waiting(ben):
        pushes.service.instead.append((503, {}))
        assert await pushes.work(ben) == []
        waits += await pushes.waiting(ben)
    assert waits == push_sending.WAITS[1:]


async def test_a_subscription_that_its_service_forgot_is_deleted(pushes: Pushes, db: Database, two: Two):
    ada, ben, talk = two
    pushes.service.end(await pushes.subscribe(ben))
    await write(db, ada, talk)
    assert await pushes.work(ben) == []
    assert not await pushes.is_subscribed(ben)
    await write(db, ada, talk)
    assert await pushes.waiting(ben) == []


async def test_another_sessions_browser_is_called_too_and_each_by_itself(pushes: Pushes, db: Database, two: Two):
    ada, ben, talk = two
    phone = await pushes.subscribe(ben)
    tablet = await pushes.subscribe(await make_shadow(db, ben))
    pushes.service.end(phone)
    await write(db, ada, talk)
    [received] = await pushes.work(ben)
    assert received.browser is tablet


async def test_the_words_are_in_the_persons_language(pushes: Pushes, db: Database, tenant: tenants.Tenant):
    ada, ben = await make_person(db, tenant), await make_person(db, tenant, language="tr")
    talk = await open_between(db, ada.me, ben.me)
    await pushes.subscribe(ben)
    await write(db, ada, talk)
    [received] = await pushes.work(ben)
    assert (received.shown["body"], received.shown["lang"]) == ("Yeni bir mesajın var.", "tr")
    assert json.loads(received.plain.rstrip()) == received.shown
    assert len(received.plain) == 1024
