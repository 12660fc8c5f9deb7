"""`meydan payments`: a tenant's accounts at payment providers. Secrets are typed here and in no browser."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from meydan.commands import PlainError, data_option
from meydan.commands.local_database import product, running_database, tenant_id_of

if TYPE_CHECKING:
    from msgspec import Struct

    from meydan.integrations.payments.enums import ProviderName
    from meydan.kit.database import Database

T = TypeVar("T")
_PROVIDERS = click.Choice(["stripe", "iyzico", "apple", "google", "revenuecat"])


@click.group("payments")
def payment_commands() -> None:
    """Payment providers of a community."""


@payment_commands.command()
@click.argument("slug")
@click.argument("provider", type=_PROVIDERS)
@click.option("--sandbox", is_flag=True, help="Play money counts here: for trying out only.")
@click.option(
    "--from",
    "file",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="A TOML file with the account's fields, instead of being asked for each.",
)
@click.option("--check/--no-check", default=True, show_default=True, help="Ask the provider before anything is kept.")
@data_option
def connect(slug: str, provider: str, *, sandbox: bool, file: Path | None, check: bool, data: Path | None) -> None:
    """Sell through PROVIDER in the community SLUG, or replace the account. What is typed is sealed at once.

    For a value of several lines (a key, a service account's file), type @ and its file's path.
    """
    from meydan.integrations.payments.enums import ProviderName
    from meydan.money import payments

    name = ProviderName(provider)
    values = _read(file) if file else _asked(payments.account_of(name))

    async def do(db: Database, tenant_id: int) -> str:
        if check:
            await _check(name, values, sandbox=sandbox)
        async with db.as_service(tenant_id) as tx:
            await payments.do_connect(tx, name, values, sandbox=sandbox)
        return payments.webhook_url(name, slug)

    url = _run(slug, data, do)
    click.echo(f"{slug} sells through {provider}{' (sandbox)' if sandbox else ''}.")
    click.echo(f"Enter this URL for webhooks at {provider}: {url}")
    if not url.startswith("https://"):
        click.echo("No provider reaches this address yet: set http.public_url to the https address that people open.")


@payment_commands.command("list")
@click.argument("slug")
@data_option
def list_all(slug: str, data: Path | None) -> None:
    """List connected providers. Nothing secret is shown."""
    from meydan.money import payments

    async def do(db: Database, tenant_id: int) -> list[Any]:
        async with db.as_service(tenant_id) as tx:
            return list(await payments.provider_lines(tx))

    for line in _run(slug, data, do):
        state = "connected" if line.connected else "-"
        click.echo(f"{line.provider:<12} {state + (', sandbox' if line.sandbox else ''):<20} {line.webhook_url}")


@payment_commands.command()
@click.argument("slug")
@click.argument("provider", type=_PROVIDERS)
@data_option
def disconnect(slug: str, provider: str, data: Path | None) -> None:
    """Sell no more through PROVIDER. What was sold can still be refunded, and its news is read."""
    from meydan.integrations.payments.enums import ProviderName
    from meydan.money import payments

    async def do(db: Database, tenant_id: int) -> None:
        async with db.as_service(tenant_id) as tx:
            await payments.do_disconnect(tx, ProviderName(provider))

    _run(slug, data, do)
    click.echo(f"{slug} sells no more through {provider}.")


def _run(slug: str, data: Path | None, do: Callable[[Database, int], Awaitable[T]]) -> T:
    from meydan import integrations
    from meydan.money import payments

    with running_database(data) as settings:

        async def work() -> T:
            async with product(settings) as db, integrations.opened(settings):
                return await do(db, await tenant_id_of(db, slug))

        try:
            return asyncio.run(work())
        except payments.AccountInvalid as error:
            raise PlainError(f"Nothing was kept: {error.extra.get('detail')}") from None


async def _check(name: ProviderName, values: dict[str, Any], *, sandbox: bool) -> None:
    """Asks the provider for a statement, so that a wrong key is found now and not by the first buyer."""
    from meydan.integrations.payments import contract
    from meydan.kit import clock
    from meydan.money import payments

    provider = payments.provider_from(name, values, sandbox=sandbox)
    try:
        await provider.statement(clock.now() - timedelta(minutes=1), clock.now(), [])
    except contract.ProviderRefused as error:
        raise PlainError(f"Nothing was kept: {name} does not take this account. {error}") from None
    except contract.ProviderUnavailable as error:
        raise PlainError(
            f"Nothing was kept: {name} did not answer ({error}). --no-check does without asking."
        ) from None
    finally:
        await provider.close()


def _read(file: Path) -> dict[str, Any]:
    import msgspec

    try:
        found: dict[str, Any] = msgspec.toml.decode(file.read_bytes(), type=dict)
    except msgspec.DecodeError as error:
        raise PlainError(f"{file} is not readable TOML: {error}") from None
    return found


def _asked(account: type[Struct]) -> dict[str, Any]:
    """Asks for the fields without a default; a file given by --from may set the others."""
    from msgspec import NODEFAULT

    from meydan.kit.settings import fields

    if not sys.stdin.isatty():
        raise PlainError("Nobody is there to be asked: give the account's fields with --from FILE.")
    values: dict[str, Any] = {}
    for field in fields(account):
        if field.default is not NODEFAULT:
            continue
        if field.description:
            click.echo(field.description)
        typed = click.prompt(field.name, hide_input=_is_secret(field.name))
        values[field.name] = Path(typed[1:]).expanduser().read_text() if typed.startswith("@") else typed
    return values


def _is_secret(name: str) -> bool:
    return any(word in name for word in ("secret", "key", "token", "password", "json")) and not name.endswith("key_id")
