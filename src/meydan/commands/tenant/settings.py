"""Settings of a community: shown, and set by key."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import click

from meydan.commands import PlainError, data_option
from meydan.commands.local_database import product, running_database, tenant_id_of
from meydan.commands.tenant.group import tenant

if TYPE_CHECKING:
    from meydan.config import Settings


@tenant.command("settings")
@click.argument("slug")
@data_option
def show_settings(slug: str, data: Path | None) -> None:
    """Show all settings of a community; a star where one differs from the default."""

    async def read(settings: Settings) -> list[tuple[str, str, bool]]:
        import msgspec

        from meydan import tenants

        async with product(settings) as db, db.as_service(await tenant_id_of(db, slug)) as tx:
            lines = []
            for room, kind in tenants.settings_types().items():
                values = msgspec.structs.asdict(await tenants.settings(tx, kind))
                defaults = msgspec.structs.asdict(kind())
                for name, value in values.items():
                    lines.append((f"{room}.{name}", msgspec.json.encode(value).decode(), value != defaults[name]))
            return lines

    with running_database(data) as settings:
        for key, value, changed in asyncio.run(read(settings)):
            click.echo(f"{'*' if changed else ' '} {key:36} {value}")


@tenant.command("set")
@click.argument("slug")
@click.argument("key")
@click.argument("value")
@data_option
def set_value(slug: str, key: str, value: str, data: Path | None) -> None:
    """Set KEY (as `meydan tenant settings` shows it) to VALUE: a number, true, a word, or JSON. Holds within seconds."""

    async def change(settings: Settings) -> None:
        import msgspec

        from meydan import tenants

        try:
            parsed = msgspec.json.decode(value)
        except msgspec.DecodeError:
            parsed = value  # a word without quotes
        async with product(settings) as db, db.as_service(await tenant_id_of(db, slug)) as tx:
            try:
                await tenants.do_configure_key(tx, key, parsed)
            except tenants.UnknownSetting:
                raise PlainError(
                    f"There is no setting called {key}. `meydan tenant settings {slug}` shows them."
                ) from None
            except tenants.SettingInvalid as refused:
                raise PlainError(f"{key} cannot be {value}: {refused.extra.get('detail')}.") from None
            await tenants.do_record(tx, "setting_changed", key=key, value=parsed)

    with running_database(data) as settings:
        asyncio.run(change(settings))
    click.echo(f"{key} is now {value} in {slug}.")
