"""Docstrings name their subject first, and effects in fixed last lines: ``Locks:`` ``Raises:`` ``Runs as:``."""

import re

from tests.source import Docstring, Finding, Module, check, functions, modules, refusals

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
