"""What docs/procedures.md must say of each procedure, made out of the procedures themselves.

Knows nothing of what they do.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from tests.gates.sources import ROOT
from web.rpc.procedures.all import all_procedures
from web.rpc.registry import AtField, AtLogin, AtRecord, Place, Procedure, Rule

PAGE = ROOT / "docs" / "procedures.md"
_ROW = re.compile(r"^\| (command|query) \| `([a-z_.]+)` \| (.*?) \| (.*?) \| (.*?) \|$", re.MULTILINE)


def expected_rows() -> dict[tuple[str, str], tuple[str, str]]:
    """Parameters and what is needed, by kind and name."""
    return {
        (procedure.kind.value, procedure.name): (parameters_of(procedure), needs_of(procedure.rule))
        for procedure in all_procedures()
    }


def documented_rows(text: str) -> dict[tuple[str, str], tuple[str, str, str]]:
    """Parameters, what is needed, and the result, by kind and name."""
    return {(kind, name): (parameters, needs, result) for kind, name, parameters, needs, result in _ROW.findall(text)}


def rewritten(text: str) -> str:
    """The page with the table as it must be; results stay as they are, and are empty for what is new."""
    documented = documented_rows(text)
    rows = [
        f"| {kind} | `{name}` | {parameters} | {needs} | {documented.get((kind, name), ('', '', ''))[2]} |"
        for (kind, name), (parameters, needs) in sorted(expected_rows().items())
    ]
    found = list(_ROW.finditer(text))
    return text[: found[0].start()] + "\n".join(rows) + text[found[-1].end() :]


def parameters_of(procedure: Procedure[Any]) -> str:
    """The names, those that may be left out with a question mark."""
    fields = sorted(msgspec.structs.fields(procedure.parameters), key=lambda field: not field.required)
    return " ".join(f"{field.encode_name}{'' if field.required else '?'}" for field in fields) or "–"


def needs_of(rule: Rule) -> str:
    """In words."""
    if rule.is_open:
        return "a paired phone"
    if not rule.flags:
        return "a sign-in"
    return f"{', '.join(rule.flags)} {_where(rule.place)}"


def _where(place: Place) -> str:
    if isinstance(place, AtLogin):
        return "at the clinic of the sign-in"
    if isinstance(place, AtField):
        return f"at `{place.name}`"
    if isinstance(place, AtRecord):
        return f"at the clinic of the record `{place.name}` of {place.table}"
    return "where each record is"
