"""The command line's words are understood as they are written down."""

from __future__ import annotations

import pytest

from kiosk.words import make_parser


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (["cloud", "enrol", "--url", "u", "--key-stdin"], {"url": "u", "replace": False}),
        (["cloud", "aside", "retry"], {"table": None, "id": None}),
        (["devices", "pairing", "open"], {"minutes": 5}),
        (["serve", "--port", "0", "--host", "localhost"], {"port": 0, "host": "127.0.0.1"}),
    ],
)
def test_words_and_options_are_read(typed: list[str], expected: dict[str, object]) -> None:
    words = vars(make_parser().parse_args(typed))
    assert {name: words[name] for name in expected} == expected


@pytest.mark.parametrize(
    "typed",
    [
        ["cloud", "enrol", "--url", "u"],
        ["cloud", "enrol", "--url", "a\nb", "--key-stdin"],
        ["serve", "--port", "70000"],
        ["serve", "--por", "1"],
        ["devices", "pairing", "open", "--minutes", "61"],
        ["nonsense"],
    ],
)
def test_others_end_the_program_with_two(typed: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        make_parser().parse_args(typed)
    assert ended.value.code == 2
    assert "usage" in capsys.readouterr().err
