"""`meydan texts`: what text messages cost, by day and community."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from meydan.commands import data_option
from meydan.commands.local_database import running_database

if TYPE_CHECKING:
    from meydan.config import Settings


@click.command()
@click.option(
    "--days", type=click.IntRange(1, 366), default=7, show_default=True, help="So many days of UTC, to today."
)
@data_option
def texts(days: int, data: Path | None) -> None:
    """Show what text messages cost, by day and community."""

    async def read(settings: Settings) -> list[Any]:
        import asyncpg

        connection = await asyncpg.connect(settings.database.owner_url)
        try:
            return list(
                await connection.fetch(
                    """
                    select spending.day, tenant.slug, sum(sign(spending.cents))::integer as texts,
                        sum(spending.cents)::integer as cents,
                        coalesce(sum(spending.cents) filter (where spending.is_known), 0)::integer as known_cents
                    from app.sms_spendings spending join app.tenants tenant on tenant.id = spending.tenant_id
                    where spending.day > $1
                    group by spending.day, tenant.slug having sum(spending.cents) > 0
                    order by spending.day desc, cents desc, tenant.slug
                    """,
                    datetime.now(UTC).date() - timedelta(days=days),
                )
            )
        finally:
            await connection.close()

    with running_database(data) as settings:
        rows = asyncio.run(read(settings))
    for row in rows:
        click.echo(
            f"{row['day']}  {row['slug']:24} {row['texts']:>6} texts  {row['cents']:>8} cents, "
            f"{row['known_cents']} of them by known devices"
        )
    if not rows:
        click.echo("No text message was paid for.")


async def spent_on(connection: Any, day: date) -> int:
    """Cents that all communities have spent on a day of UTC. Runs as the schema's owner."""
    return int(
        await connection.fetchval("select coalesce(sum(cents), 0)::integer from app.sms_spendings where day = $1", day)
    )
