"""Docstrings name their subject first, and effects in fixed last lines: ``Locks:`` ``Raises:`` ``Runs as:``.

Their sentences, and those of comments, have at most twenty words. Beside the product this holds for scripts, and for
comments above the database's functions.
"""

import inspect
import re
from pathlib import Path

from tests.source import ROOT, Comment, Docstring, Finding, Module, check, functions, joined, modules, refusals

# A sentence that begins so hides its subject.
OPENERS = re.compile(r"(What|Whether|Who|Whoever|Where|How|Of|One|Nobody|Somebody|Its)\b")

EFFECT = re.compile(r"\b(Locks|Raises|Runs as):")
EFFECTS = re.compile(
    r"(?:Locks: (?P<locks>[^:]+?)\.?(?:\s+|$))?"
    r"(?:Raises: (?P<raises>[^:]+?)\.?(?:\s+|$))?"
    r"(?:Runs as: (?P<runs>service or user|service|user)\.?)?"
)
# The same said in prose, anywhere.
IN_PROSE = re.compile(r"\bRaises(?!:) (?=``?[A-Z]|[A-Z])|\b[Aa] service('s)? transaction\b|\bService transaction\b")


LONGEST = 20
CODE = re.compile(r"``[^`]*``|`[^`]*`|https?://\S+")
# Paragraphs, and within them examples, which are set in.
PARAGRAPH = re.compile(r"\n\s*\n|\n\s*- ")
EXAMPLE = re.compile(r"^    \s*\S.*$", re.MULTILINE)
SENTENCE_END = re.compile(r"(?<=[.!?])[\"')]*\s+(?=[A-Z\"'(`])")
WORD = re.compile(r"\S*\w\S*")


def docstrings() -> list[tuple[Module, Docstring]]:
    return [(module, docstring) for module in modules() for docstring in module.docstrings]


def effects(docstring: str) -> dict[str, str]:
    """The effects that its last lines name; none if they are not of the form."""
    first = EFFECT.search(docstring)
    form = EFFECTS.fullmatch(docstring[first.start() :].strip()) if first else None
    return {name: " ".join(value.split()) for name, value in form.groupdict().items() if value} if form else {}


def hidden_subjects() -> list[Finding]:
    return [
        Finding(module.file, docstring.line, f"{docstring.name}: {' '.join(docstring.value.split())[:70]}")
        for module, docstring in docstrings()
        if OPENERS.match(docstring.value)
    ]


def effects_of_another_form() -> list[Finding]:
    found = []
    for module, docstring in docstrings():
        first = EFFECT.search(docstring.value)
        if first is not None:
            begins_a_line = docstring.value[: first.start()].rpartition("\n")[2].strip() == ""
            if not begins_a_line or not effects(docstring.value):
                found.append(
                    Finding(
                        module.file, docstring.line, f"{docstring.name}: last lines Locks: Raises: Runs as:, in order"
                    )
                )
        elif told := IN_PROSE.search(docstring.value):
            found.append(
                Finding(module.file, docstring.line, f"{docstring.name}: '{told[0].strip()}' in the last lines")
            )
    return found


def locks_untold() -> list[Finding]:
    return [
        function.find(f"{function.name}: Locks: …")
        for function in functions()
        if function.locks and "locks" not in effects(function.docstring)
    ]


def refusals_untold() -> list[Finding]:
    found = []
    for function in functions():
        told = set(re.findall(r"\w+", effects(function.docstring).get("raises", "")))
        untold = (function.raises & refusals()) - told
        if function.is_public and untold:
            found.append(function.find(f"{function.name}: Raises: {', '.join(sorted(untold))}"))
    return found


def sentences(text: str) -> list[str]:
    """The sentences of a docstring or a comment, without its examples; effects end at their colons' lines."""
    plain = EFFECT.sub(lambda effect: f"\n\n{effect[0]}", inspect.cleandoc(text))
    return [
        sentence
        for paragraph in PARAGRAPH.split(EXAMPLE.sub("", plain))
        for sentence in SENTENCE_END.split(" ".join(paragraph.split()))
        if sentence
    ]


def words(sentence: str) -> int:
    """Counts a code span or a URL as one word."""
    return len(WORD.findall(CODE.sub("code", sentence)))


def comments_above_functions(file: Path) -> list[Comment]:
    """Those of a file of db/functions that stand outside the body, and what ``comment on`` says."""
    text = file.read_text()
    outside = re.sub(r"\$\$.*?\$\$", lambda body: "\n" * body[0].count("\n"), text, flags=re.DOTALL)
    lines = ((number, line) for number, line in enumerate(outside.splitlines(), 1) if line.startswith("--"))
    described = [
        Comment(found[1].replace("''", "'"), text[: found.start()].count("\n") + 1)
        for found in re.finditer(r"^comment on .*? is\s+'((?:[^']|'')*)';", text, re.MULTILINE | re.DOTALL)
    ]
    return [*joined((number, line.lstrip("- "), True) for number, line in lines), *described]


def long_sentences() -> list[Finding]:
    said: list[tuple[Path, Comment | Docstring]] = []
    for module in (*modules(), *map(Module, sorted((ROOT / "scripts").glob("*.py")))):
        said += [(module.file, docstring) for docstring in module.docstrings]
        said += [(module.file, comment) for comment in module.comments]
    for file in sorted((ROOT / "db/functions").rglob("*.sql")):
        said += [(file, comment) for comment in comments_above_functions(file)]
    return [
        Finding(file, text.line, f"{words(sentence)} words: {sentence}")
        for file, text in said
        for sentence in sentences(text.value)
        if words(sentence) > LONGEST
    ]


def test_a_sentence_has_at_most_twenty_words():
    check(long_sentences())


def test_sentences_are_counted_without_code_and_effects():
    text = """Gives ``a, b``. It has two sentences.

        while it.lasts(): an.example

    And one more: done.

    Locks: payments.
    Raises: NotFound (erased).
    """
    told = sentences(text)
    assert told == [
        "Gives ``a, b``.",
        "It has two sentences.",
        "And one more: done.",
        "Locks: payments.",
        "Raises: NotFound (erased).",
    ]
    assert [words(sentence) for sentence in told] == [2, 4, 4, 2, 3]
    module = joined([(1, "Of two", True), (2, "lines.", True), (4, "behind code", False), (5, "alone", True)])
    assert [comment.value for comment in module] == ["Of two\nlines.", "behind code", "alone"]


def test_a_docstring_names_its_subject_first():
    check(hidden_subjects())


def test_effects_stand_in_the_last_lines():
    check(effects_of_another_form())


def test_a_function_that_locks_says_so():
    check(locks_untold())


def test_a_public_function_names_what_it_refuses():
    check(refusals_untold())


def test_the_form_of_effects():
    assert effects("Gives.\n\nLocks: payments.\nRaises: NotFound (erased), NotOpen.\nRuns as: service") == {
        "locks": "payments",
        "raises": "NotFound (erased), NotOpen",
        "runs": "service",
    }
    assert effects("Gives.\n\nRaises: NotFound. Runs as: service or user.")["runs"] == "service or user"
    assert effects("Gives.\n\nRaises: NotFound. Locks: payments.") == {}
    assert effects("Gives.\n\nRaises: NotFound.\n\nAnd more.") != {}
