"""Members of a community: their roles, bans, and contacts that have a new owner."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from meydan.commands import PlainError, data_option
from meydan.commands.local_database import product, running_database, tenant_id_of
from meydan.commands.tenant.group import tenant

if TYPE_CHECKING:
    from meydan.config import Settings

_BAN_REASONS = ["harassment", "sexual_content", "underage", "spam", "threat", "other"]


@tenant.command()
@click.argument("slug")
@click.argument("identifier")
@click.option(
    "--role",
    type=click.Choice(["user", "creator", "moderator", "admin", "owner"]),
    required=True,
    help="admin and owner see the community's money.",
)
@data_option
def staff(slug: str, identifier: str, role: str, data: Path | None) -> None:
    """Give somebody a role. IDENTIFIER is what they log in with: phone number, e-mail address or username."""

    async def give(settings: Settings) -> None:
        from meydan import accounts
        from meydan.kit.errors import NotFound
        from meydan.kit.identity import Role

        async with product(settings) as db, db.as_service(await tenant_id_of(db, slug)) as tx:
            try:
                await accounts.do_set_role(tx, identifier, Role(role))
            except NotFound:
                raise PlainError(f"Nobody in {slug} logs in with {identifier}.") from None

    with running_database(data) as settings:
        asyncio.run(give(settings))
    click.echo(f"{identifier} is now {role} in {slug}.")


@tenant.command()
@click.argument("slug")
@click.argument("identifier")
@click.option("--reason", type=click.Choice(_BAN_REASONS), required=True, help="Told to the person.")
@click.option("--days", type=click.IntRange(1, 3650), help="For so many days; else for good.")
@data_option
def ban(slug: str, identifier: str, reason: str, days: int | None, data: Path | None) -> None:
    """Ban somebody. IDENTIFIER is what they log in with: phone number, e-mail address or username."""

    async def do_ban(settings: Settings) -> datetime | None:
        from meydan import accounts, safety
        from meydan.kit import clock
        from meydan.kit.errors import NotFound

        until = None if days is None else clock.now() + timedelta(days=days)
        async with product(settings) as db, db.as_service(await tenant_id_of(db, slug)) as tx:
            try:
                user_id = await accounts.user_by_identifier(tx, identifier)
            except NotFound:
                raise PlainError(f"Nobody in {slug} logs in with {identifier}.") from None
            return (await safety.do_ban(tx, user_id, safety.BanReason(reason), until=until)).until

    with running_database(data) as settings:
        until = asyncio.run(do_ban(settings))
    click.echo(
        f"{identifier} is banned from {slug} " + (f"until {until:%Y-%m-%d %H:%M} UTC." if until else "for good.")
    )


@tenant.command()
@click.argument("slug")
@click.argument("identifier")
@click.option("--reason", required=True, help="Kept in the audit log.")
@data_option
def lift(slug: str, identifier: str, reason: str, data: Path | None) -> None:
    """Lift somebody's ban. IDENTIFIER is what they log in with."""

    async def do_lift(settings: Settings) -> None:
        from meydan import accounts, safety
        from meydan.kit.errors import NotFound

        async with product(settings) as db, db.as_service(await tenant_id_of(db, slug)) as tx:
            try:
                user_id = await accounts.user_by_identifier(tx, identifier)
            except NotFound:
                raise PlainError(f"Nobody in {slug} logs in with {identifier}.") from None
            try:
                await safety.do_lift(tx, user_id, reason=reason)
            except NotFound:
                raise PlainError(f"{identifier} is not banned from {slug}.") from None

    with running_database(data) as settings:
        asyncio.run(do_lift(settings))
    click.echo(f"{identifier} is no longer banned from {slug}.")


@tenant.command()
@click.argument("slug")
@click.argument("contact")
@click.option("--reason", required=True, help="Kept in the audit log, so without the contact.")
@click.option(
    "--take-from-account", is_flag=True, help="Also take it from the account that has it now, which stays without it."
)
@data_option
def release(slug: str, contact: str, reason: str, data: Path | None, *, take_from_account: bool) -> None:
    """Free a phone number or e-mail address that has a new owner from what earlier accounts left.

    Bans, debts, freezes, used rights and blocks of erased accounts are no longer found by it.
    """

    async def do_release(settings: Settings) -> None:
        from meydan import accounts
        from meydan.kit.errors import NotFound

        async with product(settings) as db, db.as_service(await tenant_id_of(db, slug)) as tx:
            try:
                await accounts.inheritance.do_release_typed(tx, contact, reason, take_from_account=take_from_account)
            except NotFound:
                raise PlainError(f"Nobody has proved {contact} in {slug}, or it is forgotten already.") from None

    with running_database(data) as settings:
        asyncio.run(do_release(settings))
    click.echo(f"{contact} is free in {slug}: whoever proves it begins anew.")
