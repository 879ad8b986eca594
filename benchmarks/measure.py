"""Runs commands one after the other in turn and says what they cost: seconds, seconds of CPU, MiB of memory."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

Step = Callable[[int], object]
"""What is to be done before each run, outside of the measured time; it gets the number of the run."""


@dataclass(frozen=True)
class Cost:
    """What a command took: with its children, in seconds and in MiB at the highest."""

    wall: float
    cpu: float
    rss: float


@dataclass(frozen=True)
class Command:
    """A command to be measured; `{n}` in a word is the number of the run."""

    words: Sequence[str | Path]
    cwd: Path
    before: Step | None = None


@dataclass
class Machine:
    """A scratch directory with a home of its own, so that nothing of the user is read or changed."""

    scratch: Path
    runs: int
    python: Path = Path(sys.executable)
    environ: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        home = self.scratch / "home"
        home.mkdir(parents=True, exist_ok=True)
        names = ("GIT_AUTHOR", "GIT_COMMITTER")
        identity = {f"{who}_NAME": "Meera" for who in names} | {f"{who}_EMAIL": "meera@studio.example" for who in names}
        self.environ = {
            "PATH": f"{self.python.parent}:{os.environ.get('PATH', os.defpath)}",
            "HOME": str(home),
            "LANG": "C.UTF-8",
            "TZ": "Asia/Kolkata",
            "CRM_USER": "meera",
            "CRM_NOW": "2026-11-20T10:00:00+05:30",
            "GIT_CONFIG_NOSYSTEM": "1",
            # A command that ends up outside of the scratch directory must not find somebody's repository there.
            "GIT_CEILING_DIRECTORIES": str(self.scratch),
            **identity,
        }

    def run(self, command: Command, number: int = 0, **environ: str) -> Cost:
        """One run; a command that fails is an error, since its time says nothing."""
        if command.before:
            command.before(number)
        words = [str(word).replace("{n}", str(number)) for word in command.words]
        with tempfile.TemporaryFile() as said:
            start = time.perf_counter()
            child = subprocess.Popen(
                words,
                cwd=command.cwd,
                env={**self.environ, **environ},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=said,
            )
            _, status, used = os.wait4(child.pid, 0)
            wall = time.perf_counter() - start
            child.returncode = os.waitstatus_to_exitcode(status)
            if child.returncode:
                said.seek(0)
                raise SystemExit(f"{' '.join(words)}: exit {child.returncode}\n{said.read().decode()}")
        unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
        return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / unit)

    def turns(self, *commands: Command, runs: int = 0) -> list[Cost]:
        """The medians of several runs, taken in turn: A B A B; what slows the machine down slows both."""
        costs: list[list[Cost]] = [[] for _ in commands]
        for number in range(runs or self.runs):
            for command, known in zip(commands, costs, strict=True):
                known.append(self.run(command, number))
        return [middle(known) for known in costs]

    def do(self, cwd: Path, *words: str | Path) -> Cost:
        """Something that has to be done and is not measured."""
        return self.run(Command(words, cwd))

    def has(self, program: str) -> Path | None:
        """Where a program is, by its path or on the PATH."""
        found = shutil.which(program, path=self.environ["PATH"])
        return Path(found) if found else None


def middle(costs: Sequence[Cost]) -> Cost:
    """The median of each figure."""
    return Cost(*(median(getattr(cost, name) for cost in costs) for name in ("wall", "cpu", "rss")))


def version(words: Sequence[str | Path], environ: Mapping[str, str]) -> str:
    """The first line in which a program says which one it is."""
    done = subprocess.run([*map(str, words)], capture_output=True, text=True, env=dict(environ), check=False)
    return (done.stdout or done.stderr).strip().partition("\n")[0]
