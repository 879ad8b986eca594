"""Fetch and push: git in a directory of our own, bounded in time and size, never asking, what it says made harmless."""

import contextlib
import os
import re
import resource
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path

from crm_cli.base.errors import CrmError, Refused, Unreachable
from crm_cli.base.lean import dataclass
from crm_cli.base.text import visible
from crm_cli.store import git as door
from crm_cli.store.git import Git, GitFailed
from crm_cli.store.sync.address import check_there, host_of
from crm_cli.store.sync.arrival import INCOMING, Arrival, arriving

Progress = Callable[[str], None]
Look = Callable[[Git, str], object]
"""Judges a commit that came, through a git that sees it; raises where it may not be taken."""
_MISSING = "fatal: couldn't find remote ref"
_STEP = re.compile(r"(?:remote: )?(?:[A-Z][a-z]+ [a-z]+: +\d+%|[A-Z][a-z]+ objects: \d+)")
_BRANCH = re.compile(r"(?:ref: |[0-9a-f]{40}(?:\\t|\s+))refs/heads/([^\s\\]+)(?:(?:\\t|\s+)HEAD)?")
_LINES = 60  # of what a server says
_CHUNK = 4096
_LONGEST = 300  # characters of a line
_LONG_HELD = 60.0  # seconds
_REJECTED = re.compile(r"!.*\[(remote )?rejected\](?: \((.*)\))?")
_LATER = re.compile(r"lock|failed to update ref|incorrect old value|already exists|expected")
_LOST = "fatal: Could not read from remote repository"
_FILLER = ("Please make sure you have", "and the repository exists", "error: failed to push some refs", "To ", "Done")
_FETCH = (
    *("--no-tags", "--no-recurse-submodules", "--no-write-fetch-head", "--no-auto-maintenance", "--progress"),
    *("--no-prune", "--no-prune-tags"),
)
# What git would obey is refused by its path, so that it can be mended, and may stay in the history from then on.
_JUDGED_HERE = (
    *("hasDotgit", "gitmodulesBlob", "gitmodulesLarge", "gitmodulesMissing", "gitmodulesName", "gitmodulesParse"),
    *("gitmodulesPath", "gitmodulesSymlink", "gitmodulesUpdate", "gitmodulesUrl", "gitattributesBlob"),
    *("gitattributesLarge", "gitattributesLineLength", "gitattributesMissing", "gitattributesSymlink"),
)
_BROKEN = re.compile(r"(?:fatal|error): (?:object [0-9a-f]{40}|fsck error).*: (\w+): (.*)")
_PUSH = ("--porcelain", "--progress", "--no-signed", "--no-follow-tags", "--recurse-submodules=no", "--no-verify")


