"""Profiles: a user's faces, one real and perhaps one shadow. Others see a profile's id, never the user behind it."""

import secrets
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import asyncpg
from msgspec import UNSET, Meta, Struct, UnsetType

from meydan.accounts import users
from meydan.accounts.faces import aliases
from meydan.kit import clock
from meydan.kit.database import Tx
from meydan.kit.errors import Refused
from meydan.kit.identity import Face
from meydan.tenants import Language

_ATTEMPTS = 5
_TAG_TAKEN = "profiles_alias_tag"
CELL_DECIMALS = 1  # cells of about ten kilometres


class Gender(StrEnum):
    female = "female"
    male = "male"
    other = "other"


class ShadowExists(Refused):
    code, status, title = "shadow_exists", 409, "You have a shadow already."


class NoSuchFace(Refused):
    code, status, title = "no_such_face", 404, "You have no such face yet."


class PlaceIncomplete(Refused):
    code, status, title = "place_incomplete", 422, "A place has a latitude and a longitude."


class Profile(Struct, frozen=True):
    """A face as its owner sees it."""

    id: UUID
    face: Face
    alias: str
    tag: str
    bio: str
    gender: Gender | None
    interests: list[str]
    languages: list[str]
    avatar_seed: str
    created_at: datetime
    age: int | None = None


class PublicProfile(Struct, frozen=True):
    """A face as others see it. The alias of an erased account is empty."""

    id: UUID
    alias: str
    tag: str
    bio: str
    gender: Gender | None
    interests: list[str]
    age: int | None
    avatar_seed: str


Word = Annotated[str, Meta(min_length=1, max_length=40)]
LanguageTag = Annotated[str, Meta(pattern=r"^[a-z]{2,3}$(?!\n)")]
Latitude = Annotated[float, Meta(ge=-90, le=90)]
Longitude = Annotated[float, Meta(ge=-180, le=180)]


class ChangeProfileRequest(Struct, frozen=True):
    """Absent fields stay as they are; null clears a nullable one."""

    alias: str | UnsetType = UNSET
    bio: Annotated[str, Meta(max_length=500)] | UnsetType = UNSET
    gender: Gender | UnsetType | None = UNSET
    interests: Annotated[list[Word], Meta(max_length=20)] | UnsetType = UNSET
    languages: Annotated[list[LanguageTag], Meta(max_length=5)] | UnsetType = UNSET
    language: Language | UnsetType = UNSET
    latitude: Latitude | UnsetType | None = UNSET
    longitude: Longitude | UnsetType | None = UNSET


_COLUMNS = "id, face, alias, tag, bio, gender, interests, languages, avatar_seed, created_at"


def new_seed() -> str:
    return secrets.token_hex(8)


async def of_user(tx: Tx, user_id: UUID) -> list[Profile]:
    """A user's faces, the real one first.

    Runs as: service.
    """
    return await tx.all(
        Profile, f"select {_COLUMNS} from app.profiles where tenant_id = $1 and user_id = $2 order by face", user_id
    )


async def mine(tx: Tx) -> list[Profile]:
    """The caller's own faces, the real one first: row-level security hides all others."""
    return await tx.all(Profile, f"select {_COLUMNS} from app.profiles where tenant_id = $1 order by face")


async def public(tx: Tx, profile_ids: list[UUID]) -> list[PublicProfile]:
    """Public profiles of this tenant, unordered. The calling room checks that its user may see them."""
    return await tx.all(
        PublicProfile,
        """
        select id, alias, tag, bio, gender, interests, age, avatar_seed from app.public_profiles($2)
        where app.tenant_id() = $1
        """,
        profile_ids,
    )


async def in_common(tx: Tx, mine: list[str], theirs: list[str]) -> set[str]:
    """Those of ``theirs`` that read the same as one of ``mine``: interests are folded as aliases are."""
    if not mine or not theirs:
        return set()
    return set(
        await tx.all(
            str,
            """
            select distinct theirs.word from unnest($3::text[]) theirs (word)
            where $1::integer is not null
                and app.alias_key(theirs.word) = any(array(select app.alias_key(word) from unnest($2::text[]) word))
            """,
            mine,
            theirs,
        )
    )


async def user_of_profile(tx: Tx, profile_id: UUID) -> UUID:
    """The user behind a profile, which no user may ever learn.

    Raises: NotFound.
    Runs as: service.
    """
    return await tx.one(UUID, "select user_id from app.profiles where tenant_id = $1 and id = $2", profile_id)


