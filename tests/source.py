"""Reads the product's source as syntax trees, for the tests that hold its dialect."""

import ast
import io
import re
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "meydan"

STATEMENT = re.compile(r"\s*(select|insert into|update|delete from|with|merge into)\b")
SCHEMAS = re.compile(r"\b(app|jobs|public)\.\w+|\bpg_\w+\(")
WRITES = re.compile(r"\b(insert into|update|delete from|merge into)\s+(only\s+)?(app|jobs|public)\.\w+", re.IGNORECASE)
LOCKS = re.compile(r"\bfor (no key )?update\b|\bfor (key )?share\b|\bpg_(try_)?advisory_\w*lock", re.IGNORECASE)
CALLED = re.compile(r"\bapp\.(\w+)\s*\(")

PRAGMA = re.compile(r"(noqa|type: ignore)\b[^#]*?(\s(--|#)\s|$)|.*pragma: .*")

Definition = ast.FunctionDef | ast.AsyncFunctionDef
Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Finding:
    """A place that breaks a rule, and the mend."""

    file: Path
    line: int
    mend: str

    def __str__(self) -> str:
        return f"{self.file.relative_to(ROOT)}:{self.line}: {self.mend}"


@dataclass(frozen=True)
class Text:
    """A string literal. ``{…}`` stands for what an f-string fills in."""

    value: str
    node: ast.expr
    is_split: bool
    """Adjacent literals that Python joins."""

    @property
    def is_sql(self) -> bool:
        return STATEMENT.match(self.value) is not None and SCHEMAS.search(self.value) is not None


@dataclass(frozen=True)
class Docstring:
    value: str
    line: int
    name: str


@dataclass(frozen=True)
class Comment:
    """Comment lines that follow each other, or a single one behind code; without its word to a linter."""

    value: str
    line: int


class Module:
    """A file: its tree, its names and its literals."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.source = file.read_text()
        self.tree = ast.parse(self.source)
        self.nodes = list(ast.walk(self.tree))
        self._lines = self.source.splitlines()

    def find(self, node: ast.expr | ast.stmt | ast.arg | ast.alias, mend: str) -> Finding:
        return Finding(self.file, node.lineno, mend)

    @cached_property
    def functions(self) -> "list[Function]":
        """Functions and methods; a closure belongs to the function around it."""
        return [
            Function(self, node, owner)
            for owner in (None, *(node for node in self.nodes if isinstance(node, ast.ClassDef)))
            for node in (self.tree if owner is None else owner).body
            if isinstance(node, Definition)
        ]

    @cached_property
    def constants(self) -> dict[str, list[Text]]:
        """The literals of each name assigned at the top of the module."""
        found: dict[str, list[Text]] = {}
        for statement in self.tree.body:
            targets = statement.targets if isinstance(statement, ast.Assign) else []
            for target in targets:
                if isinstance(target, ast.Name) and isinstance(statement, ast.Assign):
                    found[target.id] = self.texts_in(statement.value)
        return found

    @cached_property
    def docstrings(self) -> list[Docstring]:
        """Those of the module, its classes and functions, and fields."""
        return list(self._docstrings(self.tree, self.file.stem))

    def _docstrings(self, node: Documented, name: str) -> Iterator[Docstring]:
        for place, statement in enumerate(node.body):
            if (
                isinstance(statement, ast.Expr)
                and isinstance(statement.value, ast.Constant)
                and isinstance(statement.value.value, str)
            ):
                before = node.body[place - 1] if place else None
                of = ast.unparse(before.target) if isinstance(before, ast.AnnAssign) else name
                yield Docstring(statement.value.value.strip(), statement.lineno, of)
            elif isinstance(statement, Documented):
                yield from self._docstrings(statement, statement.name)

    @cached_property
    def comments(self) -> list[Comment]:
        tokens = tokenize.generate_tokens(io.StringIO(self.source).readline)
        return joined(
            (token.start[0], PRAGMA.sub("", token.string.lstrip("# ")), token.line.lstrip().startswith("#"))
            for token in tokens
            if token.type == tokenize.COMMENT
        )

    @cached_property
    def texts(self) -> list[Text]:
        """The string literals, docstrings left out; a literal inside an f-string is part of that."""
        inner = {id(part) for text in self.nodes if isinstance(text, ast.JoinedStr) for part in ast.walk(text)} - {
            id(text) for text in self.nodes if isinstance(text, ast.JoinedStr)
        }
        inner |= {id(statement.value) for statement in self.nodes if isinstance(statement, ast.Expr)}
        return [
            Text(value, text, self._is_split(text))
            for text in self.nodes
            if isinstance(text, ast.Constant | ast.JoinedStr) and id(text) not in inner
            if (value := _value(text)) is not None
        ]

    def texts_in(self, node: ast.stmt | ast.expr) -> list[Text]:
        begin, end = (node.lineno, node.col_offset), (node.end_lineno or 0, node.end_col_offset or 0)
        return [
            text
            for text in self.texts
            if begin <= (text.node.lineno, text.node.col_offset)
            and (text.node.end_lineno or 0, text.node.end_col_offset or 0) <= end
        ]

    def _is_split(self, text: ast.expr) -> bool:
        begin = self._lines[text.lineno - 1].encode()[text.col_offset :].decode()
        return text.end_lineno != text.lineno and re.match(r"""[rf]*(\"{3}|'{3})""", begin) is None


