"""Access tokens say who acts, for ten minutes, and nobody else can make them."""

import base64
import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from meydan.kit.crypto.keys import key_id
from meydan.kit.crypto.tokens import TokenRefused, read_access, sign_access
from meydan.kit.identity import Face, Identity, Role

KEYS = ("a key that is long enough for HMAC SHA-256",)
ME = Identity(7, uuid4(), uuid4(), uuid4(), uuid4(), Role.creator, Face.shadow)


def part(token: str, index: int) -> dict[str, object]:
    text = token.split(".")[index]
    found: dict[str, object] = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return found


def test_what_is_signed_is_read():
    access = read_access(sign_access(ME, KEYS), KEYS)
    assert access.identity == ME
    assert timedelta(minutes=9) < access.expires_at - datetime.now(UTC) <= timedelta(minutes=10)


def test_the_claims_have_their_agreed_names():
    assert set(part(sign_access(ME, KEYS), 1)) == {"sub", "tid", "pid", "sid", "did", "face", "role", "exp"}


def b64(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@pytest.mark.parametrize("spoil", ["key", "expired", "unsigned", "claims", "nothing", "rubbish"])
def test_what_we_did_not_sign_or_what_is_over_is_refused(spoil: str):
    token = sign_access(ME, KEYS)
    header, _, signature = token.split(".")
    richer = {**part(token, 1), "role": "owner"}
    spoiled = {
        "key": sign_access(ME, (KEYS[0] + "!",)),
        "expired": sign_access(ME, KEYS, expires_at=datetime.now(UTC) - timedelta(seconds=1)),
        "unsigned": f"{b64({'alg': 'none'})}.{b64(richer)}.",
        "claims": f"{header}.{b64(richer)}.{signature}",
        "nothing": "",
        "rubbish": "a.b.c",
    }[spoil]
    with pytest.raises(TokenRefused):
        read_access(spoiled, KEYS)


def test_a_token_names_its_key_and_older_programs_name_none():
    old, new = ("k" * 40,), ("n" * 40, "k" * 40)
    token = sign_access(ME, old)
    assert read_access(token, new).identity == ME
    assert part(token, 0)["kid"] == key_id("k" * 40, "token")
    assert read_access(nameless(ME, "k" * 40), new).identity == ME
    for keyring in (new[:1], ("o" * 40,)):
        for gone in (token, nameless(ME, "k" * 40)):
            with pytest.raises(TokenRefused):
                read_access(gone, keyring)


def test_a_name_is_no_proof():
    """Signed with one key and named as another, or as something else."""
    _, claims, _ = sign_access(ME, ("x" * 40,)).split(".")
    for kid in (key_id("n" * 40, "token"), None, 7, "?"):
        forged = jwt.encode(
            {"alg": "HS256"} | ({"kid": kid} if isinstance(kid, str) else {}),
            part(f".{claims}", 1),
            OctKey.import_key("x" * 40),
        )
        header = b64({"alg": "HS256", "kid": kid})
        for token in (forged, f"{header}.{claims}.{forged.rsplit('.', 1)[1]}"):
            with pytest.raises(TokenRefused):
                read_access(token, ("n" * 40, "k" * 40))


def nameless(me: Identity, key: str) -> str:
    """A token as programs up to 0026 sign it."""
    claims = part(sign_access(me, (key,)), 1)
    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(key))
