"""Writes what the client knows of the server: python scripts/openapi.py

- ``openapi.json``, from which ``npm run api`` makes the client's types;
- ``frames.json``, the same for the frames of docs/asyncapi.yaml, as schemas of an OpenAPI document;
- ``src/kit/ui/currency-digits.json``, the digits of minor units that are not two.
"""

import json
from pathlib import Path
from typing import Any

import yaml

from meydan.app import create_app
from meydan.config import Settings
from meydan.integrations.payments.money import EXCEPTIONS

WEB = Path(__file__).parent.parent
ASYNCAPI = WEB.parent / "docs" / "asyncapi.yaml"


def frames() -> dict[str, Any]:
    """OpenAPI document whose schemas are the frames: ``ClientFrame`` and ``ServerFrame`` are unions of each side's."""
    asyncapi = yaml.safe_load(ASYNCAPI.read_text(encoding="utf-8"))
    components = asyncapi["components"]

    def sent(operation: str) -> dict[str, Any]:
        names = [message["$ref"].rpartition("/")[2] for message in asyncapi["operations"][operation]["messages"]]
        return {"oneOf": [components["messages"][name]["payload"] for name in names]}

    unions = {"ClientFrame": sent("clientFrames"), "ServerFrame": sent("serverFrames")}
    info = {"title": asyncapi["info"]["title"], "version": asyncapi["info"]["version"]}
    return {"openapi": "3.1.0", "info": info, "paths": {}, "components": {"schemas": components["schemas"] | unions}}


def write(target: Path, value: object) -> None:
    target.write_text(json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    document = create_app(Settings(data=Path("unused"))).openapi_schema.to_schema()
    document["info"]["version"] = "0"  # the product's version changes without the interface
    write(WEB / "openapi.json", document)
    write(WEB / "frames.json", frames())
    write(WEB / "src/kit/ui/currency-digits.json", EXCEPTIONS)
