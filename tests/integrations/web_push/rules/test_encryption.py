"""Encryption of push messages: the example of RFC 8291, section 5, and what a service could learn from a length."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from meydan.integrations.web_push.encryption import PADDED, BrowserKeys, KeysInvalid, encrypt, padded
from tests.push_service import Browser, decoded, encoded

RECEIVER = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
SENDER = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
MESSAGE = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95b"
    "Qpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def test_the_example_of_the_rfc():
    sender_key = ec.derive_private_key(int.from_bytes(decoded(SENDER)), ec.SECP256R1())
    sealed = encrypt(
        b"When I grow up, I want to be a watermelon",
        BrowserKeys.read(RECEIVER, AUTH),
        sender_key=sender_key,
        salt=decoded(SALT),
    )
    assert encoded(sealed) == MESSAGE


def test_only_the_browser_reads_it_and_no_two_are_the_same():
    browser = Browser("", "")
    keys = BrowserKeys(browser.point, browser.auth)
    once, again = encrypt(b"hello", keys), encrypt(b"hello", keys)
    assert browser.read(once) == browser.read(again) == b"hello"
    assert once != again


def test_every_message_has_the_same_length_and_fits():
    browser = Browser("", "")
    keys = BrowserKeys(browser.point, browser.auth)
    lengths = {len(encrypt(padded(b"x" * size), keys)) for size in (0, 1, 700, PADDED)}
    assert len(lengths) == 1
    assert lengths.pop() <= 4096
    with pytest.raises(ValueError, match="1024"):
        padded(b"x" * (PADDED + 1))
    with pytest.raises(ValueError, match="4096"):
        encrypt(b"x" * 4096, keys)


@pytest.mark.parametrize(
    ("p256dh", "auth"),
    [
        ("", AUTH),
        (RECEIVER, ""),
        (RECEIVER[:-2], AUTH),
        ("A" + RECEIVER[1:], AUTH),
        (RECEIVER, AUTH + "AAAA"),
        ("not base64 !", AUTH),
        (RECEIVER, "ü"),
        (encoded(b"\x04" + b"\x01" * 64), AUTH),
    ],
)
def test_keys_that_are_none(p256dh: str, auth: str):
    with pytest.raises(KeysInvalid):
        BrowserKeys.read(p256dh, auth)


def test_keys_with_padding_are_the_same_keys():
    assert BrowserKeys.read(RECEIVER + "=", AUTH + "==") == BrowserKeys.read(RECEIVER, AUTH)
