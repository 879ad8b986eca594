"""A real terminal: tmux with a server of its own, one pane with a shell in it."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.shell import Shell

PROMPT = "ready>"


class Tmux:
    """What somebody does at a terminal: types, looks, makes the window smaller."""

    def __init__(self, folder: Path, user: Shell, columns: int, lines: int) -> None:
        self._socket = str(folder / "tmux")
        self.environ = {**user.environ, "TERM": "screen-256color", "LANG": "C.UTF-8", "ENV": ""}
        size = ["-x", str(columns), "-y", str(lines)]
        self._run("-f", "/dev/null", "new-session", "-d", *size, "-c", str(user.book), "sh -i")
        self.type("PS1='ready''> '")
        self.keys("Enter")
        self.until(PROMPT)

    def _run(self, *words: str) -> str:
        done = subprocess.run(
            ["tmux", "-u", "-S", self._socket, *words],
            env=self.environ, capture_output=True, text=True, timeout=20, check=True,
        )  # fmt: skip
        return done.stdout

    def type(self, text: str) -> None:
        """Characters as they are."""
        self._run("send-keys", "-l", text)

    def keys(self, *names: str) -> None:
        """Keys by their names: Enter, Escape, C-c."""
        self._run("send-keys", *names)

    def paste(self, text: str) -> None:
        """A text out of the clipboard, in brackets where the program asked for them."""
        self._run("set-buffer", text)
        self._run("paste-buffer", "-p")

    def resize(self, columns: int, lines: int) -> None:
        """Another size of the window."""
        self._run("resize-window", "-x", str(columns), "-y", str(lines))

    @property
    def screen(self) -> str:
        """What stands on the screen."""
        return self._run("capture-pane", "-p")

    def state(self) -> str:
        """Whether the other screen is shown, the mouse asked for, the cursor shown."""
        return self._run("display", "-p", "#{alternate_on}#{mouse_any_flag}#{mouse_all_flag}#{cursor_flag}").strip()

    def until(self, *texts: str, seconds: float = 20) -> str:
        """Waits until all these texts stand on the screen."""
        return self.wait(lambda: all(text in self.screen for text in texts), " ".join(texts), seconds)

    def gone(self, text: str, seconds: float = 20) -> str:
        """Waits until this text stands on the screen no more."""
        return self.wait(lambda: text not in self.screen, f"no {text}", seconds)

    def wait(self, met: Callable[[], bool], what: str, seconds: float = 20) -> str:
        """Waits for something to become true, then looks."""
        deadline = time.monotonic() + seconds
        while not met():
            assert time.monotonic() < deadline, f"never saw {what}:\n{self.screen}"
            time.sleep(0.05)
        return self.screen

    def signal(self, number: signal.Signals) -> None:
        """Sends a signal to the program that the shell runs."""
        shell = self._run("display", "-p", "#{pane_pid}").strip()
        children = Path(f"/proc/{shell}/task/{shell}/children").read_text().split()
        os.kill(int(children[-1]), number)

    def close(self) -> None:
        """Ends the server, and with it all that runs in it."""
        self._run("kill-server")


@contextmanager
def terminal(folder: Path, user: Shell, columns: int = 100, lines: int = 30) -> Iterator[Tmux]:
    """A terminal in the user's book; says aloud where there is no tmux."""
    if shutil.which("tmux") is None:
        pytest.skip("NOT TESTED in a real terminal: tmux is not installed")
    opened = Tmux(folder, user, columns, lines)
    try:
        yield opened
    finally:
        opened.close()
