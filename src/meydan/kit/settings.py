"""Typed settings: a struct of sections, filled from defaults, files and the environment, with generated documentation.

A section is a struct; a field is described by ``Annotated[..., Meta(description=...)]``. ``[mail] port`` in a file is
``MEYDAN_MAIL_PORT`` in the environment, which wins.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from pathlib import Path
from typing import Any, ClassVar, TypeVar, get_args, get_type_hints

import msgspec
from msgspec import NODEFAULT, Meta, Struct

S = TypeVar("S", bound=Struct)
Layer = dict[str, Any]


class SettingsError(Exception):
    """A setting is wrong; the text names it and where it stands."""

    code: ClassVar[str] = "settings_invalid"


class Field(Struct, frozen=True):
    """A setting: its path in the file, its variable, default and description."""

    path: tuple[str, ...]
    kind: Any
    constrained: Any
    """The type with its constraints."""
    default: object
    description: str

    @property
    def name(self) -> str:
        return ".".join(self.path)

    def variable(self, prefix: str) -> str:
        return "_".join((prefix, *self.path)).upper()


def fields(kind: type[Struct], path: tuple[str, ...] = ()) -> Iterator[Field]:
    """All settings of the struct, sections resolved."""
    hints = get_type_hints(kind, include_extras=True)
    for field in msgspec.structs.fields(kind):
        annotated = hints[field.name]
        meta = next((extra for extra in get_args(annotated)[1:] if isinstance(extra, Meta)), None)
        plain = get_args(annotated)[0] if meta else annotated
        here = (*path, field.name)
        if isinstance(plain, type) and issubclass(plain, Struct):
            yield from fields(plain, here)
            continue
        default = field.default_factory() if field.default_factory is not NODEFAULT else field.default
        yield Field(here, plain, annotated, default, (meta.description if meta else None) or "")


def load(kind: type[S], layers: Mapping[str, Layer], environment: Mapping[str, str], *, prefix: str) -> S:
    """Merges the layers (weakest first, each with the name of its source) and the environment.

    Raises: SettingsError."""
    known = list(fields(kind))
    values: Layer = {}
    origins: dict[str, str] = {}
    for origin, layer in layers.items():
        for path, value in _leaves(layer):
            field = next((field for field in known if field.path == path), None)
            if field is None:
                raise SettingsError(f"{origin}: there is no setting “{'.'.join(path)}”.")
            _put(values, path, value)
            origins[field.name] = origin
    for field in known:
        variable = field.variable(prefix)
        if variable in environment:
            text = environment[variable]
            _put(values, field.path, _words(text) if getattr(field.kind, "__origin__", None) is list else text)
            origins[field.name] = variable
    for field in known:
        _check(field, values, origins)
    return msgspec.convert(values, kind, strict=False, dec_hook=_decode)


def read_file(path: Path) -> Layer:
    try:
        return msgspec.toml.decode(path.read_bytes(), type=dict)
    except msgspec.DecodeError as error:
        raise SettingsError(f"{path} is not readable TOML: {error}") from error


def reference(kind: type[Struct], *, prefix: str) -> str:
    """Markdown reference with a table for each section."""
    lines: list[str] = []
    section: tuple[str, ...] | None = None
    for field in fields(kind):
        if field.path[:-1] != section:
            section = field.path[:-1]
            title = f"`[{'.'.join(section)}]`" if section else "General"
            lines += [
                "",
                f"## {title}",
                "",
                "| in the file | in the environment | default | meaning |",
                "|---|---|---|---|",
            ]
        default = _text(field.default)
        lines.append(
            f"| `{field.path[-1]}` | `{field.variable(prefix)}` | {f'`{default}`' if default else ''} "
            f"| {field.description}{_choices(field.kind)} |"
        )
    return "\n".join(lines).strip() + "\n"


def _leaves(layer: Layer, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], object]]:
    for name, value in layer.items():
        if isinstance(value, dict):
            yield from _leaves(value, (*path, name))
        else:
            yield (*path, name), value


def _put(values: Layer, path: tuple[str, ...], value: object) -> None:
    for name in path[:-1]:
        values = values.setdefault(name, {})
    values[path[-1]] = value


def _check(field: Field, values: Layer, origins: dict[str, str]) -> None:
    """Converts the value by itself, so that the error can name its source."""
    inner: Any = values
    for name in field.path:
        if not isinstance(inner, dict) or name not in inner:
            return
        inner = inner[name]
    try:
        msgspec.convert(inner, field.constrained, strict=False, dec_hook=_decode)
    except msgspec.ValidationError as error:
        raise SettingsError(f"{origins[field.name]} ({field.name}): {error}") from None


def _decode(kind: type, value: object) -> object:
    if kind is Path and isinstance(value, str):
        return Path(value).expanduser()
    raise TypeError(f"no way to read {kind} from {value!r}")


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _text(value: object) -> str:
    if value is None or value is NODEFAULT or value in ("", []):
        return ""
    if isinstance(value, Enum):
        return str(value.value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _choices(kind: object) -> str:
    if isinstance(kind, type) and issubclass(kind, Enum):
        return " One of " + ", ".join(f"`{member.value}`" for member in kind) + "."
    return ""
