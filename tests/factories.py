"""People for stories that are not about registering: made in the database, logged in, with a client of the API."""

import os
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from typing import Any, cast
from uuid import UUID, uuid4

import httpx
from litestar import Litestar

from meydan import tenants
from meydan.kit.crypto import tokens
from meydan.kit.database import Database
from meydan.kit.identity import Face, Identity, Role

TOKEN_KEY = "t" * 32
_numbers = count(1)


@dataclass(frozen=True)
class Person:
    me: Identity
    tenant: tenants.Tenant
    alias: str
    phone: str | None
    device_row: UUID
    """In ``devices``; ``me.client_device_id`` is what the browser calls itself."""

    @property
    def token(self) -> str:
        return tokens.sign_access(self.me, (TOKEN_KEY,))

    def client(self, app: Litestar) -> httpx.AsyncClient:
        """The API as this person's client sees it."""
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(app=cast("Any", app)),
            base_url="http://127.0.0.1:8000",
            headers={
                "X-Meydan-Tenant": self.tenant.slug,
                "X-Meydan": "1",
                "Authorization": f"Bearer {self.token}",
            },
        )


async def make_person(
    db: Database,
    tenant: tenants.Tenant,
    *,
    alias: str = "",
    verified: bool = True,
    role: Role = Role.user,
    language: str = "tr",
    languages: list[str] | None = None,
    interests: list[str] | None = None,
    cell: tuple[float, float] | None = None,
    birth_date: date = date(1990, 5, 17),
    days_old: int = 0,
    phone: str | None = None,
    network: str | None = None,
    client_id: UUID | None = None,
) -> Person:
    """Makes a user with a real face, a device and a session; with a proved phone number unless ``verified`` is False.

    ``network`` is the hint that sessions keep, ``client_id`` the browser's own name.
    """
    number = next(_numbers)
    alias = alias or f"person{number}"
    # Nobody shares a block of numbers or a network with anybody else.
    phone = (phone or f"+90555{number:05d}{os.getpid() % 1000:03d}") if verified else None
    address_hint = network or f"10.{number // 256 % 256}.{number % 256}.x"
    user_id, profile_id, device_row, session_id = uuid4(), uuid4(), uuid4(), uuid4()
    client_id = client_id or uuid4()
    async with db.as_service(tenant.id) as tx:
        await tx.run(
            """
            insert into app.users (tenant_id, id, phone, username, password_hash, birth_date, role, language, created_at)
            values ($1, $2, $3, $4, 'none', $5, $6, $7, app.now() - $8::interval)
            """,
            *(user_id, phone, f"user{number}", birth_date, role.value, language, timedelta(days=days_old)),
        )
        await tx.run(
            """
            insert into app.profiles (
                tenant_id, id, user_id, face, alias, tag, interests, languages, latitude, longitude, avatar_seed, created_at
            ) values ($1, $2, $3, 'real', $4, $5, $6, $7, $8, $9, $10, app.now())
            """,
            *(profile_id, user_id, alias, f"{number % 10_000:04d}", interests or [], languages or [language]),
            *(cell or (None, None)),
            uuid4().hex[:16],
        )
        await tx.run(
            "insert into app.devices (tenant_id, id, user_id, client_id, name) values ($1, $2, $3, $4, 'A phone')",
            *(device_row, user_id, client_id),
        )
        await tx.run(
            """
            insert into app.sessions (tenant_id, id, user_id, device_id, profile_id, address_hint, refresh_salt, expires_at)
            values ($1, $2, $3, $4, $5, $6, $7, app.now() + interval '30 days')
            """,
            *(session_id, user_id, device_row, profile_id, address_hint, os.urandom(16)),
        )
    me = Identity(tenant.id, user_id, profile_id, session_id, client_id, role, Face.real)
    return Person(me, tenant, alias, phone, device_row)


async def make_shadow(db: Database, person: Person, *, alias: str = "dusk") -> Person:
    """The same person under their other face, in a session of its own."""
    profile_id, session_id = uuid4(), uuid4()
    async with db.as_service(person.tenant.id) as tx:
        await tx.run(
            """
            insert into app.profiles (tenant_id, id, user_id, face, alias, tag, languages, avatar_seed, created_at)
            values ($1, $2, $3, 'shadow', $4, $5, '{tr}', $6, date_trunc('day', app.now()))
            """,
            *(profile_id, person.me.user_id, alias, f"{next(_numbers) % 10_000:04d}", uuid4().hex[:16]),
        )
        await tx.run(
            """
            insert into app.sessions (tenant_id, id, user_id, device_id, profile_id, address_hint, refresh_salt, expires_at)
            select $1, $2, $3, $4, $5, known.address_hint, $6, app.now() + interval '30 days'
            from app.sessions known where known.tenant_id = $1 and known.id = $7
            """,
            *(session_id, person.me.user_id, person.device_row, profile_id, os.urandom(16)),
            person.me.session_id,
        )
    me = Identity(
        person.tenant.id,
        person.me.user_id,
        profile_id,
        session_id,
        person.me.client_device_id,
        person.me.role,
        Face.shadow,
    )
    return Person(me, person.tenant, alias, person.phone, person.device_row)


def ids_of(person: Person) -> set[UUID]:
    """Values that no other person may ever read."""
    return {person.me.user_id, person.me.session_id}
