"""The list of what this program may write into its log is the source's own."""

from __future__ import annotations

import ast

from kiosk.diagnostics.log_templates import TEMPLATES, Gap
from tests.gates.sources import modules_of_sources

LEVELS = frozenset({"debug", "info", "warning", "error", "critical", "exception"})
LOGGERS = frozenset({"log", "_LOG"})
FROM_A_VARIABLE = frozenset({"the backup failed", "the drill failed"})
"""Given to the one function that logs them (kiosk/backups.py)."""


def logged_in_sources() -> dict[str, str]:
    """Every sentence that is logged, and where."""
    found: dict[str, str] = {}
    for module in modules_of_sources():
        for node in module.nodes():
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            owner = node.func.value
            if not (isinstance(owner, ast.Name) and owner.id in LOGGERS):
                continue
            sentence = node.args[1] if node.func.attr == "log" else node.args[0]
            if isinstance(sentence, ast.Constant):
                found[str(sentence.value)] = module.at(node)
            else:
                found[f"(computed) {ast.unparse(sentence)}"] = module.at(node)
    return found


def test_every_sentence_that_is_logged_is_listed_and_no_other() -> None:
    logged = logged_in_sources()
    assert {sentence for sentence in logged if sentence.startswith("(computed)")} == {"(computed) what"}
    sentences = {sentence for sentence in logged if not sentence.startswith("(computed)")} | FROM_A_VARIABLE
    assert sentences ^ {template for template, _ in TEMPLATES} == set()


def test_every_gap_has_a_kind() -> None:
    for template, gaps in TEMPLATES:
        assert template.count("%") == len(gaps), template
        assert template.count("%d") == gaps.count(Gap.NUMBER), template
