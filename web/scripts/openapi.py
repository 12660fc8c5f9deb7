"""Writes what the client knows of the server: python scripts/openapi.py

- ``openapi.json``, from which ``npm run api`` makes the client's types;
- ``src/kit/ui/currency-digits.json``, the digits of minor units that are not two.
"""

import json
from pathlib import Path

from meydan.app import create_app
from meydan.config import Settings
from meydan.integrations.payments.money import EXCEPTIONS

WEB = Path(__file__).parent.parent


def write(target: Path, value: object) -> None:
    target.write_text(json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    document = create_app(Settings(data=Path("unused"))).openapi_schema.to_schema()
    document["info"]["version"] = "0"  # the product's version changes without the interface
    write(WEB / "openapi.json", document)
    write(WEB / "src/kit/ui/currency-digits.json", EXCEPTIONS)
