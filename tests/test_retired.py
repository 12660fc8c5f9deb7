"""Retired names stay retired: in Python names, in SQL, and in the code spans of guides."""

import ast
import re
import tomllib
from pathlib import Path

from tests.source import ROOT, Finding, Module, check, modules

RETIRED: dict[str, dict[str, str]] = tomllib.loads((ROOT / "tests/retired.toml").read_text())
NAMES = RETIRED["names"]
IN_SQL = NAMES | RETIRED["sql"]

GUIDES = [*ROOT.glob("*.md"), ROOT / "db/CONVENTIONS.md", *(ROOT / "docs").rglob("*.md"), ROOT / "benchmarks/README.md"]
SPAN = re.compile(r"^```.*?^```|^    \S.*?$|`[^`\n]+`", re.MULTILINE | re.DOTALL)


def python_files(*folders: str) -> list[Path]:
    return sorted(file for folder in folders for file in (ROOT / folder).rglob("*.py"))


def names_in(module: Module) -> list[tuple[str, int]]:
    """Every name that the file makes or uses, with its line."""
    found = []
    for node in module.nodes:
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name):
                found.append((name, node.lineno))
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                found.append((name, node.lineno))
            case ast.keyword(arg=str(name)):
                found.append((name, node.lineno))
            case ast.alias(name=name, asname=asname):
                found += [(part, node.lineno) for part in (*name.split("."), asname) if part]
    return found


def retired_in_python() -> list[Finding]:
    """Tests are left out: of the product they can name only what is there, and their helpers' names are their own."""
    return [
        Finding(module.file, line, f"{name} → {NAMES[name]}")
        for module in (*modules(), *map(Module, python_files("benchmarks", "scripts")))
        for name, line in names_in(module)
        if name in NAMES
    ]


def retired_in_sql() -> list[Finding]:
    statements = [
        (module.file, text.node.lineno, text.value) for module in modules() for text in module.texts if text.is_sql
    ]
    statements += [(file, 1, file.read_text()) for file in sorted((ROOT / "db/functions").rglob("*.sql"))]
    return [
        Finding(file, line + sql[: word.start()].count("\n"), f"{word[0]} → {IN_SQL[word[0]]}")
        for file, line, sql in statements
        for word in re.finditer(r"\w+", re.sub(r"'[^']*'|--.*", lambda text: " " * len(text[0]), sql))
        if word[0] in IN_SQL
    ]


def retired_in_guides() -> list[Finding]:
    found = []
    for guide in GUIDES:
        text = guide.read_text()
        for span in SPAN.finditer(text):
            for word in re.finditer(r"\w+", span[0]):
                name, line = word[0], text[: span.start() + word.start()].count("\n") + 1
                if name in IN_SQL:
                    found.append(Finding(guide, line, f"{name} → {IN_SQL[name]}"))
            for file in re.finditer(r"((?:\w+/)*\w+)\.py", span[0]):
                if new := retired_module(file[1]):
                    line = text[: span.start() + file.start()].count("\n") + 1
                    found.append(Finding(guide, line, f"{file[0]} → {new}"))
    return found


def retired_module(path: str) -> str | None:
    parts = path.split("/")
    return RETIRED["modules"].get(parts[-1]) or RETIRED["modules"].get("/".join(parts[-2:]))


def retired_files() -> list[Finding]:
    return [
        Finding(file, 1, f"{file.name} → {new}")
        for file in python_files("src/meydan", "tests", "benchmarks", "scripts")
        if (new := retired_module(file.relative_to(ROOT).with_suffix("").as_posix()))
    ]


def test_no_retired_name_in_python():
    check(retired_in_python())


def test_no_retired_name_in_sql():
    check(retired_in_sql())


def test_no_retired_name_in_the_guides_code():
    check(retired_in_guides())


def test_no_file_has_a_retired_name():
    check(retired_files())


def test_what_is_used_now_is_not_retired():
    assert not {word for new in NAMES.values() for word in re.findall(r"\w+", new)} & set(NAMES)
