"""Merges two commits by path, in memory: what our files have to become, what came, what went, what was kept aside."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from functools import cached_property

from crm_cli.base.lean import dataclass
from crm_cli.schema.crm_yaml import read_settings
from crm_cli.schema.kind import Kinds
from crm_cli.schema.node import plain_map
from crm_cli.schema.settings import Settings
from crm_cli.store import objects
from crm_cli.store.codec import Document, parse
from crm_cli.store.files import MARK
from crm_cli.store.git import Git
from crm_cli.store.sync.filemerge import FileMerge, MergedFile, Versions

Turn = tuple[bytes | None, bytes | None]
"""The bytes of a file before and after; None where there is none."""
_DEEPEST = 8  # merge bases of merge bases: beyond that the oldest is taken as it is


@dataclass(frozen=True, slots=True)
class Difference:
    """A path that two commits hold differently, by mode and blob on each side; a mode of zeros is absence."""

    path: str
    ours: str | None
    theirs: str | None
    mode: str


@dataclass
class Combined:
    """A merge of `theirs` into `ours`: the files that change here, and those that have yet to change there."""

    ours: str
    theirs: str
    bases: tuple[str, ...]
    came: dict[str, Turn] = field(default_factory=dict)
    went: dict[str, Turn] = field(default_factory=dict)
    kept_aside: int = 0

    @property
    def fast_forward(self) -> bool:
        """Whether all that is ours is theirs already."""
        return self.bases == (self.ours,)

    @property
    def up_to_date(self) -> bool:
        """Whether all that is theirs is ours already."""
        return self.bases == (self.theirs,)


def differences(git: Git, ours: str, theirs: str) -> list[Difference]:
    """Every path that two commits hold differently; costs what differs, not what there is."""
    options = ("-r", "-z", "--no-renames", "--raw", "--no-abbrev", "--full-index")
    words = iter(git.run("diff-tree", *options, ours, theirs).split(b"\0"))
    found = []
    for header in words:
        if header:
            _, mode, before, after, _ = header.decode().lstrip(":").split(" ")
            path = os.fsdecode(next(words))
            found.append(
                Difference(path, (before.strip("0") and before) or None, (after.strip("0") and after) or None, mode)
            )
    return found


def combine(git: Git, kinds: Kinds, ours: str, theirs: str, name: str) -> Combined:
    """Merges `theirs` into `ours` from their merge base; `name` is what a book without a name is called."""
    bases = tuple(sorted(objects.merge_bases(git, ours, theirs)))
    combined = Combined(ours, theirs, bases)
    if ours == theirs or not bases:
        return combined
    found = {difference.path: difference for difference in differences(git, ours, theirs)}
    past = _Past(git, ours, theirs, bases, kinds)
    first = [path for path in (MARK,) if path in found]
    settings = _settings_of(objects.read_file_at(git, ours, MARK), name)
    for path, versions, merged in past.merged(first, FileMerge(kinds, settings)):
        settings = _settings_of(merged.data, name)
        _note(combined, path, versions, merged)
    rest = [path for path in found if path != MARK]
    for path, versions, merged in past.merged(rest, FileMerge(kinds, settings)):
        _note(combined, path, versions, merged)
    return combined


def _settings_of(data: bytes | None, name: str) -> Settings:
    """The settings that a merged `crm.yaml` holds; the defaults where it cannot be understood."""
    document = parse(data or b"", MARK, allow_empty=True)
    return read_settings(plain_map(document.root) if isinstance(document, Document) else {}, name)[0]


def _note(combined: Combined, path: str, versions: Versions, merged: MergedFile) -> None:
    turns = [(path, versions.x, versions.y, merged.data)]
    turns += [(place, None, None, data) for place, data in (merged.quarantine or {}).items()]
    for place, ours, theirs, data in turns:
        if data != ours:
            combined.came[place] = (ours, data)
        if data != theirs:
            combined.went[place] = (theirs, data)
    combined.kept_aside += merged.kept_aside


@dataclass
class _Past:
    """What the merge knows of the two histories; `x` is our side."""

    git: Git
    ours: str
    theirs: str
    bases: tuple[str, ...]
    kinds: Kinds

    def merged(self, paths: Sequence[str], merger: FileMerge) -> Iterator[tuple[str, Versions, MergedFile]]:
        """Each path with its versions and what becomes of it."""
        ours = objects.blobs(self.git, [f"{self.ours}:{path}" for path in paths])
        theirs = objects.blobs(self.git, [f"{self.theirs}:{path}" for path in paths])
        bases = self._bases(paths, merger)
        for path, base, x, y in zip(paths, bases, ours, theirs, strict=True):
            contested = base not in (x, y)
            times = (self._times[0].get(path, 0), self._times[1].get(path, 0)) if contested else (0, 0)
            versions = Versions(path, base, x, y, *times)
            yield path, versions, merger.file(versions)

    def _bases(self, paths: Sequence[str], merger: FileMerge) -> list[bytes | None]:
        """Each path as the common ancestor has it; several ancestors are merged first."""
        found = [objects.blobs(self.git, [f"{base}:{path}" for path in paths]) for base in self.bases]
        if len(found) == 1:
            return found[0]
        out = []
        for path, *versions in zip(paths, *found, strict=True):
            same = all(version == versions[0] for version in versions)
            out.append(versions[0] if same else _virtual(self.git, self.bases, path, merger, _DEEPEST))
        return out

    @cached_property
    def _times(self) -> tuple[Mapping[str, int], Mapping[str, int]]:
        """When each side last edited each path since the base."""
        return last_edits(self.git, self.ours, self.bases), last_edits(self.git, self.theirs, self.bases)


def _virtual(git: Git, commits: Sequence[str], path: str, merger: FileMerge, depth: int) -> bytes | None:
    """A path as the merge of several commits has it."""
    first, *rest = sorted(commits)
    data = objects.read_file_at(git, first, path)
    for commit in rest if depth else ():
        bases = objects.merge_bases(git, first, commit)
        base = _virtual(git, bases, path, merger, depth - 1) if bases else None
        other = objects.read_file_at(git, commit, path)
        times = [last_edits(git, side, bases).get(path, 0) for side in (first, commit)]
        data = merger.file(Versions(path, base, data, other, *times)).data
    return data


def last_edits(git: Git, side: str, without: Iterable[str]) -> dict[str, int]:
    """Path -> the latest time, in seconds, at which a commit that is no merge touched it on a side."""
    asked = "\n".join((side, *(f"^{commit}" for commit in without), "--", ""))
    options = ("--no-merges", "--name-only", "-z", "--no-renames", "--root", "--format=%x01%ct", "--stdin")
    found: dict[str, int] = {}
    time = 0
    for word in git.run("log", *options, data=asked.encode()).split(b"\0"):
        text = word.lstrip(b"\n")
        if text.startswith(b"\1"):
            time = int(text[1:].split(b"\n")[0])
            text = text.partition(b"\n")[2].lstrip(b"\n")
        if text:
            path = os.fsdecode(text)
            found[path] = max(time, found.get(path, 0))
    return found
