"""The screens in a real terminal: starting, keys, another size, Hindi, and a clean terminal however they end."""

import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from crm_cli.base.text import width
from tests.shell import Shell
from tests.tui.tmux import PROMPT, Tmux, terminal

PLAIN = "0001"
"""The usual screen, no mouse, a cursor."""


@pytest.fixture
def book(empty: Shell) -> Shell:
    user = empty
    user.ok("contact add 'आशा शर्मा'")
    user.ok("task add 'श्रीमती शर्मा को कोटेशन' --due today --contact आशा")
    user.ok("task add 'Send the offer' --due today --contact आशा")
    return user


def _start(opened: Tmux, words: str = "") -> None:
    opened.type(f"crm tui {words}; echo left with $?")
    opened.keys("Enter")
    opened.until("Due today", "Send the offer")


def test_keys_sizes_and_hindi(book: Shell, tmp_path: Path) -> None:
    with terminal(tmp_path, book, 80, 24) as opened:
        _start(opened)
        opened.until("? shows every command")  # whoever comes for the first time is told
        screen = opened.screen
        first, second = (line for line in screen.splitlines() if "todo" in line)
        assert first.startswith(">")
        assert len(screen.splitlines()) == 24
        # A vowel sign takes a cell in tmux; the names behind the two titles begin in the same column.
        assert width(first.split("आशा")[0]) == width(second.split("आशा")[0])
        opened.type("3")
        opened.until("आशा शर्मा")
        opened.resize(50, 12)
        opened.wait(lambda: len(opened.screen.splitlines()) == 12, "a small screen")
        opened.resize(110, 35)
        opened.type("f")
        opened.paste("शर्मा")
        opened.until("आशा शर्मा")
        opened.keys("Escape")
        opened.keys("C-p")
        opened.until("Search for")
        opened.type("pipel")
        opened.until("the deals by stage")  # Enter takes what is offered
        opened.keys("Enter")
        opened.until("won")
        opened.keys("C-q")
        opened.until("left with 0")


ENDS: dict[str, tuple[Callable[[Tmux], None], int]] = {
    "q": (lambda opened: opened.type("q"), 0),
    "ctrl-c twice": (lambda opened: opened.keys("C-c", "C-c"), 130),
    "SIGTERM": (lambda opened: opened.signal(signal.SIGTERM), 143),
    "SIGHUP": (lambda opened: opened.signal(signal.SIGHUP), 129),
    "SIGINT": (lambda opened: opened.signal(signal.SIGINT), 130),
}


@pytest.mark.parametrize("end", ENDS)
def test_the_terminal_is_clean_afterwards(book: Shell, tmp_path: Path, end: str) -> None:
    leave, code = ENDS[end]
    with terminal(tmp_path, book) as opened:
        assert opened.state() == PLAIN
        _start(opened)
        assert opened.state() != PLAIN
        leave(opened)
        opened.until(f"left with {code}", PROMPT)
        assert opened.state() == PLAIN
        opened.type("stty -a | grep -cw -- '-echo'")
        opened.keys("Enter")
        opened.until("\n0\n")


def test_a_bug_is_reported_when_the_terminal_is_itself_again(book: Shell, tmp_path: Path) -> None:
    bug = (
        "from crm_cli.tui.screens.day import Day; Day.load = lambda self: 1 / 0; from crm_cli.main import main; main()"
    )
    with terminal(tmp_path, book) as opened:
        opened.type(f"python -c '{bug}' tui; echo left with $?")
        opened.keys("Enter")
        screen = opened.until("left with 70")
        assert "Traceback" not in screen
        assert "ZeroDivisionError" in screen or "report" in screen
        assert opened.state() == PLAIN


def test_what_is_not_there_is_said_before_the_screens_open(book: Shell, tmp_path: Path) -> None:
    with terminal(tmp_path, book) as opened:
        for words, said, code in (
            ("--screen pipelin", "did you mean pipeline?", 2),
            ("--record nobody", "nobody", 3),
            ("--view hot", "hot", 3),
        ):
            opened.type(f"clear; crm tui {words}; echo {words[2:6]} left with $?")
            opened.keys("Enter")
            screen = opened.until(f"{words[2:6]} left with {code}")
            assert said in screen.replace(words, "")
            assert opened.state() == PLAIN
