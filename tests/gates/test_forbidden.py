"""What the code must not do (DESIGN §12), looked for in its syntax tree. Each rule shows by examples that it bites."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

import pytest

from tests.gates.sources import Module, modules_of_sources, modules_of_tests, require_none

# The three edges that may catch everything, and what each catches it for.
EDGES: Mapping[str, str] = MappingProxyType(
    {
        "web/plugins/errors.py": "an unforeseen error of a request is answered as `internal`",
        "kiosk/jobs.py": "an unforeseen error of a job is logged and the job runs again",
        "kiosk/serve.py": "an unforeseen error of the start is told to whoever started it",
    }
)
PRINTING = re.compile(r"^kiosk/cli(/|\.py|_)")
BODY_READERS = frozenset({"body", "json", "forms", "POST", "files", "params"})
SQL = re.compile(
    r"^\s*(SELECT\s.+\sFROM\s|INSERT\s+(OR\s+\w+\s+)?INTO\s|UPDATE\s+\S+\s+SET\s|DELETE\s+FROM\s|CREATE\s+(TABLE|INDEX|VIEW)\s"
    r"|ALTER\s+TABLE\s|DROP\s+(TABLE|INDEX)\s|PRAGMA\s|BEGIN\s+IMMEDIATE)",
    re.DOTALL,
)
READ_ONLY_TYPES = re.compile(
    r"\b(Mapping|Sequence|AbstractSet|Collection|Iterable|tuple|frozenset|Final\[(tuple|frozenset))\b"
)
MUTABLE_MAKERS = frozenset(
    {
        "list",
        "dict",
        "set",
        "bytearray",
        "defaultdict",
        "deque",
        "OrderedDict",
        "Counter",
        "ChainMap",
        "WeakKeyDictionary",
    }
    | {"Lock", "RLock", "Event", "Condition", "Semaphore", "Queue", "SimpleQueue", "local", "ContextVar", "Random"}
)
Rule = Callable[[Module], list[str]]


def name_of(node: ast.expr) -> str:
    """The dotted name an expression spells, or its last part."""
    if isinstance(node, ast.Attribute):
        return f"{name_of(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def printing(module: Module) -> list[str]:
    if PRINTING.match(module.path):
        return []
    return [module.at(node) for node in module.nodes() if isinstance(node, ast.Call) and name_of(node.func) == "print"]


def catching_everything(module: Module) -> list[str]:
    """Cleaning up and raising again (``except BaseException: …; raise``) catches nothing and is let through."""
    if module.path in EDGES:
        return []
    found = []
    for node in module.nodes():
        if isinstance(node, ast.ExceptHandler):
            kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
            names = ["BaseException" if kind is None else name_of(kind) for kind in kinds]
            is_cleanup = names == ["BaseException"] and is_raise_again(node.body[-1])
            if not is_cleanup and not {"Exception", "BaseException"}.isdisjoint(names):
                found.append(module.at(node))
        elif isinstance(node, ast.Call) and name_of(node.func).endswith("suppress"):
            found += [module.at(node) for kind in node.args if name_of(kind) in ("Exception", "BaseException")]
    return found


def is_raise_again(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Raise) and statement.exc is None


def reading_bodies_with_bottle(module: Module) -> list[str]:
    """Bottle puts large bodies into temporary files and knows no limit of ours."""
    if module.package != "web":
        return []
    return [
        module.at(node)
        for node in module.nodes()
        if isinstance(node, ast.Attribute)
        and node.attr in BODY_READERS
        and name_of(node.value) in ("request", "bottle.request")
    ]


def sql_outside_db(module: Module) -> list[str]:
    if module.package == "db":
        return []
    return [
        module.at(node)
        for node in module.nodes()
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL.match(node.value)
    ]


def mutable_state(module: Module) -> list[str]:
    """At module and class level: values that can change, unless their declared type lets nobody change them."""
    found: list[str] = []
    bodies = [module.tree().body] + [node.body for node in module.nodes() if isinstance(node, ast.ClassDef)]
    for statement in (statement for body in bodies for statement in body):
        if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None:
            declared = ast.unparse(statement.annotation) if isinstance(statement, ast.AnnAssign) else ""
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            is_fixed_name = all(name_of(target).startswith("__") for target in targets)
            if is_mutable(statement.value) and not is_fixed_name and not READ_ONLY_TYPES.search(declared):
                found.append(module.at(statement))
    return found + [module.at(node) for node in module.nodes() if isinstance(node, ast.Global)]


def is_mutable(value: ast.expr) -> bool:
    if isinstance(value, ast.List | ast.Dict | ast.Set | ast.ListComp | ast.DictComp | ast.SetComp):
        return True
    return isinstance(value, ast.Call) and name_of(value.func).rpartition(".")[2] in MUTABLE_MAKERS


def sleeping(module: Module) -> list[str]:
    found = []
    for node in module.nodes():
        if isinstance(node, ast.Call) and name_of(node.func) in ("time.sleep", "sleep", "asyncio.sleep"):
            found.append(module.at(node))
        elif isinstance(node, ast.ImportFrom) and node.module == "time":
            found += [module.at(node) for alias in node.names if alias.name == "sleep"]
    return found


def mocking(module: Module) -> list[str]:
    """Replacing parts of our own code instead of handing in a fake that keeps the same contract."""
    ours = {
        alias.asname or alias.name
        for node in module.nodes()
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in ("db", "web", "kiosk")
        for alias in node.names
    } | {"db", "web", "kiosk"}
    found = []
    for node in module.nodes():
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
            names += [f"unittest.{alias.name}" for alias in node.names if names == ["unittest"]]
            found += [module.at(node) for name in names if name.startswith(("unittest.mock", "pytest_mock"))]
        elif isinstance(node, ast.Call) and name_of(node.func) in ("monkeypatch.setattr", "monkeypatch.delattr"):
            target = node.args[0] if node.args else None
            named = target.value if isinstance(target, ast.Constant) else name_of(target) if target else ""
            if str(named).split(".")[0] in ours:
                found.append(module.at(node))
    return found


IN_SOURCES: tuple[Rule, ...] = (
    printing,
    catching_everything,
    reading_bodies_with_bottle,
    sql_outside_db,
    mutable_state,
)
IN_TESTS: tuple[Rule, ...] = (sleeping, mocking)


@pytest.mark.parametrize("rule", IN_SOURCES)
def test_the_sources_keep_the_rule(rule: Rule) -> None:
    require_none(place for module in modules_of_sources() for place in rule(module))


@pytest.mark.parametrize("rule", IN_TESTS)
def test_the_tests_keep_the_rule(rule: Rule) -> None:
    require_none(place for module in modules_of_tests() for place in rule(module))


def test_each_edge_that_may_catch_everything_does() -> None:
    for path in EDGES:
        module = next((module for module in modules_of_sources() if module.path == path), None)
        assert module is not None, f"{path} is gone"
        assert catching_everything(Module("elsewhere.py", module.text)), f"{path} need not be in the table"


EXAMPLES: tuple[tuple[Rule, str, str], ...] = (
    (printing, "db/a.py", "print('x')"),
    (catching_everything, "db/a.py", "try: pass\nexcept Exception: pass"),
    (catching_everything, "db/a.py", "try: pass\nexcept: pass"),
    (catching_everything, "db/a.py", "try: pass\nexcept BaseException: raise ValueError"),
    (catching_everything, "db/a.py", "try: pass\nexcept (ValueError, BaseException): pass"),
    (catching_everything, "db/a.py", "with contextlib.suppress(Exception): pass"),
    (reading_bodies_with_bottle, "web/a.py", "request.json"),
    (reading_bodies_with_bottle, "web/a.py", "bottle.request.forms"),
    (sql_outside_db, "web/a.py", "f'SELECT data FROM {table}'"),
    (sql_outside_db, "kiosk/a.py", "'PRAGMA user_version'"),
    (mutable_state, "db/a.py", "cache = {}"),
    (mutable_state, "db/a.py", "lock = threading.Lock()"),
    (mutable_state, "db/a.py", "TABLES: dict[str, int] = {}"),
    (mutable_state, "db/a.py", "class A:\n    seen = []"),
    (mutable_state, "db/a.py", "def f():\n    global x"),
    (sleeping, "tests/a.py", "time.sleep(1)"),
    (sleeping, "tests/a.py", "from time import sleep"),
    (mocking, "tests/a.py", "from unittest.mock import MagicMock"),
    (mocking, "tests/a.py", "from unittest import mock"),
    (mocking, "tests/a.py", "monkeypatch.setattr('db.clock.SystemClock', None)"),
    (mocking, "tests/a.py", "from db import clock\nmonkeypatch.setattr(clock, 'x', None)"),
)


@pytest.mark.parametrize(("rule", "path", "code"), EXAMPLES)
def test_a_broken_rule_is_found(rule: Rule, path: str, code: str) -> None:
    assert rule(Module(path, code))


ALLOWED: tuple[tuple[Rule, str, str], ...] = (
    (printing, "kiosk/cli.py", "print('x')"),
    (catching_everything, "db/a.py", "try: pass\nexcept ValueError: pass"),
    (catching_everything, "db/a.py", "try: pass\nexcept BaseException:\n    close()\n    raise"),
    (reading_bodies_with_bottle, "web/a.py", "request.environ"),
    (sql_outside_db, "web/a.py", "'select a file from the list'"),
    (sql_outside_db, "db/a.py", "'SELECT data FROM patients'"),
    (mutable_state, "db/a.py", "TABLES: Mapping[str, int] = {'a': 1}"),
    (mutable_state, "db/a.py", "TABLES = MappingProxyType({'a': 1})"),
    (mutable_state, "db/a.py", "__all__ = ['a']"),
    (mocking, "tests/a.py", "monkeypatch.setenv('HIKMA_KEYSTORE', 'file')"),
)


@pytest.mark.parametrize(("rule", "path", "code"), ALLOWED)
def test_what_is_allowed_is_let_through(rule: Rule, path: str, code: str) -> None:
    assert rule(Module(path, code)) == []
