"""Two users of the seed who can log in."""

from __future__ import annotations

import uuid
from datetime import date
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from meydan.commands import PlainError

if TYPE_CHECKING:
    from meydan.kit.database import Database

DEMO_PASSWORD = "lamp-light-on-stone-42"  # noqa: S105 -- printed for the developer, never in production
_DEMO = {"ayse": "Ayşe", "deniz": "Deniz"}


class _KnownUser(Struct, frozen=True):
    id: uuid.UUID
    username: str | None


async def demo_users(db: Database, slug: str) -> tuple[int, list[uuid.UUID]]:
    """Registers the two people who can log in, as people do over HTTP."""
    from meydan import accounts, tenants

    tenant = await tenants.Directory(db).find("", slug)
    if tenant.slug != slug:
        raise PlainError(f"There is no community {slug}. Make it first: meydan tenant add {slug} --name …")
    async with db.as_service(tenant.id) as tx:
        there = await tx.all(_KnownUser, "select id, username from app.users where tenant_id = $1 limit 3")
    if {person.username for person in there} - set(_DEMO):
        raise PlainError(f"There are people in {slug} already: a demo is only made in an empty community.")
    made = [person.id for person in there]  # of a seed that was interrupted
    for username, alias in _DEMO.items():
        if username in {person.username for person in there}:
            continue
        done = await accounts.do_register(
            db,
            tenant.id,
            accounts.RegisterUserRequest(
                username=username,
                password=DEMO_PASSWORD,
                alias=alias,
                birth_date=date(1994, 5, 17),
                language=tenants.Language.turkish,
                device=accounts.ClientDevice(id=uuid.uuid4(), name="meydan seed"),
            ),
            "127.0.0.1",
        )
        made.append(done.session.me.user_id)
    return tenant.id, made


async def do_backdate(connection: Any, tenant_id: int, people: list[uuid.UUID]) -> list[str]:
    """Backdates the demo people by a month and sets a proved phone number, which meeting strangers requires."""
    phones = []
    for number, person in enumerate(people, 1):
        phone = f"+90555000000{number}"
        await connection.execute(
            """
            update app.users set phone = $3, created_at = now() - interval '34 days'
            where tenant_id = $1 and id = $2
            """,
            tenant_id,
            person,
            phone,
        )
        await connection.execute(
            """
            update app.profiles
            set created_at = now() - interval '34 days', interests = $3, latitude = 41.0, longitude = 29.0
            where tenant_id = $1 and user_id = $2
            """,
            tenant_id,
            person,
            ["books", "cinema", "coffee", "night"],
        )
        phones.append(phone)
    return phones
