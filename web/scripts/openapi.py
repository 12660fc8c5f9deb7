"""Writes the server's OpenAPI document, from which `npm run api` makes the client's types: python scripts/openapi.py"""

import json
from pathlib import Path

from meydan.app import create_app
from meydan.config import Settings

if __name__ == "__main__":
    document = create_app(Settings(data=Path("unused"))).openapi_schema.to_schema()
    document["info"]["version"] = "0"  # the product's version changes without the interface
    target = Path(__file__).parent.parent / "openapi.json"
    target.write_text(json.dumps(document, indent=2, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
