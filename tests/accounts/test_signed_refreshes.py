"""A browser's signature: it brings back an answer that was lost long ago, and helps nobody who copied the token."""

import base64
from hashlib import sha256

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from litestar import Litestar

from meydan import tenants
from tests.accounts.conftest import PASSWORD, Arrive, Somebody, code, device, form
from tests.conftest import MovableClock, open_client


def in_url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


class BrowserKey:
    """A key as WebCrypto makes and uses it."""

    def __init__(self) -> None:
        self._private = ec.generate_private_key(ec.SECP256R1())
        self.public = in_url(self._private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))

    def sign(self, digest: str) -> str:
        encoded = self._private.sign(f"meydan refresh {digest}".encode(), ec.ECDSA(SHA256()))
        return in_url(b"".join(half.to_bytes(32) for half in decode_dss_signature(encoded)))


class Jar:
    """Cookies of a browser, as a response sets them and as a request takes them along."""

    def __init__(self, client: httpx.AsyncClient, key: BrowserKey) -> None:
        self.client, self.key = client, key
        self.token = self.digest = ""

    def take(self, response: httpx.Response) -> None:
        assert response.status_code in {200, 201}, response.text
        self.token, self.digest = response.cookies["meydan_refresh"], response.cookies["meydan_refresh_digest"]

    async def refresh(self, signature: str | None = None) -> httpx.Response:
        """Asks with a signature, and keeps nothing of the answer."""
        return await refresh(self.client, self.token, signature or self.key.sign(self.digest))


async def refresh(client: httpx.AsyncClient, token: str, signature: str | None) -> httpx.Response:
    client.cookies.clear()
    return await client.post(
        "/api/auth/refresh", headers={"Cookie": f"meydan_refresh={token}"}, json={"signature": signature}
    )


@pytest.fixture
async def jar(app: Litestar, tenant: tenants.Tenant):
    """A browser in which somebody has just registered."""
    async with open_client(app, tenant) as client:
        jar = Jar(client, BrowserKey())
        jar.take(await client.post("/api/auth/register", json=form(browser_key=jar.key.public)))
        yield jar


async def test_the_client_reads_the_digest_and_not_the_token(jar: Jar):
    assert jar.digest == in_url(sha256(jar.token.encode()).digest())
    response = await jar.refresh()
    token, digest = response.headers.get_list("set-cookie")
    assert "HttpOnly" in token
    assert "HttpOnly" not in digest
    for wanted in ("Path=/;", "SameSite=strict"):
        assert wanted in digest


async def test_an_answer_lost_yesterday_comes_again(jar: Jar, moving_clock: MovableClock):
    moving_clock.forward(minutes=9)
    lost = await jar.refresh()
    moving_clock.forward(hours=30)
    again = await jar.refresh()
    assert again.cookies["meydan_refresh"] == lost.cookies["meydan_refresh"]
    # The long grace stops no rotation: the successor moves on at once, and is replayed likewise.
    jar.take(again)
    lost = await jar.refresh()
    assert lost.cookies["meydan_refresh"] != jar.token
    moving_clock.forward(hours=24 * 6)
    jar.take(await jar.refresh())
    assert jar.token == lost.cookies["meydan_refresh"]


async def test_whoever_logs_in_gives_a_key_as_well(jar: Jar, arrive: Arrive, moving_clock: MovableClock):
    person = await arrive()
    wanted = {"identifier": person.me["username"], "password": PASSWORD, "device": device()}
    jar.take(await jar.client.post("/api/auth/login", json=wanted | {"browser_key": jar.key.public}))
    moving_clock.forward(minutes=9)
    lost = await jar.refresh()
    moving_clock.forward(minutes=9)
    assert (await jar.refresh()).cookies["meydan_refresh"] == lost.cookies["meydan_refresh"]


