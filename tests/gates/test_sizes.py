"""A module stays readable in one sitting, a function on one screen (STYLE §5)."""

from __future__ import annotations

import ast

from tests.gates.sources import Module, modules_of_sources, modules_of_tests, modules_of_tools, require_none

LONGEST_MODULE = 400
LONGEST_FUNCTION = 50


def too_long(module: Module) -> list[str]:
    found = [f"{module.path}: {module.lines} lines"] if module.lines > LONGEST_MODULE else []
    for node in module.nodes():
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > LONGEST_FUNCTION:
                found.append(f"{module.at(node)}: {node.name} has {length} lines")
    return found


def test_no_module_and_no_function_is_too_long() -> None:
    modules = (*modules_of_sources(), *modules_of_tests(), *modules_of_tools())
    require_none(line for module in modules for line in too_long(module))


def test_a_long_module_and_a_long_function_are_found() -> None:
    body = "    pass\n" * LONGEST_FUNCTION
    assert too_long(Module("a.py", f"def f():\n{body}")) == ["a.py:1: f has 51 lines"]
    assert too_long(Module("a.py", "x = 1\n" * 401)) == ["a.py: 401 lines"]
    assert too_long(Module("a.py", "x = 1\n" * 400)) == []
