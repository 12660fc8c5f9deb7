"""The dialect is the same in every room: names of functions, SQL, errors, requests and files."""

import ast
import re
from collections import defaultdict
from functools import cache
from pathlib import Path

from tests.source import (
    SOURCE,
    Definition,
    Finding,
    Function,
    Module,
    check,
    functions,
    last_name,
    modules,
    refusals,
    writing_functions,
)

ROUTE = {"get", "post", "put", "patch", "delete", "head"}
# Named by what they are: handlers of requests, jobs, schedules, events and commands.
HANDLER = ROUTE | {"job", "errand", "external_job", "every", "repeat", "listen", "command", "group"}
REGISTERS = {"job", "errand", "external_job", "listen"}
# The three that write for everybody.
WRITING_WORDS = {"publish", "queue", "send_frame"}
ADAPTERS = {"integrations", "providers"}
# What a protocol asks without changing anything, and what every service and engine has.
PROTOCOLS_PLAIN = {
    *(
        "verify",
        "read",
        "payment",
        "receipt",
        "subscription",
        "statement",
        "redirect_url",
        "product",
        "store_product",
    ),
    *("send", "greet", "fail", "start", "stop", "close", "password", "end", "revoked"),
}
# Loops of a process's life and registrations: they do not write themselves, they let others.
LOOPS = {
    *("integrations/payments/local/tasks.py:local_payments_running", "kit/realtime/outbox.py:_run"),
    *("meeting/matcher.py:run", "notifications/listeners.py:_listen", "kit/personal_data.py:do_erase"),
}
# They make the database itself; no transaction of a tenant is open.
NOT_OF_A_TENANT = {"kit/database/migrations.py"}

TENANT = re.compile(r"\btenant_id(, [^()]*\))? = ")
TENANT_FIRST = re.compile(r"\s*((\w+\.)?tenant_id = |\{)")
NESTED = re.compile(r"\((?!(\w+\.)?tenant_id\b)[^()]*\)")
OWN_TABLE = re.compile(r"\b(from|join|update|into)\s+(only\s+)?app\.\w+\b(?!\s*\()")

REQUEST = re.compile(r"[A-Z][a-z]+([A-Z][a-z]+)+Request")
BUILTINS = {"bytes", "str", "object", "dict", "Mapping", "None"}
NO_NOUN = re.compile(r"(Request|Wish|Wishes)$")

# What a file is called in every room, and what it was called in one of them.
FILES = {
    "personal_data.py": re.compile(r"(people|privacy|kept|\w+_people)\.py"),
    "enums.py": re.compile(r"(kinds|types|statuses)\.py"),
    "settings.py": re.compile(r"(configuration|configs?|options)\.py"),
    "errors.py": re.compile(r"(refusals|exceptions)\.py"),
    "events.py": re.compile(r"(\w+_)?news\.py"),
    "routes.py": re.compile(r"(api|views|endpoints|handlers|\w+_routes)\.py"),
    "tasks.py": re.compile(r"(jobs|workers?|schedules?)\.py"),
    "webhook_events.py or alerts.py": re.compile(r"notices\.py"),
}
# The settings of the whole program, the per-tenant settings' own table, and jobs themselves.
SHARED_FILES = {
    *("kit/jobs/worker.py", "worker.py", "tenants/configs.py"),
    "integrations/payments/local/api.py",  # the API of a provider, beside its pages' routes
    "accounts/admission_routes.py",  # the pages of staff, beside those of everybody
    "money/backoffice/people_routes.py",  # the half of a long list of routes that is about one user
}


def room(module: Module) -> str:
    return module.file.relative_to(SOURCE).parts[0]


def says_write(name: str) -> bool:
    return name.removeprefix("_").startswith("do_")


def says_lock(name: str) -> bool:
    return name.removeprefix("_").startswith("lock_") or name == "lock"


def registrations() -> list[tuple[Module, ast.Call]]:
    """``job(NAME)``, whether it decorates a function or is called with one."""
    return [
        (module, node)
        for module in modules()
        for node in module.nodes
        if isinstance(node, ast.Call) and last_name(node) in REGISTERS and not isinstance(node.func, ast.Call)
    ]


