"""Whisper grants: sealed, because they name somebody whom their holder may not know."""

import base64
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import msgspec
import pytest

from meydan.kit.realtime import Grant, GrantRefused, read_grant, sign_grant

KEYS = ("k" * 40,)


def grant(lasting: timedelta = timedelta(minutes=10)) -> Grant:
    expires_at = (datetime.now(UTC) + lasting).replace(microsecond=0)
    return Grant(3, uuid4(), uuid4(), uuid4(), uuid4(), expires_at)


def test_what_is_granted_is_read():
    given = grant()
    assert read_grant(sign_grant(given, KEYS), KEYS) == given


def test_its_holder_learns_nothing_from_it():
    given = grant()
    token = sign_grant(given, KEYS)
    sealed = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    for secret in (given.peer_user_id, given.peer_profile_id):
        assert secret.bytes not in sealed
        assert str(secret) not in token
    assert sign_grant(given, KEYS) != token  # nor that two grants are about the same person


def test_it_lasts_ten_minutes_at_most():
    with pytest.raises(ValueError, match="ten minutes"):
        sign_grant(grant(timedelta(minutes=11)), KEYS)


@pytest.mark.parametrize("spoil", ["key", "changed", "cut", "empty", "over", "not base64"])
def test_anything_else_is_refused(spoil: str):
    token = sign_grant(grant(), KEYS)
    spoiled = {
        "key": sign_grant(grant(), ("other" * 10,)),
        "changed": token[:-6] + ("AAAAAA" if token[-6:] != "AAAAAA" else "BBBBBB"),
        "cut": token[:30],
        "empty": "",
        "over": sign_grant(grant(timedelta(seconds=-1)), KEYS),
        "not base64": "grant \u0131",
    }[spoil]
    with pytest.raises(GrantRefused):
        read_grant(spoiled, KEYS)


def test_a_grant_is_small():
    assert len(sign_grant(grant(), KEYS)) < 150
    assert msgspec.structs.fields(Grant)[0].name == "tenant_id"
