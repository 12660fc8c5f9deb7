"""Secrets at rest."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meydan.kit.crypto import seal
from meydan.kit.crypto.keys import Keys
from meydan.kit.runtime import runtime


@given(st.binary(max_size=200))
def test_what_is_sealed_is_read_again_and_by_nobody_else(secret: bytes):
    sealed = seal.seal("letters", secret)
    assert seal.unseal("letters", sealed) == secret
    assert len(secret) < 8 or secret not in sealed
    assert sealed != seal.seal("letters", secret), "the same secret twice does not look the same"
    with pytest.raises(seal.SealBroken):
        seal.unseal("numbers", sealed)
    with pytest.raises(seal.SealBroken):
        seal.unseal("letters", sealed[:-1] + bytes([sealed[-1] ^ 1]))


@pytest.mark.parametrize("nonsense", [b"", b"x", b"x" * 12, b"x" * 100])
def test_nonsense_is_not_read(nonsense: bytes):
    with pytest.raises(seal.SealBroken):
        seal.unseal("letters", nonsense)


def test_a_hash_depends_on_purpose_parts_and_their_borders():
    hashes = {
        seal.mac("a", "b", "c"), seal.mac("b", "b", "c"), seal.mac("a", "bc"), seal.mac("a", "bc", ""), seal.mac("a", "c", "b"),
    }  # fmt: skip
    assert len(hashes) == 5
    assert seal.constant_time_equal(seal.mac("a", 1), seal.mac("a", "1"))


def test_another_installation_has_other_hashes():
    here = seal.mac("contacts", "+905321112233")
    with runtime.using(Keys(token_key="t" * 32, seal_key="z" * 32, contact_key="c" * 32)):
        assert seal.mac("contacts", "+905321112233") != here
    assert seal.mac("contacts", "+905321112233") == here


BEFORE = Keys("t" * 32, "a" * 32, "c" * 32)
PREPARED = Keys("t" * 32, "a" * 32, "c" * 32, next_seal_key="b" * 32, first_seal_key="a" * 32)
ROTATED = Keys("t" * 32, "b" * 32, "c" * 32, kept_seal_keys=("a" * 32,), first_seal_key="a" * 32)
RETIRED = Keys("t" * 32, "b" * 32, "c" * 32, retired_seal_keys=("a" * 32,), first_seal_key="a" * 32)


def made() -> tuple[bytes, bytes]:
    return seal.seal("letters", b"hello"), seal.mac("letters", "hello")


@pytest.mark.parametrize(
    ("writer", "reader"),
    [(BEFORE, ROTATED), (BEFORE, PREPARED), (PREPARED, BEFORE), (PREPARED, ROTATED), (ROTATED, PREPARED)],
)
def test_processes_before_and_after_a_rotation_understand_each_other(writer: Keys, reader: Keys):
    with runtime.using(writer):
        sealed, mac = made()
    with runtime.using(reader):
        assert seal.unseal("letters", sealed) == b"hello"
        assert mac in seal.known_macs("letters", "hello")
        assert seal.is_mac(mac, "letters", "hello")
        assert not seal.is_mac(mac, "letters", "hallo")


def test_a_retired_key_opens_and_finds_but_proves_nothing():
    with runtime.using(BEFORE):
        sealed, mac = made()
    with runtime.using(RETIRED):
        assert seal.unseal("letters", sealed) == b"hello"
        assert not seal.is_current("letters", sealed)
        assert mac in seal.known_macs("letters", "hello")
        assert not seal.is_mac(mac, "letters", "hello")
    with runtime.using(Keys("t" * 32, "b" * 32, "c" * 32)), pytest.raises(seal.SealBroken):
        seal.unseal("letters", sealed)
