"""Shared parts of the routes."""

from uuid import UUID, uuid4

import pytest

from meydan.kit import http
from meydan.kit.identity import Face, Identity, Role


def somebody() -> Identity:
    return Identity(1, uuid4(), uuid4(), uuid4(), uuid4(), Role.user, Face.real)


def test_a_key_belongs_to_one_person_and_one_operation():
    ada, ben = somebody(), somebody()
    key = http.scoped_idempotency_key(ada, "gift", "k-1")
    assert http.scoped_idempotency_key(ada, "gift", "k-1") == key
    assert (
        len(
            {
                key,
                http.scoped_idempotency_key(ada, "spend", "k-1"),
                http.scoped_idempotency_key(ben, "gift", "k-1"),
                http.scoped_idempotency_key(ada, "gift", "k"),
            }
        )
        == 4
    )
    assert UUID(key.split(":")[1]) == ada.user_id


@pytest.mark.parametrize("said", [None, "", "x" * 65, "a\nb", "ş", "\x00", "\x7f"])
def test_a_key_that_is_none_is_asked_for(said: str | None):
    with pytest.raises(http.IdempotencyKeyMissing) as refused:
        http.scoped_idempotency_key(somebody(), "gift", said)
    assert (refused.value.status, refused.value.code) == (400, "idempotency_key_missing")
