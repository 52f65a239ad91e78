"""The commands about the cloud, as support types them (docs/command-line.md)."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from db.clock import SystemClock
from kiosk.cli import main
from tests.fakes.cloud import Cloud, running_cloud
from tests.fakes.cloud.organisation import CLINIC_A

Command = Callable[..., tuple[int, Any]]


@pytest.fixture
def live_cloud() -> Iterator[Cloud]:
    """By this computer's own clock, as the commands are."""
    with running_cloud(SystemClock()) as running:
        yield running


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    monkeypatch.setenv("HIKMA_KEYSTORE", "file")

    def run(*words: str, typed: str = "") -> tuple[int, Any]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(typed.encode())))
        code = main(["--json", "--data-dir", str(tmp_path / "data"), *words])
        printed = capsys.readouterr()
        assert "hh_" not in printed.out + printed.err
        return code, json.loads(printed.out)

    run("user", "add", "--email", "nour@example.org", "--name", "Nour", "--password-stdin", typed="secret12\n")
    return run


def test_a_computer_is_connected_and_exchanges_changes(command: Command, live_cloud: Cloud) -> None:
    enrol = ("cloud", "enrol", "--url", live_cloud.url, "--key-stdin")
    assert command(*enrol, typed=f"{live_cloud.api_key}\n") == (
        0,
        {"url": live_cloud.url, "device": "hub-a", "clinics": [CLINIC_A]},
    )
    code, result = command("cloud", "sync")
    assert (code, result["waiting"]) == (0, 0)
    assert result["pulled"] > 5
    assert command("cloud", "sync", "--once") == (0, {"pulled": 0, "pushed": 0, "set_aside": 0, "waiting": 0})
    code, status = command("cloud", "status")
    assert (code, status["connected"], status["last_result"], status["paused"]) == (0, True, "ok", False)
    assert command("cloud", "pause") == (0, {"paused": True})
    assert command("cloud", "resume") == (0, {"paused": False})
    assert command("cloud", "leave") == (0, {"connected": False})


def test_without_a_connection_the_code_says_so(command: Command) -> None:
    for words in (("sync",), ("pause",), ("resume",)):
        code, answer = command("cloud", *words)
        assert (code, answer["error"]) == (8, "cloud_not_connected")


def test_without_the_cloud_the_code_says_to_try_again(command: Command, live_cloud: Cloud) -> None:
    command("cloud", "enrol", "--url", live_cloud.url, "--key-stdin", typed=live_cloud.api_key)
    live_cloud.go_offline()
    code, answer = command("cloud", "sync")
    assert (code, answer["error"]) == (9, "cloud_offline")


def test_a_wrong_key_is_refused(command: Command, live_cloud: Cloud) -> None:
    code, answer = command("cloud", "enrol", "--url", live_cloud.url, "--key-stdin", typed="wrong\n")
    assert (code, answer["error"]) == (8, "cloud_key_refused")


def test_nothing_is_set_aside_at_first(command: Command) -> None:
    assert command("cloud", "aside", "list") == (0, [])
    assert command("cloud", "aside", "retry") == (0, {"retried": 0})
    code, answer = command("cloud", "aside", "discard", "patients", "p1")
    assert (code, answer["error"]) == (6, "not_found")
