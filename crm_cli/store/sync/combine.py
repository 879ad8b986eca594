"""Merges two commits by path, in memory: what our files have to become, what came, what went, what was kept aside."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from functools import cached_property
from typing import Protocol

from crm_cli.base.lean import dataclass
from crm_cli.schema.crm_yaml import read_settings
from crm_cli.schema.kind import Kinds
from crm_cli.schema.node import plain_map
from crm_cli.schema.settings import Settings
from crm_cli.store.codec import Document, parse
from crm_cli.store.files import MARK
from crm_cli.store.sync.filemerge import FileMerge, MergedFile, Versions
from crm_cli.store.sync.tombstones import settle

Turn = tuple[bytes | None, bytes | None]
"""The bytes of a file before and after; None where there is none."""
_DEEPEST = 8  # merge bases of merge bases: beyond that the oldest is taken as it is


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


class History(Protocol):
    """What a merge asks about commits; tests have one in memory."""

    def merge_bases(self, ours: str, theirs: str) -> Sequence[str]:
        """The best common ancestors."""
        ...

    def differing(self, ours: str, theirs: str) -> Sequence[str]:
        """The paths that two commits hold differently."""
        ...

    def contents(self, commit: str, paths: Sequence[str]) -> Sequence[bytes | None]:
        """Files as a commit has them; None for those that it has not."""
        ...

    def last_edits(self, side: str, without: Sequence[str]) -> Mapping[str, int]:
        """Path -> the latest time at which a commit that is no merge touched it, among those that `without` lack."""
        ...


def combine(history: History, kinds: Kinds, ours: str, theirs: str, name: str) -> Combined:
    """Merges `theirs` into `ours` from their merge base; `name` is what a book without a name is called."""
    bases = tuple(sorted(history.merge_bases(ours, theirs)))
    combined = Combined(ours, theirs, bases)
    if ours == theirs or not bases:
        return combined
    found = history.differing(ours, theirs)
    past = _Past(history, ours, theirs, bases)
    settings = _settings_of(history.contents(ours, [MARK])[0], name)
    if MARK in found:  # first, since its settings say how records are read
        for versions, merged in past.merged([MARK], FileMerge(kinds, settings)):
            settings = _settings_of(merged.data, name)
            _note(combined, versions, merged)
    merger = FileMerge(kinds, settings)
    results = {known.path: (known, made) for known, made in past.merged([p for p in found if p != MARK], merger)}
    for versions, merged in settle(merger, results, past.alike, past.times).values():
        _note(combined, versions, merged)
    return combined


def merged_path(
    history: History, merger: FileMerge, ours: str, theirs: str, path: str
) -> tuple[Versions, MergedFile] | None:
    """One path of a merge of two commits; None where they have no common history."""
    bases = tuple(sorted(history.merge_bases(ours, theirs)))
    return next(_Past(history, ours, theirs, bases).merged([path], merger)) if bases else None


def _settings_of(data: bytes | None, name: str) -> Settings:
    """The settings that a merged `crm.yaml` holds; the defaults where it cannot be understood."""
    document = parse(data or b"", MARK, allow_empty=True)
    return read_settings(plain_map(document.root) if isinstance(document, Document) else {}, name)[0]


def _note(combined: Combined, versions: Versions, merged: MergedFile) -> None:
    turns = [(versions.path, versions.x, versions.y, merged.data)]
    turns += [(place, None, None, data) for place, data in (merged.quarantine or {}).items()]
    for place, ours, theirs, data in turns:
        if data != ours:
            combined.came[place] = (ours, data)
        if data != theirs:
            combined.went[place] = (theirs, data)
    combined.kept_aside += merged.kept_aside


@dataclass
class _Past:
    """Two histories that are merged; `x` is our side."""

    history: History
    ours: str
    theirs: str
    bases: Sequence[str]

    def merged(self, paths: Sequence[str], merger: FileMerge) -> Iterator[tuple[Versions, MergedFile]]:
        """Each path's versions, and what becomes of it."""
        ours = self.history.contents(self.ours, paths)
        theirs = self.history.contents(self.theirs, paths)
        for path, base, x, y in zip(paths, self._base(paths, merger), ours, theirs, strict=True):
            times = self.times(path) if base not in (x, y) else (0, 0)
            versions = Versions(path, base, x, y, *times)
            yield versions, merger.file(versions)

    def alike(self, path: str) -> bytes | None:
        """A file that both sides have alike."""
        return self.history.contents(self.ours, [path])[0]

    def times(self, path: str) -> tuple[int, int]:
        """When each side last edited a path since the base, in seconds."""
        return self._times[0].get(path, 0), self._times[1].get(path, 0)

    def _base(self, paths: Sequence[str], merger: FileMerge) -> Sequence[bytes | None]:
        """Each path as the common ancestor has it; several ancestors are merged first."""
        found = [self.history.contents(base, paths) for base in self.bases]
        if len(found) == 1:
            return found[0]
        out = []
        for path, *versions in zip(paths, *found, strict=True):
            same = all(version == versions[0] for version in versions)
            out.append(versions[0] if same else _virtual(self.history, self.bases, path, merger, _DEEPEST))
        return out

    @cached_property
    def _times(self) -> tuple[Mapping[str, int], Mapping[str, int]]:
        """When each side last edited each path since the base."""
        return self.history.last_edits(self.ours, self.bases), self.history.last_edits(self.theirs, self.bases)


def _virtual(history: History, commits: Sequence[str], path: str, merger: FileMerge, depth: int) -> bytes | None:
    """A path as the merge of several commits has it."""
    first, *rest = sorted(commits)
    data = history.contents(first, [path])[0]
    for commit in rest if depth else ():
        bases = history.merge_bases(first, commit)
        base = _virtual(history, bases, path, merger, depth - 1) if bases else None
        other = history.contents(commit, [path])[0]
        times = [history.last_edits(side, bases).get(path, 0) for side in (first, commit)]
        data = merger.file(Versions(path, base, data, other, *times)).data
    return data
