"""Runs the console blocks of a page, top to bottom, as one session of a user, and compares what they print.

`…` in what is expected stands for anything within a line; `[exit N]` for an exit code that is not 0. What goes to
stderr is not shown in the blocks. `$ export NAME=VALUE` holds for the lines below it: so does the time, with `CRM_NOW`.
"""

import re
import shlex
import subprocess
from pathlib import Path

from tests.shell import Shell

BLOCK = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
_SHELL = re.compile(r"""[|&;<>$`*~]|\\""")


def commands(text: str) -> list[tuple[str, list[str]]]:
    """Every command of the blocks with the lines that it is expected to print."""
    found: list[tuple[str, list[str]]] = []
    for block in BLOCK.findall(text):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            else:
                found[-1][1].append(line)
    return found


def matches(expected: list[str], printed: list[str]) -> bool:
    """Whether the printed lines are those that were expected."""
    patterns = [".*".join(map(re.escape, line.split("…"))) for line in expected]
    return len(expected) == len(printed) and all(map(re.fullmatch, patterns, printed))


def follow(page: Path, shell: Shell, *, processes: bool = False) -> int:
    """Runs every command of a page; how many there were. With `processes` each is a process of its own."""
    lines = commands(page.read_text(encoding="utf-8"))
    for line, expected in lines:
        code, out, err = _run(line, shell, processes=processes)
        printed = out.splitlines() + ([f"[exit {code}]"] if code else [])
        assert matches(expected, printed), f"$ {line}\nexpected {expected}\nprinted  {printed}\n{err}"
    return len(lines)


def _run(line: str, shell: Shell, *, processes: bool) -> tuple[int, str, str]:
    if line.startswith("export "):
        name, _, value = line.removeprefix("export ").partition("=")
        shell.environ[name] = shlex.split(value)[0]
        return 0, "", ""
    if line.startswith("crm ") and not processes and not _SHELL.search(line):
        result = shell.crm(*shlex.split(line)[1:])
        return result.code, result.out, result.err
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", line],
        cwd=shell.home,
        env=shell.environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr
