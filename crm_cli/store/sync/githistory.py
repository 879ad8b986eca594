"""The history of a book as a merge asks for it, answered by git; every answer costs what differs, not what there is."""

import os
from collections.abc import Mapping, Sequence

from crm_cli.base.lean import dataclass
from crm_cli.store import objects
from crm_cli.store.git import Git

EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
"""The tree without files, which git knows without having it."""
_NOTHING = "0" * 40


@dataclass(frozen=True, slots=True)
class Difference:
    """A path that two commits hold differently: the blob on each side, None where it is not; the mode there."""

    path: str
    ours: str | None
    theirs: str | None
    mode: str


def differences(git: Git, here: str, there: str) -> list[Difference]:
    """Every path that two commits (or trees) hold differently."""
    words = iter(git.run("diff-tree", "-r", "-z", "--no-renames", "--raw", "--no-abbrev", here, there).split(b"\0"))
    found = []
    for header in words:
        if header:
            _, mode, before, after, _ = header.decode().lstrip(":").split(" ")
            ours, theirs = (None if oid == _NOTHING else oid for oid in (before, after))
            found.append(Difference(os.fsdecode(next(words)), ours, theirs, mode))
    return found


@dataclass(frozen=True, slots=True)
class GitHistory:
    """The commits of one book."""

    git: Git

    def merge_bases(self, ours: str, theirs: str) -> Sequence[str]:
        """The best common ancestors."""
        return objects.merge_bases(self.git, ours, theirs)

    def differing(self, ours: str, theirs: str) -> Sequence[str]:
        """The paths that two commits hold differently."""
        return [difference.path for difference in differences(self.git, ours, theirs)]

    def contents(self, commit: str, paths: Sequence[str]) -> Sequence[bytes | None]:
        """Files as a commit has them."""
        return objects.blobs(self.git, [f"{commit}:{path}" for path in paths])

    def last_edits(self, side: str, without: Sequence[str]) -> Mapping[str, int]:
        """When commits that are no merges last touched each path, in seconds."""
        asked = "\n".join((side, *(f"^{commit}" for commit in without), "--", ""))
        options = ("--no-merges", "--name-only", "-z", "--no-renames", "--root", "--format=%x01%ct", "--stdin")
        found: dict[str, int] = {}
        time = 0
        for word in self.git.run("log", *options, data=asked.encode()).split(b"\0"):
            text = word.lstrip(b"\n")
            if text.startswith(b"\1"):
                first, _, text = text[1:].partition(b"\n")
                time, text = int(first), text.lstrip(b"\n")
            if text:
                path = os.fsdecode(text)
                found[path] = max(time, found.get(path, 0))
        return found