@cache
def handlers() -> set[str]:
    """Functions that are registered by a call, ``jobs.job(NAME)(module.function)``, by their last names."""
    return {
        last_name(node.args[0])
        for module in modules()
        for node in module.nodes
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Call) and node.args
        if last_name(node.func) in REGISTERS
    }


def named_freely(function: Function) -> bool:
    place = function.module.file.relative_to(SOURCE)
    return bool(
        f"{place}:{function.name}" in LOOPS
        or function.decorators & HANDLER
        or function.name in handlers() | WRITING_WORDS
        or room(function.module) == "commands"
        or place.name == "routes.py"
        or str(place) in NOT_OF_A_TENANT
    )


def writing_calls(function: Function) -> set[str]:
    return {name for name in function.names if says_write(name)} | function.calls & WRITING_WORDS


def locking_calls(function: Function) -> set[str]:
    return {name for name in function.names if says_lock(name)}


def plain_names_that_write() -> list[Finding]:
    found = []
    for function in functions():
        if says_write(function.name) or says_lock(function.name) or named_freely(function):
            continue
        calls = ", ".join(sorted(writing_calls(function)))
        if function.writes or calls:
            found.append(function.find(f"{function.name} writes ({calls or 'its SQL'}): do_…"))
    return found


def plain_names_that_lock() -> list[Finding]:
    found = []
    for function in functions():
        if says_write(function.name) or says_lock(function.name) or named_freely(function):
            continue
        calls = ", ".join(sorted(locking_calls(function)))
        if function.locks or calls:
            found.append(function.find(f"{function.name} locks ({calls or 'its SQL'}): lock_…"))
    return found


def do_names_that_do_not_write() -> list[Finding]:
    """An adapter writes at its service, by whatever that service's own client calls it."""
    return [
        function.find(f"{function.name} writes nothing: {'lock_…' if function.locks else 'a plain name'}")
        for function in functions()
        if says_write(function.name)
        and not named_freely(function)
        and not ADAPTERS & set(function.module.file.parts)
        and not (
            function.name in of_protocols() or function.writes or writing_calls(function) or "send" in function.calls
        )
    ]


def protocols() -> list[tuple[Module, ast.ClassDef, Definition]]:
    return [
        (module, protocol, method)
        for module in modules()
        for protocol in module.nodes
        if isinstance(protocol, ast.ClassDef) and {ast.unparse(base) for base in protocol.bases} & {"Protocol", "ABC"}
        for method in protocol.body
        if isinstance(method, Definition)
    ]


@cache
def of_protocols() -> set[str]:
    """Methods that an implementation has to have, though it may have nothing to do in them."""
    return {method.name for _, _, method in protocols()}


def protocols_plain_names() -> list[Finding]:
    """A protocol's methods say it too; those that only read are listed."""
    return [
        module.find(method, f"{protocol.name}.{method.name}: do_…, or listed as one that reads")
        for module, protocol, method in protocols()
        if not method.name.startswith(("do_", "lock_", "_")) and method.name not in PROTOCOLS_PLAIN
    ]


def lock_names_that_do_not_lock() -> list[Finding]:
    return [
        function.find(f"{function.name} locks nothing")
        for function in functions()
        if says_lock(function.name)
        and not (function.name in of_protocols() or function.locks or locking_calls(function))
    ]


def split_sql() -> list[Finding]:
    """Statements, and the parts of statements that a module keeps in constants."""
    found = []
    for module in modules():
        statements = [text for text in module.texts if text.is_sql]
        parts = {name for text in statements for name in re.findall(r"\{(\w+)\}", text.value)}
        kept = [text for name in parts for text in module.constants.get(name, ())]
        split = {text.node for text in (*statements, *kept) if text.is_split}
        sums = {
            node
            for node in module.nodes
            if isinstance(node, ast.BinOp)
            and isinstance(node.op, ast.Add)
            and any(text.is_sql for text in module.texts_in(node))
        }
        found += [module.find(node, "SQL of more than one line is one triple-quoted string") for node in split | sums]
    return sorted(found, key=str)


