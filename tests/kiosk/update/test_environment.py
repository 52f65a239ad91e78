from __future__ import annotations

from kiosk.update.environment import HANDED_OVER, outside_of_bundle

BUNDLE = {"LD_LIBRARY_PATH": "/opt/x/_internal", "PATH": "/bin", HANDED_OVER: "1.1.0"}


def test_another_frozen_program_does_not_find_the_libraries_of_this_one() -> None:
    values = outside_of_bundle(BUNDLE, frozen=True)
    assert values == {"PATH": "/bin", "PYINSTALLER_RESET_ENVIRONMENT": "1"}
    values = outside_of_bundle(BUNDLE | {"LD_LIBRARY_PATH_ORIG": "/usr/local/lib"}, frozen=True)
    assert values["LD_LIBRARY_PATH"] == "/usr/local/lib"


def test_in_a_checkout_only_the_note_of_the_start_goes() -> None:
    assert outside_of_bundle(BUNDLE) == {"LD_LIBRARY_PATH": "/opt/x/_internal", "PATH": "/bin"}
