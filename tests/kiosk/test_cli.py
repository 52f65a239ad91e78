from __future__ import annotations

import contextlib
import io
import json
import re
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from db import errors, update_errors
from db.errors import HubError
from kiosk import __version__
from kiosk.cli import EXIT_CODES, INTERRUPTED, OK, UNEXPECTED, WRONG_INPUT, main, say
from tests.gates.sources import ROOT

DOCUMENT = ROOT / "docs" / "command-line.md"


@contextlib.contextmanager
def terminal(encoding: str) -> Iterator[io.BytesIO]:
    """Standard output that knows only the letters of this encoding."""
    written = io.BytesIO()
    with contextlib.redirect_stdout(io.TextIOWrapper(written, encoding=encoding)):
        yield written


def refused(*words: str) -> int:
    """The exit code of words that are not understood."""
    with pytest.raises(SystemExit) as end:
        main(list(words))
    assert isinstance(end.value.code, int)
    return end.value.code


@pytest.mark.parametrize(
    "words",
    [
        ["fly"],
        ["user"],
        ["user", "fly"],
        ["history"],
        ["history", "show", "patients"],
        ["history", "restore", "patients", "x", "newest"],
        ["status", "--fast"],
        ["user", "add", "--name", "N", "--password-stdin"],
        ["user", "add", "--email", "a@b.c", "--password-stdin"],
        ["user", "add", "--email", "a@b.c", "--name", "N"],
        ["user", "password", "--email", "a@b.c"],
        ["serve", "--port", "65536"],
        ["serve", "--port", "-1"],
        ["serve", "--port", "phone"],
        ["serve", "--host", "localhost.example"],
        ["serve", "--host", "::1"],
        ["serve", "--host", "300.1.1.1"],
        ["status", "--data-dir", ""],
        ["--selftest", "status"],
    ],
)
def test_words_that_are_not_understood_end_with_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert refused(*words) == WRONG_INPUT
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--password=hunter2", "--pass=hunter2", "--password-stdin=hunter2"])
def test_a_password_on_the_command_line_is_refused(option: str) -> None:
    assert refused("user", "add", "--email", "a@b.c", "--name", "N", option) == WRONG_INPUT


@pytest.mark.parametrize("option", ["--email", "--name", "--role", "--clinic"])
@pytest.mark.parametrize("typed", ["two\nlines", "bell\a", "\udcff"])
def test_what_is_not_one_line_of_text_is_refused(option: str, typed: str) -> None:
    words = {"--email": "a@b.c", "--name": "N", "--role": "provider", "--clinic": "C"} | {option: typed}
    options = [part for pair in words.items() for part in pair]
    assert refused("user", "add", *options, "--password-stdin") == WRONG_INPUT


def test_a_port_out_of_range_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    refused("serve", "--port", "70000")
    assert "a port is a number from 0 to 65535" in capsys.readouterr().err


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert refused("--version") == OK
    assert capsys.readouterr().out.strip() == __version__


def test_the_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert refused("--help") == OK
    shown = capsys.readouterr().out
    assert [word for word in ("serve", "status", "user", "history", "--data-dir", "--json") if word not in shown] == []


# Output


def test_an_answer_for_people_is_a_line_a_fact_and_a_block_an_item(capsys: pytest.CaptureFixture[str]) -> None:
    say([{"name": "Nour", "clinic": None}, {"is_old": True, "counts": {"a": 1}}], as_json=False)
    assert capsys.readouterr().out == 'name: Nour\nclinic: -\n\nis_old: yes\ncounts: {"a": 1}\n'


def test_nothing_is_said_to_be_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    say([], as_json=False)
    say([], as_json=True)
    assert capsys.readouterr().out == "(none)\n[]\n"


@pytest.mark.parametrize("name", ["سارة", "Nuño", "\udcff"])
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "ascii"])
def test_json_reaches_every_terminal_whole(encoding: str, name: str) -> None:
    with terminal(encoding) as written:
        assert say({"name": name}, as_json=True)
        assert json.loads(written.getvalue().decode(encoding)) == {"name": name}


def test_where_letters_are_missing_the_rest_is_shown_all_the_same() -> None:
    with terminal("ascii") as written:
        assert say({"name": "سارة B"}, as_json=False)
        assert written.getvalue() == b"name: ???? B\n"


def test_without_any_output_nothing_goes_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    assert say({"a": 1}, as_json=True)


# Exit codes


def known_codes() -> set[str]:
    found = [*vars(errors).values(), *vars(update_errors).values()]
    kinds = (kind for kind in found if isinstance(kind, type) and issubclass(kind, HubError))
    return {kind.code for kind in kinds}


def test_every_exit_code_belongs_to_an_error_of_the_program() -> None:
    assert set(EXIT_CODES) <= known_codes()


def test_the_documents_table_of_exit_codes_is_that_of_the_program() -> None:
    rows = re.findall(r"^\| (\d+) \|[^|]*\|([^|]*)\|", DOCUMENT.read_text("utf-8"), re.MULTILINE)
    documented = {code: int(number) for number, codes in rows for code in re.findall(r"`([a-z_]+)`", codes)}
    assert documented == dict(EXIT_CODES) | {"internal": UNEXPECTED}
    assert {int(number) for number, _ in rows} == {OK, INTERRUPTED, *documented.values()}


def test_the_document_shows_every_command_and_option() -> None:
    text = DOCUMENT.read_text("utf-8")
    wanted = ["--selftest", "at-login", "serve", "status"]
    wanted += ["user add", "user list", "user password", "user remove", "history show"]
    wanted += ["backup create", "backup list", "backup verify", "backup drill", "backup restore", "recovery show"]
    wanted += ["recovery new", "--new-key", "--recovery-code-stdin", "settings backup-folder"]
    wanted += ["cloud enrol", "cloud leave", "cloud sync", "cloud status", "cloud pause", "cloud resume"]
    wanted += ["cloud aside list", "cloud aside retry", "cloud aside discard", "--key-stdin", "--once", "--replace"]
    wanted += ["history restore", "--data-dir", "--json", "--host", "--port", "--email", "--name", "--role", "--clinic"]
    assert [word for word in [*wanted, "--password-stdin"] if word not in text] == []


def test_ctrl_c_ends_a_command_without_a_trace(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Hesitating:
        @property
        def buffer(self) -> Any:
            raise KeyboardInterrupt

    monkeypatch.setattr(sys, "stdin", Hesitating())
    assert main(["user", "password", "--email", "a@b.c", "--password-stdin"]) == INTERRUPTED
    assert capsys.readouterr() == ("", "")
