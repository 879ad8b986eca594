"""Records that were merged into others, when books meet: edits of them reach the survivor, and no circle comes up."""

from collections.abc import Callable, Collection
from dataclasses import field, replace

from crm_cli.base.lean import dataclass
from crm_cli.schema.convert import load
from crm_cli.schema.record import Record
from crm_cli.store.codec import Document, parse, splice
from crm_cli.store.files import is_record_name
from crm_cli.store.merge import broken_values, later_side, merge, splice_of
from crm_cli.store.merge.comments import with_comments
from crm_cli.store.reading import stem
from crm_cli.store.sync.filemerge import FileMerge, MergedFile, Versions, quarantine_path

Read = Callable[[str], bytes | None]
Times = Callable[[str], tuple[int, int]]
Results = dict[str, tuple[Versions, MergedFile]]
"""What becomes of each path that the two sides hold differently."""

_Page = tuple[Document, Record]
_SIGN = b"merged_into"
_PLAIN = {"name", "created", "archived", "merged_into"}
"""What a tombstone holds in which nobody has written."""


@dataclass
class _Tombs:
    """The merged files of a sync, with those around them that both sides have alike."""

    merger: FileMerge
    results: Results
    read: Read
    times: Times
    opened: set[str] = field(default_factory=set)
    """Survivors of records that were merged into each other."""
    _found: dict[tuple[str, bytes], str | None] = field(default_factory=dict)

    def data(self, path: str) -> bytes | None:
        """A file as it is after the merge."""
        return self.results[path][1].data if path in self.results else self.read(path)

    def target(self, path: str, data: bytes | None) -> str | None:
        """The path of the record that a file says its own was merged into."""
        if data is None or _SIGN not in data:
            return None
        if (path, data) not in self._found:
            found = self.record(path, data)
            name = f"{(found[1].merged_into or '').rpartition('/')[2] if found else ''}.yaml"
            folder = path.rpartition("/")[0]
            self._found[path, data] = f"{folder}/{name}" if is_record_name(name) else None
        return self._found[path, data]

    def record(self, path: str, data: bytes | None) -> _Page | None:
        """A version of a record; None where there is none that can be read."""
        kind = self.merger.kinds.of_path(path)
        document = parse(data, path) if data is not None and kind else None
        if not isinstance(document, Document) or kind is None:
            return None
        return document, load(kind, stem(path), path, document.root, self.merger.settings)

    def way(self, path: str) -> list[str]:
        """A path and where it leads, step by step; a circle ends with the path at which it closes."""
        way = [path]
        while (following := self.target(way[-1], self.data(way[-1]))) and following not in way:
            way.append(following)
        return [*way, following] if following else way


def settle(merger: FileMerge, results: Results, read: Read, times: Times) -> Results:
    """The results with every circle of tombstones opened, and with edits of merged records in their survivors.

    `read` gives a file that both sides have alike, `times` says when each side last edited a path. An edit that
    no survivor can take stays where the merge of its file put it: in the quarantine.
    """
    if not any(merged.data and _SIGN in merged.data for _, merged in results.values()):
        return results
    tombs = _Tombs(merger, dict(results), read, times)
    for path in sorted(results):
        way = tombs.way(path)
        if way[-1] in way[:-1]:
            _open_circle(tombs, sorted(way[way.index(way[-1]) : -1]))
    for path in sorted(results):
        _hand_over(tombs, path)
    return tombs.results


def _open_circle(tombs: _Tombs, circle: Collection[str]) -> None:
    """Of records that two sides merged into each other the first stays that is still there on a side.

    Where none is, the first that a side merged into a record outside goes there.
    """
    for path, outside in ((path, outside) for outside in (False, True) for path in circle):
        versions, _ = tombs.results.get(path, (Versions(path, None, None, None), None))
        for data in sorted(data for data in (versions.x, versions.y) if data is not None):
            target = tombs.target(path, data)
            if target is None if not outside else target not in circle:
                other = versions.y if data == versions.x else versions.x
                tombs.results[path] = (versions, _instead(tombs, versions, data, other))
                tombs.opened.add(path)
                return


def _instead(tombs: _Tombs, versions: Versions, data: bytes, other: bytes | None) -> MergedFile:
    """A record that stays; what somebody wrote into its tombstone on the other side is kept."""
    tomb, *others = (tombs.record(versions.path, version) for version in (other, data, versions.base))
    names = {page[1].name for page in others if page}
    if other is None or tomb is None or (tomb[0].root.entries.keys() <= _PLAIN and tomb[1].name in names):
        return MergedFile(data)
    return MergedFile(data, 1, {quarantine_path(versions.path, other): other})


def _hand_over(tombs: _Tombs, path: str) -> None:
    """The edit of a record that the other side merged away, made to the survivor."""
    versions, merged = tombs.results[path]
    if merged.away is None:
        return
    survivor = tombs.way(path)[-1]
    same = tombs.data(survivor)
    there, edit = tombs.record(survivor, same), tombs.record(path, merged.away)
    if there is None or edit is None or tombs.target(survivor, same):
        return
    time = versions.x_time if merged.away == versions.x else versions.y_time
    made = _edited(tombs, there, tombs.record(path, versions.base), edit, time)
    known, before = tombs.results.get(survivor) or (Versions(survivor, same, same, same), MergedFile(same))
    kept = before.kept_aside + made.kept_aside
    tombs.results[survivor] = (known, replace(before, data=made.data, kept_aside=kept))
    tombs.results[path] = (versions, MergedFile(merged.data))


def _edited(tombs: _Tombs, there: _Page, old: _Page | None, new: _Page, time: int) -> MergedFile:
    """The survivor's file with what became of another record between two versions of it."""
    settings = tombs.merger.settings
    (document, survivor), (edited, record) = there, new
    after = _as(survivor, record)
    later = later_side(survivor, after, max(tombs.times(survivor.path)), time, settings)
    base = _as(survivor, old[1]) if old else None
    if base and survivor.path in tombs.opened:
        base = _together(tombs, base)
    merged = merge(base, survivor, after, later=later, settings=settings)
    assert merged.record is not None  # both sides are there
    changes = splice_of(survivor, merged.record, settings, broken_values(record, edited.root))
    data = splice(document, changes, survivor.kind_.file_order)
    return MergedFile(with_comments(old[0] if old else None, document, edited, data), len(merged.kept_aside))


def _together(tombs: _Tombs, other: Record) -> Record:
    """What two records were together before each side merged one of them into the other."""
    before = tombs.record(other.path, tombs.results[other.path][0].base)
    if before is None:
        return other
    joined = merge(None, before[1], other, later="y", settings=tombs.merger.settings).record
    assert joined is not None
    known = (*before[1].conflicts, *other.conflicts)
    return replace(joined, conflicts=tuple(entry for entry in joined.conflicts if entry in known))


def _as(survivor: Record, record: Record) -> Record:
    """Another record as if it were the survivor; what it says about its own file is no business of the survivor's."""
    return replace(record, id=survivor.id, path=survivor.path, archived=None, merged_into=None)
