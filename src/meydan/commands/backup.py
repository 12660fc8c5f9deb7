"""Backup and restore: a file with a consistent snapshot of the whole database.

Valkey is not in it. Its data is short-lived (presence, limits, frames of the last hour). A restore ends every session, so
clients log in again and load what there is.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import os
import subprocess
import tarfile
import tempfile
from contextlib import nullcontext
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import click
import msgspec
from msgspec import Struct

from meydan.commands import PlainError, data_option, restored
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
    make_secrets,
)
from meydan.engines import Engines
from meydan.engines.postgres import wheel_program

_FORMAT = 1
_MANIFEST, _DATABASE, _SECRETS = "manifest.json", "database.dump", "secrets.json"


class Manifest(Struct, frozen=True):
    format: int
    made_at: datetime
    meydan: str
    migrations: list[str]
    seal_key: str
    """Fingerprint of the seal key, to recognise the key without storing it."""
    contact_key: str | None = None
    """Fingerprint of the contact key; None in backups of programs up to 0018, which had none."""


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@data_option
@click.option(
    "--with-secrets",
    is_flag=True,
    help="Put the secrets in too, but for contact_key. Whoever has the file can then sign in as anybody.",
)
def backup(file: Path, data: Path | None, with_secrets: bool) -> None:
    """Write everything into FILE, as of one moment, while the product goes on."""
    if file.exists():
        raise PlainError(f"{file} exists already; a backup never overwrites another.")
    with running_database(data) as settings:
        _check_database(settings)
        manifest = asyncio.run(_describe(settings))
        part = file.with_name(file.name + ".part")
        part.unlink(missing_ok=True)
        try:
            os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            _write(part, settings, manifest, with_secrets=with_secrets)
            part.rename(file)
        finally:
            part.unlink(missing_ok=True)
    click.echo(f"{file}: {file.stat().st_size / 1e6:.1f} MB, up to {manifest.migrations[-1]}")
    if with_secrets:
        click.secho(
            "THE SECRETS ARE IN THIS FILE: whoever reads it can sign in as anybody. Keep it like a key. "
            "contact_key is not in it: keep that apart from every backup.",
            fg="red",
            err=True,
        )
    else:
        click.secho(
            "The secrets are not in it. Without seal_key nobody can sign in to what is restored: keep secrets.toml from "
            f"{settings.data} (or your own settings) somewhere else, or use --with-secrets. Keep contact.key apart from both.",
            fg="yellow",
            err=True,
        )


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@data_option
@click.option(
    "--journal",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of the restore journal. Default: the folder of FILE.",
)
@click.option(
    "--forget-contacts",
    is_flag=True,
    help="The contact_key is lost: restore without the bans and debts of erased accounts.",
)
def restore(file: Path, data: Path | None, journal: Path | None, *, forget_contacts: bool) -> None:
    """Fill an empty installation from FILE; then `meydan up` goes on from there."""
    from meydan.kit.database import migrations

    data = (data or default_data()).absolute()
    if not tarfile.is_tarfile(file):
        raise PlainError(f"{file} is not a backup made by `meydan backup`.")
    with tarfile.open(file) as archive:
        manifest = _manifest(archive, file)
        carried = _carried_secrets(archive)
        given = load_settings(data)
        # Secrets set here win, because they may already seal data. A backup sealed with another key is refused.
        secrets = given.secrets if given.secrets.seal_key or carried is None else carried
        _check_seal_key(manifest, secrets, data)
        if not forget_contacts:
            _check_contact_key(manifest, given.secrets.contact_key, data)
        if not is_own_engine(data, "postgres", given.database.owner_url):
            _fill(archive, given)
            _finish(given, manifest, journal or file.parent, forgets=forget_contacts)
        else:
            with Engines(data) as engines:
                make_secrets(data, secrets)
                make_contact_key(data, given.secrets.contact_key)
                asyncio.run(migrations.bootstrap(engines.postgres_url, DATABASE_NAME, database_passwords(data)))
                settings = load_settings(data)
                _fill(archive, settings)
                _finish(settings, manifest, journal or file.parent, forgets=forget_contacts)
    click.echo(f"Restored what was backed up at {manifest.made_at:%Y-%m-%d %H:%M} UTC into {data}. Go on: meydan up")


@click.command()
@click.option(
    "--since", type=click.DateTime(["%Y-%m-%dT%H:%M:%S"]), required=True, help="The time it went back to, in UTC."
)
@data_option
@click.option(
    "--journal",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of the restore journal. Default: the setting backups.folder.",
)
def recovered(since: datetime, data: Path | None, journal: Path | None) -> None:
    """Finish a recovery from a snapshot or to a point in time, before anything starts. `restore` does it by itself."""
    data = (data or default_data()).absolute()
    with Engines(data) if (data / "engines/postgres/data").exists() else nullcontext():
        settings = load_settings(data)
        _check_database(settings)
        folder = journal or settings.backup_folder
        asyncio.run(restored.do_finish(settings, since.replace(tzinfo=UTC), folder, forgets=False))
    click.echo("Every session has ended, and what must not be undone was done again.")


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
    keys = settings.secrets
    return Manifest(
        *(_FORMAT, datetime.now(UTC), version("meydan"), applied, fingerprint(keys.seal_key)),
        fingerprint(keys.contact_key, "contact"),
    )


def fingerprint(key: str, name: str = "seal") -> str:
    """The id of a key, by which nobody guesses it."""
    return hashlib.scrypt(key.encode(), salt=f"meydan {name} key".encode(), n=2**14, r=8, p=1, dklen=16).hex()


def _write(path: Path, settings: Settings, manifest: Manifest, *, with_secrets: bool) -> None:
    with tarfile.open(path, "w") as archive, tempfile.TemporaryDirectory(dir=path.parent) as folder:
        dump = Path(folder) / _DATABASE
        # Row level security stays on. The owner's policy shows it every row, and a table without one is an error.
        _postgres(
            "pg_dump",
            settings,
            "--format=custom",
            "--no-owner",
            "--no-comments",
            "--enable-row-security",
            f"--file={dump}",
        )
        _add(archive, _MANIFEST, msgspec.json.encode(manifest))
        if with_secrets:
            carried = msgspec.structs.replace(settings.secrets, contact_key="")
            _add(archive, _SECRETS, msgspec.json.encode(carried))
        archive.add(dump, _DATABASE)


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode, member.mtime = len(content), 0o600, int(datetime.now(UTC).timestamp())
    archive.addfile(member, io.BytesIO(content))


def _manifest(archive: tarfile.TarFile, file: Path) -> Manifest:
    from meydan.kit.database import migrations

    try:
        content = archive.extractfile(_MANIFEST)
    except KeyError:
        content = None
    if content is None:
        raise PlainError(f"{file} is not a backup made by `meydan backup`.")
    manifest = msgspec.json.decode(content.read(), type=Manifest)
    unknown = set(manifest.migrations) - {path.name for path in migrations.files()}
    if manifest.format != _FORMAT or unknown:
        raise PlainError(
            f"{file} was made by a newer Meydan ({manifest.meydan}; this is {version('meydan')}). Install that one first."
        )
    return manifest


def _carried_secrets(archive: tarfile.TarFile) -> Secrets | None:
    if _SECRETS not in archive.getnames():
        return None
    content = archive.extractfile(_SECRETS)
    return msgspec.json.decode(content.read(), type=Secrets) if content else None


def _check_seal_key(manifest: Manifest, secrets: Secrets, data: Path) -> None:
    if not secrets.seal_key:
        raise PlainError(
            "The backup holds no secrets, and without the seal_key it was made with nobody could sign in. Set "
            f"MEYDAN_SECRETS_SEAL_KEY and MEYDAN_SECRETS_TOKEN_KEY, or copy the old secrets.toml into {data} first."
        )
    if fingerprint(secrets.seal_key) != manifest.seal_key:
        raise PlainError("The seal_key set here is not the one this backup was made with: nobody could sign in.")


def _check_contact_key(manifest: Manifest, contact_key: str, data: Path) -> None:
    """A backup of a program without a contact key takes any."""
    if manifest.contact_key is None or fingerprint(contact_key, "contact") == manifest.contact_key:
        return
    words = "is not the one this backup was made with" if contact_key else "is not set, and no backup holds it"
    raise PlainError(
        f"The contact_key {words}. Bans and debts of erased accounts are found by it. Set MEYDAN_SECRETS_CONTACT_KEY, or "
        f"copy the old contact.key into {data}. If it is lost, restore without them: --forget-contacts"
    )


def _fill(archive: tarfile.TarFile, settings: Settings) -> None:
    _check_database(settings)
    if not asyncio.run(_is_empty(settings)):
        raise PlainError(
            f"There is an installation already (database of {settings.data}). Restore into an empty one, for example with "
            "another --data."
        )
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)  # the database may be elsewhere
    with tempfile.TemporaryDirectory(dir=settings.data) as folder:
        archive.extract(_DATABASE, folder, filter="data")
        _postgres(
            "pg_restore",
            settings,
            *("--no-owner", "--exit-on-error", "--single-transaction"),
            str(Path(folder) / _DATABASE),
        )


async def _is_empty(settings: Settings) -> bool:
    import asyncpg

    connection = await asyncpg.connect(settings.database.owner_url)
    try:
        return bool(await connection.fetchval("select to_regnamespace('app') is null"))
    finally:
        await connection.close()


def _finish(settings: Settings, manifest: Manifest, journal: Path, *, forgets: bool) -> None:
    asyncio.run(prepare(settings, rehashes=not forgets))  # a backup of an older version is brought to this one
    asyncio.run(restored.do_finish(settings, manifest.made_at, journal, forgets=forgets))


def _postgres(program: str, settings: Settings, *arguments: str) -> None:
    """Runs a program of PostgreSQL as the owner. The password is in the environment, which other users cannot read."""
    url = urlsplit(settings.database.owner_url)
    environment = {
        "PATH": os.defpath,
        "PGHOST": url.hostname or "127.0.0.1",
        "PGPORT": str(url.port or 5432),
        "PGUSER": unquote(url.username or ""),
        "PGPASSWORD": unquote(url.password or ""),
        "PGDATABASE": url.path.lstrip("/"),
    }
    given: list[Any] = [
        wheel_program(program),
        *(["--dbname", environment["PGDATABASE"]] if program == "pg_restore" else []),
    ]
    done = subprocess.run([*given, *arguments], env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise PlainError(f"{program} failed:\n{done.stderr.strip()[-2000:]}")
