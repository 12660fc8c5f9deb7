"""Google's own description of its API, which comes with its library: what may be asked, and what may be answered."""

import json
import re
from datetime import datetime
from typing import Any

from googleapiclient.discovery_cache import get_static_doc  # type: ignore[import-untyped]

_DOCUMENT: dict[str, Any] = json.loads(get_static_doc("androidpublisher", "v3"))
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z")
_LIMITS = {"int32": 2**31, "uint32": 2**32, "int64": 2**63}


class SchemaBroken(AssertionError):
    pass


class Method:
    def __init__(self, description: dict[str, Any]) -> None:
        self.id: str = description["id"]
        self.verb: str = description["httpMethod"]
        self._description = description
        names = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+?)", re.sub(r"([.:])", r"\\\1", description["path"]))
        self._path = re.compile("/" + names)

    def match(self, verb: str, path: str) -> dict[str, str] | None:
        found = self._path.fullmatch(path) if verb == self.verb else None
        return found.groupdict() if found else None

    def check_query(self, query: dict[str, list[str]]) -> None:
        known = self._description["parameters"]
        for name, values in query.items():
            if name == "alt":
                continue
            if name not in known or known[name]["location"] != "query":
                raise SchemaBroken(f"{self.id} has no parameter {name}")
            if len(values) > 1 and not known[name].get("repeated"):
                raise SchemaBroken(f"{name} stands there {len(values)} times")
            for value in values:
                _check_parameter(known[name], value, name)

    def check_request(self, body: bytes) -> None:
        asked = self._description.get("request")
        if asked is None:
            if body:
                raise SchemaBroken(f"{self.id} takes no body")
            return
        check(asked["$ref"], json.loads(body))

    def check_answer(self, body: Any) -> None:
        answer = self._description.get("response")
        if answer is None:
            if body is not None:
                raise SchemaBroken(f"{self.id} answers nothing")
            return
        check(answer["$ref"], body)


def methods() -> list[Method]:
    return [Method(one) for one in _walk(_DOCUMENT)]


def check(schema: str, value: Any) -> None:
    """Raises SchemaBroken for a field Google does not have, or one that is not of its type."""
    _check({"$ref": schema}, value, schema)


def _walk(node: dict[str, Any]) -> list[dict[str, Any]]:
    found = list(node.get("methods", {}).values())
    for resource in node.get("resources", {}).values():
        found += _walk(resource)
    return found


def _check(schema: dict[str, Any], value: Any, where: str) -> None:
    if "$ref" in schema:
        schema = _DOCUMENT["schemas"][schema["$ref"]]
    match schema["type"]:
        case "object":
            _check_object(schema, value, where)
        case "array":
            _check_array(schema, value, where)
        case "string":
            _check_string(schema, value, where)
        case "integer":
            if type(value) is not int or abs(value) >= _LIMITS[schema["format"]]:
                raise SchemaBroken(f"{where} is no {schema['format']}")
        case "boolean":
            if type(value) is not bool:
                raise SchemaBroken(f"{where} is no boolean")
        case other:
            raise SchemaBroken(f"{where} is a {other}")


def _check_array(schema: dict[str, Any], value: Any, where: str) -> None:
    if not isinstance(value, list):
        raise SchemaBroken(f"{where} is no array")
    for number, one in enumerate(value):
        _check(schema["items"], one, f"{where}[{number}]")


def _check_object(schema: dict[str, Any], value: Any, where: str) -> None:
    if not isinstance(value, dict):
        raise SchemaBroken(f"{where} is no object")
    properties = schema.get("properties", {})
    if unknown := value.keys() - properties.keys():
        raise SchemaBroken(f"{where} has no {sorted(unknown)}")
    for name, one in value.items():
        _check(properties[name], one, f"{where}.{name}")


def _check_string(schema: dict[str, Any], value: Any, where: str) -> None:
    if not isinstance(value, str):
        raise SchemaBroken(f"{where} is no string")
    if "enum" in schema and value not in schema["enum"]:
        raise SchemaBroken(f"{where} cannot be {value}")
    match schema.get("format"):
        case "int64":
            if abs(int(value)) >= _LIMITS["int64"]:
                raise SchemaBroken(f"{where} is no int64")
        case "google-datetime":
            if not _TIME.fullmatch(value):
                raise SchemaBroken(f"{where} is no time: {value}")
            datetime.fromisoformat(value)


def _check_parameter(schema: dict[str, Any], value: str, name: str) -> None:
    match schema["type"]:
        case "integer":
            _check(schema, int(value), name)
        case "boolean":
            if value not in {"true", "false"}:
                raise SchemaBroken(f"{name} is no boolean")
        case _:
            _check(schema, value, name)
