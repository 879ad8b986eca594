"""Runs a command with a fault at one of its calls, and judges the book that is left."""

import os
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

from crm_cli.store import git as door
from tests.faults.commands import OTHER, STAGED, Command, make_book
from tests.faults.machine import Fault, Machine, Ran
from tests.machines import run_git, tree

Files = dict[str, bytes]
_OURS = {"git", "index-mark", "lock", "tmp", "sync"}
_LINES = 2  # of an error: what is wrong, and what to do


@dataclass
class Verdict:
    """What became of one run."""

    fault: Fault
    ran: Ran
    acknowledged: bool = False
    done: bool = False
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        said = f"exit {self.ran.code}: {self.ran.out!r} {self.ran.err!r}"
        return f"{self.fault} ({self.ran.call}), {said}: {'; '.join(self.wrong)}"


class Sweep:
    """One command with its book, run again and again from the same beginning."""

    def __init__(self, command: Command, machine: Machine, place: Path) -> None:
        self.command = command
        self.machine = machine
        self.root = place / "run"
        self.saved = place / "saved"
        with mock.patch.dict(door.EXTRA, {"GIT_TEST_FSYNC": "0"}):
            self.shell = make_book(command, self.root)
            self.stdin = command.stdin(self.shell)
        self._age()
        self.root.rename(self.saved)
        self._learn()

    def _age(self) -> None:
        """Makes the files an hour old: what is younger than two seconds is looked at again, by crm and by git."""
        for path in self.shell.book.rglob("*.yaml"):
            os.utime(path, (path.stat().st_mtime - 3600,) * 2)
        self.shell.git("status")  # which puts the new times into git's index

    def _learn(self) -> None:
        """What there is before the command, and after it when nothing happens."""
        self._restore()
        self.staged = self._staged()
        self.old = self._files()
        self.clean = self._run(Fault())
        assert self.clean.code in self.command.codes, self.clean
        assert self.clean.others, "the calls by git were counted"
        assert self._then("contact", "list", "--json").code == 0
        self.new = self._files()
        assert (self.old != self.new) or self.command.name == "edit by hand"

    @property
    def calls(self) -> int:
        """How many mutating calls the command makes, git's included."""
        return self.clean.count

    def points(self, most: int) -> list[int]:
        """So many places, spread over all calls."""
        step = max(1.0, self.calls / most)
        return sorted({1 + int(step * (number + 0.5)) for number in range(min(most, self.calls))})

    def try_one(self, fault: Fault) -> Verdict:
        """Run the command with a fault from the same beginning, then live on."""
        self._restore()
        ran = self._run(fault)
        verdict = Verdict(fault, ran)
        verdict.acknowledged = ran.code in self.command.codes or (ran.out == self.clean.out != "" and fault.deadly)
        self._judge_words(verdict)
        self._live_on(verdict)
        return verdict

    def _run(self, fault: Fault) -> Ran:
        return self.machine.run(self.root, self.command.words, self.stdin, fault)

    def _restore(self) -> None:
        shutil.rmtree(self.root, ignore_errors=True)
        subprocess.run(["cp", "-a", "--reflink=auto", str(self.saved), str(self.root)], check=True)

    def _files(self) -> Files:
        return {path: data for path, data in self.shell.files().items() if path != OTHER}

    def _staged(self) -> str:
        return self.shell.git("ls-files", "--stage", STAGED)

    def _then(self, *words: str) -> Ran:
        return self.machine.run(self.root, words, seed=2)

    def _judge_words(self, verdict: Verdict) -> None:
        ran, wrong = verdict.ran, verdict.wrong
        if "Traceback" in ran.err or ran.code in (1, 70):
            wrong.append("a bug came up")
        if ran.code < 0 and not verdict.fault.deadly:
            wrong.append("it died")
        said = ran.err.splitlines()
        told = [number for number, line in enumerate(said) if line.startswith("crm: ")]
        if ran.code > 0 and not verdict.acknowledged and not (told and len(said) - told[-1] <= _LINES):
            wrong.append("not one clear line")
        if (
            verdict.fault.deadly
            and ran.struck
            and verdict.fault.action != "orphan"
            and ran.code >= 0
            and not ran.others
        ):
            wrong.append("it was to die and did not")

    def _live_on(self, verdict: Verdict) -> None:
        """The next commands work by themselves, and everything is as it was or as it was to be."""
        wrong = verdict.wrong
        for lock in (*(self.shell.book / ".git/refs/remotes").rglob("*.lock"), *self.root.glob("remote.git/**/*.lock")):
            os.utime(lock, (0, 0))  # a person comes back an hour later
        listed = self._then("contact", "list", "--json")
        if listed.code not in self.command.listed or (listed.err and not listed.code):
            wrong.append(f"the list failed: {listed.code} {listed.err}")
        wrote = self._then("set", OTHER.rpartition("/")[2].removesuffix(".yaml"), "nickname=After")
        if wrote.code != 0:
            wrong.append(f"the next write failed: {wrote.code} {wrote.err}")
        found = self._files()
        verdict.done = found == self.new != self.old
        if found not in (self.old, self.new):
            wrong.append(
                f"half done: {_difference(found, self.old)} against before, {_difference(found, self.new)} after"
            )
        if verdict.acknowledged and found != self.new:
            wrong.append("LOST what was acknowledged")
        if "nickname: After" not in self.shell.git("show", f"HEAD:{OTHER}"):
            wrong.append("the next write is not in HEAD")
        self._judge_git(verdict)
        if self.command.syncs:
            self._sync_again(verdict)

    def _judge_git(self, verdict: Verdict) -> None:
        wrong, git = verdict.wrong, self.shell.book / ".git"
        status = self.shell.git("status", "--porcelain")
        if status != f"AM {STAGED}\n":
            wrong.append(f"git status: {status!r}")
        if self._staged() != self.staged:
            wrong.append("what the person staged is not staged any more")
        done = subprocess.run(
            ["git", "fsck", "--strict", "--no-dangling"], cwd=self.shell.book, env=self.shell.environ,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode or done.stdout or done.stderr:
            wrong.append(f"git fsck: {done.stdout}{done.stderr}")
        left = {path.name for path in (git / "crm").iterdir()} - _OURS
        if self.command.syncs:  # where a fetch goes is for the next sync to clear
            left = {name for name in left if not name.startswith("arriving-")}
        locks = {str(path.relative_to(git)) for path in git.rglob("*.lock")}
        left |= {lock for lock in locks if not (self.command.syncs and lock.startswith("crm/arriving-"))}
        left |= {path.name for path in (git / "crm/tmp").iterdir()} if (git / "crm/tmp").exists() else set()
        left |= {path.name for path in (git / "objects/pack").iterdir() if path.name.startswith("tmp")}
        if left:
            wrong.append(f"left behind: {sorted(left)}")

    def _sync_again(self, verdict: Verdict) -> None:
        """The remote, too, is whole, and the next sync brings both to the same state."""
        again = self._then("sync")
        if again.code not in self.command.codes:
            verdict.wrong.append(f"the next sync failed: {again.code} {again.err}")
            return
        if list((self.shell.book / ".git/crm").glob("arriving-*")):
            verdict.wrong.append("what an earlier fetch brought is still there")
        if self._files() != self.new:
            verdict.wrong.append(f"after the next sync: {_difference(self._files(), self.new)}")
        remote = self.root / "remote.git"
        if run_git(remote, "rev-parse", "main^{tree}").strip() != tree(self.shell):
            verdict.wrong.append("the remote is not the same")
        said = run_git(remote, "fsck", "--strict", "--no-dangling")
        if said:
            verdict.wrong.append(f"fsck of the remote: {said}")


def _difference(one: Files, other: Files) -> list[str]:
    return sorted(path for path in {**one, **other} if one.get(path) != other.get(path))
