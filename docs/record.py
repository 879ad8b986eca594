"""Records the README's picture: real output of `crm` on the sample book, on the day that it was written for.

    python docs/record.py docs/day.svg

Each piece of a line is placed at its own column, so that whatever font draws it, columns stay columns.
"""

import os
import pty
import re
import subprocess
import sys
import tempfile
import termios
from collections.abc import Iterator
from html import escape
from pathlib import Path

from crm_cli.base.text import width

COLUMNS, LINES = 100, 40
CELL, LINE, MARGIN = 8.4, 20, 20
COMMANDS = ("crm", "crm pipeline")
SGR = re.compile(r"\x1b\[([0-9;]*)m")
PIECE = re.compile(r"\S+(?: \S+)*")
STYLE = (
    "text{font:14px ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace;fill:#d8dee9}"
    ".s1{font-weight:bold;fill:#fff}.s2{fill:#8f98aa}.s31{fill:#e06c75}.s32{fill:#a3be8c}.s33{fill:#ebcb8b}.c{fill:#a3be8c}"
)


def main(target: str) -> None:
    """Writes the picture."""
    with tempfile.TemporaryDirectory() as home:
        environ = {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOME": home,
            "CRM_NOW": "2026-11-20T09:00:00+05:30",
            "COLUMNS": str(COLUMNS),
            "TERM": "xterm-256color",
        }
        subprocess.run(["crm", "demo"], env=environ, check=True, capture_output=True)
        lines: list[list[tuple[str, str]]] = []
        for command in COMMANDS:
            lines += [[]] * bool(lines) + [[("c", f"$ {command}")]]
            lines += [list(_styled(line)) for line in _on_a_terminal(command.split(), environ).splitlines()]
    Path(target).write_text(_picture(lines), encoding="utf-8")


def _on_a_terminal(words: list[str], environ: dict[str, str]) -> str:
    """What a command prints on a terminal."""
    leader, follower = pty.openpty()
    termios.tcsetwinsize(follower, (LINES, COLUMNS))
    with subprocess.Popen(words, env=environ, stdout=follower, stderr=subprocess.DEVNULL) as process:
        os.close(follower)
        pieces = []
        while True:
            try:
                piece = os.read(leader, 4096)
            except OSError:  # Linux says so when the other end is closed
                break
            if not piece:
                break
            pieces.append(piece)
        process.wait()
    os.close(leader)
    return b"".join(pieces).decode()


def _styled(line: str) -> Iterator[tuple[str, str]]:
    """A line as pieces of one style each: the style's class, the text."""
    style = ""
    for at, piece in enumerate(SGR.split(line)):
        if at % 2:
            codes = [code for code in piece.split(";") if code not in ("", "0")]
            style = " ".join(f"s{code}" for code in codes)
        elif piece:
            yield style, piece


def _picture(lines: list[list[tuple[str, str]]]) -> str:
    across, down = COLUMNS * CELL + 2 * MARGIN, len(lines) * LINE + 2 * MARGIN
    drawn = "\n".join(text for row, line in enumerate(lines) for text in _texts(row, line))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {across:.0f} {down}" role="img" aria-label="crm">\n'
        f'<style>{STYLE}</style>\n<rect width="100%" height="100%" rx="8" fill="#2b303b"/>\n{drawn}\n</svg>\n'
    )


def _texts(row: int, line: list[tuple[str, str]]) -> Iterator[str]:
    """The words of a line, each at its column."""
    y, before = MARGIN + row * LINE + 15, ""
    for style, text in line:
        for found in PIECE.finditer(text):
            x = MARGIN + width(before + text[: found.start()]) * CELL
            kind = f' class="{style}"' if style else ""
            yield f'<text x="{x:.1f}" y="{y}"{kind}>{escape(found[0])}</text>'
        before += text


if __name__ == "__main__":
    main(sys.argv[1])
