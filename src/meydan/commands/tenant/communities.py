"""Communities: added, listed, reached at hosts, in their time zone, closed and opened again."""

from __future__ import annotations

import asyncio
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from meydan.commands import PlainError, data_option
from meydan.commands.local_database import product, running_database, tenant_id_of
from meydan.commands.tenant.group import tenant

if TYPE_CHECKING:
    from meydan.config import Settings
    from meydan.kit.database import Database
    from meydan.tenants import Addresses, Tenant


@tenant.command()
@click.argument("slug")
@click.option("--name", required=True, help="What people read.")
@click.option("--timezone", default="Europe/Istanbul", show_default=True, help="When its day begins.")
@click.option("--language", type=click.Choice(["tr", "en"]), default="tr", show_default=True)
@click.option("--host", "hosts", multiple=True, help="A host name it is reached at; may be given more than once.")
@click.option("--owner-username", help="Make its owner too, who logs in with this name.")
@click.option("--owner-birth-date", type=click.DateTime(["%Y-%m-%d"]), help="The owner's, as 1990-12-31.")
@click.option("--owner-password", envvar="MEYDAN_OWNER_PASSWORD", help="Asked for when not given.")
@data_option
def add(
    slug: str,
    name: str,
    timezone: str,
    language: str,
    hosts: tuple[str, ...],
    owner_username: str | None,
    owner_birth_date: datetime | None,
    owner_password: str | None,
    data: Path | None,
) -> None:
    """Make a community, and its owner if a name is given. SLUG is its address: small letters, digits, hyphens."""
    if owner_username:
        if owner_birth_date is None:
            raise PlainError("An owner is an adult: give --owner-birth-date too.")
        owner_password = owner_password or click.prompt(
            "The owner's password", hide_input=True, confirmation_prompt=True
        )

    async def make(settings: Settings) -> Tenant:
        async with product(settings) as db:
            await _check_timezone(db, timezone)
            await _check_hosts(settings, db, hosts)
            if owner_username and owner_birth_date and owner_password:
                made = await _found(db, slug, name, language, owner_username, owner_password, owner_birth_date.date())
            else:
                made = await _do_add(db, slug, name, timezone, language)
            for host in hosts:
                await _do_add_host(settings, db, made.id, host)
        await _do_update(settings, "update app.tenants set timezone = $2 where id = $1", made.id, timezone)
        return made

    with running_database(data) as settings:
        made = asyncio.run(make(settings))
    click.echo(
        f"{made.slug}: {made.name}" + (f", owned by {owner_username}" if owner_username else ", without an owner")
    )


@tenant.command("list")
@data_option
def list_all(data: Path | None) -> None:
    """Every community, with how many people it has."""

    async def read(settings: Settings) -> list[tuple[str, str, str, list[str], int]]:
        import asyncpg

        from meydan.kit.database import migrations

        connection = await asyncpg.connect(settings.database.owner_url)
        try:
            await migrations.check_version(connection)
            rows = await connection.fetch(
                """
                select slug, name, status, array(
                    select host from app.tenant_hosts where tenant_id = tenants.id order by host
                ) as hosts, (
                    select count(*) from app.users where tenant_id = tenants.id
                ) as people
                from app.tenants order by id
                """
            )
        finally:
            await connection.close()
        return [tuple(row) for row in rows]

    with running_database(data) as settings:
        for slug, name, status, hosts, people in asyncio.run(read(settings)):
            click.echo(f"{slug:24} {name:32} {status:10} {people:>8} people  {' '.join(hosts)}".rstrip())


@tenant.command("host")
@click.argument("slug")
@click.argument("host")
@click.option("--remove", is_flag=True, help="The community is no longer reached there.")
@data_option
def set_host(slug: str, host: str, *, remove: bool, data: Path | None) -> None:
    """Reach a community at HOST, a domain name that points to this installation. Holds within seconds."""

    async def change(settings: Settings) -> str:
        from meydan import tenants

        async with product(settings) as db:
            tenant_id = await tenant_id_of(db, slug)
            if not remove:
                return await _do_add_host(settings, db, tenant_id, host)
            async with db.as_service(tenant_id) as tx:
                if not await tenants.do_remove_host(tx, host):
                    raise PlainError(f"{slug} is not reached at {host}. `meydan tenant list` shows all hosts.")
            return host

    with running_database(data) as settings:
        name = asyncio.run(change(settings))
    click.echo(f"{slug} is {'no longer ' if remove else ''}reached at {name}.")


