"""db/schema.sql is what the migrations add up to."""

import importlib.util
from pathlib import Path

from meydan.kit.database import DatabaseSettings

_spec = importlib.util.spec_from_file_location(
    "dump_schema", Path(__file__).resolve().parents[1] / "scripts" / "dump_schema.py"
)
assert _spec is not None
assert _spec.loader is not None
dump_schema = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(dump_schema)


def test_the_committed_schema_is_current(postgres_url: str, database_settings: DatabaseSettings):
    database = database_settings.owner_url.rsplit("/", 1)[1]
    superuser = f"{postgres_url.rsplit('/', 1)[0]}/{database}"
    assert dump_schema.FILE.read_text() == dump_schema.dump(superuser), "run `make schema`"
