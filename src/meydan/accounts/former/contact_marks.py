"""Keyed hashes of contacts, and marks derived from them.

A contact's hash stands beside its account. Burdens of an erased account stand under marks: one for the person and one
for each face. Nobody ties a mark to an account, or one mark to another, without the contact key.
"""

from collections.abc import Iterable
from uuid import UUID

from meydan.accounts.identifiers import Contact
from meydan.kit.crypto import keys, seal
from meydan.kit.database import Tx
from meydan.kit.identity import Face

_LENGTH = 16


def contact_hash(tx: Tx, value: str) -> bytes:
    """A keyed hash of a phone number or e-mail address in this tenant: it can be compared, not read back."""
    return contact_hash_in(tx.tenant_id, value)


def contact_hash_in(tenant_id: int, value: str) -> bytes:
    """Hashes with the first seal key, whichever is current: a rotation gives no contact a second hash."""
    return rehashed(seal.mac("contacts", tenant_id, value, key=keys.current().contact_seal_key))


def rehashed(older: bytes) -> bytes:
    """A contact's hash, made from the one that programs up to 0018 stored and that needed the seal key only."""
    return seal.mac("contacts", older, key=keys.current().contact_key)


def person_mark(contact: bytes) -> bytes:
    """The mark of a person, by the hash of a contact."""
    return _mark("person", contact)


def face_mark(contact: bytes, face: Face) -> bytes:
    """The mark of one of a person's faces, by the hash of a contact."""
    return _mark("face", contact, face)


def account_mark(user_id: UUID) -> bytes:
    """The mark of a person while the account stands; the only one of an account without contacts."""
    return _mark("account", user_id)


def profile_mark(profile_id: UUID) -> bytes:
    """The mark of a face while the account stands."""
    return _mark("profile", profile_id)


def marks_of_me(tx: Tx, contacts: Iterable[Contact]) -> list[bytes]:
    """Every mark of the caller under the active face."""
    hashes = [contact_hash(tx, contact.value) for contact in contacts]
    return [
        account_mark(tx.me.user_id),
        profile_mark(tx.me.profile_id),
        *(person_mark(contact) for contact in hashes),
        *(face_mark(contact, tx.me.face) for contact in hashes),
    ]


def all_marks(contact: bytes) -> list[bytes]:
    """The marks that a contact gives to a person and to both faces."""
    return [person_mark(contact), *(face_mark(contact, face) for face in Face)]


def sealed(contact: bytes) -> bytes:
    """A contact's hash, encrypted so that only the contact key leads from a former account to the next."""
    return seal.seal("former accounts", contact, key=keys.current().contact_key)


def unsealed(contact: bytes) -> bytes:
    return seal.unseal("former accounts", contact, key=keys.current().contact_key)


def _mark(purpose: str, *parts: object) -> bytes:
    return seal.mac(f"mark of {purpose}", *parts, key=keys.current().contact_key)[:_LENGTH]
