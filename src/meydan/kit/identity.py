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
    """Who acts: what the access token says."""

    tenant_id: int
    user_id: UUID
    profile_id: UUID
    session_id: UUID
    device_id: UUID
    role: Role
    face: Face
