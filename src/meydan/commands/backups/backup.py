"""Backup and restore: a file with a consistent snapshot of the whole database.

Valkey is not in it. Its data is short-lived (presence, limits, frames of the last hour). A restore ends every session, so
clients log in again and load what there is.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from contextlib import nullcontext
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import click

from meydan.commands import PlainError, data_option
from meydan.commands.backups import backup_file, restored
from meydan.commands.backups.backup_file import Manifest
from meydan.commands.local_database import running_database
from meydan.commands.migrate import prepare
from meydan.config import (
    DATABASE_NAME,
    Secrets,
    Settings,
    database_passwords,
    default_data,
    is_own_engine,
    load_settings,
    make_contact_key,
    make_push_key,
    make_secrets,
)
from meydan.engines import Engines
from meydan.kit.crypto.keys import fingerprint, key_id

if TYPE_CHECKING:
    from meydan.kit.crypto.age import Identities
    from meydan.tenants import JournalEntry

_identity_option = click.option(
    "--identity",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="File of the key that opens what was encrypted, as `meydan backup-key` makes it.",
)
_journal_option = click.option(
    "--journal",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of the restore journal. Default: that of the backups.",
)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@data_option
@click.option(
    "--with-secrets",
    is_flag=True,
    help="Put the secrets in too, but for contact_key. Whoever reads the file can then sign in as anybody.",
)
@click.option(
    "--encrypt",
    "public_keys",
    metavar="KEY",
    multiple=True,
    help="Encrypt it for this public key of age (age1…), also for several. Default: the setting backups.public_keys.",
)
def backup(file: Path, data: Path | None, public_keys: tuple[str, ...], *, with_secrets: bool) -> None:
    """Write everything into FILE, as of one moment, while the product goes on."""
    from meydan.kit.crypto.age import recipients_of

    if file.exists():
        raise PlainError(f"{file} exists already; a backup never overwrites another.")
    with running_database(data) as settings:
        recipients = recipients_of(public_keys or settings.backups.public_keys)
        _check_database(settings)
        manifest = asyncio.run(_describe(settings))
        part = file.with_name(file.name + ".part")
        part.unlink(missing_ok=True)
        try:
            os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            backup_file.write(part, settings, manifest, recipients, with_secrets=with_secrets)
            part.rename(file)
        finally:
            part.unlink(missing_ok=True)
    closed = ", encrypted" if recipients else ""
    key = key_id(settings.secrets.seal_key, "seal")
    click.echo(
        f"{file}: {file.stat().st_size / 1e6:.1f} MB{closed}, up to {manifest.migrations[-1]}, of seal key {key}"
    )
    _warn(settings, with_secrets=with_secrets, is_encrypted=bool(recipients))


def _warn(settings: Settings, *, with_secrets: bool, is_encrypted: bool) -> None:
    if with_secrets and not is_encrypted:
        click.secho(
            "THE SECRETS ARE IN THIS FILE: whoever reads it can sign in as anybody. Keep it like a key, or use --encrypt. "
            "contact_key is not in it: keep that apart from every backup.",
            fg="red",
            err=True,
        )
    elif with_secrets:
        click.secho(
            "The secrets are in it: whoever has its key can sign in as anybody. contact_key is not in it.",
            fg="yellow",
            err=True,
        )
    else:
        click.secho(
            "The secrets are not in it. Without seal_key nobody can sign in to what is restored: keep secrets.toml from "
            f"{settings.data} (or your own settings) somewhere else, or use --with-secrets. Keep contact.key apart from both.",
            fg="yellow",
            err=True,
        )


@click.command("backup-key")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup_key(file: Path) -> None:
    """Make a key that opens encrypted backups, in FILE, and print its public half, which encrypts them."""
    from meydan.kit.crypto.age import new_identity

    text, public = new_identity()
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise PlainError(f"{file} exists already; a key never overwrites another.") from None
    with os.fdopen(descriptor, "w") as opened:
        opened.write(text)
    click.echo(public)
    click.secho(
        f"Keep {file} where neither the servers nor the backups are: whoever has it reads them, and without it nobody can. "
        "The line above goes into backups.public_keys.",
        fg="yellow",
        err=True,
    )


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@data_option
@_identity_option
@_journal_option
@click.option(
    "--forget-contacts",
    is_flag=True,
    help="The contact_key is lost: restore without the bans and debts of erased accounts.",
)
@click.option(
    "--without-earlier-keys",
    is_flag=True,
    help="Earlier seal keys are lost: restore without what only they find and open.",
)
def restore(
    file: Path,
    data: Path | None,
    identity: Path | None,
    journal: Path | None,
    *,
    forget_contacts: bool,
    without_earlier_keys: bool,
) -> None:
    """Fill an empty installation from FILE; then `meydan up` goes on from there."""
    from meydan.kit.database import migrations

    data = (data or default_data()).absolute()
    identities = _identities(identity)
    with (
        backup_file.opened(file, identities) as reader,
        tempfile.TemporaryDirectory(dir=_existing(data), prefix=".meydan-restore-") as folder,
    ):
        manifest, given = reader.manifest, load_settings(data)
        # Secrets set here win, because they may already seal data. A backup sealed with another key is refused.
        secrets = given.secrets if given.secrets.seal_key or reader.secrets is None else reader.secrets
        _check_seal_keys(manifest, secrets, data, without_earlier=without_earlier_keys)
        if not forget_contacts:
            _check_contact_keys(manifest, secrets, given.secrets.contact_key, data)
        entries = _entries(journal or file.parent, manifest.made_at, identities)
        dump = Path(folder) / "database.dump"
        reader.write_dump(dump)
        if not is_own_engine(data, "postgres", given.database.owner_url):
            _fill(dump, given)
            _finish(given, manifest, entries, forgets=forget_contacts)
        else:
            with Engines(data) as engines:
                make_secrets(data, secrets)
                make_contact_key(data, given.secrets.contact_key)
                make_push_key(data, secrets.push_key)
                asyncio.run(migrations.bootstrap(engines.postgres_url, DATABASE_NAME, database_passwords(data)))
                settings = load_settings(data)
                _fill(dump, settings)
                _finish(settings, manifest, entries, forgets=forget_contacts)
    click.echo(f"Restored what was backed up at {manifest.made_at:%Y-%m-%d %H:%M} UTC into {data}. Go on: meydan up")


@click.command()
@click.option(
    "--since", type=click.DateTime(["%Y-%m-%dT%H:%M:%S"]), required=True, help="The time it went back to, in UTC."
)
@data_option
@_identity_option
@_journal_option
def recovered(since: datetime, data: Path | None, identity: Path | None, journal: Path | None) -> None:
    """Finish a recovery from a snapshot or to a point in time, before anything starts. `restore` does it by itself."""
    data = (data or default_data()).absolute()
    with Engines(data) if (data / "engines/postgres/data").exists() else nullcontext():
        settings = load_settings(data)
        _check_database(settings)
        at = since.replace(tzinfo=UTC)
        entries = _entries(journal or settings.backup_folder, at, _identities(identity))
        asyncio.run(restored.do_finish(settings, at, entries, forgets=False))
    click.echo("Every session has ended, and what must not be undone was done again.")


def _identities(file: Path | None) -> Identities:
    from meydan.kit.crypto.age import identities_in

    return identities_in(file) if file is not None else []


def _entries(folder: Path, since: datetime, identities: Identities) -> list[JournalEntry]:
    """Raises: PlainError (lines are encrypted for another key)."""
    from meydan import tenants

    try:
        return tenants.entries_since(folder, since, identities)
    except tenants.JournalClosedError as error:
        raise PlainError(
            f"{error.file} is encrypted for another key than you named. Bans and erasures of after the backup are in it. "
            "Name the file of its key with --identity, also several keys in one file."
        ) from None


def _existing(data: Path) -> Path:
    """The data folder, or the nearest one above it that exists: a refused restore leaves nothing behind."""
    return next(folder for folder in (data, *data.parents) if folder.exists())


def _check_database(settings: Settings) -> None:
    if not settings.database.owner_url:
        raise PlainError(f"There is no database in {settings.data}, and MEYDAN_DATABASE_OWNER_URL is not set.")


async def _describe(settings: Settings) -> Manifest:
    import asyncpg

    connection = await asyncpg.connect(settings.database.owner_url)
    try:
        if not await connection.fetchval("select to_regclass('public.migrations') is not null"):
            raise PlainError("The database holds no installation yet: there is nothing to back up.")
        applied = [row["name"] for row in await connection.fetch("select name from public.migrations order by name")]
    finally:
        await connection.close()
    keys = settings.secrets.keys()
    return Manifest(
        format=backup_file.FORMAT,
        made_at=datetime.now(UTC),
        meydan=version("meydan"),
        migrations=applied,
        seal_key=fingerprint(keys.seal_key, "seal"),
        contact_key=fingerprint(keys.contact_key, "contact"),
        earlier_seal_keys=[fingerprint(key, "seal") for key in keys.every_seal_key if key != keys.seal_key],
        first_seal_key=fingerprint(keys.contact_seal_key, "seal"),
    )


def _check_seal_keys(manifest: Manifest, secrets: Secrets, data: Path, *, without_earlier: bool) -> None:
    """The backup opens with any key that is kept here. Its earlier keys are needed too.

    Raises: PlainError."""
    if not secrets.seal_key:
        raise PlainError(
            f"The backup holds no secrets, and without seal key {manifest.seal_key[:8]} nobody could sign in. Set "
            f"MEYDAN_SECRETS_SEAL_KEY and MEYDAN_SECRETS_TOKEN_KEY, or copy the old secrets.toml into {data} first."
        )
    here = {fingerprint(key, "seal") for key in secrets.keys().every_seal_key}
    if manifest.seal_key not in here:
        raise PlainError(
            f"The backup was made with seal key {manifest.seal_key[:8]}, which is not the one set here, nor kept "
            f"({', '.join(sorted(known[:8] for known in here))}): nobody could sign in."
        )
    lost = sorted(known[:8] for known in set(manifest.earlier_seal_keys) - here)
    if lost and not without_earlier:
        raise PlainError(
            f"Seal key {', '.join(lost)} is missing: the backup's earlier data may be sealed and hashed with it. Add it to "
            "MEYDAN_SECRETS_RETIRED_SEAL_KEYS. If it is lost, restore without: --without-earlier-keys"
        )


def _check_contact_keys(manifest: Manifest, secrets: Secrets, contact_key: str, data: Path) -> None:
    """A backup of a program without a contact key takes any.

    Raises: PlainError."""
    if manifest.contact_key is None:
        return
    if fingerprint(contact_key, "contact") != manifest.contact_key:
        words = "is not the one this backup was made with" if contact_key else "is not set, and no backup holds it"
        raise PlainError(
            f"The contact_key {words}. Bans and debts of erased accounts are found by it. Set MEYDAN_SECRETS_CONTACT_KEY, "
            f"or copy the old contact.key into {data}. If it is lost, restore without them: --forget-contacts"
        )
    first = manifest.first_seal_key or manifest.seal_key
    if fingerprint(secrets.keys().contact_seal_key, "seal") != first:
        raise PlainError(
            f"Contacts of this backup are hashed with seal key {first[:8]}: set MEYDAN_SECRETS_FIRST_SEAL_KEY to it. If it is "
            "lost, restore without bans and debts of erased accounts: --forget-contacts"
        )


def _fill(dump: Path, settings: Settings) -> None:
    _check_database(settings)
    if not asyncio.run(_is_empty(settings)):
        raise PlainError(
            f"There is an installation already (database of {settings.data}). Restore into an empty one, for example with "
            "another --data."
        )
    backup_file.load_dump(dump, settings)


async def _is_empty(settings: Settings) -> bool:
    import asyncpg

    connection = await asyncpg.connect(settings.database.owner_url)
    try:
        return bool(await connection.fetchval("select to_regnamespace('app') is null"))
    finally:
        await connection.close()


def _finish(settings: Settings, manifest: Manifest, entries: list[JournalEntry], *, forgets: bool) -> None:
    asyncio.run(prepare(settings, rehashes=not forgets))  # a backup of an older version is brought to this one
    asyncio.run(restored.do_finish(settings, manifest.made_at, entries, forgets=forgets))
