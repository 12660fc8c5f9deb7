"""The client's types are made from web/openapi.json: it must be what this server says of itself."""

import json
from pathlib import Path

from meydan.app import create_app
from meydan.config import Settings

DOCUMENT = Path(__file__).parents[1] / "web" / "openapi.json"


def test_the_clients_document_is_the_servers(tmp_path: Path):
    says = json.loads(json.dumps(create_app(Settings(data=tmp_path)).openapi_schema.to_schema()))
    knows = json.loads(DOCUMENT.read_text(encoding="utf-8"))
    for part in ("paths", "components"):
        assert knows[part] == says[part], "run `python web/scripts/openapi.py`, then `npm run api` in web/"
