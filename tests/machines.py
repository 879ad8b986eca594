"""Several machines that share a book through a git remote on this disk; each has a home, a user and a clone."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

from crm_cli.store import git as door
from tests.shell import Result, Shell

REPOSITORY = Path(__file__).parents[1]
USERS = ("Meera", "Rohan", "Kavya", "Dev")
ASHA = "name: Asha Sharma\n\ncreated: 2026-11-01T09:00:00+05:30\n"


@contextmanager
def without_waiting_for_the_disk() -> Iterator[None]:
    """Nobody here pulls the plug."""
    with mock.patch.dict(door.EXTRA, {"GIT_TEST_FSYNC": "0"}), mock.patch.object(os, "fsync", os.fstat):
        yield


@dataclass
class Machines:
    """The remote and the machines around it."""

    tmp: Path
    all: list[Shell] = field(default_factory=list)

    @property
    def remote(self) -> Path:
        return self.tmp / "remote.git"

    def add(self) -> Shell:
        """One more machine, without a book."""
        name = USERS[len(self.all)]
        place = self.tmp / name.lower()
        who = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in _identity(name)}
        shell = Shell(place / "home", place / "book", who)
        self.all.append(shell)
        return shell

    def copy(self, tmp: Path) -> "Machines":
        """The same machines and the same remote in another place."""
        copied = Machines(tmp)
        shutil.copytree(self.remote, copied.remote)
        for shell in self.all:
            other = copied.add()
            shutil.copytree(shell.book, other.book, symlinks=True)
            config = other.book / ".git/config"
            config.write_text(config.read_text().replace(str(self.remote), str(copied.remote)))
        return copied

    def begin(self, files: dict[str, str] | None = None) -> Shell:
        """The first machine: a book with these files, synced to a remote that was empty."""
        bare(self.remote)
        shell = self.add()
        shell.ok(f"init {shell.book} --remote {self.remote}")
        for path, text in (files or {}).items():
            shell.write(path, text)
        shell.ok("sync")
        return shell

    def clone(self) -> Shell:
        """Another machine with a clone of what the remote holds."""
        shell = self.add()
        shell.ok(f"clone {self.remote} {shell.book}")
        return shell

    @classmethod
    def two(cls, tmp: Path, files: dict[str, str]) -> "Machines":
        """Two machines with the same book: the first one's, and a clone."""
        made = cls(tmp)
        made.begin(files)
        made.clone()
        return made

    def settle(self, rounds: int = 3) -> list[int]:
        """Everybody syncs until all are alike; the exit codes."""
        codes = []
        for _ in range(rounds):
            for shell in self.all:
                result = shell.crm("sync")
                assert result.code in (0, 6), result.err
                codes.append(result.code)
            if len({tree(shell) for shell in self.all}) == 1 and tree(self.all[0]) == self.held():
                return codes
        raise AssertionError(
            f"not alike after {rounds} rounds: {[shell.git('log', '-3', '--stat') for shell in self.all]}"
        )

    def held(self, branch: str = "main") -> str:
        """The tree that the remote holds."""
        return run_git(self.remote, "rev-parse", f"{branch}^{{tree}}").strip()

    def commits(self) -> int:
        """How many commits the remote holds."""
        return int(run_git(self.remote, "rev-list", "--count", "--all"))

    def check(self) -> None:
        """Every repository is whole, and nobody's files differ from the last commit."""
        for shell in self.all:
            assert not shell.git("status", "--porcelain")
            run_git(shell.book, "fsck", "--strict", "--full", "--no-dangling")
        run_git(self.remote, "fsck", "--strict", "--full", "--no-dangling")


@dataclass
class Running:
    """A crm in a process of its own, which may be killed."""

    process: subprocess.Popen[bytes]

    def end(self, seconds: float = 60) -> Result:
        """Waits for it."""
        out, err = self.process.communicate(timeout=seconds)
        return Result(self.process.returncode, out.decode(), err.decode())


