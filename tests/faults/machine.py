"""Builds the shim with the system's compiler, and runs crm under it."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.faults.state import State
from tests.shell import Shell

SOURCE = Path(__file__).with_name("shim.c")
ERRORS = ("ENOSPC", "EIO", "EACCES", "EROFS", "EMFILE")


@dataclass(frozen=True)
class Fault:
    """What happens at which mutating call; `action` is one of `state.ACTIONS`."""

    action: str = "nothing"
    at: int = 0
    error: str = ""
    sticky: bool = False

    @property
    def deadly(self) -> bool:
        """Whether crm does not survive it."""
        return self.action in ("kill", "tear", "orphan")

    def __str__(self) -> str:
        return f"{self.error or self.action}{' for good' * self.sticky} at {self.at}"


FAULTS = (
    Fault("kill"), Fault("tear"), Fault("orphan"),
    *(Fault("fail", error=error, sticky=sticky) for error in ERRORS for sticky in (False, True)),
)  # fmt: skip
"""Every kind of fault, without a place."""


@dataclass(frozen=True)
class Ran:
    """How a command ended (negative: killed by that signal), what it printed, and what the shim saw."""

    code: int
    out: str
    err: str
    count: int
    others: int
    struck: int
    call: str


def compiler() -> str | None:
    """The C compiler of this system."""
    return next(filter(None, map(shutil.which, ("cc", "gcc", "clang"))), None)


def build(folder: Path) -> Path:
    """The shim as a library; skips aloud where it cannot be built."""
    command = compiler()
    if sys.platform != "linux" or command is None:
        pytest.skip("NOT TESTED: faults at system calls need Linux and a C compiler (cc, gcc or clang)")
    made = folder / "shim.so"
    subprocess.run([command, "-shared", "-fPIC", "-O2", "-o", str(made), str(SOURCE), "-ldl"], check=True)
    return made


@dataclass
class Machine:
    """A process under the shim that runs commands, one after the other."""

    folder: Path
    shim: Path
    environ: dict[str, str]
    without: list[str] = field(default_factory=list)
    """Functions of crm, as `module.name`, that do nothing: bugs, which the sweep has to notice."""
    process: subprocess.Popen[bytes] = field(init=False)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        State.make(self.folder / "state")
        environ = {**os.environ, "PYTHONPATH": str(REPOSITORY), "PYTHONDONTWRITEBYTECODE": "1"}
        environ |= {"LD_PRELOAD": str(self.shim), "FI_STATE": str(self.folder / "state")}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.server"],
            cwd=REPOSITORY, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def run(self, root: Path, words: Sequence[str], stdin: str = "", fault: Fault | None = None, seed: int = 1) -> Ran:
        """One command in `root/book`; with a fault, calls below `root` are counted."""
        out, err, given = (self.folder / name for name in ("out", "err", "in"))
        out.write_bytes(b"")
        err.write_bytes(b"")
        given.write_text(stdin)
        environ = {**self.environ, "HOME": str(root / "home")}
        request = {
            "words": list(words), "cwd": str(root / "book"), "root": f"{root}/", "environ": environ,
            "seed": seed, "without": self.without,
            "stdin": str(given), "out": str(out), "err": str(err),
            "shim": str(self.shim), "state": str(self.folder / "state"),
            "fault": fault and {**fault.__dict__, "orphans": fault.action == "orphan"},
        }  # fmt: skip
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(request).encode() + b"\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        return Ran(out=out.read_text(), err=err.read_text(), **answer)

    def close(self) -> None:
        """No more commands."""
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait(30)


def machine(folder: Path) -> Machine:
    """A machine with a shim of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    environ = Shell(folder / "nobody", folder / "none").environ
    return Machine(folder / "machine", build(folder), environ)
