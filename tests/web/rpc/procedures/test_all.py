"""The registry holds the procedures of every module, each once."""

from __future__ import annotations

import pkgutil
from importlib import import_module

from web.rpc import procedures
from web.rpc.procedures.all import all_procedures


def test_no_module_of_procedures_is_left_out() -> None:
    modules = [
        import_module(f"{procedures.__name__}.{found.name}") for found in pkgutil.iter_modules(procedures.__path__)
    ]
    declared = [each for module in modules for each in getattr(module, "PROCEDURES", ())]
    assert {(each.kind, each.name) for each in all_procedures()} == {(each.kind, each.name) for each in declared}
    assert len(list(all_procedures())) == len(declared)