def start(shell: Shell, *words: str, first: str = "") -> Running:
    """Starts a crm; `first` is Python that its process runs before."""
    program = f"import sys\n{first}\nfrom crm_cli.main import main\nmain({list(words)!r})\n"
    environ = shell.environ | {"PYTHONPATH": str(REPOSITORY), "CRM_DEBUG": "1"}
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=shell.book if shell.book.is_dir() else shell.home,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=_heed_signals,
    )
    return Running(process)


def _heed_signals() -> None:
    """A suite that runs in the background of a shell has the keyboard's signals ignored, and so would its children."""
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


PATIENCE = 30  # seconds


def until(place: Path) -> None:
    """Waits for a file that a program makes."""
    deadline = time.monotonic() + PATIENCE
    while not place.exists():
        assert time.monotonic() < deadline, f"{place} did not come"
        time.sleep(0.005)


def ended(*numbers: str) -> bool:
    """Whether these processes end before one loses patience; one that nobody has asked about yet has ended too."""
    deadline = time.monotonic() + PATIENCE
    while any(_lives(number) for number in numbers):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def _lives(number: str) -> bool:
    if sys.platform == "linux":
        try:
            return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
        except OSError:
            return False
    asked = subprocess.run(["ps", "-o", "stat=", "-p", number], capture_output=True, text=True, check=False)
    return asked.stdout.strip()[:1] not in ("", "Z")


SSH = '#!/bin/sh\nfor word; do last=$word; done\n{before}\neval "exec $last"\n'


def over_ssh(machines: Machines, shell: Shell, before: str = "", *, scp: bool = False) -> Path:
    """Lets a machine reach the remote through an `ssh` that runs the other side here, `before` first; that program."""
    folder = machines.tmp / "bin"
    folder.mkdir(exist_ok=True)
    program = folder / "ssh"
    program.write_text(SSH.format(before=before))
    program.chmod(0o700)
    shell.environ["PATH"] = f"{folder}:{shell.environ['PATH']}"
    address = f"git@far.example:{machines.remote}" if scp else f"ssh://git@far.example{machines.remote}"
    shell.git("remote", "set-url", "origin", address)
    return program


def _identity(name: str) -> list[tuple[str, str]]:
    return [("NAME", name), ("EMAIL", f"{name.lower()}@studio.example")]


def bare(place: Path, branch: str = "main") -> Path:
    """An empty remote."""
    run_git(place.parent, "init", "--quiet", "--bare", f"--initial-branch={branch}", str(place))
    return place


def run_git(place: Path, *words: str, data: bytes | None = None) -> str:
    """What git says in a place, with nobody's settings."""
    environ = {"PATH": os.environ["PATH"], "HOME": str(place), "GIT_CONFIG_NOSYSTEM": "1", "GIT_TEST_FSYNC": "0"}
    for role in ("AUTHOR", "COMMITTER"):
        environ |= {f"GIT_{role}_NAME": "Eve", f"GIT_{role}_EMAIL": "eve@elsewhere.example"}
    done = subprocess.run(
        ["git", *words], cwd=place, env=environ, input=data, capture_output=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
    return done.stdout.decode("utf-8", "surrogateescape")


def tree(shell: Shell) -> str:
    """The tree that a machine's branch stands on."""
    return shell.git("rev-parse", "HEAD^{tree}").strip()


def said(result: Result, code: int, *parts: str) -> None:
    """How a command ended, and what it said: few lines, no traceback, no control characters."""
    assert result.code == code, (result.code, result.out, result.err)
    for part in parts:
        assert part in result.err, result.err
    assert "Traceback" not in result.err
    assert len(result.err.splitlines()) <= 4, result.err
    assert not any(ord(char) < 32 and char != "\n" for char in result.err), repr(result.err)


def unchanged(shell: Shell) -> Callable[[], None]:
    """Asserts, when called, that commits, files and what is staged are as they are now."""

    def state() -> tuple[object, ...]:
        return shell.git("rev-parse", "HEAD"), shell.files(), shell.git("ls-files", "--stage")

    before = state()

    def check() -> None:
        assert state() == before

    return check