def tenants_not_first() -> list[Finding]:
    """A ``where`` that names the tenant begins with it, and compares columns one by one."""
    found = []
    for module in modules():
        for text in module.texts:
            if not text.is_sql or not OWN_TABLE.search(text.value):
                continue
            plain = re.sub(r"--.*", "", text.value)
            for where in re.finditer(r"\bwhere\b", plain):
                clause = own_clause(plain[where.end() :])
                if TENANT.search(clause) and not TENANT_FIRST.match(clause):
                    found.append(
                        module.find(text.node, f"where tenant_id = $1 and …, not{' '.join(clause.split())[:50]}")
                    )
    return found


def own_clause(rest: str) -> str:
    """The text after ``where``, up to the parenthesis that closes around it, without nested ones."""
    while (shorter := NESTED.sub("", rest)) != rest:
        rest = shorter
    depth = 0
    for place, sign in enumerate(rest):
        depth += (sign == "(") - (sign == ")")
        if depth < 0 or (depth == 0 and re.match(r"\b(group by|order by|returning|union|limit)\b", rest[place:])):
            return rest[:place]
    return rest


def errors_of_another_form() -> list[Finding]:
    """``code, status, title = "…", 409, "…"``, in literals."""
    found = []
    for module in modules():
        for node in module.nodes:
            if not isinstance(node, ast.ClassDef) or node.name not in refusals() - {"Refused"}:
                continue
            assigned = [part for part in node.body if isinstance(part, ast.Assign)]
            if not any(ast.unparse(part.targets[0]) == "(code, status, title)" for part in assigned):
                found.append(module.find(node, f'{node.name}: code, status, title = "…", 409, "…"'))
    return found


def shared_codes() -> list[Finding]:
    """A client acts on the code alone, so it names one error in the whole product."""
    found = defaultdict(list)
    for module in modules():
        for node in module.nodes:
            if not isinstance(node, ast.ClassDef) or node.name not in refusals():
                continue
            for part in node.body:
                targets = part.targets if isinstance(part, ast.Assign) else []
                targets = [part.target] if isinstance(part, ast.AnnAssign) else targets
                if {ast.unparse(target) for target in targets} & {"code", "(code, status, title)"}:
                    code = module.texts_in(part)[0].value
                    found[code].append(module.find(node, f"{node.name}: {code} is another error's code too"))
    return [finding for findings in found.values() if len(findings) > 1 for finding in findings]


def jobs_of_another_name() -> list[Finding]:
    """``room.verb_noun``, of the room or the part of a room that registers it."""
    found = []
    for module, call in registrations():
        texts = module.texts_in(call.args[0]) if call.args else []
        name = last_name(call.args[0]) if call.args else ""
        named = texts or [text for other in modules() for text in other.constants.get(name, ())]
        if last_name(call) == "listen" or not named:
            continue
        place, _, job = named[0].value.partition(".")
        if place not in module.file.parts or not re.fullmatch(r"[a-z]+(_[a-z]+)+", job):
            found.append(module.find(call, f"job {named[0].value} → {module.file.parent.name}.<verb>_<noun>"))
    return found


def routes() -> list[Function]:
    return [function for function in functions() if function.decorators & ROUTE]


def types_in(annotation: ast.expr | None) -> set[str]:
    """The last names of the types in an annotation."""
    nodes = [] if annotation is None else list(ast.walk(annotation))
    outer = {id(node.value) for node in nodes if isinstance(node, ast.Attribute)}
    names = {
        node.attr if isinstance(node, ast.Attribute) else node.id
        for node in nodes
        if isinstance(node, ast.Attribute | ast.Name) and id(node) not in outer
    }
    return names - {"Annotated", "Body", "list", "Any", "Response", "Redirect", "Stream", "RequestEncodingType"}


