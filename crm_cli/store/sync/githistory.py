"""The history of a book as a merge asks for it, answered by git; every answer costs what differs, not what there is."""

import contextlib
import io
import os
import resource
from collections.abc import Mapping, Sequence
from dataclasses import field

from crm_cli.base.lean import dataclass
from crm_cli.store import objects
from crm_cli.store.git import Git, Running

EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
"""The tree without files, which git knows without having it."""
_NOTHING = "0" * 40
_CHUNK = 1 << 20
_MEMORY = 1 << 30  # bytes that git may use for comparing: a million files need a third of it
_FEW = 10  # files that are looked up by their paths: in a large folder each costs more than a hundredth of a listing


@dataclass(frozen=True, slots=True)
class Difference:
    """A path that two commits hold differently: the blob on each side, None where it is not; the mode there."""

    path: str
    ours: str | None
    theirs: str | None
    mode: str


def differences(git: Git, here: str, there: str) -> list[Difference]:
    """Every path that two commits (or trees) hold differently."""
    running = git.start("diff-tree", "-r", "-z", "--no-renames", "--raw", "--no-abbrev", here, there)
    words = iter(_bounded(running).finish().split(b"\0"))
    found = []
    for header in words:
        if header:
            _, mode, before, after, _ = header.decode().lstrip(":").split(" ")
            ours, theirs = (None if oid == _NOTHING else oid for oid in (before, after))
            found.append(Difference(os.fsdecode(next(words)), ours, theirs, mode))
    return found


def holds_more_than(git: Git, commit: str, most: int) -> bool:
    """Whether a commit has more files than that: a few small trees that hold each other can stand for any number."""
    running = git.start("ls-tree", "-r", "-z", "--format=", commit)
    count, stream = 0, running.process.stdout
    assert isinstance(stream, io.BufferedReader)
    while count <= most and (data := stream.read1(_CHUNK)):
        count += data.count(b"\0")
    if count > most:
        running.stop()
        return True
    running.finish()
    return False


def _bounded(running: Running) -> Running:
    """A process that ends before it has taken all the memory there is, as far as the system can see to that."""
    if hasattr(resource, "prlimit"):
        with contextlib.suppress(OSError, ValueError):  # it has ended already
            resource.prlimit(running.process.pid, resource.RLIMIT_DATA, (_MEMORY, _MEMORY))
    return running


@dataclass(frozen=True)
class GitHistory:
    """The commits of one book."""

    git: Git
    _blobs: dict[str, dict[str, str | None]] = field(default_factory=dict)
    _data: dict[str, bytes | None] = field(default_factory=dict)

    def merge_bases(self, ours: str, theirs: str) -> Sequence[str]:
        """The best common ancestors."""
        return objects.merge_bases(self.git, ours, theirs)

    def differing(self, ours: str, theirs: str) -> Sequence[str]:
        """The paths that two commits hold differently."""
        found = differences(self.git, ours, theirs)
        self._blobs.setdefault(ours, {}).update({difference.path: difference.ours for difference in found})
        self._blobs.setdefault(theirs, {}).update({difference.path: difference.theirs for difference in found})
        return [difference.path for difference in found]

    def contents(self, commit: str, paths: Sequence[str]) -> Sequence[bytes | None]:
        """Files as a commit has them."""
        known = self._blobs.get(commit, {})
        if len(paths) > _FEW and any(path not in known for path in paths):
            known = self._blobs[commit] = {path: oid for path, (_, oid) in objects.tree(self.git, commit).items()}
            known.update({path: None for path in paths if path not in known})
        names = [known.get(path, f"{commit}:{path}") for path in paths]
        unread = [name for name in dict.fromkeys(names) if name and name not in self._data]
        self._data.update(zip(unread, objects.blobs(self.git, unread), strict=True))
        return [self._data[name] if name else None for name in names]

    def last_edits(self, side: str, without: Sequence[str]) -> Mapping[str, int]:
        """When commits that are no merges last touched each path, in seconds."""
        asked = "\n".join((side, *(f"^{commit}" for commit in without), "--", ""))
        options = ("--no-merges", "--name-only", "-z", "--no-renames", "--root", "--format=%x01%ct", "--stdin")
        found: dict[str, int] = {}
        time = 0
        for word in _bounded(self.git.start("log", *options)).finish(asked.encode()).split(b"\0"):
            text = word.lstrip(b"\n")
            if text.startswith(b"\1"):
                first, _, text = text[1:].partition(b"\n")
                time, text = int(first), text.lstrip(b"\n")
            if text:
                path = os.fsdecode(text)
                found[path] = max(time, found.get(path, 0))
        return found
