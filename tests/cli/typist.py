"""Types into a real interactive shell, on a terminal of its own, and reads what it then runs."""

import os
import pty
import select
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

PATIENCE = 60
"""Seconds after which a shell that says nothing is given up."""

_START = {"bash": ["bash", "--norc", "--noprofile", "-i"], "zsh": ["zsh", "-f", "-i"]}
_PREPARE = {
    "bash": "source <(crm completion bash)",
    "zsh": "autoload -U compinit; compinit -u -D; source <(crm completion zsh)",
}
_SHOW = r"""show() { printf '\n[%s' "$1"; shift; printf '|%s' "$@"; printf ']\n'; }"""
_BEGIN, _END = "\x01", "\x05"
"""Ctrl-A and Ctrl-E."""


def type_lines(shell: str, lines: Sequence[str], directory: Path, environ: Mapping[str, str]) -> list[list[str]]:
    """What the shell makes of each line, which may hold tabs: the words that it would run, after its completion."""
    script = [_PREPARE[shell], _SHOW, *(f"{line}{_BEGIN}show {_END}" for line in lines), 'show "the" end', "exit"]
    out = _talk(
        _START[shell],
        "".join(f"{line}\n" for line in script),
        directory,
        {**environ, "TERM": "dumb", "LANG": "C.UTF-8"},
    )
    said = [line.strip("[]\r").split("|") for line in out.splitlines() if line.startswith("[")]
    assert said[-1:] == [["the", "end"]], f"{shell} said:\n{out}"
    return said[:-1]


def _talk(command: Sequence[str], keys: str, directory: Path, environ: Mapping[str, str]) -> str:
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(directory)
        os.execvpe(command[0], list(command), dict(environ))
    out, deadline = b"", time.monotonic() + PATIENCE
    try:
        os.write(terminal, keys.encode())
        while b"[the|end]" not in out and time.monotonic() < deadline:
            if select.select([terminal], [], [], 0.2)[0]:
                out += os.read(terminal, 65536)
    except OSError:  # the shell has closed its side
        pass
    finally:
        os.close(terminal)
        os.waitpid(pid, 0)
    return out.decode("utf-8", "replace")
