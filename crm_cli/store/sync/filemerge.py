"""One file of a book from its versions in the base and on both sides: bytes in, bytes out, no clock, no disk."""

import hashlib
from collections.abc import Mapping
from functools import cached_property

from crm_cli.base.lean import dataclass
from crm_cli.schema.convert import load
from crm_cli.schema.kind import Kinds
from crm_cli.schema.node import alike, written_map
from crm_cli.schema.problem import Problem
from crm_cli.schema.record import Record
from crm_cli.schema.settings import Settings
from crm_cli.store.codec import Document, emit, parse, splice
from crm_cli.store.erase.ledger import LEDGER, joined_files
from crm_cli.store.files import MARK
from crm_cli.store.merge import Side, later_side, merge, merge_trees, merged_away, merged_file
from crm_cli.store.merge.comments import with_comments
from crm_cli.store.reading import is_record, stem

QUARANTINE = "quarantine"


@dataclass(frozen=True, slots=True)
class Versions:
    """One path: its bytes in the base and on both sides, None where it is not; when each side last edited it."""

    path: str
    base: bytes | None
    x: bytes | None
    y: bytes | None
    x_time: int = 0
    y_time: int = 0


@dataclass(frozen=True, slots=True)
class MergedFile:
    """What becomes of a path: its bytes (None: gone), how many values were kept aside, files for the quarantine.

    `away` is the edited version of a record that the other side merged into another one. It is among the quarantine
    too, until somebody brings the edit to the survivor.
    """

    data: bytes | None
    kept_aside: int = 0
    quarantine: Mapping[str, bytes] | None = None
    away: bytes | None = None


@dataclass(frozen=True)
class FileMerge:
    """Merges the files of one book."""

    kinds: Kinds
    settings: Settings

    def file(self, versions: Versions) -> MergedFile:
        """Both edits of a file; the same whichever side is called x."""
        base, x, y = versions.base, versions.x, versions.y
        if x == y or base == y:
            return MergedFile(x)
        if base == x:
            return MergedFile(y)
        if is_record(self.kinds, versions.path):
            return self._record(versions)
        if versions.path == LEDGER and x is not None and y is not None:
            return MergedFile(joined_files(x, y))
        if versions.path == MARK and x is not None and y is not None:
            return _settings(versions, x, y)
        return _whole(versions)

    def _record(self, versions: Versions) -> MergedFile:
        sides = _Sides(self, versions)
        if sides.unreadable:
            return _whole(versions, sides.readable)
        x, y = sides.record("x"), sides.record("y")
        if x is not None and y is not None:
            if gone := merged_away(sides.record("base"), x, y):
                return _tombstone(versions, gone is x)
            later: Side = later_side(x, y, versions.x_time, versions.y_time, self.settings)
        else:
            later = "y" if x is None else "x"
        merged = merge(sides.record("base"), x, y, later=later, settings=self.settings)
        if merged.record is None:
            return MergedFile(None)
        late, early = sides.documents[later], sides.documents["y" if later == "x" else "x"]
        base = sides.documents["base"]
        assert isinstance(late, Document)
        data = merged_file(
            base if isinstance(base, Document) else None,
            late,
            early if isinstance(early, Document) else late,
            merged.record,
            self.settings,
        )
        return MergedFile(data, len(merged.kept_aside))


def _tombstone(versions: Versions, here: bool) -> MergedFile:
    """A record that one side merged into another one stays away, as it is there."""
    kept, other = (versions.x, versions.y) if here else (versions.y, versions.x)
    assert other is not None
    return MergedFile(kept, 1, {quarantine_path(versions.path, other): other}, away=other)


@dataclass
class _Sides:
    """The versions of a record, parsed."""

    merger: FileMerge
    versions: Versions

    @cached_property
    def documents(self) -> dict[str, Document | Problem | None]:
        """Each version as a document; None where there is none."""
        found = {"base": self.versions.base, "x": self.versions.x, "y": self.versions.y}
        return {name: None if data is None else parse(data, self.versions.path) for name, data in found.items()}

    @property
    def unreadable(self) -> bool:
        """Whether a side, not the base, cannot be read."""
        return any(isinstance(self.documents[side], Problem) for side in ("x", "y"))

    @property
    def readable(self) -> Side | None:
        """The only side that can be read."""
        sides: tuple[Side, Side] = ("x", "y")
        good = [side for side in sides if isinstance(self.documents[side], Document)]
        return good[0] if len(good) == 1 else None

    def record(self, side: str) -> Record | None:
        """The record of a version; one that cannot be read is as good as none."""
        document, path = self.documents[side], self.versions.path
        if not isinstance(document, Document):
            return None
        kind = self.merger.kinds.of_path(path)
        assert kind is not None
        return load(kind, stem(path), path, document.root, self.merger.settings)


def _settings(versions: Versions, x: bytes, y: bytes) -> MergedFile:
    later = _later(versions, x, y)
    late, early = (x, y) if later == "x" else (y, x)
    documents = [
        None if data is None else parse(data, versions.path, allow_empty=True) for data in (versions.base, late, early)
    ]
    base, kept, other = documents
    if not isinstance(kept, Document) or not isinstance(other, Document):
        good = {isinstance(kept, Document): later, isinstance(other, Document): "y" if later == "x" else "x"}
        return _whole(versions, good.get(True) if len(good) == 2 else None)  # type: ignore[arg-type]
    before = base if isinstance(base, Document) else None
    trees = [written_map(document.root) for document in (kept, other)]
    tree, entries = merge_trees(written_map(before.root) if before else None, trees[0], trees[1], later="x")
    if not kept.root.entries:
        return MergedFile(emit(tree), len(entries))
    changes = {key: tree.get(key) for key in {**trees[0], **tree} if not alike(trees[0].get(key), tree.get(key))}
    data = splice(kept, changes, list(tree)) if changes else late
    return MergedFile(with_comments(before, kept, other, data), len(entries))


def _whole(versions: Versions, good: Side | None = None) -> MergedFile:
    """A file that is not merged inside: the `good` or else the later version stays, the other's bytes are kept."""
    x, y = versions.x, versions.y
    if x is None or y is None:
        return MergedFile(y if x is None else x)
    later = good or _later(versions, x, y)
    kept, other = (x, y) if later == "x" else (y, x)
    return MergedFile(kept, 1, {quarantine_path(versions.path, other): other})


def _later(versions: Versions, x: bytes, y: bytes) -> Side:
    if versions.x_time != versions.y_time:
        return "x" if versions.x_time > versions.y_time else "y"
    return "x" if x <= y else "y"


def quarantine_path(path: str, data: bytes) -> str:
    """Where the bytes of a version are kept that could not be merged: named by what they are."""
    name = path.rpartition("/")[2]
    return f"{QUARANTINE}/{name}.{hashlib.sha1(data, usedforsecurity=False).hexdigest()[:12]}.txt"
