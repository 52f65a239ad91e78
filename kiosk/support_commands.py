"""What the commands for support do: the CLI's words in, plain values out. Work beside a running server or alone.

Knows nothing of argument parsing or printing (kiosk/cli.py).
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from db.clock import Clock, SystemClock
from db.database import Database
from db.errors import HubError, NotFound
from db.exchange import has_database
from kiosk.config import Config, config_from
from kiosk.diagnostics.archive import pack
from kiosk.diagnostics.report import Subject, make_report
from kiosk.diagnostics.saving import save
from kiosk.diagnostics.short_code import in_groups, meaning_of_code
from kiosk.doctor.computer import this_computer
from kiosk.doctor.facts import DataFacts
from kiosk.doctor.local_probes import LocalProbes
from kiosk.doctor.runner import run_checks, worst_of
from kiosk.doctor.sources import sources_beside
from kiosk.failures import meaning_of
from kiosk.opening import open_beside
from kiosk.paths import data_folder, keep_new_files_private
from web.i18n import Translator, load_catalogue
from web.ui.check_port import Finding
from web.ui.check_words import sentence_of, title_of


def doctor(words: argparse.Namespace) -> Any:
    """``doctor``: what every check has found; for people one line each."""
    clock, config = SystemClock(), _config(words)
    with readable_data(config, clock, words.passphrase) as data:
        findings = run_checks(LocalProbes(sources_beside(config.folder, clock, data)))
    translator = load_catalogue().translator("en")
    if not words.json:
        return "\n".join(_line(finding, clock.now_ms(), translator) for finding in findings)
    return {"worst": worst_of(findings).value, "checks": _described(findings, clock.now_ms(), translator)}


def diagnostics(words: argparse.Namespace) -> dict[str, Any]:
    """``diagnostics FILE``: the report for support, with the code to read out; ``--explain CODE`` tells what a code
    says."""
    if words.explain is not None:
        return _explained(words.explain)
    clock, config = SystemClock(), _config(words)
    with readable_data(config, clock, words.passphrase) as data:
        findings = run_checks(LocalProbes(sources_beside(config.folder, clock, data)))
        report = make_report(Subject(config.folder, clock, this_computer().system, data), findings)
    path = save(pack(report), words.file)
    return {
        "file": str(path),
        "support_code": in_groups(report.support_code),
        "holds": {file.name: file.entries for file in report.files},
    }


def _explained(typed: str) -> dict[str, Any]:
    meaning = meaning_of_code(typed)
    return {
        "version": meaning.version,
        "system": meaning.system,
        "state": meaning.state.name.lower(),
        "worst": meaning.verdict.value,
        "check": meaning.check or None,
        "reason": meaning.reason or None,
        "more_problems": meaning.more,
    }


@contextmanager
def readable_data(config: Config, clock: Clock, passphrase: str | None) -> Iterator[Database | DataFacts]:
    """The database of the folder; where it cannot be opened, why. Makes none."""
    try:
        database = open_beside(config, clock, passphrase)[1] if has_database(config.folder.root) else None
    except (HubError, OSError) as failure:
        yield DataFacts(clock.now_ms(), failure=meaning_of(failure).code)
        return
    if database is None:
        yield DataFacts(clock.now_ms(), is_absent=True)
        return
    try:
        yield database
    finally:
        database.close()


def _config(words: argparse.Namespace) -> Config:
    """Raises NotFound where there is no such folder: a mistyped one must not look like a healthy computer."""
    config = config_from(data_folder(words.data_dir), os.environ)
    if not config.folder.root.is_dir():
        raise NotFound(table="data folder")
    keep_new_files_private()
    config.folder.prepare()
    return config


def _line(finding: Finding, now_ms: int, words: Translator) -> str:
    return f"[{finding.verdict}] {title_of(finding.name, words)}: {sentence_of(finding, now_ms, words)}"


def _described(findings: Sequence[Finding], now_ms: int, words: Translator) -> list[dict[str, Any]]:
    return [
        {
            "name": finding.name,
            "area": finding.area.value,
            "verdict": finding.verdict.value,
            "reason": finding.reason,
            "values": dict(finding.values),
            "cure": finding.cure.value if finding.cure else None,
            "message": sentence_of(finding, now_ms, words),
        }
        for finding in findings
    ]
