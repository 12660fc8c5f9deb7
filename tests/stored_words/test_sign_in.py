"""Codes, proofs, sessions and keyed hashes open what they opened."""

from uuid import UUID, uuid4

import pytest

from meydan import (
    rooms,  # noqa: F401 -- registers every room's jobs and settings
)
from meydan.accounts import Browser, ClientDevice, LogInRequest, do_log_in
from meydan.accounts.former import contact_marks
from meydan.accounts.identifiers import Contact
from meydan.accounts.sessions import sessions
from meydan.accounts.sign_in import code_limits, login_throttle, otp
from meydan.integrations import Channel
from meydan.kit.errors import Refused
from meydan.kit.networks import network_of
from meydan.money.fraud import fingerprints
from tests.accounts.conftest import Postbox
from tests.stored_words.older import FACTS, TENANT, Moved

_TRIES = "attempts"
"""The column of ``login_attempts`` that counts."""

# Codes of an older program belong to no browser.
_ASKER = code_limits.Asker("127.0.0.1", "0" * 64)


async def test_codes_on_their_way_arrive_and_open(moved: Moved, postbox: Postbox):
    to = FACTS["codes"]["queued"]["to"]
    await moved.do_those_called("send_code")
    [message] = postbox.to(to)
    assert message.code is not None
    async with moved.db.as_service(TENANT) as tx:
        said = await otp.do_verify(tx, Contact(Channel.email, to), otp.Purpose.register, message.code, asker=_ASKER)
    assert isinstance(said, otp.Proof)


async def test_codes_that_were_tried_are_counted_on(moved: Moved):
    tried = FACTS["codes"]["tried"]
    address = Contact(Channel.sms, tried["to"], "TR")
    async with moved.db.as_service(TENANT) as tx:
        wrong = await otp.do_verify(
            tx, address, otp.Purpose.register, f"{(int(tried['code']) + 1) % 1_000_000:06}", asker=_ASKER
        )
        assert isinstance(wrong, otp.OtpWrong)
        assert wrong.extra["attempts_left"] == tried["attempts_left"] - 1
        assert isinstance(
            await otp.do_verify(tx, address, otp.Purpose.register, tried["code"], asker=_ASKER), otp.Proof
        )


async def test_a_proof_proves_what_it_did(moved: Moved):
    proved = FACTS["codes"]["proved"]
    async with moved.db.as_service(TENANT) as tx:
        assert (await otp.do_spend_proof(tx, proved["proof"], otp.Purpose.register)).value == proved["to"]


async def test_whoever_is_logged_in_stays_so(moved: Moved):
    for user_id, token in FACTS["refresh_tokens"].items():
        async with moved.db.as_service(TENANT) as tx:
            opened = await sessions.do_refresh(tx, token)
        assert isinstance(opened, sessions.Opened)
        assert opened.identity.user_id == UUID(user_id)


async def test_tries_are_counted_on(moved: Moved):
    logins = FACTS["logins"]

    async def counted() -> dict[tuple[str, bytes], int]:
        rows = await moved.owner.fetch(
            f"select scope, key, {_TRIES} as tries from app.login_attempts where scope <> 'code'"
        )
        return {(row["scope"], row["key"]): row["tries"] for row in rows}

    before = {(row["scope"], row["key"]): row["tries"] for row in moved.before.attempts}
    assert await counted() == before
    for person in (logins["known"], logins["unknown"]):
        device = ClientDevice(id=UUID(person.get("device") or str(uuid4())), name="A phone")
        with pytest.raises(Refused) as refused:
            await do_log_in(
                moved.db,
                TENANT,
                LogInRequest(person["identifier"], device, "not this one 2"),
                Browser(logins["address"], "0" * 64),
            )
        assert refused.value.code == "login_failed"
    async with moved.db.as_service(TENANT) as tx:
        await login_throttle.do_count_registration(tx, network_of("127.0.0.1"), 1000)
    assert await counted() == {row: tries + 1 for row, tries in before.items()}


async def test_contacts_cards_and_devices_are_recognised(moved: Moved):
    async with moved.db.as_service(TENANT) as tx:
        known = {contact_marks.contact_hash(tx, contact) for contact in FACTS["contacts"]}
        assert known == set(await tx.all(bytes, "select contact_hash from app.known_contacts where tenant_id = $1"))
        assert len(known) == len(moved.before.contacts)
        assert not known & set(moved.before.contacts), "the seal key alone makes none of them"
        held = await tx.all(
            str,
            """
            select coalesce(person.phone, person.email) from app.known_contacts known
            join app.users person on person.tenant_id = known.tenant_id and person.id = known.user_id
            where known.tenant_id = $1 and known.left_at is null
            """,
        )
        assert held
        assert set(held) <= set(FACTS["contacts"])
        for row in moved.before.marks:
            kind = fingerprints.FingerprintKind(row["kind"])
            value = (
                row["device_id"] if kind is fingerprints.FingerprintKind.device else FACTS["cards"].get(row["charge"])
            )
            if value is not None:
                assert fingerprints.fingerprint_of(tx, kind, value).mark == row["mark"]