@tenant.command("timezone")
@click.argument("slug")
@click.argument("timezone")
@data_option
def set_timezone(slug: str, timezone: str, data: Path | None) -> None:
    """Let a community's day begin in TIMEZONE, such as Europe/Istanbul. Holds within seconds."""

    async def change(settings: Settings) -> None:
        from meydan import tenants

        async with product(settings) as db:
            tenant_id = await tenant_id_of(db, slug)
            await _check_timezone(db, timezone)
            async with db.as_service(tenant_id) as tx:
                await tenants.do_record(tx, "tenant_timezone_changed", timezone=timezone)
        await _do_update(settings, "update app.tenants set timezone = $2 where id = $1", tenant_id, timezone)

    with running_database(data) as settings:
        asyncio.run(change(settings))
    click.echo(f"The day of {slug} begins in {timezone} now.")


@tenant.command("status")
@click.argument("slug")
@click.argument("status", type=click.Choice(["active", "suspended"]))
@data_option
def set_status(slug: str, status: str, data: Path | None) -> None:
    """Approve, open again (active) or close (suspended) a community. Holds within seconds."""

    async def change(settings: Settings) -> None:
        from meydan import tenants

        async with product(settings) as db:
            tenant_id = await tenant_id_of(db, slug)
            async with db.as_service(tenant_id) as tx:
                await tenants.do_record(tx, "tenant_status_changed", status=status)
        await _do_update(settings, "update app.tenants set status = $2 where id = $1", tenant_id, status)

    with running_database(data) as settings:
        asyncio.run(change(settings))
    click.echo(f"{slug} is now {status}.")


async def _do_add(db: Database, slug: str, name: str, timezone: str, language: str) -> Tenant:
    from meydan import tenants

    async with db.as_service(0) as tx:
        return await tenants.do_add(tx, slug, name, timezone=timezone, language=tenants.Language(language))


async def _found(
    db: Database, slug: str, name: str, language: str, username: str, password: str, birth_date: date
) -> Tenant:
    """Adds a tenant and its owner, as a person does over HTTP."""
    from meydan import accounts, config, tenants

    directory = tenants.Directory(db)
    default = await directory.find("", None)
    await accounts.do_register(
        db,
        default.id,
        accounts.RegisterUserRequest(
            username=username,
            password=password,
            alias=username,
            birth_date=birth_date,
            language=tenants.Language(language),
            device=accounts.ClientDevice(id=uuid.uuid4(), name="meydan tenant add"),
            new_tenant=accounts.NewTenant(name=name, slug=slug),
        ),
        "127.0.0.1",
        config.Tenants(
            founding=config.Founding.open, foundings_per_day=sys.maxsize, foundings_per_network_day=sys.maxsize
        ),
    )
    return await tenants.Directory(db).find("", slug)


async def _check_timezone(db: Database, timezone: str) -> None:
    """Refuses a time zone before anything is made."""
    from meydan import tenants

    async with db.as_service(0) as tx:
        try:
            await tenants.check_timezone(tx, timezone)
        except tenants.TimezoneUnknown as refused:
            raise PlainError(f"{timezone}: {refused.title}") from None


async def _check_hosts(settings: Settings, db: Database, hosts: tuple[str, ...]) -> None:
    """Refuses hosts before anything is made."""
    from meydan import tenants

    async with db.as_service(0) as tx:
        for host in hosts:
            with _in_words(host):
                await tenants.check_host(tx, host, _addresses(settings))


async def _do_add_host(settings: Settings, db: Database, tenant_id: int, host: str) -> str:
    from meydan import tenants

    async with db.as_service(tenant_id) as tx:
        with _in_words(host):
            return await tenants.do_add_host(tx, host, _addresses(settings))


def _addresses(settings: Settings) -> Addresses:
    from meydan import tenants

    return tenants.Addresses.of(settings.http.public_url, settings.tenants.base_domain)


@contextmanager
def _in_words(host: str) -> Iterator[None]:
    from meydan import tenants

    try:
        yield
    except (tenants.HostInvalid, tenants.HostIsOurs, tenants.HostTaken) as refused:
        raise PlainError(f"{host}: {refused.title}") from None


async def _do_update(settings: Settings, sql: str, tenant_id: int, value: str) -> None:
    """Sets a column that only the schema's owner may write."""
    import asyncpg

    connection = await asyncpg.connect(settings.database.owner_url)
    try:
        await connection.execute(sql, tenant_id, value)
    finally:
        await connection.close()
