"""Taking back what a commit changed, field by field, and bringing a record back as it was."""

import itertools
import re
from collections.abc import Iterator, Sequence

from crm_cli.base.errors import Invalid, NotFound, Refused
from crm_cli.book import SETTINGS, Book
from crm_cli.schema.plan import Change, FileChange, Plan
from crm_cli.schema.record import Record
from crm_cli.services.versions import SHORT, Past, past, version_at
from crm_cli.store import files
from crm_cli.store.erase.ledger import ERASES, LEDGER, read_ledger
from crm_cli.store.history import Commit
from crm_cli.store.merge import undo_of
from crm_cli.store.reading import stem

_UNDOES = re.compile(r"^Undoes: ([0-9a-f]{40})$", re.MULTILINE)
_RECENT = 200


def undo(book: Book, commit: str | None) -> tuple[Plan, str]:
    """The plan that takes back a commit, and what it takes back, to be said.

    Without one it is the newest of this identity that still has an effect: somebody else may have changed things back.
    """
    opened = past(book)
    if commit:
        return _taking_back(opened, _named(opened, commit))
    for found in _own(opened):
        if all(status != "D" and not (book.root / path).exists() for status, path in found.paths):
            continue  # what it changed is gone, and would come back only to collide
        plan, said = _taking_back(opened, found)
        if plan.changes or plan.files:
            return plan, said
    raise NotFound("there is nothing of yours to take back")


def _taking_back(opened: Past, found: Commit) -> tuple[Plan, str]:
    _check_no_erasure(opened, found)
    if len(found.parents) > 1:
        raise Invalid(
            f"{found.oid[:SHORT]} is a merge, which is not taken back", hint="undo the commits that it brought"
        )
    paths = [path for _status, path in found.paths]
    before = opened.bytes_at(f"{found.oid}^", paths) if found.parents else [None] * len(paths)
    after = opened.bytes_at(found.oid, paths)
    changes: list[Change] = []
    whole: list[FileChange] = []
    kept = 0
    for path, old, new in zip(paths, before, after, strict=True):
        change, aside = _taken_back(opened, found.oid[:SHORT], path, old, new)
        changes += [change] if isinstance(change, Change) else []
        whole += [change] if isinstance(change, FileChange) else []
        kept += aside
    what = found.message.splitlines()[0]
    verb = what if what.startswith("undo ") else f"undo {what}"
    said = f"taking back {found.oid[:SHORT]}: {what} ({', '.join(paths[:3])}{' ...' if len(paths) > 3 else ''})"
    trailer = f"Undoes: {found.oid}"
    return Plan(f"undo {verb.split()[1]}", tuple(changes), kept_aside=kept, trailer=trailer, files=tuple(whole)), said


def _named(opened: Past, text: str) -> Commit:
    try:
        return opened.commit(text)
    except NotFound as error:
        if _epoch(opened) == 1:
            raise
        raise NotFound(error.message, hint="an erasure rewrote the history: commits from before it are gone") from None


def _epoch(opened: Past) -> int:
    return read_ledger(opened.bytes_at(opened.head, [LEDGER])[0]).epoch


def _check_no_erasure(opened: Past, commit: Commit) -> None:
    """Refuses an erasure, and what was committed before one that rewrote the history."""
    if ERASES in commit.message:
        raise Refused("an erasure is not taken back", hint="crm undo COMMIT takes back a later change")
    if _epoch(opened) == 1:
        return
    # The erasure ends the rewritten part: what is before it is not what was written then.
    later = itertools.takewhile(lambda one: ERASES not in one.message, opened.commits())
    if commit.oid not in {one.oid for one in later}:
        raise Refused("what was done before an erasure rewrote the history is not taken back", hint="crm set, crm edit")


def _own(opened: Past) -> Iterator[Commit]:
    """The commits of this identity, newest first, that are no merge, no undo, and not undone yet."""
    seen = 0
    for limit in (_RECENT, None):
        found = opened.commits(limit=limit)
        undone = _undone(found)
        for commit in found[seen:]:
            mine = commit.author_email == opened.book.identity.email
            if mine and len(commit.parents) == 1 and commit.oid not in undone and not _undoes(commit):
                yield commit
        seen = len(found)


def _undoes(commit: Commit) -> str | None:
    found = _UNDOES.search(commit.message)
    return found[1] if found else None


def _undone(newest_first: Sequence[Commit]) -> set[str]:
    """The commits that an undo which still holds has taken back."""
    undone: set[str] = set()
    for commit in newest_first:
        target = _undoes(commit)
        if target and commit.oid not in undone:
            undone.add(target)
    return undone


def _taken_back(
    opened: Past, commit: str, path: str, old: bytes | None, new: bytes | None
) -> tuple[Change | FileChange | None, int]:
    book = opened.book
    try:
        disk = files.read(book.root, path)
    except FileNotFoundError:
        disk = None
    if not isinstance(disk, bytes | None):
        raise Invalid(f"{path}: {disk.message}")
    if disk == old:
        return None, 0
    if book.kinds.of_path(path) is None:
        if disk != new:
            hint = f"crm git show {commit} shows what changed; crm edit {path}" if path == SETTINGS else ""
            raise Invalid(f"{path} was changed again since, so it is not taken back", hint=hint)
        return FileChange(path, disk, old), 0
    before, after, now = (opened.record(data, path) for data in (old, new, disk))
    if disk == new:
        return Change(now, before, data=old, onto=disk), 0
    merged = undo_of(before, after, now, book.settings)
    if merged.record == now:
        return None, len(merged.kept_aside)
    return Change(now, merged.record), len(merged.kept_aside)


def restore(book: Book, path: str, when: str) -> Plan:
    """A record as it was at a moment or a commit, also one whose file is gone."""
    opened = past(book)
    if read_ledger(opened.bytes_at(opened.head, [LEDGER])[0]).entry_of(stem(path)):
        raise Refused("that record was erased, which is not taken back")
    data = version_at(book, path, when)
    then = opened.record(data, path)
    if then is None:
        raise Invalid(f"{path} could not be read then either")
    now: Record | None = book.record(path) if (book.root / path).exists() else None
    if now is None:
        return Plan("restore", (Change(None, then, data=data),))
    disk = (book.root / path).read_bytes()
    return Plan("restore", (Change(now, then, data=data, onto=disk),) if data != disk else ())
