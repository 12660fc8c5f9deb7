"""`meydan seed`: fills a tenant with made-up people, and a month of their activity.

Two of them can log in. Statements are set-based and run as the schema's owner: ten thousand people take seconds. It makes
no messages: only browsers can encrypt them, and they expire after a day. It makes no payments: reconciliation would miss
them in the provider's books.
"""

from __future__ import annotations

import asyncio
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from meydan.commands import PlainError, data_option
from meydan.commands.local_database import product, running_database
from meydan.commands.seed import demo_users, meetings, money, users
from meydan.commands.seed.steps import Step
from meydan.config import Environment

if TYPE_CHECKING:
    from meydan.config import Settings


@click.command()
@click.option("--people", type=click.IntRange(2, 9_000), default=600, show_default=True, help="How many.")
@click.option("--tenant", "slug", default="default", show_default=True, help="The community to fill; it must be empty.")
@data_option
def seed(people: int, slug: str, data: Path | None) -> None:
    """Fill a community with a believable month: people, meetings, claims, invitations, gifts.

    Two of the people can be logged in as; how is printed.
    """
    with running_database(data) as settings:
        if settings.environment is Environment.production:
            raise PlainError("This is a production installation: no made-up people belong into it.")
        phones = asyncio.run(_seed(settings, people, slug))
    click.echo(f"\nLog in with {' or '.join(phones)}, password {demo_users.DEMO_PASSWORD}")


async def _seed(settings: Settings, people: int, slug: str) -> list[str]:
    import asyncpg
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    async with product(settings) as db:
        tenant_id, demo = await demo_users.demo_users(db, slug)
    steps = [
        Step(users.PEOPLE.words, users.PEOPLE.sql, -(-people // users.BATCH)),
        users.SHADOWS,
        meetings.MATCHES,
        meetings.CLAIMS,
        meetings.TROUBLE,
        users.INVITATIONS,
        money.COINS,
        meetings.NOTIFICATIONS,
    ]
    connection = await asyncpg.connect(settings.database.owner_url)
    columns = TextColumn("{task.description:16}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    try:
        with Progress(*columns) as progress:
            async with connection.transaction():
                phones = await demo_users.do_backdate(connection, tenant_id, demo)
                arguments = _arguments(tenant_id, people)
                for step in steps:
                    task = progress.add_task(step.words, total=step.repeated)
                    for turn in range(step.repeated):
                        await _run(connection, step.sql, {**arguments, 3: turn})
                        progress.advance(task)
                    await connection.execute("analyze")  # the next step's plans know how much there is
    finally:
        await connection.close()
    return phones


def _arguments(tenant_id: int, people: int) -> dict[int, object]:
    from argon2 import PasswordHasher

    unknown_password = PasswordHasher().hash(secrets.token_hex(16))
    return {1: tenant_id, 2: people, 4: unknown_password, **users.ARGUMENTS}


async def _run(connection: Any, sql: str, arguments: dict[int, object]) -> None:
    """Executes with only the parameters that the statement names, renumbered without gaps."""
    used = [number for number in sorted(arguments) if f"${number}" in sql]
    for place, number in enumerate(used, 1):
        sql = sql.replace(f"${number}", f"${place}")
    await connection.execute(sql, *(arguments[number] for number in used))
