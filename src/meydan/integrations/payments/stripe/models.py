"""Stripe's webhooks, as far as they are read here; its objects are the library's own classes."""

from msgspec import Struct


class _Object(Struct, frozen=True):
    id: str


class _Data(Struct, frozen=True):
    object: _Object


class Event(Struct, frozen=True):
    id: str
    type: str
    data: _Data | None = None


class Subject(Struct, frozen=True):
    """The payload of a kept webhook event: its type, and the object it is about."""

    type: str
    id: str
