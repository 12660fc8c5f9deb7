"""The socket's frames as an AsyncAPI 3 document, made from the structs themselves: `make docs` writes docs/asyncapi.yaml,
a test compares.
"""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import yaml
from msgspec import Struct

import meydan
from meydan.gateway.connection import Close
from meydan.gateway.frames import ClientFrame
from meydan.kit.realtime import Frame

FILE = Path(__file__).resolve().parents[1] / "docs" / "asyncapi.yaml"
_HEADER = "# Made by `make docs` from the frames in src/meydan; do not edit. The guide is realtime.md.\n"
_REFERENCE = "#/components/schemas/{name}"
_CLOSE_WORDS = {
    Close.restart: "the gateway restarts: come back at once, with the cursor",
    Close.too_slow: "the client read too slowly: come back, with the cursor",
    Close.bad_frame: "not a frame of this protocol",
    Close.token: "the access token is not valid or has expired: refresh it, come back",
    Close.session_ended: "the session has ended: log in again",
    Close.no_hello: "no hello within five seconds",
    Close.too_many: "too many frames, watches or connections: wait before coming back",
}


def frames() -> dict[str, list[type[Struct]]]:
    """What the client says, what the gateway says of itself, what is told by rooms (and logged)."""
    for module in pkgutil.walk_packages(meydan.__path__, "meydan."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    said = sorted(_subclasses(Frame), key=_tag)
    gateway = [frame for frame in said if frame.__module__.startswith("meydan.gateway.")]
    rooms = [frame for frame in said if frame.__module__.startswith("meydan.") and frame not in gateway]
    return {"client": sorted(_subclasses(ClientFrame), key=_tag), "gateway": gateway, "told": rooms}


def _subclasses(base: type[Struct]) -> Iterator[type[Struct]]:
    for kind in base.__subclasses__():
        yield kind
        yield from _subclasses(kind)


def _tag(frame: type[Struct]) -> str:
    return str(frame.__struct_config__.tag)


def _summary(frame: type[Struct]) -> dict[str, str]:
    """A docstring of its own; not the inherited one."""
    text = frame.__dict__.get("__doc__")
    return {"summary": inspect.cleandoc(text)} if text else {}


def document() -> dict[str, Any]:
    by_side = frames()
    every = [frame for those in by_side.values() for frame in those]
    _, schemas = msgspec.json.schema_components(every, ref_template=_REFERENCE)
    messages: dict[str, Any] = {}
    for side, those in by_side.items():
        for frame in those:
            name = _message_name(side, frame)
            payload: dict[str, Any] = {"$ref": _REFERENCE.format(name=frame.__name__)}
            if side == "told":
                payload = {"allOf": [{"$ref": _REFERENCE.format(name="Cursor")}, payload]}
            messages[name] = {"name": _tag(frame), **_summary(frame), "payload": payload}
    cursor = {
        "title": "Cursor",
        "type": "object",
        "properties": {"id": {"type": "string", "pattern": "^[0-9]+-[0-9]+$", "description": "where to go on from"}},
        "required": ["id"],
    }
    closes = "\n".join(f"- {code.value}: {_CLOSE_WORDS[code]}" for code in Close)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Meydan realtime",
            "version": "1",
            "description": f"One WebSocket a client; every frame is a JSON object in one text frame.\n\nClose codes:\n{closes}\n",
        },
        "defaultContentType": "application/json",
        "servers": {
            "gateway": {
                "host": "127.0.0.1:8001",
                "protocol": "ws",
                "description": "`realtime_url` of GET /api/config says where it is; wss where the page is https.",
            }
        },
        "channels": {
            "socket": {
                "address": "/ws",
                "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in messages},
            }
        },
        "operations": {
            "hear": _operation("receive", "What a client says.", by_side, ["client"]),
            "say": _operation("send", "What the gateway says.", by_side, ["gateway", "told"]),
        },
        "components": {"messages": messages, "schemas": {"Cursor": cursor, **dict(sorted(schemas.items()))}},
    }


def _message_name(side: str, frame: type[Struct]) -> str:
    """Typing is said by both sides."""
    return f"client_{_tag(frame)}" if side == "client" else _tag(frame)


def _operation(action: str, summary: str, by_side: dict[str, list[type[Struct]]], sides: list[str]) -> dict[str, Any]:
    names = [_message_name(side, frame) for side in sides for frame in by_side[side]]
    return {
        "action": action,
        "summary": summary,
        "channel": {"$ref": "#/channels/socket"},
        "messages": [{"$ref": f"#/channels/socket/messages/{name}"} for name in names],
    }


class _Dumper(yaml.SafeDumper):
    """Texts of several lines as blocks, as a person would write them."""


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


_Dumper.add_representer(str, _text)


def text() -> str:
    return _HEADER + yaml.dump(document(), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)


if __name__ == "__main__":
    FILE.write_text(text())
