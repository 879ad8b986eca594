"""Syncs across an erasure: who is behind follows the rewritten history with what is not synced yet, and never back."""

import json
from collections.abc import Mapping
from typing import Any

from crm_cli.base.errors import Refused
from crm_cli.base.lean import dataclass
from crm_cli.book import Book
from crm_cli.services.erasing.erasing import clean
from crm_cli.services.erasing.erasure import Files, differing, erased_files, files_of
from crm_cli.store import objects, place, refs
from crm_cli.store.commits import Change, make_commit
from crm_cli.store.erase.eraser import Eraser
from crm_cli.store.erase.forget import forget
from crm_cli.store.erase.ledger import LEDGER, Ledger, read_ledger
from crm_cli.store.erase.past import Past, eraser_of
from crm_cli.store.git import Git
from crm_cli.store.layout import Layout
from crm_cli.store.sync.combine import Combined
from crm_cli.store.sync.filemerge import FileMerge, Versions
from crm_cli.store.sync.githistory import GitHistory
from crm_cli.store.sync.network import tracking_ref
from crm_cli.store.sync.tombstones import Results
from crm_cli.store.sync.tombstones import settle as settle_tombstones

_MESSAGE = "sync"


class OldHistory(Refused):
    """The remote holds the history from before an erasure, and nobody has said that it may be replaced."""


@dataclass(frozen=True)
class Turn:
    """A step from one history to another: what comes and goes, what is lost by it, the commit to stand on then.

    Without a commit ours is the newer history, and what came is written on top of it.
    """

    combined: Combined
    lost: Combined
    commit: str | None


def note(git: Git, remote: str | None, branch: str, commits: Mapping[str, str]) -> None:
    """Notes that the history is being rewritten, before it is: what the remote has, and what became of that."""
    known = refs.resolve(git.where, tracking_ref(remote, branch)) if remote else None
    olds = [*_read(git.where).get("olds", ()), *([known] if known else [])]
    _write(git.where, {"olds": olds, "base": commits.get(known or ""), "replace": bool(remote), "forget": True})


def crossing(git: Git, head: str, theirs: str) -> bool:
    """Whether two histories without a common commit are one book before and after an erasure."""
    if not _theirs_is_newer(git, head, theirs) and not _ours_is_newer(git, head, theirs):
        return False
    if _ours_is_newer(git, head, theirs) and not _read(git.where).get("replace"):
        raise OldHistory(
            "the remote went back to the history before an erasure, which is not taken in",
            hint="crm erase --rewrite-history replaces it again",
        )
    return True


def stale(git: Git, head: str, theirs: str | None) -> str | None:
    """The commit that a push has to replace, because its history is from before our erasure."""
    return theirs if theirs and not _related(git, head, theirs) and _ours_is_newer(git, head, theirs) else None


def turn(book: Book, git: Git, remote: str, branch: str, head: str, theirs: str | None) -> Turn | None:
    """The step between two histories of one book; None where they are one."""
    if theirs is None or _related(git, head, theirs):
        return None
    known = _read(git.where)
    if _ours_is_newer(git, head, theirs):
        olds = [old for old in known.get("olds", ()) if objects.contains(git, theirs, old)]
        merged = _merge(book, git, olds[-1] if olds else None, head, theirs)
        return Turn(merged.combined(), merged.lost(), None)
    last = _last_synced(git, remote, branch, head)
    base = known.get("base") if known.get("replace") else last
    merged = _merge(book, git, base, head, theirs)
    both = merged.combined()
    changes = [Change(path, after) for path, (_, after) in both.went.items()]
    commit = make_commit(git, [theirs], changes, _MESSAGE, book.identity) if changes else theirs
    clean(book, merged.eraser.traces)
    olds = [*known.get("olds", ()), *([last] if last else [])]
    _write(git.where, {"olds": olds, "base": None, "replace": False, "forget": True})
    return Turn(both, merged.lost(), commit)


def combined(book: Book, git: Git, head: str, theirs: str) -> Combined | None:
    """An ordinary merge where one side has erased somebody: nothing of them comes back; None for any other merge."""
    one, other = (objects.read_file_at(git, commit, LEDGER) for commit in (head, theirs))
    if one == other:
        return None
    bases = tuple(objects.merge_bases(git, head, theirs))
    if not bases or {head, theirs} & set(bases):
        return None
    return _merge(book, git, sorted(bases)[0], head, theirs).combined(bases)


def settle(book: Book, git: Git) -> None:
    """When both sides are alike again: the old history goes away here too."""
    known = _read(git.where)
    if known.get("forget"):
        book.close()
        forget(git)
        _write(git.where, {"olds": known.get("olds", ()), "base": None, "replace": False, "forget": False})


def _ledger(git: Git, commit: str) -> Ledger:
    return read_ledger(objects.read_file_at(git, commit, LEDGER))


def _roots(git: Git, commit: str) -> set[str]:
    return set(git.run("rev-list", "--max-parents=0", commit).decode().split())


def _related(git: Git, one: str, other: str) -> bool:
    return one == other or bool(objects.merge_bases(git, one, other))


def _ours_is_newer(git: Git, head: str, theirs: str) -> bool:
    return bool(_roots(git, theirs) & set(_ledger(git, head).replaced))


def _theirs_is_newer(git: Git, head: str, theirs: str) -> bool:
    """Also where both sides rewrote the same history: who came first is followed."""
    replaced = set(_ledger(git, theirs).replaced)
    return bool((_roots(git, head) | set(_ledger(git, head).replaced)) & replaced)


def _last_synced(git: Git, remote: str, branch: str, head: str) -> str | None:
    """The last of our commits that the remote had, as far as this clone knows."""
    places = [refs.resolve(git.where, tracking_ref(remote, branch)), _json(git.where, "sync").get("commit")]
    for known in filter(None, places):
        if bases := objects.merge_bases(git, head, known):
            return bases[0]
    return None


@dataclass(frozen=True)
class _Merged:
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


def _merge(book: Book, git: Git, base: str | None, head: str, theirs: str) -> _Merged:
    ledger = _ledger(git, head).joined(_ledger(git, theirs))
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
    for path, (_, merged) in settle_tombstones(merger, results, x.get, times).items():
        found = {path: merged.data, **(merged.quarantine or {})}
        result |= {place: data for place, data in found.items() if data is not None}
    return _Merged(head, theirs, eraser, ours, other, result)


def _times(history: GitHistory, eraser: Eraser, side: str, without: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for path, time in history.last_edits(side, without).items():
        if (place := eraser.path(path)) is not None:
            found[place] = max(time, found.get(place, 0))
    return found


def _write(where: Layout, content: Mapping[str, Any]) -> None:
    place.replace(where.crm / "epoch", json.dumps(content).encode())


def _read(where: Layout) -> dict[str, Any]:
    return _json(where, "epoch")


def _json(where: Layout, name: str) -> dict[str, Any]:
    try:
        content = json.loads((where.crm / name).read_bytes())
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
