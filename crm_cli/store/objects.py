"""Commits, trees and blobs of a book, read from git."""

import os
from collections.abc import Iterator, Sequence

from crm_cli.base.digest import sha1
from crm_cli.base.lean import dataclass
from crm_cli.store.git import Git, GitFailed

_CHUNK = 5000  # names in one request, so that the answer to it stays in memory

Entry = tuple[str, str]
"""Mode (`100644`) and object id of a file in a tree."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who writes."""

    name: str
    email: str


_BASES: dict[tuple[str, str, str], list[str]] = {}


def blob_id(data: bytes) -> str:
    """The id that git gives these bytes."""
    return sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def contents(git: Git, names: Sequence[str]) -> list[tuple[bytes, bytes] | None]:
    """Type and content of objects named by id or as `commit:path`; None for what there is not."""
    found: list[tuple[bytes, bytes] | None] = []
    for start in range(0, len(names), _CHUNK):
        asked = names[start : start + _CHUNK]
        request = b"".join(os.fsencode(name.replace("\n", "?")) + b"\n" for name in asked)
        found.extend(_batch(git.run("cat-file", "--batch", data=request), asked))
    return found


def _batch(answer: bytes, asked: Sequence[str]) -> Iterator[tuple[bytes, bytes] | None]:
    at = 0
    for _ in asked:
        end = answer.index(b"\n", at)
        header = answer[at:end].rsplit(b" ", 2)
        if len(header) != 3 or not header[2].isdigit():
            at = end + 1
            yield None
            continue
        size = int(header[2])
        yield header[1], answer[end + 1 : end + 1 + size]
        at = end + size + 2


def blobs(git: Git, names: Sequence[str]) -> list[bytes | None]:
    """The contents alone."""
    return [found and found[1] for found in contents(git, names)]


def files_at(git: Git, commits: Sequence[str], path: str) -> list[bytes | None]:
    """A file as each of some commits holds it."""
    return blobs(git, [f"{commit}:{path}" for commit in commits])


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
    """The best common ancestors of two commits; none when their histories are unrelated.

    What was found is remembered, since a sync asks several times and commits never change.
    """
    known = (str(git.where.root), ours, theirs)
    if known not in _BASES:
        try:
            _BASES[known] = git.run("merge-base", "--all", ours, theirs).decode().split()
        except GitFailed:
            return []
    return list(_BASES[known])


def contains(git: Git, commit: str, ancestor: str) -> bool:
    """Whether `ancestor` is in the history of `commit`."""
    return merge_bases(git, commit, ancestor) == [ancestor]


def parents(git: Git, commit: str) -> list[str]:
    """The parents of a commit, the first one first."""
    return git.run("rev-list", "--parents", "--max-count=1", commit).decode().split()[1:]


def raw_commit(git: Git, commit: str) -> bytes:
    """A commit as git stores it."""
    return git.run("cat-file", "commit", commit)


def _lines(answer: bytes) -> Iterator[str]:
    return (os.fsdecode(line) for line in answer.split(b"\0") if line)
