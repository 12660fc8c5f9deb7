"""Identity: the user, face and device that a request acts as."""

from enum import StrEnum
from uuid import UUID

from msgspec import Struct


class Face(StrEnum):
    real = "real"
    shadow = "shadow"


class Role(StrEnum):
    user = "user"
    creator = "creator"
    moderator = "moderator"
    admin = "admin"
    owner = "owner"


class Identity(Struct, frozen=True):
    """The acting user, profile, session and device, as the access token names them."""

    tenant_id: int
    user_id: UUID
    profile_id: UUID
    session_id: UUID
    client_device_id: UUID
    """Chosen by the client (``devices.client_id``); not the row's id."""
    role: Role
    face: Face
