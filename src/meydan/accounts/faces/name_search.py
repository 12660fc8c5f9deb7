"""Search by the beginning of a name. Real faces alone are searched, so that staff find no shadow."""

from meydan.kit.lists import Filter

_EXACTLY = "alias_key = app.alias_key({}) and starts_with(tag, {})"
_BEGINNING = "alias_key ~>=~ app.alias_key({0}) and alias_key ~<~ (app.alias_key({0}) || chr(1114111))"


def add_name(where: Filter, name: str, condition: str = "{}") -> None:
    """Keeps a list of ``app.profiles`` to real faces with such a name: ``kedi``, ``kediadam#90``."""
    alias, exactly, tag = name.strip().partition("#")
    found = f"face = 'real' and alias <> '' and {_EXACTLY if exactly else _BEGINNING}"
    where.add(condition.replace("{}", found), alias.strip(), *([tag.strip()] if exactly else []))


def add_user_named(where: Filter, column: str, name: str) -> None:
    """Keeps a list to users whose real face has such a name; an empty name keeps all."""
    if name.strip():
        add_name(where, name, f"{column} = any(array(select user_id from app.profiles where tenant_id = $1 and {{}}))")
