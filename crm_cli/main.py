"""The program's entry: mounts the command line and turns errors and signals into exit codes."""

import gc
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

INTERRUPTED = 130
UNWRITTEN = 7
SELDOM = 100_000
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Ended(BaseException):
    """A signal asked the program to end; a transaction under way is finished or left to be repaired."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.code = 128 + number


def _end(number: int, frame: FrameType | None) -> None:
    if _importing(frame):
        _die(number)  # an import would wrap an exception, or drop it
    raise KeyboardInterrupt if number == signal.SIGINT else Ended(number)


def _importing(frame: FrameType | None) -> bool:
    while frame and not frame.f_code.co_filename.startswith("<frozen importlib"):
        frame = frame.f_back
    return frame is not None


def _die(number: int) -> None:
    """Ends this process as the signal would have without us; what it was writing the next command repairs."""
    signal.signal(number, signal.SIG_DFL)
    signal.raise_signal(number)


def _unheard(lost: "sys.UnraisableHookArgs") -> None:
    """Ends the process after all when a signal came where Python drops every exception."""
    if isinstance(lost.exc_value, Ended | KeyboardInterrupt):
        _die(lost.exc_value.code - 128 if isinstance(lost.exc_value, Ended) else signal.SIGINT)
    sys.__unraisablehook__(lost)


def _handle(handler: Callable[[int, FrameType | None], None] | signal.Handlers) -> None:
    """Sets what the signals that end a program do, but for those that the caller wants ignored, as nohup does."""
    for number in ENDING:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, handler)


def main(args: Sequence[str] | None = None) -> None:
    """Runs one command and leaves with its exit code."""
    words = list(sys.argv[1:] if args is None else args)
    # Nearly all that a command makes lives until its end: looking for what does not takes a twentieth of a list.
    gc.set_threshold(SELDOM)
    os.umask(0o077)  # whatever is written, also in between: the owner's alone
    sys.unraisablehook = _unheard
    _handle(_end)
    try:
        if args is None:  # a process of its own, which nothing else forks
            _foresee(words)
        code = _run(words)
    except KeyboardInterrupt:
        code = INTERRUPTED
    except Ended as ended:
        code = ended.code
    _leave(code)


def _foresee(words: list[str]) -> None:
    from crm_cli.cli.foresight import foresee  # when it is needed: a signal may come before that

    foresee(words)


def _run(words: list[str]) -> int:
    from crm_cli.cli.app import run  # most of what is imported, which a signal this early need not wait for

    return run(words, _screens)


def _screens(root: Path, config: Any, *, web: Sequence[str] | None = None, **more: Any) -> int:
    if web is not None:
        from crm_cli.tui.web import serve

        return serve([sys.executable, "-m", "crm_cli", "-C", str(root), "tui", *web], f"crm: {root.name}", **more)
    from crm_cli.tui.start import start  # Textual takes longer than any other command: only its own pays

    return start(root, config, **more)


def _leave(code: int) -> NoReturn:
    """Ends the process; a reader that has gone away is no error, output that could not be written is.

    Python would first free whatever is in memory, piece by piece: 20 ms that change nothing.
    """
    _handle(signal.SIG_DFL)  # all is done, and nothing would catch an exception from here on
    from crm_cli.base.leaving import tidy_up
    from crm_cli.cli.streams import finish_streams, say  # when it is needed: a signal may come before that

    try:
        finish_streams()
    except OSError as trouble:
        say(f"crm: the output could not be written: {trouble.strerror}")
        code = code or UNWRITTEN
    tidy_up()
    os._exit(code)


if __name__ == "__main__":
    main()
