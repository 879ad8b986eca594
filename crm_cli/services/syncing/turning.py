"""Syncs across an erasure: who is behind follows the rewritten history with what is not synced yet, and never back."""

from crm_cli.base.lean import dataclass
from crm_cli.book import Book
from crm_cli.services.erasing.cleaning import clean
from crm_cli.services.erasing.erasure import Files, differing, erased_files, files_of
from crm_cli.services.syncing.histories import Turn, ledger_of, ours_is_newer, read_json, read_note, write_note
from crm_cli.store import objects, refs
from crm_cli.store.commits import Change, make_commit
from crm_cli.store.erase.eraser import Eraser
from crm_cli.store.erase.past import Past, eraser_of
from crm_cli.store.git import Git
from crm_cli.store.sync.combine import Combined
from crm_cli.store.sync.filemerge import FileMerge, Versions
from crm_cli.store.sync.githistory import GitHistory
from crm_cli.store.sync.tombstones import Results, settle

_MESSAGE = "sync"


def turn(book: Book, git: Git, tracking: str, head: str, theirs: str, *, dry: bool = False) -> Turn:
    """The step between two histories of one book; `tracking` is the ref that says where the remote stood.

    With `dry` it is worked out only: no commit is made of it, and nothing is cleaned up or noted.
    """
    known = read_note(git.where)
    if ours_is_newer(git, head, theirs):
        olds = [old for old in known.get("olds", ()) if objects.contains(git, theirs, old)]
        merged = merged_books(book, git, olds[-1] if olds else None, head, theirs)
        return Turn(merged.combined(), merged.lost(), None)
    last = _last_synced(git, tracking, head)
    base = known.get("base") if known.get("replace") else last
    merged = merged_books(book, git, base, head, theirs)
    both = merged.combined()
    if dry:
        return Turn(both, merged.lost(), theirs)
    changes = [Change(path, after) for path, (_, after) in both.went.items()]
    commit = make_commit(git, [theirs], changes, _MESSAGE, book.identity) if changes else theirs
    cleaned = clean(book, merged.eraser)
    olds = [*known.get("olds", ()), *([last] if last else [])]
    write_note(git.where, {"olds": olds, "base": None, "replace": False, "forget": True})
    return Turn(both, merged.lost(), commit, tuple(cleaned.failed))


def _last_synced(git: Git, tracking: str, head: str) -> str | None:
    """The last of our commits that the remote had, as far as this clone knows."""
    places = [refs.resolve(git.where, tracking), read_json(git.where, "sync").get("commit")]
    for known in filter(None, places):
        if bases := objects.merge_bases(git, head, known):
            return bases[0]
    return None


@dataclass(frozen=True)
class Merged:
    """Two sides without those who were erased on either, merged by path; `ours` and `theirs` as they are committed."""

    ours_at: str
    theirs_at: str
    eraser: Eraser
    ours: Files
    theirs: Files
    result: Files

    def combined(self, bases: tuple[str, ...] = ()) -> Combined:
        """What changes here, and what has to change there."""
        made = Combined(self.ours_at, self.theirs_at, bases)
        made.came = {path: (self.ours.get(path), data) for path, data in differing(self.ours, self.result).items()}
        made.went = {path: (self.theirs.get(path), data) for path, data in differing(self.theirs, self.result).items()}
        return made

    def lost(self) -> Combined:
        """Only the files that are neither here nor erased afterwards."""
        made = self.combined()
        kept = erased_files(self.eraser, self.ours)
        made.came = {path: (data, None) for path, data in kept.items() if path not in self.result}
        return made


def merged_books(book: Book, git: Git, base: str | None, head: str, theirs: str) -> Merged:
    """Two heads merged path by path, without whom either side has erased."""
    ledger = ledger_of(git, head).joined(ledger_of(git, theirs))
    eraser = eraser_of(Past(git, (head, theirs)), book.kinds, ledger)
    ours, other = files_of(git, head), files_of(git, theirs)
    x, y = erased_files(eraser, ours), erased_files(eraser, other)
    z = erased_files(eraser, files_of(git, base)) if base else {}
    history = GitHistory(git)
    without = [base] if base else []
    x_times, y_times = (_times(history, eraser, side, without) for side in (head, theirs))
    merger = FileMerge(book.kinds, book.settings)

    def times(path: str) -> tuple[int, int]:
        return x_times.get(path, 0), y_times.get(path, 0)

    results: Results = {}
    for path in sorted(x.keys() | y.keys()):
        versions = Versions(path, z.get(path), x.get(path), y.get(path), *times(path))
        results[path] = (versions, merger.file(versions))
    result: Files = {}
    for path, (_, merged) in settle(merger, results, x.get, times).items():
        found = {path: merged.data, **(merged.quarantine or {})}
        result |= {place: data for place, data in found.items() if data is not None}
    return Merged(head, theirs, eraser, ours, other, result)


def _times(history: GitHistory, eraser: Eraser, side: str, without: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for path, time in history.last_edits(side, without).items():
        if (place := eraser.path(path)) is not None:
            found[place] = max(time, found.get(place, 0))
    return found