async def profiles_of_user(tx: Tx, user_id: UUID) -> list[UUID]:
    """The ids of all faces of a user.

    Runs as: service.
    """
    return await tx.all(UUID, "select id from app.profiles where tenant_id = $1 and user_id = $2", user_id)


async def do_add_real(tx: Tx, user_id: UUID, alias: str, gender: Gender | None, language: Language) -> UUID:
    """Adds the real face.

    Raises: AliasInvalid, AliasMixesScripts, AliasFull.
    Runs as: service.
    """
    alias = aliases.read_alias(alias)
    for _ in range(_ATTEMPTS):
        made = await tx.maybe(
            UUID,
            """
            insert into app.profiles (tenant_id, user_id, face, alias, tag, gender, languages, avatar_seed, created_at)
            values ($1, $2, 'real', $3, $4, $5, array[$6], $7, app.now()) on conflict do nothing returning id
            """,
            user_id,
            alias,
            await aliases.free_tag(tx, alias),
            gender,
            language,
            new_seed(),
        )
        if made is not None:
            return made
    raise aliases.AliasFull


async def do_add_shadow(tx: Tx, alias: str) -> None:
    """Adds the caller's shadow, once. Copies nothing from the real face.

    Raises: ShadowExists, AliasInvalid, AliasMixesScripts, AliasFull.
    """
    alias = aliases.read_alias(alias)
    if any(face.face is Face.shadow for face in await mine(tx)):
        raise ShadowExists
    day = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    for _ in range(_ATTEMPTS):
        tag = await aliases.free_tag(tx, alias)
        made = await tx.maybe(
            UUID,
            """
            insert into app.profiles (tenant_id, user_id, face, alias, tag, avatar_seed, created_at)
            values ($1, $2, 'shadow', $3, $4, $5, $6) on conflict do nothing returning id
            """,
            tx.me.user_id,
            alias,
            tag,
            new_seed(),
            day,
        )
        if made is not None:
            return
        if any(face.face is Face.shadow for face in await mine(tx)):
            raise ShadowExists
    raise aliases.AliasFull


async def do_change(tx: Tx, change: ChangeProfileRequest) -> None:
    """Changes the caller's active face.

    Raises: AliasInvalid, AliasMixesScripts, AliasFull, PlaceIncomplete.
    """
    if change.alias is not UNSET:
        await _do_rename(tx, aliases.read_alias(change.alias))
    columns: dict[str, object] = {
        name: value
        for name in ("bio", "gender", "interests", "languages")
        if (value := getattr(change, name)) is not UNSET
    }
    if change.latitude is not UNSET or change.longitude is not UNSET:
        columns |= _cell(change.latitude, change.longitude)
    if columns:
        assignments = ", ".join(f"{name} = ${number}" for number, name in enumerate(columns, start=3))
        await tx.run(
            f"update app.profiles set {assignments} where tenant_id = $1 and id = $2",
            tx.me.profile_id,
            *columns.values(),
        )
    if change.language is not UNSET:
        await users.do_set_language(tx, change.language)


async def _do_rename(tx: Tx, alias: str) -> None:
    """Renames the active face. Keeps its tag where the pair is free."""
    for attempt in range(_ATTEMPTS):
        tag = None if attempt == 0 else await aliases.free_tag(tx, alias)
        # Row-level security hides other profiles, so only the unique index tells whether the pair is free.
        await tx.connection.execute("savepoint renaming")
        try:
            await tx.run(
                "update app.profiles set alias = $3, tag = coalesce($4, tag) where tenant_id = $1 and id = $2",
                tx.me.profile_id,
                alias,
                tag,
            )
        except asyncpg.UniqueViolationError as error:
            if error.constraint_name != _TAG_TAKEN:
                raise
            await tx.connection.execute("rollback to savepoint renaming")
        else:
            return
    raise aliases.AliasFull


def _cell(latitude: float | UnsetType | None, longitude: float | UnsetType | None) -> dict[str, object]:
    if isinstance(latitude, UnsetType) or isinstance(longitude, UnsetType) or (latitude is None) != (longitude is None):
        raise PlaceIncomplete
    if latitude is None or longitude is None:
        return {"latitude": None, "longitude": None}
    return {"latitude": round(latitude, CELL_DECIMALS), "longitude": round(longitude, CELL_DECIMALS)}
