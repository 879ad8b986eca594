"""Fetch and push: git in a directory of our own, bounded in time and size, never asking, what it says made harmless."""

import re
import resource
import subprocess
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path

from crm_cli.base.errors import Unreachable
from crm_cli.base.lean import dataclass
from crm_cli.base.text import visible
from crm_cli.store import git as door
from crm_cli.store.git import Git, GitFailed
from crm_cli.store.sync.address import host_of

Progress = Callable[[str], None]
INCOMING = "refs/crm/incoming"
_HAVE = "refs/crm/have"
_MISSING = "couldn't find remote ref"
_STEP = re.compile(r"(?:Receiving|Resolving|Unpacking|Counting|Compressing|Writing|Enumerating) [a-z]+: +\d+%")
_BRANCH = re.compile(r"ref: refs/heads/([^\s\\]+)(?:\\t|\s+)HEAD")
_LINES = 60  # of what a server says
_LONGEST = 300  # characters of a line
_BACK_OFF = re.compile(r"\[(?:remote )?rejected\]|fetch first|non-fast-forward|cannot lock ref|failed to update ref")


@dataclass(frozen=True, slots=True)
class Limits:
    """Where a transfer is stopped: seconds, and bytes of one file that it may write."""

    seconds: float = 600
    bytes: int = 1 << 30


@dataclass(frozen=True)
class Remote:
    """The other side: how it is called, its address, the branch of the book there."""

    git: Git
    name: str
    address: str
    branch: str
    limits: Limits = Limits()
    progress: Progress | None = None

    def main_branch(self) -> str | None:
        """The branch that the remote's HEAD names; None where that is no branch, or there is none yet."""
        lines = self._run("ls-remote", "--symref", self.address, "HEAD")
        found = [_BRANCH.fullmatch(line) for line in lines]
        return next((match[1] for match in found if match), None)

    def fetch(self, have: str | None) -> str | None:
        """The commit on which the branch stands there, brought here; None where there is no such branch yet."""
        _write_ref(self.git.own, _HAVE, have)
        _write_ref(self.git.own, INCOMING, None)
        packs = set(self._packs.glob("*"))
        words = ("--no-tags", "--no-recurse-submodules", "--no-write-fetch-head", "--no-auto-maintenance", "--progress")
        try:
            self._run("fetch", *words, self.address, f"+refs/heads/{self.branch}:{INCOMING}")
        except Unreachable as error:
            self._tidy(packs)
            if _MISSING in error.message:
                return None
            raise
        return (self.git.own / INCOMING).read_text("ascii").strip()

    def push(self, commit: str) -> bool:
        """Let the branch there stand on a commit; False when it has moved meanwhile. Never forced."""
        try:
            self._run("push", "--porcelain", "--progress", self.address, f"{commit}:refs/heads/{self.branch}")
        except Unreachable as error:
            if _BACK_OFF.search(error.message):
                return False
            raise
        return True

    @property
    def _packs(self) -> Path:
        return self.git.where.objects / "pack"

    def _tidy(self, before: set[Path]) -> None:
        """Remove what a transfer that was stopped has left half written."""
        for left in set(self._packs.glob("tmp_*")) - before:
            left.unlink(missing_ok=True)

    def _run(self, *words: str) -> list[str]:
        settings = door.environment(self.git.where.root, self.git.environ)
        settings |= {"GIT_OBJECT_DIRECTORY": str(self.git.where.objects), "LC_ALL": "C.UTF-8"}
        place = [f"--git-dir={self.git.own}", "-c", "transfer.fsckObjects=true"]
        running = door.start(self.git.where.root, [*place, *words], settings, before=self._bound)
        said = _Listener(self.progress)
        try:
            status = said.listen(running, self.limits.seconds)
        except TimeoutError:
            raise Unreachable(
                f"{host_of(self.address)} was not done within {self.limits.seconds / 60:.0f} minutes",
                hint="crm config sync.minutes 30 gives it longer",
            ) from None
        if status:
            raise self._failure(words[0], said.lines)
        return said.lines

    def _bound(self) -> None:
        """Runs in the child: a file that grows beyond the limit ends it."""
        resource.setrlimit(resource.RLIMIT_FSIZE, (self.limits.bytes, self.limits.bytes))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    def _failure(self, verb: str, lines: list[str]) -> Unreachable:
        """What git or the server said, in one sentence; the whole of it where it decides what happens next."""
        text = "\n".join(lines)
        if (
            "File too large" in text
            or "file size limit" in text.lower()
            or "SIGXFSZ" in text
            or "died of signal 25" in text
        ):
            return Unreachable(
                f"what {host_of(self.address)} sends is larger than {self.limits.bytes >> 20} MiB, so it was not taken",
                hint="crm config sync.fetch_mib 4096 allows more",
            )
        if _MISSING in text or _BACK_OFF.search(text):
            return Unreachable(text)
        said = [line for line in lines if line.startswith(("fatal:", "error:", "ssh:", "remote:", "!"))] or lines
        reason = re.sub(r"^(fatal|error|remote): +", "", said[0]) if said else f"git {verb} failed"
        return Unreachable(
            f"{host_of(self.address)} could not be reached: {reason}", hint="what is here is safe; try again"
        )


class _Listener:
    """Reads what git says while it works: progress is passed on, the last lines are kept, the rest is dropped."""

    def __init__(self, progress: Progress | None) -> None:
        self._progress = progress
        self._kept: deque[str] = deque(maxlen=_LINES)

    @property
    def lines(self) -> list[str]:
        """The last lines, harmless to print."""
        return list(self._kept)

    def listen(self, running: door.Running, seconds: float) -> int:
        """Wait for the end; the exit code, negative for a signal. `TimeoutError` when it took too long."""
        process = running.process
        assert process.stdin
        assert process.stdout
        assert process.stderr
        process.stdin.close()
        readers = [
            threading.Thread(target=self._read, args=(stream,), daemon=True)
            for stream in (process.stdout, process.stderr)
        ]
        for reader in readers:
            reader.start()
        try:
            status = process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise TimeoutError from None
        finally:
            running.stop_all()
            for reader in readers:
                reader.join(5)
        if status == -25:
            self._kept.append("File too large")
        return status

    def _read(self, stream: object) -> None:
        rest = b""
        while data := stream.read1(4096):  # type: ignore[attr-defined]
            *lines, rest = re.split(rb"[\r\n]", (rest + data)[-(1 << 16) :])
            for line in lines:
                self._hear(line)
        self._hear(rest)

    def _hear(self, line: bytes) -> None:
        text = visible(line.decode("utf-8", "replace").strip())[:_LONGEST]
        if not text:
            return
        if _STEP.match(text):
            if self._progress:
                self._progress(text)
        else:
            self._kept.append(text)


def _write_ref(own: Path, name: str, commit: str | None) -> None:
    """A ref of our own git directory: what we have, which git tells the other side."""
    place = own / name
    if commit is None:
        place.unlink(missing_ok=True)
        return
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    place.write_text(f"{commit}\n", "ascii")


def tracking_ref(remote: str, branch: str) -> str:
    """The ref of the book that says where the remote stood when we last heard of it."""
    return f"refs/remotes/{remote}/{branch}"


def note_tracking(git: Git, remote: str, branch: str, commit: str) -> None:
    """Note where the remote stands; one that cannot be noted is no reason to fail."""
    try:
        git.run("update-ref", "-m", "crm sync", tracking_ref(remote, branch), commit, book=True)
    except GitFailed:
        return
