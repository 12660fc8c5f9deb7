"""Access tokens say who acts, for ten minutes, and nobody else can make them."""

import base64
import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from meydan.kit.crypto.tokens import TokenRefused, read_access, sign_access
from meydan.kit.identity import Face, Identity, Role

KEY = "a key that is long enough for HMAC SHA-256"
ME = Identity(7, uuid4(), uuid4(), uuid4(), uuid4(), Role.creator, Face.shadow)


def part(token: str, index: int) -> dict[str, object]:
    text = token.split(".")[index]
    found: dict[str, object] = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return found


def test_what_is_signed_is_read():
    access = read_access(sign_access(ME, KEY), KEY)
    assert access.identity == ME
    assert timedelta(minutes=9) < access.expires_at - datetime.now(UTC) <= timedelta(minutes=10)


def test_the_claims_have_their_agreed_names():
    assert set(part(sign_access(ME, KEY), 1)) == {"sub", "tid", "pid", "sid", "did", "face", "role", "exp"}


def b64(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@pytest.mark.parametrize("spoil", ["key", "expired", "unsigned", "claims", "nothing", "rubbish"])
def test_what_we_did_not_sign_or_what_is_over_is_refused(spoil: str):
    token = sign_access(ME, KEY)
    header, _, signature = token.split(".")
    richer = {**part(token, 1), "role": "owner"}
    spoiled = {
        "key": sign_access(ME, KEY + "!"),
        "expired": sign_access(ME, KEY, expires_at=datetime.now(UTC) - timedelta(seconds=1)),
        "unsigned": f"{b64({'alg': 'none'})}.{b64(richer)}.",
        "claims": f"{header}.{b64(richer)}.{signature}",
        "nothing": "",
        "rubbish": "a.b.c",
    }[spoil]
    with pytest.raises(TokenRefused):
        read_access(spoiled, KEY)
