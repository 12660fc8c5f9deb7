"""Stripe's published schema, as Stripe's own library carries it: its classes and parameter types are generated from Stripe's
OpenAPI document of the version of the API it speaks. What our server takes and answers is held against them.
"""

import importlib
import types
from collections.abc import Mapping
from typing import Any, ForwardRef, Literal, Union, get_args, get_origin, get_type_hints

import stripe
from stripe._request_options import RequestOptions

_OPTIONS = set(RequestOptions.__annotations__)
_INCLUDED = {"refunds", "payments", "line_items"}
"""Lists that are there only if they are asked for."""


_OTHER_NAMES = {"CardResource": "Card"}


class Unfit(AssertionError):
    """Our server said something that Stripe never says."""


class ParameterWrong(Exception):
    def __init__(self, code: str, param: str) -> None:
        super().__init__(f"{code}: {param}")
        self.code, self.param = code, param


def check(kind: type, value: Any, at: str = "") -> None:
    """Raises Unfit unless ``value`` is what ``kind``, a class of the library, may hold."""
    at = at or kind.__name__
    if not isinstance(value, dict):
        raise Unfit(f"{at} is {value!r}")
    fields = _fields(kind)
    for name in value:
        if name not in fields:
            raise Unfit(f"{at} has no {name}")
    for name, hint in fields.items():
        if name in value:
            _check(_resolved(hint, kind), value[name], f"{at}.{name}")
        elif not _is_optional(hint):
            raise Unfit(f"{at} lacks {name}")


def shaped(kind: type, **known: Any) -> dict[str, Any]:
    """Everything an object of that class must have, empty but for what is said."""
    made = {
        name: known[name] if name in known else _empty(_resolved(hint, kind))
        for name, hint in _fields(kind).items()
        if name in known or name not in _INCLUDED
    }
    unknown = known.keys() - made.keys()
    if unknown:
        raise Unfit(f"{kind.__name__} has no {', '.join(unknown)}")
    return {name: value for name, value in made.items() if name != "deleted"}


def listed(url: str, items: list[Any], *, more: bool = False) -> dict[str, Any]:
    return {"object": "list", "data": items, "has_more": more, "url": url}


def parameters(kind: type, given: dict[str, Any], at: str = "") -> dict[str, Any]:
    """A decoded form as values, or ParameterWrong."""
    hints = _hints(kind)
    taken: dict[str, Any] = {}
    for name, value in given.items():
        path = f"{at}[{name}]" if at else name
        if name not in hints or name in _OPTIONS:
            raise ParameterWrong("parameter_unknown", path)
        taken[name] = _parameter(hints[name], value, path)
    required: frozenset[str] = getattr(kind, "__required_keys__", frozenset())
    for name in sorted(required - _OPTIONS - taken.keys()):
        raise ParameterWrong("parameter_missing", f"{at}[{name}]" if at else name)
    return taken


def decoded(pairs: dict[str, list[str]]) -> dict[str, Any]:
    """``a[b][0][c]=1`` as {"a": {"b": {"0": {"c": "1"}}}}."""
    form: dict[str, Any] = {}
    for name, values in pairs.items():
        path = name.replace("]", "").split("[")
        here = form
        for part in path[:-1]:
            here = here.setdefault(part, {})
        here[path[-1]] = values[-1]
    return form


def _parameter(hint: Any, value: Any, path: str) -> Any:
    choices = _choices(hint)
    taken = (_structure if isinstance(value, dict) else _word)(choices, value, path)
    if taken is None:
        raise ParameterWrong("parameter_invalid", path)
    return taken


def _structure(choices: list[Any], value: dict[str, Any], path: str) -> Any:
    for choice in choices:
        if get_origin(choice) is list:
            (item,) = get_args(choice)
            return [_parameter(item, value[key], f"{path}[{key}]") for key in sorted(value, key=int)]
        if get_origin(choice) is dict:
            return {key: str(word) for key, word in value.items()}
        if hasattr(choice, "__required_keys__"):
            return parameters(choice, value, path)
    return None


def _word(choices: list[Any], value: str, path: str) -> Any:
    words = _words(choices)
    if words and value not in words:
        raise ParameterWrong("parameter_invalid_value", path)
    if bool in choices and value in ("true", "false"):
        return value == "true"
    if int in choices and value.lstrip("-").isdigit():
        return int(value)
    return value if words or str in choices else None


