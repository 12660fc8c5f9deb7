"""`meydan user`: users (people with an account) from the command line."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import click

from meydan.commands import PlainError, data_option
from meydan.commands.local_database import product, running_database, tenant_id_of

if TYPE_CHECKING:
    from meydan.config import Settings


@click.group()
def user() -> None:
    """People with an account on this installation."""


@user.command("remove-second-factor")
@click.argument("slug")
@click.argument("identifier")
@click.option("--reason", required=True, help="Kept in the audit log.")
@data_option
def remove_second_factor(slug: str, identifier: str, reason: str, data: Path | None) -> None:
    """Remove the second factor of somebody who lost it, and end their sessions.

    SLUG is the community. IDENTIFIER is what they log in with: phone number, e-mail address or username. Make sure who asks.
    """

    async def do_remove(settings: Settings) -> None:
        from meydan import accounts, integrations
        from meydan.kit.errors import NotFound

        async with (
            product(settings) as db,
            integrations.opened(settings),  # they are told, by which channels the installation has
            db.as_service(await tenant_id_of(db, slug)) as tx,
        ):
            try:
                user_id = await accounts.user_by_identifier(tx, identifier)
            except NotFound:
                raise PlainError(f"Nobody in {slug} logs in with {identifier}.") from None
            try:
                await accounts.do_remove_second_factor(tx, user_id, reason)
            except NotFound:
                raise PlainError(f"{identifier} has no second factor in {slug}.") from None

    with running_database(data) as settings:
        asyncio.run(do_remove(settings))
    click.echo(f"{identifier} logs in to {slug} without a second factor now. All their sessions have ended.")
