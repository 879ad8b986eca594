"""Runs a program on a terminal of its own and reads what it prints there."""

import os
import pty
import subprocess
import termios
from collections.abc import Mapping, Sequence
from pathlib import Path


def on_a_terminal(
    words: Sequence[str], environ: Mapping[str, str], *, lines: int, columns: int, directory: Path | None = None
) -> tuple[int, str]:
    """The exit code, and what was printed, with the line ends of a terminal taken off; nobody types."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (lines, columns))
    process = subprocess.Popen(
        words, stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs, cwd=directory, env=dict(environ)
    )
    os.close(theirs)
    seen = b""
    try:
        while piece := os.read(ours, 65536):
            seen += piece
    except OSError:  # Linux says EIO when the other side is closed
        pass
    os.close(ours)
    return process.wait(), seen.decode().replace("\r\n", "\n")
