"""Pages in sight: the server knows of them, for the face that they show, and forgets them at once."""

from uuid import uuid4

from meydan.kit.identity import Face
from meydan.kit.realtime import is_looking
from tests.gateway.conftest import Person
from tests.waiting import until


async def sees(person: Person) -> tuple[bool, bool]:
    """Whether the user looks at all, and under the face of their first token."""
    me = person.identity
    return (
        await is_looking(me.tenant_id, me.user_id, None),
        await is_looking(me.tenant_id, me.user_id, me.profile_id),
    )


async def comes(person: Person, *expected: bool) -> None:
    async def is_so() -> bool:
        return await sees(person) == expected

    await until(is_so)


async def test_a_connection_alone_looks_at_nothing(connect, ada, realtime):
    client = await connect(ada)
    await client.hears_nothing()
    assert await sees(ada) == (False, False)


async def test_one_page_in_sight_is_enough_and_the_last_one_counts(connect, ada, realtime):
    one, other = await connect(ada), await connect(ada)
    one.say(t="looking", on=True)
    one.say(t="looking", on=True)  # said twice counts once
    other.say(t="looking", on=True)
    await comes(ada, True, True)
    one.say(t="looking", on=False)
    await one.hears_nothing()
    assert await sees(ada) == (True, True)
    other.say(t="looking", on=False)
    await comes(ada, False, False)


async def test_a_page_that_is_closed_or_lost_sees_nothing_more(connect, ada, realtime):
    client = await connect(ada)
    client.say(t="looking", on=True)
    await comes(ada, True, True)
    client.vanish()
    await comes(ada, False, False)


async def test_another_face_takes_the_sight_along(connect, ada, realtime):
    client = await connect(ada)
    client.say(t="looking", on=True)
    await comes(ada, True, True)
    client.say(t="hello", token=ada.token(profile_id=uuid4(), face=Face.shadow))
    await comes(ada, True, False)
    client.say(t="looking", on=False)
    await comes(ada, False, False)


async def test_strangers_learn_nothing_of_it(connect, ada, ben, realtime):
    watching = await connect(ada)
    client = await connect(ben)
    watching.say(t="watch", grant=ada.grant_for(ben, uuid4()))
    assert (await watching.hear("presence"))["online"]
    client.say(t="looking", on=True)
    await comes(ben, True, True)
    await watching.hears_nothing()
