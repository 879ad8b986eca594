"""Runs `crm` as somebody types it: in this process for speed, or as a real one; with a home of its own."""

import io
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

from crm_cli.cli.app import run

NOW = "2026-11-20T10:00:00+05:30"


@dataclass(frozen=True)
class Result:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


@dataclass
class Shell:
    """A user with a home directory, a clock and a book."""

    home: Path
    book: Path
    environ: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        self.environ = {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOME": str(self.home),
            "LANG": "en_IN.UTF-8",
            "TZ": "Asia/Kolkata",
            "CRM_NOW": NOW,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": "Meera",
            "GIT_AUTHOR_EMAIL": "meera@studio.example",
            "GIT_COMMITTER_NAME": "Meera",
            "GIT_COMMITTER_EMAIL": "meera@studio.example",
            **self.environ,
        }

    def copy(self, place: Path) -> "Shell":
        """The same user with the same book elsewhere, at a tenth of the price of making it again."""
        shutil.copytree(self.book, place / "book", symlinks=True)
        copied = Shell(place / "home", place / "book")
        note = self.home / ".config/crm/config.yaml"
        if note.exists():
            kept = copied.home / ".config/crm/config.yaml"
            kept.parent.mkdir(mode=0o700, parents=True)
            kept.write_text(note.read_text().replace(str(self.book), str(copied.book)))
            kept.chmod(0o600)
        return copied

    def crm(self, *words: str, stdin: str | bytes = "", **environ: str) -> Result:
        """One command in this process; words are as the shell would pass them."""
        data = stdin if isinstance(stdin, bytes) else stdin.encode()
        with _process({**self.environ, **environ}, self.book, data) as (out, err):
            code = run(list(words))
        return Result(code, out.getvalue().decode(), err.getvalue().decode())

    def ok(self, line: str, stdin: str | bytes = "", **environ: str) -> Result:
        """One command line that is expected to succeed."""
        result = self.crm(*shlex.split(line), stdin=stdin, **environ)
        assert result.code == 0, f"crm {line}: exit {result.code}\n{result.out}\n{result.err}"
        return result

    def process(self, *words: str, stdin: bytes = b"", **environ: str) -> subprocess.CompletedProcess[bytes]:
        """One command as a real process."""
        return subprocess.run(
            [sys.executable, "-m", "crm_cli", *words],
            input=stdin,
            capture_output=True,
            cwd=self.book if self.book.is_dir() else self.home,
            env={**self.environ, **environ},
            timeout=60,
            check=False,
        )

    def git(self, *words: str) -> str:
        """What git says about the book."""
        done = subprocess.run(
            ["git", *words], cwd=self.book, env=self.environ, capture_output=True, text=True, timeout=60, check=True
        )
        return done.stdout

    def files(self) -> dict[str, bytes]:
        """Every file of the book but those of git."""
        found = (path for path in self.book.rglob("*") if path.is_file() and ".git" not in path.parts)
        return {path.relative_to(self.book).as_posix(): path.read_bytes() for path in found}

    def write(self, path: str, text: str | bytes) -> Path:
        """A file of the book written by hand."""
        place = self.book / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text if isinstance(text, bytes) else text.encode())
        return place


@contextmanager
def _process(environ: Mapping[str, str], directory: Path, stdin: bytes) -> Iterator[tuple[io.BytesIO, io.BytesIO]]:
    """Standard streams, environment and working directory of a process, for a while."""
    out, err = io.BytesIO(), io.BytesIO()
    before = Path.cwd()
    streams = {
        "stdin": io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"),
        "stdout": io.TextIOWrapper(out, encoding="utf-8", write_through=True),
        "stderr": io.TextIOWrapper(err, encoding="utf-8", write_through=True),
    }
    os.chdir(directory if directory.is_dir() else directory.parent)
    try:
        with mock.patch.dict(os.environ, environ, clear=True), mock.patch.multiple(sys, **streams):
            yield out, err
            for stream in ("stdout", "stderr"):
                getattr(sys, stream).flush()
    finally:
        os.chdir(before)
        for name in ("stdout", "stderr"):
            streams[name].detach()
