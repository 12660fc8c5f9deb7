"""Stripe's published schema, as Stripe's own library carries it: classes and parameter types of its OpenAPI document.

Our server's questions and answers are held against them.
"""

import importlib
import types
from collections.abc import Mapping
from functools import cache
from typing import Any, ForwardRef, Literal, Union, get_args, get_origin, get_type_hints

import stripe
from stripe._request_options import RequestOptions

_OPTIONS = set(RequestOptions.__annotations__)
_INCLUDED = {"refunds", "payments", "line_items", "deleted"}
"""Fields that are there only if they are asked for."""
_NAMES = {"UntypedStripeObject": dict, "StripeContext": str, "Mapping": Mapping, "CardResource": stripe.Card}


class Unfit(AssertionError):
    """A word that Stripe never says, or a parameter that it does not take."""


def check(kind: type, value: Any, at: str = "") -> None:
    """Holds an object against its class in the library. Raises: Unfit."""
    at = at or kind.__name__
    if not isinstance(value, dict):
        raise Unfit(f"{at} is {value!r}")
    fields = fields_of(kind)
    if unknown := value.keys() - fields.keys():
        raise Unfit(f"{at} has no {sorted(unknown)}")
    if lacking := {name for name, choices in fields.items() if type(None) not in choices} - value.keys():
        raise Unfit(f"{at} lacks {sorted(lacking)}")
    for name, one in value.items():
        _check(kind, fields[name], one, f"{at}.{name}")


def shaped(kind: type, **known: Any) -> dict[str, Any]:
    """Everything an object of that class must have, empty but for what is said. Raises: Unfit."""
    fields = fields_of(kind)
    if unknown := known.keys() - fields.keys():
        raise Unfit(f"{kind.__name__} has no {sorted(unknown)}")
    return {name: _empty(choices) for name, choices in fields.items() if name not in _INCLUDED} | known


def listed(url: str, items: list[Any], *, more: bool = False) -> dict[str, Any]:
    return {"object": "list", "data": items, "has_more": more, "url": url}


def parameters(kind: type, given: dict[str, Any], at: str = "") -> dict[str, Any]:
    """Values of a decoded form, by the types that Stripe gives its parameters. Raises: Unfit."""
    hints = get_type_hints(kind, localns=vars(importlib.import_module(kind.__module__)) | _NAMES)
    required: frozenset[str] = getattr(kind, "__required_keys__", frozenset())
    unknown, missing = given.keys() - (hints.keys() - _OPTIONS), required - _OPTIONS - given.keys()
    if unknown or missing:
        raise Unfit(f"{at or kind.__name__}: Stripe takes no {sorted(unknown)}, and needs {sorted(missing)}")
    return {name: _parameter(hints[name], value, f"{at}[{name}]" if at else name) for name, value in given.items()}


def decoded(pairs: dict[str, list[str]]) -> dict[str, Any]:
    """``a[b][0][c]=1`` as {"a": {"b": {"0": {"c": "1"}}}}."""
    form: dict[str, Any] = {}
    for name, values in pairs.items():
        *path, last = name.replace("]", "").split("[")
        here = form
        for part in path:
            here = here.setdefault(part, {})
        here[last] = values[-1]
    return form


@cache
def fields_of(kind: type) -> dict[str, tuple[Any, ...]]:
    """The alternatives of each field of a class."""
    annotations: dict[str, Any] = vars(kind).get("__annotations__", {})
    hints = {name: hint for name, hint in annotations.items() if name[0] != "_" and name != "OBJECT_NAME"}
    return {name: _choices(hint, kind) for name, hint in hints.items()}


def _choices(hint: Any, kind: type) -> tuple[Any, ...]:
    if get_origin(hint) in (Union, types.UnionType):
        return tuple(inner for choice in get_args(hint) for inner in _choices(choice, kind))
    name = hint.__forward_arg__ if isinstance(hint, ForwardRef) else hint
    return (_named(name, kind),) if isinstance(name, str) else (hint,)


def _named(name: str, kind: type) -> Any:
    """A class that the library imports only for type checkers."""
    places = (importlib.import_module(kind.__module__), stripe, stripe.billing, stripe.test_helpers)
    return _NAMES.get(name) or next(found for place in places if (found := getattr(place, name, None)))


def _parameter(hint: Any, value: Any, path: str) -> Any:
    for choice in _choices(hint, dict):
        origin, arguments = get_origin(choice) or choice, get_args(choice)
        if isinstance(value, dict):
            if origin is list:
                return [_parameter(arguments[0], value[key], f"{path}[{key}]") for key in sorted(value, key=int)]
            if origin is dict or hasattr(origin, "__required_keys__"):
                return value if origin is dict else parameters(origin, value, path)
        elif origin is bool and value in ("true", "false"):
            return value == "true"
        elif origin is int and value.lstrip("-").isdigit():
            return int(value)
        elif origin is str or (origin is Literal and value in arguments):
            return value
    raise Unfit(f"{path} cannot be {value!r}")


def _check(kind: type, choices: tuple[Any, ...], value: Any, at: str) -> None:
    if any(get_origin(choice) is Literal for choice in choices):  # "or any text" stands for words that come later
        choices = tuple(choice for choice in choices if choice is not str)
    problems = []
    for choice in choices:
        try:
            return _check_one(kind, choice, value, at)
        except Unfit as unfit:
            problems.append(str(unfit))
    raise Unfit("; or ".join(problems))


def _check_one(kind: type, choice: Any, value: Any, at: str) -> None:
    origin, arguments = get_origin(choice) or choice, get_args(choice)
    if origin in (list, stripe.ListObject):
        if origin is stripe.ListObject:
            value = value.get("data") if isinstance(value, dict) and value.keys() == listed("", []).keys() else None
        if not isinstance(value, list):
            raise Unfit(f"{at} is no list")
        for number, one in enumerate(value):
            _check(kind, _choices(arguments[0], kind), one, f"{at}[{number}]")
    elif not arguments and issubclass(origin, stripe.StripeObject):
        check(origin, value, at)
    elif not _fits(origin, arguments, value):
        raise Unfit(f"{at} is {value!r}")


def _fits(origin: Any, arguments: tuple[Any, ...], value: Any) -> bool:
    if origin is Literal:
        return value in arguments
    if arguments:  # metadata
        return isinstance(value, dict) and all(isinstance(word, arguments[-1]) for word in value.values())
    return type(value) is origin


def _empty(choices: tuple[Any, ...]) -> Any:
    first = choices[0]
    origin = get_origin(first)
    if type(None) in choices:
        return None
    if origin is Literal:
        return get_args(first)[0]
    if origin is not None:
        return {list: [], stripe.ListObject: listed("", [])}.get(origin, {})
    return shaped(first) if issubclass(first, stripe.StripeObject) else first()
