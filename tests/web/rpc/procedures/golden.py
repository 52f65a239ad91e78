"""Exact answers of procedures, kept in files: ``tests/golden/procedures/NAME.json``, a list of exchanges.

``HIKMA_WRITE_GOLDEN=1 pytest tests/web/rpc/procedures`` writes them anew; look at the difference before keeping it.

    def test_drugs_get(desk: Desk) -> None:
        golden = Golden(desk)
        golden.query("drugs.get", id="d1")           # each returns the answer, for further questions
        golden.check("drugs.get")                    # only the exchanges of that procedure are compared

Ids made up by the server and times of its clock are masked, the same name for the same value.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import msgspec

from db.errors import HubError
from tests.web.rpc.procedures.desk import Desk
from web.rpc.registry import Caller, Kind

FOLDER = Path(__file__).parents[3] / "golden" / "procedures"
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_CLOCK_MS = range(1_750_000_000_000, 1_770_000_000_000)


class Golden:
    """Asks at a desk and writes down what was answered; an error of the program is an answer as well."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._exchanges: list[dict[str, Any]] = []

    def query(self, name: str, caller: Caller | None = None, /, **params: Any) -> Any:
        return self._ask(Kind.QUERY, name, params, caller)

    def command(self, name: str, caller: Caller | None = None, /, **data: Any) -> Any:
        return self._ask(Kind.COMMAND, name, data, caller)

    def check(self, name: str) -> None:
        """Compares the exchanges of one procedure with its file."""
        asked = [exchange for exchange in self._exchanges if exchange["name"] == name]
        assert asked, f"{name} was not asked"
        text = _text(_masked(asked, {}, {}))
        path = FOLDER / f"{name}.json"
        if os.environ.get("HIKMA_WRITE_GOLDEN"):
            FOLDER.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
        assert text == path.read_text(encoding="utf-8")

    def _ask(self, kind: Kind, name: str, raw: Any, caller: Caller | None) -> Any:
        try:
            reply = self._desk.ask(kind, name, raw, caller or self._desk.nurse)
        except HubError as error:
            reply = {"raised": error.code, **error.context}
        self._exchanges.append({"kind": kind.value, "name": name, "params": raw, "reply": reply})
        return reply


def _masked(value: Any, ids: dict[str, str], times: dict[int, str]) -> Any:
    if isinstance(value, dict):
        return {key: _masked(item, ids, times) for key, item in value.items()}
    if isinstance(value, list):
        return [_masked(item, ids, times) for item in value]
    if isinstance(value, str):
        return _UUID.sub(lambda found: ids.setdefault(found[0], f"<id {len(ids) + 1}>"), value)
    if type(value) is int and value in _CLOCK_MS:
        return times.setdefault(value, f"<time {len(times) + 1}>")
    return value


def _text(exchanges: Any) -> str:
    return msgspec.json.format(msgspec.json.encode(exchanges), indent=2).decode() + "\n"
