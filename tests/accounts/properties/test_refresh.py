"""Made-up histories of one session: tabs, lost answers, long silences, and in some of them a thief with a copy.

Whoever is alone with their cookie is never logged out. Whoever shares it with a thief is not left sharing it.
"""

import random

import pytest

from meydan import tenants
from meydan.accounts import Authentication
from meydan.accounts.sessions import devices, refresh_tokens, sessions
from meydan.accounts.sessions.devices import ClientDevice
from meydan.kit.database import Database
from tests.accounts.test_signed_refreshes import BrowserKey
from tests.conftest import MovableClock
from tests.factories import Person, make_person

SEEDS = range(12)


async def begin(db: Database, person: Person, key: BrowserKey | None = None) -> str:
    async with db.as_service(person.tenant.id) as tx:
        row = await devices.do_record_device(tx, person.me.user_id, ClientDevice(person.me.client_device_id, "Firefox"))
        public = refresh_tokens.read_browser_key(key.public) if key else None
        return (
            await sessions.do_start(tx, person.me.user_id, row, "127.0.0.1", Authentication.password, public)
        ).refresh_token


async def refresh(db: Database, person: Person, token: str, key: BrowserKey | None = None) -> str | None:
    """The token to go on with; None when the session has ended."""
    signature = key.sign(refresh_tokens.digest(token)) if key else None
    async with db.as_service(person.tenant.id) as tx:
        opened = await sessions.do_refresh(tx, token, signature)
    return None if isinstance(opened, sessions.SessionEnded) else opened.refresh_token


@pytest.mark.parametrize("seed", SEEDS)
async def test_whoever_is_alone_is_never_logged_out(
    db: Database, tenant: tenants.Tenant, moving_clock: MovableClock, seed: int
):
    luck, person = random.Random(seed), await make_person(db, tenant)
    jar = await begin(db, person)
    for _ in range(40):
        moving_clock.forward(seconds=luck.choice([0, 1, 29, 31, 500, 3600, 20 * 24 * 3600]))
        sent = jar
        for tab in range(luck.choice([1, 1, 2, 5])):
            if tab:
                moving_clock.forward(seconds=luck.choice([0, 1, 5]))
            answer = await refresh(db, person, sent)  # every tab sends what was in the jar when it woke up
            assert answer is not None
            if tab or luck.random() < 0.7:  # else the answer is lost on its way, and asked for again at once
                jar = answer
        if jar == sent:
            moving_clock.forward(seconds=luck.choice([0, 2]))
            again = await refresh(db, person, sent)
            assert again is not None
            jar = again


@pytest.mark.parametrize("seed", range(6))
async def test_whoever_signs_is_not_logged_out_by_answers_lost_for_days(
    db: Database, tenant: tenants.Tenant, moving_clock: MovableClock, seed: int
):
    luck, person, key = random.Random(seed), await make_person(db, tenant), BrowserKey()
    jar, lost = await begin(db, person, key), 0
    for _ in range(40):
        moving_clock.forward(hours=luck.choice([0.01, 0.15, 5, 20, 36]))
        answer = await refresh(db, person, jar, key)
        assert answer is not None
        lost = lost + 1 if lost < 3 and luck.random() < 0.5 else 0
        if not lost:
            jar = answer


@pytest.mark.parametrize("seed", SEEDS)
async def test_a_thief_and_the_owner_do_not_both_go_on(
    db: Database, tenant: tenants.Tenant, moving_clock: MovableClock, seed: int
):
    luck, person = random.Random(seed), await make_person(db, tenant)
    owners = await begin(db, person)
    for _ in range(luck.randrange(4)):
        moving_clock.forward(seconds=luck.choice([31, 540]))
        owners = str(await refresh(db, person, owners))
    thiefs, ended = owners, False
    for _ in range(6):
        # Each is awake now and then, and never in the same half minute: the grace is what tabs of one browser need.
        for who in luck.sample(["owner", "thief"], 2):
            moving_clock.forward(seconds=luck.choice([31, 60, 540]))
            answer = await refresh(db, person, owners if who == "owner" else thiefs)
            if answer is None:
                ended = True
            elif who == "owner":
                owners = answer
            else:
                thiefs = answer
        if ended:
            break
    assert ended
    assert await refresh(db, person, owners) is None
    assert await refresh(db, person, thiefs) is None