@dataclass(frozen=True, slots=True)
class Limits:
    """Where a transfer is stopped: seconds, and bytes of all that comes."""

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
        """The branch that the remote's HEAD names, else its only one; None where there is none, or no telling."""
        for wanted in (("--symref", self.address, "HEAD"), ("--heads", self.address)):
            status, lines = self._run("ls-remote", *wanted)
            if status:
                raise self._failure("ls-remote", lines)
            found = {match[1] for line in lines if (match := _BRANCH.fullmatch(line))}
            if len(found) == 1:
                return found.pop()
        return None

    def fetch(self, have: str | None, look: Look) -> str | None:
        """The commit on which the branch stands there, brought here whole; None where there is no such branch yet.

        `have` is what we have, of which nothing is sent. Of what `look` refuses nothing stays here.
        """
        with arriving(self.git, have) as arrival:
            status, lines = self._run(
                "fetch", *_FETCH, self.address, f"+refs/heads/{self.branch}:{INCOMING}", arrival=arrival
            )
            if status and any(line.startswith(_MISSING) for line in lines):
                return None
            if status or arrival.commit is None:
                raise self._too_large() if arrival.largest >= self.limits.bytes else self._failure("fetch", lines)
            look(arrival.reading(), arrival.commit)
            arrival.keep()
            return arrival.commit

    def push(self, commit: str, instead: str | None = None) -> str | None:
        """Let the branch there stand on a commit; None, or why the remote cannot take it right now.

        Never by force, but where it is to stand there `instead` of the commit of a history that was rewritten: that
        one is replaced, and no other.
        """
        place = f"refs/heads/{self.branch}"
        lease = (f"--force-with-lease={place}:{instead}",) if instead else ()
        status, lines = self._run("push", *_PUSH, *lease, self.address, f"{commit}:{place}")
        if not status:
            return None
        rejected = next((match for line in lines if (match := _REJECTED.match(line))), None)
        if rejected is None:
            raise self._failure("push", lines)
        reason = rejected[2] or "rejected"
        if not rejected[1] or _LATER.search(reason):
            self._free_there()
            return reason
        words = [line.removeprefix("remote: ") for line in lines if line.startswith("remote: ")]
        said = f"{' / '.join(words)[:_LONGEST]} ({reason})" if words else reason
        raise Unreachable(f"{host_of(self.address)} refused it: {said}", hint="what is here is safe and committed")

    def _free_there(self) -> None:
        """Remove locks that a killed git of ours left in a remote on this machine, a stick that was pulled out, say.

        Nothing says whose they are, so they have to be old: git holds such a lock for milliseconds.
        """
        there = Path(self.address.removeprefix("file://"))
        for lock in (
            (there / "refs" / "heads" / f"{self.branch}.lock", there / "HEAD.lock") if there.is_absolute() else ()
        ):
            with contextlib.suppress(OSError):
                found = lock.lstat()
                if found.st_uid == os.geteuid() and time.time() - found.st_mtime > _LONG_HELD:
                    lock.unlink()

    def _run(self, *words: str, arrival: Arrival | None = None) -> tuple[int, list[str]]:
        """Git's exit code and what was said."""
        check_there(self.address)
        settings = door.environment(self.git.where.root, self.git.environ)
        objects = arrival.objects if arrival else self.git.where.objects
        settings |= {"GIT_OBJECT_DIRECTORY": str(objects), "LC_ALL": "C.UTF-8"}
        # What comes is one pack, so that the limit for a file is one for all of it.
        place = [f"--git-dir={arrival.own if arrival else self.git.own}", *("-c", "transfer.fsckObjects=true")]
        place += ("-c", "fetch.fsckObjects=true", "-c", "fetch.unpackLimit=1")
        place += [word for name in _JUDGED_HERE for word in ("-c", f"fetch.fsck.{name}=ignore")]
        running = door.start_leashed(self.git.where.root, [*place, *words], settings, self._bound)
        said = _Listener(self.progress)
        try:
            return said.listen(running, self.limits.seconds), said.lines
        except TimeoutError:
            raise Unreachable(
                f"{host_of(self.address)} was not done within {self.limits.seconds / 60:.0f} minutes",
                hint="crm config sync.minutes 30 gives it longer",
            ) from None

    def _bound(self) -> None:
        """Runs in the child: a file that grows beyond the limit ends it."""
        for what, most in ((resource.RLIMIT_FSIZE, self.limits.bytes), (resource.RLIMIT_CORE, 0)):
            hard = resource.getrlimit(what)[1]
            most = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(what, (most, most))

    def _too_large(self) -> Unreachable:
        return Unreachable(
            f"what {host_of(self.address)} sends is larger than {self.limits.bytes >> 20} MiB, so it was not taken",
            hint=f"crm config sync.fetch_mib {4 * (self.limits.bytes >> 20)} allows more",
        )

    def _failure(self, verb: str, lines: Sequence[str]) -> CrmError:
        """What git or the server said, in one sentence."""
        if broken := next((match for line in lines if (match := _BROKEN.match(line))), None):
            return Refused(f"{host_of(self.address)} holds what no git makes, so nothing was taken: {broken[2]}")
        reason = _reason(lines) or f"git {verb} failed"
        return Unreachable(
            f"{host_of(self.address)} could not be reached: {reason}", hint="what is here is safe; try again"
        )


def _reason(lines: Sequence[str]) -> str:
    """The line that says most of why it failed."""
    said = [line for line in lines if not line.startswith(_FILLER)]
    lost = next((at for at, line in enumerate(said) if line.startswith(_LOST)), None)
    if lost is not None:  # ssh has said why just before
        return re.sub(r"^(remote|ssh): +", "", said[lost - 1]) if lost else "it closed the connection"
    for begin in (("fatal:", "error:"), ("!", "remote:"), ("",)):
        found = next((line for line in said if line.startswith(begin)), None)
        if found:
            return re.sub(r"^(fatal|error|remote): +", "", found)
    return ""


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
        waiting = threading.Thread(target=process.wait, daemon=True)  # its own timeout would look every 50 ms only
        for thread in (*readers, waiting):
            thread.start()
        try:
            waiting.join(seconds)
            if waiting.is_alive():
                raise TimeoutError
            status: int = process.returncode
        finally:
            running.stop_all()
            for reader in readers:
                reader.join(5)
        return status

    def _read(self, stream: object) -> None:
        begun = b""
        while data := stream.read1(_CHUNK):  # type: ignore[attr-defined]
            first, *lines = re.split(rb"[\r\n]", data)
            begun = (begun + first)[:_CHUNK]  # a line may have no end
            for line in lines:
                self._hear(begun)
                begun = line
        self._hear(begun)

    def _hear(self, line: bytes) -> None:
        text = visible(line.decode("utf-8", "replace").strip())[:_LONGEST]
        if not text:
            return
        if _STEP.match(text):
            if self._progress:
                self._progress(text)
        else:
            self._kept.append(text)


def tracking_ref(remote: str, branch: str) -> str:
    """The ref of the book that says where the remote stood when we last heard of it."""
    return f"refs/remotes/{remote}/{branch}"


def note_tracking(git: Git, remote: str, branch: str, commit: str) -> None:
    """Note where the remote stands; one that cannot be noted is no reason to fail."""
    try:
        git.run("update-ref", "-m", "crm sync", tracking_ref(remote, branch), commit, book=True)
    except GitFailed:
        return
