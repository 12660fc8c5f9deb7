"""Google's own description of its API, which comes with its library, as shapes of what may be answered.

Questions need no check: the library, which our adapter asks with, is built from the same description.
"""

import json
from functools import cache
from typing import Annotated, Any, Literal

from googleapiclient.discovery_cache import get_static_doc  # type: ignore[import-untyped]
from msgspec import Meta

from tests.integrations.payments.servers.shapes import shape

_SCHEMAS: dict[str, Any] = json.loads(get_static_doc("androidpublisher", "v3"))["schemas"]
_FORMATS: dict[str, Any] = {
    "int32": Annotated[int, Meta(ge=-(2**31), lt=2**31)],
    "uint32": Annotated[int, Meta(ge=0, lt=2**32)],
    "int64": Annotated[str, Meta(pattern=r"^-?\d{1,19}$")],
    "google-datetime": Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$")],
}


@cache
def shape_of(name: str) -> Any:
    """The shape of one of Google's objects: it may leave any field out."""
    fields = {field: _type(schema) for field, schema in _SCHEMAS[name].get("properties", {}).items()}
    return shape(name, fields, fields)


def _type(schema: dict[str, Any]) -> Any:
    match schema:
        case {"$ref": name}:
            return shape_of(name)
        case {"format": known} if known in _FORMATS:
            return _FORMATS[known]
        case {"enum": words}:
            return Literal[tuple(words)]
        case {"type": "array", "items": items}:
            return list[_type(items)]  # type: ignore[misc]
    return {"object": dict, "string": str, "boolean": bool}[schema["type"]]
