"""Several machines that share a book through a git remote on this disk; each has a home, a user and a clone."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

from crm_cli.store import git as door
from tests.shell import Result, Shell

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
