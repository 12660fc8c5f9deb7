"""How people are addressed: phone numbers, e-mail addresses and usernames, each in one written form."""

import re
from typing import ClassVar

import phonenumbers
from msgspec import Struct

from meydan.accounts.settings import SignIn
from meydan.integrations import Channel
from meydan.kit import seal
from meydan.kit.database import Tx
from meydan.kit.errors import Refused

_EMAIL = re.compile(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")
_USERNAME = re.compile(r"(?=.*[a-z])[a-z0-9_][a-z0-9_.]{2,29}")
_LOOKS_LIKE_PHONE = re.compile(r"[\d\s()+./-]+")
_LONGEST_EMAIL = 254


class AddressInvalid(Refused):
    code, status, title = (
        "address_invalid",
        422,
        "This is not a phone number or e-mail address that codes can be sent to.",
    )


class UsernameInvalid(Refused):
    code: ClassVar[str] = "username_invalid"
    status: ClassVar[int] = 422
    title: ClassVar[str] = (
        "A username has 3 to 30 letters from a to z, digits, dots and underscores, and at least one letter."
    )


class Identifier(Struct, frozen=True):
    """Whom somebody says they are."""

    kind: SignIn
    value: str


class Address(Struct, frozen=True):
    """Where a code can be sent."""

    channel: Channel
    value: str
    country: str | None = None


def read_address(channel: Channel, text: str, default_region: str) -> Address:
    """Raises AddressInvalid."""
    if channel is Channel.sms:
        number = _phone(text, default_region)
        if number is None:
            raise AddressInvalid
        return Address(channel, _written(number), phonenumbers.region_code_for_number(number) or "ZZ")
    email = text.strip().lower()
    if len(email) > _LONGEST_EMAIL or not _EMAIL.fullmatch(email):
        raise AddressInvalid
    return Address(channel, email)


def read_username(text: str) -> str:
    """Raises UsernameInvalid."""
    username = text.strip().lower()
    if not _USERNAME.fullmatch(username):
        raise UsernameInvalid
    return username


def read_identifier(text: str, default_region: str) -> Identifier:
    """What somebody types to log in; never refused, for nobody is called by what makes no sense."""
    text = text.strip()
    if not text.isprintable():
        return Identifier(SignIn.username, "")
    if "@" in text:
        return Identifier(SignIn.email, text.lower())
    if _LOOKS_LIKE_PHONE.fullmatch(text) and (number := _phone(text, default_region)):
        return Identifier(SignIn.phone, _written(number))
    return Identifier(SignIn.username, text.lower())


def contact_hash(tx: Tx, value: str) -> bytes:
    """A keyed hash of a phone number or e-mail address in this community: it can be recognised and not be read."""
    return seal.mac("contacts", tx.tenant_id, value)


def phone_hash(tx: Tx, phone: str) -> bytes:
    return contact_hash(tx, phone)


def hint(address: str) -> str:
    """Enough for its owner to know which one is meant: ``•••67``, ``a•••@example.org``."""
    name, at, host = address.partition("@")
    return f"{name[0]}•••@{host}" if at else f"•••{address[-2:]}"


def _phone(text: str, default_region: str) -> phonenumbers.PhoneNumber | None:
    try:
        number = phonenumbers.parse(text, default_region)
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_valid_number(number) else None


def _written(number: phonenumbers.PhoneNumber) -> str:
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
