"""A display without a screen for tests of the window: Xvfb with a window manager, and how to look at it."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.polling import eventually


class Display:
    """One X server; everything is done by the tools a person at a terminal would use."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.environ = {**os.environ, "DISPLAY": name}
        self.environ.pop("WAYLAND_DISPLAY", None)

    def titles(self) -> list[str]:
        """Titles of the windows the window manager knows, minimized ones too."""
        # A window that goes away while the list is made ends wmctrl with an error; the next list is without it.
        answer = eventually(lambda: result if (result := self._result_of("wmctrl", "-l")).returncode == 0 else None)
        lines = answer.stdout.splitlines()
        return [line.split(maxsplit=3)[3] for line in lines if len(line.split()) > 3]

    def is_visible(self, title: str) -> bool:
        """On the screen, not minimized. True is certain; False also when a window went away during the search."""
        return bool(self._run("xdotool", "search", "--onlyvisible", "--name", f"^{re.escape(title)}$").strip())

    def ask_to_close(self, title: str) -> None:
        """What a click on the window's cross does, once the window manager has drawn it."""
        eventually(lambda: title in self.titles())
        self._run("wmctrl", "-F", "-c", title)

    def ask_until(self, title: str, question: str) -> None:
        """Asks the window to close until it puts its question; while it is busy with another one it need not hear."""

        def is_asked() -> bool:
            self._run("wmctrl", "-F", "-c", title)
            return question in self.titles()

        eventually(is_asked, every_s=0.3)

    def minimize(self, title: str) -> None:
        self._run("xdotool", "search", "--onlyvisible", "--name", f"^{re.escape(title)}$", "windowminimize")

    def answer(self, title: str, key: str) -> None:
        """Answers a question by a key. A dialog that is on the screen may not take keys yet: it is pressed again."""

        def is_answered() -> bool:
            self._run("wmctrl", "-F", "-a", title)
            search = ("xdotool", "search", "--onlyvisible", "--name", f"^{re.escape(title)}$")
            self._run(*search, "windowfocus", "--sync", "key", key)
            return title not in self.titles()

        eventually(is_answered, every_s=0.3)

    def choose_in_menu(self, title: str, menu: int, entry: int, dialog: str) -> None:
        """Opens a menu of the window (counted from 0) and chooses an entry of it, until the dialog is there. The mouse
        opens the first menu, the keyboard goes on from there, as the words decide how wide a menu is."""
        search = ("xdotool", "search", "--onlyvisible", "--name", f"^{re.escape(title)}$")
        downs = entry if menu else entry + 1  # a menu that the keyboard opens has its first entry chosen already
        keys = ["Right"] * menu + ["Down"] * downs + ["Return"]

        def is_there() -> bool:
            if dialog in self.titles():
                return True
            self._run("wmctrl", "-F", "-a", title)
            self._run("xdotool", "key", "Escape", "Escape")
            self._run(*search, "mousemove", "--window", "%1", "20", "10", "click", "1")
            self._run("xdotool", "key", "--delay", "60", *keys)
            return False

        eventually(is_there, every_s=0.7)

    def type_into(self, title: str, text: str) -> None:
        """Replaces what the field with the focus holds, and presses Return; until the dialog has gone."""

        def is_done() -> bool:
            self._run("wmctrl", "-F", "-a", title)
            self._run("xdotool", "key", "ctrl+a")
            self._run("xdotool", "type", "--delay", "4", text)
            self._run("xdotool", "key", "Return")
            return title not in self.titles()

        eventually(is_done, every_s=0.5)

    def photograph(self, path: Path) -> Path:
        self._run("import", "-window", "root", str(path))
        return path

    def count_colours(self, path: Path) -> int:
        """Of a photograph. A window that was never painted has very few."""
        return int(self._run("identify", "-format", "%k", str(path)))

    def _run(self, *command: str) -> str:
        return self._result_of(*command).stdout

    def _result_of(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, env=self.environ, capture_output=True, text=True, timeout=30, check=False)


@contextlib.contextmanager
def x_display() -> Iterator[Display]:
    """Starts Xvfb on a number nobody uses and a window manager on it; ends both by their process."""
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1280x900x24", "-nolisten", "tcp", "-noreset"],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    with os.fdopen(reading) as answer:
        display = Display(f":{answer.readline().strip()}")
    manager = subprocess.Popen(["openbox"], env=display.environ, stderr=subprocess.DEVNULL)
    try:
        eventually(lambda: subprocess.run(["wmctrl", "-m"], env=display.environ, capture_output=True).returncode == 0)
        yield display
    finally:
        for process in (manager, server):
            process.terminate()
            process.wait(10)
