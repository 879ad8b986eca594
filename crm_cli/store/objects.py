"""Commits, trees and blobs of a book: reading them, and making a commit beside the person's index."""

import hashlib
import os
import time
from collections.abc import Iterable, Iterator, Sequence

from crm_cli.base.lean import dataclass
from crm_cli.store.git import Git, GitFailed
from crm_cli.store.owngit import SCRATCH

_CHUNK = 5000  # names in one request, so that the answer to it stays in memory

Entry = tuple[str, str]
"""Mode (`100644`) and object id of a file in a tree."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who writes."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Change:
    """What a commit does to one path: new bytes, or a blob that is there already; neither removes it."""

    path: str
    data: bytes | None = None
    oid: str | None = None


def blob_id(data: bytes) -> str:
    """The id that git gives these bytes."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def blobs(git: Git, names: Sequence[str]) -> list[bytes | None]:
    """The contents of objects named by id or as `commit:path`; None for what there is not."""
    found: list[bytes | None] = []
    for start in range(0, len(names), _CHUNK):
        asked = names[start : start + _CHUNK]
        request = b"".join(os.fsencode(name.replace("\n", "?")) + b"\n" for name in asked)
        found.extend(_batch(git.run("cat-file", "--batch", data=request), asked))
    return found


def _batch(answer: bytes, asked: Sequence[str]) -> Iterator[bytes | None]:
    at = 0
    for _ in asked:
        end = answer.index(b"\n", at)
        header = answer[at:end].rsplit(b" ", 2)
        if len(header) != 3 or not header[2].isdigit():
            at = end + 1
            yield None
            continue
        size = int(header[2])
        yield answer[end + 1 : end + 1 + size]
        at = end + size + 2


def read_file_at(git: Git, commit: str, path: str) -> bytes | None:
    """A file as a commit holds it."""
    return blobs(git, [f"{commit}:{path}"])[0]


def tree(git: Git, commit: str) -> dict[str, Entry]:
    """Every file of a commit: mode and id by path."""
    found: dict[str, Entry] = {}
    for line in _lines(git.run("ls-tree", "-r", "-z", "--full-tree", commit)):
        fields, _, path = line.partition("\t")
        mode, _, oid = fields.split(" ")
        found[path] = (mode, oid)
    return found


def changed(git: Git, before: str, after: str) -> list[tuple[str, str]]:
    """What differs between two commits, as (`A`, `M`, `D` or `T`, path)."""
    words = list(_lines(git.run("diff-tree", "-r", "-z", "--name-status", "--no-renames", before, after)))
    return list(zip(words[::2], words[1::2], strict=True))


def merge_bases(git: Git, ours: str, theirs: str) -> list[str]:
    """The best common ancestors of two commits; none when their histories are unrelated."""
    try:
        return git.run("merge-base", "--all", ours, theirs).decode().split()
    except GitFailed:
        return []


def contains(git: Git, commit: str, ancestor: str) -> bool:
    """Whether `ancestor` is in the history of `commit`."""
    return merge_bases(git, commit, ancestor) == [ancestor]


def parents(git: Git, commit: str) -> list[str]:
    """The parents of a commit, the first one first."""
    return git.run("rev-list", "--parents", "--max-count=1", commit).decode().split()[1:]


def raw_commit(git: Git, commit: str) -> bytes:
    """A commit as git stores it."""
    return git.run("cat-file", "commit", commit)


def make_commit(git: Git, parents: Sequence[str], changes: Iterable[Change], message: str, author: Identity) -> str:
    """Write a commit on top of `parents[0]`; no ref that anybody sees moves. The id of the commit.

    Its time is the machine's, but not before any parent's. A merge takes the latest parent's, so that two machines
    that merge the same make the same commit.
    """
    stamp = _stamp(git, parents)
    who = f"{author.name} <{author.email}> {stamp}".encode("utf-8", "replace")
    return fast_import(git, parents, changes, b"author " + who + b"\ncommitter " + who + b"\n", message.encode())


def fast_import(git: Git, parents: Sequence[str], changes: Iterable[Change], people: bytes, message: bytes) -> str:
    """Write a commit whose author and committer lines are given as git stores them."""
    stream = [b"commit %s\nmark :1\n" % SCRATCH.encode(), people, b"data %d\n" % len(message), message, b"\n"]
    stream += (b"%s %s\n" % (b"merge" if n else b"from", parent.encode()) for n, parent in enumerate(parents))
    for change in changes:
        stream.append(_command(change))
    stream.append(b"get-mark :1\ndone\n")
    options = ("--quiet", "--force", "--done", "--date-format=raw")
    return git.run("fast-import", *options, data=b"".join(stream)).decode().strip()


def _command(change: Change) -> bytes:
    path = os.fsencode(change.path)
    if path.startswith(b'"'):
        path = b'"' + path.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'
    if change.oid:
        return b"M 100644 %s %s\n" % (change.oid.encode(), path)
    if change.data is None:
        return b"D %s\n" % path
    return b"M 100644 inline %s\ndata %d\n%s\n" % (path, len(change.data), change.data)


def _stamp(git: Git, parents: Sequence[str]) -> str:
    times = [_committed(commit) for commit in blobs(git, parents) if commit] if parents else []
    if len(parents) > 1:
        return f"{max(times)} +0000"
    return f"{max([int(time.time()), *times])} {time.strftime('%z')}"


def _committed(commit: bytes) -> int:
    head = commit.partition(b"\n\n")[0]
    line = next(line for line in head.split(b"\n") if line.startswith(b"committer "))
    return int(line.split(b" ")[-2])


def _lines(answer: bytes) -> Iterator[str]:
    return (os.fsdecode(line) for line in answer.split(b"\0") if line)
