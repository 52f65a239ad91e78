"""Every module has its test file: tests/<package>/<folders>/test_<module>.py, or folders joined by underscores."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath
from types import MappingProxyType

from tests.gates.sources import Module, modules_of_sources, modules_of_tests, require_none

# Modules without a test file of their own, and why.
EXEMPT: Mapping[str, str] = MappingProxyType(
    {
        "kiosk/__main__.py": "calls kiosk/cli.py; every test of the command line goes through it",
    }
)


def wanted_test_files(module: Module) -> tuple[str, str]:
    """web/ui/guard.py → tests/web/ui/test_guard.py or tests/web/test_ui_guard.py."""
    path = PurePosixPath(module.path)
    package, *folders = path.parent.parts
    mirrored = PurePosixPath("tests", package, *folders, f"test_{path.stem}.py")
    joined = PurePosixPath("tests", package, f"test_{'_'.join([*folders, path.stem])}.py")
    return str(mirrored), str(joined)


def is_tested_by_its_users(module: Module) -> bool:
    """A package's own file with nothing but its docstring and its version; a migration (they are tested as a chain)."""
    has_code = any(line.startswith(("def ", "class ", "async def ")) for line in module.text.splitlines())
    is_package_file = module.path.endswith("__init__.py") and not has_code
    return is_package_file or module.path.startswith("db/migrations/")


def without_test_file(modules: tuple[Module, ...], existing: set[str]) -> list[str]:
    return [
        f"{module.path}: write {wanted_test_files(module)[0]}"
        for module in modules
        if module.path not in EXEMPT
        and not is_tested_by_its_users(module)
        and existing.isdisjoint(wanted_test_files(module))
    ]


def test_every_module_has_its_test_file() -> None:
    require_none(without_test_file(modules_of_sources(), {module.path for module in modules_of_tests()}))


def test_no_exemption_is_out_of_date() -> None:
    paths = {module.path for module in modules_of_sources()}
    tests = {module.path for module in modules_of_tests()}
    assert [path for path in EXEMPT if path not in paths] == []
    assert [path for path in EXEMPT if not tests.isdisjoint(wanted_test_files(Module(path, "")))] == []


def test_a_module_without_a_test_file_is_found() -> None:
    module = Module("web/ui/guard.py", "def f(): pass\n")
    assert without_test_file((module,), set()) == ["web/ui/guard.py: write tests/web/ui/test_guard.py"]
    assert without_test_file((module,), {"tests/web/test_ui_guard.py"}) == []
    assert without_test_file((module,), {"tests/web/ui/test_guard.py"}) == []