@pytest.mark.parametrize("signed_by", ["nothing", "another key", "the right key, over another token", "rubbish"])
async def test_a_copy_of_the_token_has_the_half_minute_only(jar: Jar, moving_clock: MovableClock, signed_by: str):
    signature = {
        "nothing": None,
        "another key": BrowserKey().sign(jar.digest),
        "the right key, over another token": jar.key.sign(in_url(sha256(b"another").digest())),
        "rubbish": "-",
    }[signed_by]
    moving_clock.forward(minutes=9)
    owners = await jar.refresh()
    moving_clock.forward(seconds=29)
    copied = await refresh(jar.client, jar.token, signature)
    assert copied.cookies["meydan_refresh"] == owners.cookies["meydan_refresh"]
    moving_clock.forward(seconds=2)
    ended = await refresh(jar.client, jar.token, signature)
    assert (code(ended), ended.json()["reason"]) == ("session_ended", "token_reuse")
    assert code(await refresh(jar.client, owners.cookies["meydan_refresh"], None)) == "session_ended"


@pytest.mark.parametrize("pause", [5, 40])
async def test_a_successor_that_was_used_is_not_replayed(jar: Jar, moving_clock: MovableClock, pause: int):
    """Within the half minute it was presented; after it, it has rotated."""
    moving_clock.forward(minutes=9)
    successor = (await jar.refresh()).cookies["meydan_refresh"]
    moving_clock.forward(seconds=pause)
    assert (await refresh(jar.client, successor, None)).status_code == 200
    moving_clock.forward(seconds=31)
    assert code(await jar.refresh()) == "session_ended"


async def test_the_signature_lengthens_the_grace_to_a_week(jar: Jar, moving_clock: MovableClock):
    moving_clock.forward(minutes=9)
    await jar.refresh()
    moving_clock.forward(hours=24 * 7 + 1)
    assert code(await jar.refresh()) == "session_ended"


async def test_two_tabs_without_locks_and_a_cookie_that_comes_late(jar: Jar, moving_clock: MovableClock):
    moving_clock.forward(minutes=9)
    first, second = await jar.refresh(), await jar.refresh()  # both tabs sent what was in the jar
    assert first.cookies["meydan_refresh"] == second.cookies["meydan_refresh"]
    jar.take(first)
    moving_clock.forward(minutes=8)
    newest = await jar.refresh()
    jar.take(newest)
    jar.take(second)  # its answer was on its way for eight minutes, and puts the old cookies back
    moving_clock.forward(minutes=8)
    jar.take(await jar.refresh())
    assert jar.token == newest.cookies["meydan_refresh"]
    moving_clock.forward(minutes=8)
    assert (await jar.refresh()).status_code == 200


async def test_a_thief_who_was_quicker_is_found_out_although_the_owner_signs(jar: Jar, moving_clock: MovableClock):
    moving_clock.forward(minutes=9)
    thiefs = (await refresh(jar.client, jar.token, None)).cookies["meydan_refresh"]
    moving_clock.forward(minutes=2)
    jar.take(await jar.refresh())
    assert jar.token == thiefs
    moving_clock.forward(minutes=2)
    jar.take(await jar.refresh())
    moving_clock.forward(minutes=2)
    assert code(await refresh(jar.client, thiefs, None)) == "session_ended"
    assert code(await jar.refresh()) == "session_ended"


@pytest.mark.parametrize("key", ["", "x", "A" * 87, in_url(b"\x04" + bytes(64)), "*" * 88])
async def test_a_key_that_is_none_is_refused(browser: httpx.AsyncClient, key: str):
    assert code(await browser.post("/api/auth/register", json=form(browser_key=key))) == "browser_key_invalid"


async def test_a_session_lasts_a_year_however_often_it_is_used(arrive: Arrive, moving_clock: MovableClock):
    person: Somebody = await arrive()
    for _ in range(14):
        moving_clock.forward(hours=24 * 25)
        assert (await person.client.post("/api/auth/refresh")).status_code == 200
    moving_clock.forward(hours=24 * 16)
    ended = await person.client.post("/api/auth/refresh")
    assert (code(ended), ended.json()["reason"]) == ("session_ended", "absolute")