def requests_of_another_name() -> list[Finding]:
    return [
        route.find(f"data: {name} → <Verb><Noun>Request")
        for route in routes()
        for argument in route.node.args.args
        if argument.arg == "data"
        for name in types_in(argument.annotation) - BUILTINS
        if not REQUEST.fullmatch(name)
    ]


def answers_that_are_no_noun() -> list[Finding]:
    return [
        route.find(f"{route.name} answers {name}: a noun")
        for route in routes()
        for name in types_in(route.node.returns) - BUILTINS
        if NO_NOUN.search(name)
    ]


def structs_called_wish() -> list[Finding]:
    return [
        module.find(node, f"{node.name} → <Verb><Noun>Request")
        for module in modules()
        for node in module.nodes
        if isinstance(node, ast.ClassDef) and re.search(r"Wish(es)?$", node.name)
    ]


def files_of_another_name() -> list[Finding]:
    return [
        Finding(module.file, 1, f"{module.file.name} → {name}")
        for module in modules()
        for name, wrong in FILES.items()
        if wrong.fullmatch(module.file.name) and str(module.file.relative_to(SOURCE)) not in SHARED_FILES
    ]


def personal_data_elsewhere() -> list[Finding]:
    """Export and erasure are registered in ``personal_data.py``, with the tables' columns beside them."""
    found = []
    for module in modules():
        if module.file.name == "personal_data.py":
            continue
        for node in module.tree.body:
            called = (
                ast.unparse(node.value.func) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) else ""
            )
            if called in {"people.keeps", "personal_data.register"}:
                found.append(module.find(node, "registers export and erasure: personal_data.py"))
    return found


def test_a_plain_name_does_not_write():
    check(plain_names_that_write())


def test_a_plain_name_does_not_lock():
    check(plain_names_that_lock())


def test_a_protocols_plain_name_does_not_write():
    check(protocols_plain_names())


def test_jobs_are_named_by_room_verb_and_noun():
    check(jobs_of_another_name())


def test_do_writes():
    check(do_names_that_do_not_write())


def test_lock_locks():
    check(lock_names_that_do_not_lock())


def test_a_statement_is_one_string():
    check(split_sql())


def test_the_tenant_comes_first_in_a_where():
    check(tenants_not_first())


def test_errors_have_one_form():
    check(errors_of_another_form())


def test_a_code_means_one_error():
    check(shared_codes())


def test_requests_are_named_by_verb_and_noun():
    check(requests_of_another_name())
    check(structs_called_wish())


def test_answers_are_nouns():
    check(answers_that_are_no_noun())


def test_files_have_the_same_name_in_every_room():
    check(files_of_another_name())


def test_personal_data_is_registered_in_its_file():
    check(personal_data_elsewhere())


def test_the_reader_sees_effects(tmp_path: Path):
    file = tmp_path / "shop.py"
    file.write_text(
        """
COLUMNS = (
    "id, "
    "price"
)
LOCKED = "select 1 from app.packages where tenant_id = $1 for no key update"

async def package(tx): return await tx.one(f"select {COLUMNS} from app.packages where tenant_id = $1")
async def sell(tx): await tx.run("update app.packages set sold = 1 where tenant_id = $1")
async def move(tx): await tx.run("select app.move_coins($1)")
async def hold(tx): await tx.run(LOCKED)
async def hand_on(tx): await shop.do_sell(tx)
async def ask(tx): raise shop.NothingForSale(id=1) from None
"""
    )
    module = Module(file)
    package, sell, move, hold, hand_on, ask = module.functions
    assert (package.writes, sell.writes, move.writes, hold.writes) == (False, True, True, False)
    assert (package.locks, sell.locks, move.locks, hold.locks) == (False, False, False, True)
    assert writing_calls(hand_on) == {"do_sell"}
    assert ask.raises == {"NothingForSale"}
    assert [text.is_split for text in module.constants["COLUMNS"]] == [True]
    assert {"move_coins", "queue_job"} < writing_functions()
    assert not {"have_met", "now"} & writing_functions()
