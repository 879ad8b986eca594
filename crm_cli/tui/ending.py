"""Leaves the terminal as it was, however the screens end: in order, by a signal, by a crash."""

import asyncio
import contextlib
import os
import signal
import sys
import termios
from collections.abc import Callable
from typing import Any

from crm_cli.base.leaving import at_end

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_MOUSE = "".join(f"\x1b[?{mode}l" for mode in (1000, 1003, 1015, 1006))
_PLAIN = f"{_MOUSE}\x1b[?1004l\x1b[?2004l\x1b[?2048l\x1b[<u\x1b[?7h\x1b[?1049l\x1b[?25h\x1b[0m"
"""No mouse, no reports of focus, paste or size, no keyboard protocol; lines wrap; the other screen; a cursor."""


class Terminal:
    """The terminal as it was before; put back unless Textual has done so."""

    def __init__(self) -> None:
        self._before: list[Any] | None = None
        self._changed = False

    def __enter__(self) -> "Terminal":
        with contextlib.suppress(termios.error, ValueError, OSError):
            self._before = termios.tcgetattr(sys.__stdin__.fileno()) if sys.__stdin__ else None
        self._changed = True
        at_end(self.put_back)
        return self

    def __exit__(self, kind: object, *_rest: object) -> None:
        if kind is None:
            self._changed = False  # Textual has put it back
        else:
            self.put_back()

    def put_back(self) -> None:
        """Says to the terminal all that Textual would have said at its end; not twice."""
        if not self._changed:
            return
        self._changed = False
        with contextlib.suppress(OSError):
            os.write(2, _PLAIN.encode())
        if self._before is not None:
            with contextlib.suppress(termios.error, OSError):
                termios.tcsetattr(0, termios.TCSANOW, self._before)


def end_by_signal(leave: Callable[[int], None], terminal: Terminal) -> None:
    """Has the signals that end a program leave in order with their exit code; a second one ends at once."""
    loop = asyncio.get_running_loop()
    asked: list[int] = []

    def end(number: int) -> None:
        if asked:
            terminal.put_back()
            os._exit(128 + number)
        asked.append(number)
        leave(128 + number)

    for number in _SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            loop.add_signal_handler(number, end, number)
