"""The program's entry: mounts the command line and turns errors and signals into exit codes."""

import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType

INTERRUPTED = 130


class Ended(BaseException):
    """A signal asked the program to end; a transaction under way is finished or left to be repaired."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.code = 128 + number


def _end(number: int, _frame: FrameType | None) -> None:
    raise Ended(number)


def main(args: Sequence[str] | None = None) -> None:
    """Runs one command and leaves with its exit code."""
    words = list(sys.argv[1:] if args is None else args)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _end)
    try:
        code = _run(words)
    except KeyboardInterrupt:
        code = INTERRUPTED
    except Ended as ended:
        code = ended.code
    _leave(code)


def _run(words: list[str]) -> int:
    from crm_cli.cli.app import run  # imports Typer, which a signal that comes this early need not wait for

    return run(words)


def _leave(code: int) -> None:
    """Ends the process; a reader that has gone away is no error, and nothing is left to be printed."""
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except (OSError, ValueError):
            devnull = os.open(os.devnull, os.O_WRONLY)
            os.dup2(devnull, 1 if stream is sys.stdout else 2)
            os.close(devnull)
    sys.exit(code)


if __name__ == "__main__":
    main()
