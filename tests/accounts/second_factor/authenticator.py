"""An authenticator app, and people who use one."""

from typing import Any

import httpx
import pyotp

from meydan.accounts.second_factor import recovery_codes, totp
from meydan.kit import clock
from meydan.kit.database import Database
from tests.accounts.conftest import PASSWORD, Somebody, device
from tests.conftest import MovableClock
from tests.factories import Person


class Authenticator:
    """What the person's phone keeps. It goes by the product's clock, as the server does."""

    def __init__(self, secret: str, moving_clock: MovableClock) -> None:
        self._totp, self._clock = pyotp.TOTP(secret), moving_clock

    def code(self, steps_away: int = 0) -> str:
        """The code of the present step, or of another one. The clock goes to the middle of a step, if it is at its edge."""
        into_step = clock.now().timestamp() % 30
        if not 5 <= into_step <= 20:
            self._clock.forward(seconds=(10 - into_step) % 30)
        return self._totp.at(clock.now(), counter_offset=steps_away)

    def next_code(self) -> str:
        """A code that was never used: the next step's, once it is there."""
        self._clock.forward(seconds=30)
        return self.code()


class Protected:
    """Somebody who has switched their second factor on."""

    def __init__(self, person: Somebody, authenticator: Authenticator, recovery_codes: list[str]) -> None:
        self.person, self.authenticator, self.recovery_codes = person, authenticator, recovery_codes

    @property
    def username(self) -> str:
        return str(self.person.me["username"])

    async def change(self, what: str, code: str, password: str = PASSWORD) -> httpx.Response:
        body = {"password": password, "code": code}
        return await self.person.client.post(f"/api/auth/second-factor/{what}", json=body)


async def begin(person: Somebody, password: str = PASSWORD) -> dict[str, Any]:
    begun = await person.client.post("/api/auth/second-factor", json={"password": password})
    assert begun.status_code == 201, begun.text
    return dict(begun.json())


async def protect(person: Somebody, moving_clock: MovableClock) -> Protected:
    begun = await begin(person)
    authenticator = Authenticator(begun["secret"], moving_clock)
    confirmed = await confirm(person, begun, authenticator.code())
    assert confirmed.status_code == 200, confirmed.text
    return Protected(person, authenticator, confirmed.json()["recovery_codes"])


async def confirm(person: Somebody, begun: dict[str, Any], code: str) -> httpx.Response:
    return await person.client.post("/api/auth/second-factor/confirm", json={"id": begun["id"], "code": code})


async def put_on(db: Database, person: Person) -> None:
    """As if the person had switched it on."""
    async with db.as_service(person.tenant.id) as tx:
        await totp.do_begin(tx, person.me.user_id)
        await recovery_codes.do_make(tx, person.me.user_id)
        await tx.run(
            "update app.totp_secrets set confirmed_at = app.now() where tenant_id = $1 and user_id = $2",
            person.me.user_id,
        )


async def first_step(client: httpx.AsyncClient, identifier: str, **more: Any) -> httpx.Response:
    """The log in as far as the password goes."""
    wanted = {"identifier": identifier, "device": device()} | ({} if "proof" in more else {"password": PASSWORD}) | more
    return await client.post("/api/auth/login", json=wanted)


async def challenge_of(client: httpx.AsyncClient, identifier: str, **more: Any) -> str:
    answer = await first_step(client, identifier, **more)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["challenge"])


async def second_step(client: httpx.AsyncClient, challenge: str, code: str) -> httpx.Response:
    return await client.post("/api/auth/login/second-factor", json={"challenge": challenge, "code": code})


def wrong(code: str) -> str:
    """Six digits that are not this code, nor likely its neighbours'."""
    return f"{(int(code) + 123_456) % 1_000_000:06}"
