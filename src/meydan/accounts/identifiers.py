"""Identifiers of users: phone numbers, e-mail addresses and usernames, each in one normal form."""

import re

import phonenumbers
from msgspec import Struct
from phonenumbers import PhoneNumberType

from meydan.accounts.settings import SignInMethod
from meydan.integrations import Channel
from meydan.kit.errors import Refused
from meydan.kit.typed_text import as_typed

_EMAIL = re.compile(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")
_USERNAME = re.compile(r"(?=.*[a-z])[a-z0-9_][a-z0-9_.]{2,29}")
_LOOKS_LIKE_PHONE = re.compile(r"[\d\s()+./-]+")
_SCHEME = re.compile(r"(tel|sms|mailto):", re.IGNORECASE)
_SMALL_DOTTED_I = "i\u0307"  # the small letter that Unicode makes of İ
_TAG = re.compile(r"\A([^+@]+)\+[^@]*@")
_DEAR = frozenset({PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST})
"""Kinds of numbers whose owners earn by what is sent to them."""
_LONGEST_EMAIL = 254
_LONGEST_TYPED = 400


class ContactInvalid(Refused):
    code, status, title = (
        "contact_invalid",
        422,
        "This is not a phone number or e-mail address that codes can be sent to.",
    )


class UsernameInvalid(Refused):
    code, status, title = (
        "username_invalid",
        422,
        "A username has 3 to 30 letters from a to z, digits, dots and underscores, and at least one letter.",
    )


class Identifier(Struct, frozen=True):
    """A user's identifier as typed at login, normalised."""

    method: SignInMethod
    value: str


class Contact(Struct, frozen=True):
    """A phone number or e-mail address, to which a code can be sent."""

    channel: Channel
    value: str
    country: str | None = None


def read_contact(channel: Channel, text: str, default_region: str) -> Contact:
    """Normalises a phone number to E.164, an e-mail address to its inbox.

    Raises: ContactInvalid.
    """
    if channel is Channel.sms:
        number = _phone(plain(text), default_region)
        if number is None or phonenumbers.number_type(number) in _DEAR:
            raise ContactInvalid
        return Contact(channel, _written(number), phonenumbers.region_code_for_number(number) or "ZZ")
    email = _inbox(plain(text))
    if len(email) > _LONGEST_EMAIL or not _EMAIL.fullmatch(email):
        raise ContactInvalid
    return Contact(channel, email)


def read_username(text: str) -> str:
    """Normalises a username to small letters.

    Raises: UsernameInvalid.
    """
    username = _small(plain(text))
    if not _USERNAME.fullmatch(username):
        raise UsernameInvalid
    return username


def read_identifier(text: str, default_region: str) -> Identifier:
    """Normalises what a user typed to log in. Never fails: nonsense becomes an identifier that no account has."""
    text = plain(text)
    if not text.isprintable():
        return Identifier(SignInMethod.username, "")
    if "@" in text:
        return Identifier(SignInMethod.email, _inbox(text))
    if _LOOKS_LIKE_PHONE.fullmatch(text) and (number := _phone(text, default_region)):
        return Identifier(SignInMethod.phone, _written(number))
    return Identifier(SignInMethod.username, _small(text))


def plain(text: str) -> str:
    """The text as it would have been typed, without ``tel:`` or ``mailto:`` and what such a link carries besides."""
    text = as_typed(text[:_LONGEST_TYPED])
    return re.split("[;?]", text[found.end() :])[0].strip() if (found := _SCHEME.match(text)) else text


def _small(text: str) -> str:
    return text.lower().replace(_SMALL_DOTTED_I, "i")


def country_code(region: str) -> int:
    """A country's code in phone numbers: 90 of TR."""
    return phonenumbers.country_code_for_region(region)


def hint(contact: str) -> str:
    """A masked contact that its owner recognises: ``•••67``, ``a•••@example.org``."""
    name, at, host = contact.partition("@")
    return f"{name[0]}•••@{host}" if at else f"•••{contact[-2:]}"


def _inbox(email: str) -> str:
    """Small letters without a tag: ``Ana+x@example.org`` is the inbox ``ana@example.org``.

    Codes go to the inbox. Where a host has another inbox under the tagged name, its owner gets no code of the plain one.
    """
    return _TAG.sub(r"\1@", _small(email))


def _phone(text: str, default_region: str) -> phonenumbers.PhoneNumber | None:
    try:
        number = phonenumbers.parse(text, default_region)
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_valid_number(number) else None


def _written(number: phonenumbers.PhoneNumber) -> str:
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