def joined(lines: Iterable[tuple[int, str, bool]]) -> list[Comment]:
    """Joins comment lines, each with its number, its text and True if it has the line to itself."""
    found: list[Comment] = []
    below = 0
    for number, text, is_alone in lines:
        if found and is_alone and number == below:
            found[-1] = Comment(f"{found[-1].value}\n{text}", found[-1].line)
        else:
            found.append(Comment(text, number))
        below = number + 1 if is_alone else 0
    return found


def _value(text: ast.Constant | ast.JoinedStr) -> str | None:
    if isinstance(text, ast.Constant):
        return text.value if isinstance(text.value, str) else None
    return "".join(
        str(part.value) if isinstance(part, ast.Constant) else f"{{{ast.unparse(part)[3:-2]}}}" for part in text.values
    )


def last_name(node: ast.expr) -> str:
    """``c`` for ``a.b.c`` and for ``a.b.c(…)``."""
    if isinstance(node, ast.Call):
        return last_name(node.func)
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


class Function:
    """A function or a method, with the effects that stand in its own body."""

    def __init__(self, module: Module, node: Definition, owner: ast.ClassDef | None) -> None:
        self.module, self.node, self.owner = module, node, owner
        self.name = node.name
        self.docstring = ast.get_docstring(node) or ""

    def find(self, mend: str) -> Finding:
        return Finding(self.module.file, self.node.lineno, mend)

    @property
    def is_public(self) -> bool:
        return not self.name.startswith("_") and (self.owner is None or not self.owner.name.startswith("_"))

    @cached_property
    def sql(self) -> list[str]:
        """The statements in its body, and those that its module keeps in constants."""
        named = [name.id for name in ast.walk(self.node) if isinstance(name, ast.Name)]
        texts = [
            *self.module.texts_in(self.node),
            *(text for name in named for text in self.module.constants.get(name, ())),
        ]
        return [text.value for text in texts if text.is_sql]

    @cached_property
    def names(self) -> set[str]:
        """The last names of what it uses, called or handed on: ``rows.lock_by_id`` is ``lock_by_id``."""
        return {last_name(node) for node in ast.walk(self.node) if isinstance(node, ast.Name | ast.Attribute)}

    @cached_property
    def calls(self) -> set[str]:
        return {last_name(node.func) for node in ast.walk(self.node) if isinstance(node, ast.Call)}

    @cached_property
    def decorators(self) -> set[str]:
        return {last_name(decorator) for decorator in self.node.decorator_list}

    @cached_property
    def raises(self) -> set[str]:
        """The last names of the classes that it raises itself."""
        return {last_name(node.exc) for node in ast.walk(self.node) if isinstance(node, ast.Raise) and node.exc}

    @cached_property
    def writes(self) -> bool:
        return any(WRITES.search(sql) or writing_functions() & set(CALLED.findall(sql)) for sql in self.sql)

    @cached_property
    def locks(self) -> bool:
        return any(
            LOCKS.search(sql) or any(name.startswith("lock_") for name in CALLED.findall(sql)) for sql in self.sql
        )


@cache
def modules() -> list[Module]:
    return [Module(file) for file in sorted(SOURCE.rglob("*.py"))]


@cache
def functions() -> list[Function]:
    return [function for module in modules() for function in module.functions]


@cache
def refusals() -> set[str]:
    """The names of ``Refused`` and all its subclasses."""
    classes = [node for module in modules() for node in module.nodes if isinstance(node, ast.ClassDef)]
    found = {"Refused"}
    while more := {node.name for node in classes if any(last_name(base) in found for base in node.bases)} - found:
        found |= more
    return found


@cache
def writing_functions() -> set[str]:
    """The SQL functions that write, or call one that does. Those that only lock are not among them."""
    schema = (ROOT / "db/schema.sql").read_text()
    bodies = dict(re.findall(r"^CREATE FUNCTION app\.(\w+)(.*?)\n(?=\n[A-Z]+ )", schema, re.MULTILINE | re.DOTALL))
    plain = {name: re.sub(r"--.*", "", body) for name, body in bodies.items()}
    found = {name for name, body in plain.items() if WRITES.search(body)}
    while more := {name for name, body in plain.items() if found & set(CALLED.findall(body))} - found:
        found |= more
    return found


def check(findings: list[Finding]) -> None:
    """Fails with the places that break a rule."""
    assert not findings, "\n".join(["", *map(str, findings)])