def _check(hint: Any, value: Any, at: str) -> None:
    choices = _choices(hint)
    words = _words(choices)
    if value in words if isinstance(value, str) else value is None and type(None) in choices:
        return
    choices = [choice for choice in choices if choice is not type(None) and get_origin(choice) is not Literal]
    if words:  # "or any text" stands for words that come later
        choices = [choice for choice in choices if choice is not str]
    if not any(_fits(choice, value, at) for choice in choices[1:]):
        if not choices:
            raise Unfit(f"{at} is {value!r}")
        _check_one(choices[0], value, at)


def _check_one(hint: Any, value: Any, at: str) -> None:
    origin = get_origin(hint)
    if origin is list:
        _every(get_args(hint)[0], value, at)
    elif origin is stripe.ListObject:
        if not isinstance(value, dict) or value.keys() != {"object", "data", "has_more", "url"}:
            raise Unfit(f"{at} is no list")
        _every(get_args(hint)[0], value["data"], at)
    elif origin is not None or hint is Any:  # metadata and the like
        if not isinstance(value, dict) or not all(isinstance(word, str) for word in value.values()):
            raise Unfit(f"{at} is {value!r}")
    elif isinstance(hint, type) and issubclass(hint, stripe.StripeObject):
        check(hint, value, at)
    elif not isinstance(value, hint) or (hint is int and isinstance(value, bool)):
        raise Unfit(f"{at} is {value!r}")


def _words(choices: list[Any]) -> list[Any]:
    return [word for choice in choices if get_origin(choice) is Literal for word in get_args(choice)]


def _every(hint: Any, values: Any, at: str) -> None:
    if not isinstance(values, list):
        raise Unfit(f"{at} is {values!r}")
    for number, value in enumerate(values):
        _check(hint, value, f"{at}[{number}]")


def _fits(hint: Any, value: Any, at: str) -> bool:
    try:
        _check_one(hint, value, at)
    except Unfit:
        return False
    return True


def _empty(hint: Any) -> Any:
    choices = _choices(hint)
    first = choices[0]
    origin = get_origin(first)
    if type(None) in choices:
        return None
    if origin is Literal:
        return get_args(first)[0]
    if origin is stripe.ListObject:
        return listed("", [])
    if origin is not None:
        return [] if origin is list else {}
    return shaped(first) if issubclass(first, stripe.StripeObject) else first()


def _is_optional(hint: Any) -> bool:
    return type(None) in _choices(hint)


def _choices(hint: Any) -> list[Any]:
    if get_origin(hint) in (Union, types.UnionType):
        return [inner for choice in get_args(hint) for inner in _choices(choice)]
    return [hint]


def _fields(kind: type) -> dict[str, Any]:
    return {
        name: hint for name, hint in kind.__annotations__.items() if not name.startswith("_") and name != "OBJECT_NAME"
    }


def _resolved(hint: Any, kind: type) -> Any:
    """Names that the library imports only for type checkers."""
    if isinstance(hint, str):
        return _named(hint, kind)
    if isinstance(hint, ForwardRef):
        return _named(hint.__forward_arg__, kind)
    arguments = get_args(hint)
    origin = get_origin(hint)
    if not arguments or origin is Literal:
        return hint
    inner = tuple(_resolved(argument, kind) for argument in arguments)
    if origin in (Union, types.UnionType):
        return Union[inner]  # noqa: UP007 -- made of what was found
    if not any(argument is not old for argument, old in zip(inner, arguments, strict=True)):
        return hint
    return origin[inner if len(inner) > 1 else inner[0]]


def _named(name: str, kind: type) -> Any:
    module = importlib.import_module(kind.__module__)
    found = getattr(module, name, None) or getattr(stripe, _OTHER_NAMES.get(name, name), None)
    found = found or getattr(stripe.test_helpers, name, None)
    if found is None:
        raise LookupError(f"{kind.__module__} names {name}")
    return found


def _hints(kind: type) -> dict[str, Any]:
    names = {"UntypedStripeObject": dict, "StripeContext": str, "Mapping": Mapping}
    return get_type_hints(kind, localns=vars(importlib.import_module(kind.__module__)) | names)
