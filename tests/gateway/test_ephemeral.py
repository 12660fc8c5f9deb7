"""Presence and typing: for those who were given a grant, and nobody else."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from meydan.gateway import ephemeral
from meydan.gateway import presence as gateway_presence
from meydan.kit.realtime import do_revoke, presence, user_present
from meydan.kit.realtime.frames import channel_of_profile, presence_key
from tests.waiting import until


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(gateway_presence, "LINGER", 0.1)


async def test_a_stranger_comes_and_goes(connect, ada, ben, realtime):
    conversation, watching = uuid4(), await connect(ada)
    watching.say(t="watch", grant=ada.grant_for(ben, conversation))
    away = {"t": "presence", "conversation_id": str(conversation), "online": False, "last_seen_at": None}
    assert await watching.hear("presence") == away
    stranger = await connect(ben)
    came = await watching.hear("presence")
    assert came["online"]
    second_tab = await connect(ben)
    stranger.vanish()
    await watching.hears_nothing_for(0.3)
    second_tab.vanish()
    left = await watching.hear("presence")
    assert not left["online"]
    last_seen = datetime.fromisoformat(left["last_seen_at"])
    assert last_seen.second == 0
    assert datetime.now(UTC) - last_seen < timedelta(minutes=2)


async def test_who_is_here_is_known_to_the_server(connect, ada, ben, realtime):
    profile, user, tenant = ada.identity.profile_id, ada.identity.user_id, ada.identity.tenant_id
    client = await connect(ada)

    async def is_here() -> bool:
        return (await presence(tenant, [profile]))[profile].online and (await user_present(tenant, [user]))[user]

    async def is_gone() -> bool:
        return not (await user_present(tenant, [user]))[user]

    await until(is_here)
    assert not (await presence(tenant, [ben.identity.profile_id]))[ben.identity.profile_id].online
    assert await user_present(tenant, [user, ben.identity.user_id]) == {user: True, ben.identity.user_id: False}
    client.vanish()
    await until(is_gone)
    assert (await presence(tenant, [profile]))[profile].last_seen_at is not None


async def test_a_gateway_that_was_killed_says_no_good_bye_and_is_noticed(
    connect, start_gateway, ada, ben, realtime, monkeypatch
):
    """The dead gateway's field expires without a message; watching gateways read presence again."""
    monkeypatch.setattr(ephemeral, "REFRESH_EVERY", 0.2)
    key = presence_key(channel_of_profile(ben.identity.tenant_id, ben.identity.profile_id))
    watching = await connect(ada, to=await start_gateway())
    await realtime.valkey.execute("FCALL", "arrive", 1, key, "", "a gateway that dies", 1)
    watching.say(t="watch", grant=ada.grant_for(ben, uuid4()))
    assert (await watching.hear("presence"))["online"]
    assert not (await watching.hear("presence"))["online"]


async def test_typing_reaches_the_stranger_and_nobody_else(connect, ada, ben, person):
    conversation = uuid4()
    typing, stranger, other = await connect(ada), await connect(ben), await connect(person())
    typing.say(t="watch", grant=ada.grant_for(ben, conversation))
    await typing.hear("presence")
    typing.say(t="typing", conversation_id=str(conversation), on=True)
    assert await stranger.hear("typing") == {"t": "typing", "conversation_id": str(conversation), "on": True}
    await other.hears_nothing()
    await typing.hears_nothing()


async def test_without_a_grant_nothing_ephemeral_is_sent(connect, ada, ben):
    typing, stranger = await connect(ada), await connect(ben)
    typing.say(t="typing", conversation_id=str(uuid4()), on=True)
    await typing.hears_nothing()
    await stranger.hears_nothing()


@pytest.mark.parametrize("spoil", ["of another person", "made up", "of another community", "of the other face"])
async def test_a_grant_that_is_not_mine_is_refused(connect, ada, ben, person, spoil: str):
    import msgspec

    third = person()
    if spoil == "of another community":
        third.identity = msgspec.structs.replace(ada.identity, tenant_id=ada.identity.tenant_id + 1)
    if spoil == "of the other face":
        third.identity = msgspec.structs.replace(ada.identity, profile_id=uuid4())
    grant = "bWFkZSB1cA" if spoil == "made up" else third.grant_for(ben, uuid4())
    client = await connect(ada)
    client.say(t="watch", grant=grant)
    await client.hear("grant_rejected")


async def test_a_grant_ends_by_itself(connect, ada, ben, moving_clock):
    conversation, client, stranger = uuid4(), await connect(ada), await connect(ben)
    client.say(t="watch", grant=ada.grant_for(ben, conversation, lasting=timedelta(minutes=1)))
    await client.hear("presence")
    moving_clock.forward(minutes=2)
    client.say(t="typing", conversation_id=str(conversation), on=True)
    await client.hears_nothing()
    await stranger.hears_nothing()
    client.say(t="watch", grant=ada.grant_for(ben, conversation))
    await client.hear("presence")
    client.say(t="typing", conversation_id=str(conversation), on=True)
    await stranger.hear("typing")


async def test_a_closed_conversation_ends_its_grants_at_once(connect, gateway, ada, ben, realtime, db):
    conversation, client, stranger = uuid4(), await connect(ada), await connect(ben)

    async def heard() -> bool:
        return conversation in gateway.hub.revocations

    client.say(t="watch", grant=ada.grant_for(ben, conversation))
    await client.hear("presence")
    async with db.as_user(ada.identity) as tx:
        await do_revoke(tx, conversation)
    await until(heard)
    client.say(t="typing", conversation_id=str(conversation), on=True)
    await client.hears_nothing()
    await stranger.hears_nothing()
    client.say(t="watch", grant=ada.grant_for(ben, conversation))
    await client.hear("grant_rejected")


async def test_who_looks_away_hears_no_more(connect, ada, ben):
    conversation, client = uuid4(), await connect(ada)
    client.say(t="watch", grant=ada.grant_for(ben, conversation))
    await client.hear("presence")
    client.say(t="unwatch", conversation_id=str(conversation))
    client.say(t="hello", token=ada.token())
    await client.hear("ready")
    await connect(ben)
    await client.hears_nothing()


async def test_the_other_face_comes_as_somebody_else(connect, ada, ben):
    """Ada puts her shadow on: whoever watches her real profile sees it leave, and a grant of the real one sends nothing any more."""
    conversation, shadow = uuid4(), uuid4()
    client, watching = await connect(ada), await connect(ben)
    client.say(t="watch", grant=ada.grant_for(ben, conversation))
    assert (await client.hear("presence"))["online"]
    watching.say(t="watch", grant=ben.grant_for(ada, conversation))
    assert (await watching.hear("presence"))["online"]
    client.say(t="hello", token=ada.token(profile_id=shadow, face="shadow"))
    await client.hear("ready")
    assert not (await watching.hear("presence"))["online"]
    client.say(t="typing", conversation_id=str(conversation), on=True)
    client.say(t="hello", token=ada.token(profile_id=shadow, face="shadow"))
    await client.hear("ready")
    await watching.hears_nothing()
