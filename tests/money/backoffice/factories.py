"""Well-formed requests made from the API's own document, so that a route that comes later is tried too."""

import re
from typing import Any
from urllib.parse import urlencode

import msgspec


class Example:
    """Values that satisfy a schema, with one id wherever an id fits."""

    def __init__(self, document: dict[str, Any], id: str) -> None:
        self._schemas: dict[str, Any] = document["components"]["schemas"]
        self._id = id

    def address(self, path: str, operation: dict[str, Any]) -> str:
        """The path and the query that the operation wants."""
        wanted = [parameter for parameter in operation.get("parameters", []) if parameter["required"]]
        values = {(each["in"], each["name"]): self._value(each["schema"]) for each in wanted}
        query = urlencode({name: value for (place, name), value in values.items() if place == "query"})
        path = re.sub(r"\{(\w+)\}", lambda found: values["path", found[1]], path)
        return f"{path}?{query}" if query else path

    def body(self, operation: dict[str, Any]) -> bytes | None:
        content = operation.get("requestBody", {}).get("content", {}).get("application/json")
        return msgspec.json.encode(self._value(content["schema"])) if content else None

    def _value(self, schema: dict[str, Any]) -> Any:
        if "$ref" in schema:
            return self._value(self._schemas[schema["$ref"].rsplit("/", 1)[1]])
        if choices := schema.get("oneOf") or schema.get("anyOf"):
            return self._value(choices[0])
        if "const" in schema or "enum" in schema:
            return schema.get("const", schema.get("enum", [None])[0])
        kind = schema.get("type", "string")
        plain = {
            "integer": max(schema.get("minimum", 1), 1),
            "number": max(schema.get("minimum", 1), 1),
            "boolean": True,
            "null": None,
            "string": self._text(schema),
        }
        make = {"object": self._object, "array": self._array}.get(kind)
        return make(schema) if make else plain[kind]

    def _object(self, schema: dict[str, Any]) -> dict[str, Any]:
        required = schema.get("required", [])
        return {name: self._value(member) for name, member in schema.get("properties", {}).items() if name in required}

    def _array(self, schema: dict[str, Any]) -> list[Any]:
        return [self._value(schema["items"])] * schema.get("minItems", 0)

    def _text(self, schema: dict[str, Any]) -> str:
        if schema.get("format") == "uuid":
            return self._id
        if "A-Z" in schema.get("pattern", ""):
            return "TRY"
        return "x" * int(max(schema.get("minLength", 1), 1))
