"""Made-up histories of an authenticator: late and early codes, codes typed again, a server's clock that jumps.

A code is right exactly when its step is at most one away and was not accepted before.
"""

import random

import pyotp
import pytest

from meydan import tenants
from meydan.accounts.second_factor import totp
from meydan.accounts.second_factor.totp import CodeCheck
from meydan.kit import clock
from meydan.kit.database import Database
from tests.conftest import MovableClock
from tests.factories import make_person


@pytest.mark.parametrize("seed", range(3))
async def test_each_step_is_accepted_once(db: Database, tenant: tenants.Tenant, moving_clock: MovableClock, seed: int):
    luck, person = random.Random(seed), await make_person(db, tenant)
    moving_clock.forward(seconds=(15 - clock.now().timestamp()) % 30)
    async with db.as_service(tenant.id) as tx:
        new = await totp.do_begin(tx, person.me.user_id)
        app = pyotp.TOTP(new.secret)
        accepted = {app.timecode(clock.now())}
        assert await totp.do_confirm(tx, person.me.user_id, new.id, app.at(clock.now())) is CodeCheck.right
    for _ in range(50):
        # In the middle of a step, so that it is the same one when the server looks.
        jump = luck.choice([0, 0, 30, 60, -30, -90, 3600, -3600])
        moving_clock.forward(seconds=(15 - clock.now().timestamp()) % 30 + jump)
        steps_away = luck.choice([-3, -2, -1, -1, 0, 0, 0, 1, 1, 2])
        step = app.timecode(clock.now()) + steps_away
        async with db.as_service(tenant.id) as tx:
            check = await totp.do_accept(tx, person.me.user_id, app.generate_otp(step))
        if abs(steps_away) > 1:
            assert check is CodeCheck.wrong
        elif step in accepted:
            assert check is CodeCheck.used
        else:
            assert check is CodeCheck.right
            accepted.add(step)
    assert len(accepted) > 10
