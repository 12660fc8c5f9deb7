"""Stripe's published schema, as Stripe's own library carries it: the classes of its OpenAPI document.

Our server's answers are held against them. Parameters need no check: mypy holds our adapter's against the library's types.
"""

import importlib
import types
from functools import cache
from typing import Any, ForwardRef, Literal, Union, get_args, get_origin

import stripe
from stripe import StripeObject

from tests.integrations.payments.servers.shapes import either, shape

_INCLUDED = {"refunds", "payments", "line_items", "deleted"}
"""Fields that are there only if they are asked for."""
_LIST: Any = list
REFERENCE: Any = dict[str, Any]
"""An object of its own within another, often in the place of its id. It is checked where it is made or put there."""


@cache
def shape_of(kind: type) -> Any:
    """The shape of a class of the library."""
    annotations: dict[str, Any] = vars(kind).get("__annotations__", {})
    hints = {name: hint for name, hint in annotations.items() if name[0] != "_" and name != "OBJECT_NAME"}
    return shape(kind.__name__, {name: _type(hint, kind) for name, hint in hints.items()}, _INCLUDED)


def listed(url: str, items: list[Any], *, more: bool = False) -> dict[str, Any]:
    return {"object": "list", "data": items, "has_more": more, "url": url}


def _type(hint: Any, kind: type) -> Any:
    origin, arguments = get_origin(hint) or hint, get_args(hint)
    if origin in (Union, types.UnionType):
        has_words = any(get_origin(choice) is Literal for choice in arguments)  # "or any text" stands for later words
        return either(_type(choice, kind) for choice in arguments if not (has_words and choice is str))
    if origin is list:
        return _LIST[_type(arguments[0], kind)]
    if origin is stripe.ListObject:
        items = _LIST[shape_of(_named(arguments[0], kind))]
        return shape("List", {"object": Literal["list"], "data": items, "has_more": bool, "url": str}, [])
    if isinstance(hint, (str, ForwardRef)) or hasattr(origin, "OBJECT_NAME"):
        return REFERENCE
    if not (isinstance(origin, type) and issubclass(origin, StripeObject)):
        return hint
    return dict[str, arguments[0]] if arguments else shape_of(hint)  # type: ignore[valid-type]


def _named(hint: Any, kind: type) -> Any:
    """A class that the library may import only for type checkers."""
    name = hint.__forward_arg__ if isinstance(hint, ForwardRef) else hint.__name__
    places = (importlib.import_module(kind.__module__), stripe)
    return next(found for place in places if (found := getattr(place, name, None)))
