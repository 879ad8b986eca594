"""Syncs a book with a remote: hand edits first, then what came is looked at and merged, then ours is sent."""

import contextlib
import json
import os
import time
from collections.abc import Sequence
from dataclasses import field

from crm_cli.base.errors import Refused, Unreachable
from crm_cli.base.lean import dataclass
from crm_cli.base.text import visible
from crm_cli.book import Book
from crm_cli.services.syncing import epoch, histories
from crm_cli.store import objects, refs, support
from crm_cli.store.git import Git, open_git
from crm_cli.store.layout import Layout
from crm_cli.store.reading import is_record
from crm_cli.store.sync.address import check_address, host_of, remote_of
from crm_cli.store.sync.combine import Combined, Turn, combine
from crm_cli.store.sync.githistory import EMPTY_TREE, GitHistory, differences
from crm_cli.store.sync.incoming import changed_there, check_incoming, check_number, faults, our_paths
from crm_cli.store.sync.network import Limits, Progress, Remote, note_tracking, tracking_ref
from crm_cli.store.transaction import Transaction, Write, begin

MESSAGE = "sync"
ROUNDS = 5
_MOST_GONE = 20
_MOST_SHARE = 0.3
_SMALL = 20  # a book of fewer records is not guarded
_BEHIND = (
    "the history was rewritten elsewhere by an erasure: it replaces the one here, with what is not synced yet on top"
)
_AHEAD = "the history was rewritten here by an erasure: it replaces the one there, with what was sent meanwhile on top"


@dataclass
class Synced:
    """What a sync did, or with `dry` would do; `first` when the remote held nothing before.

    `doubtful` are sentences about files that went there, and that other machines will not take; `across` says that an
    erasure lies between the two histories, `failed` what could not be cleaned up after it.
    """

    remote: str
    came: dict[str, Turn] = field(default_factory=dict)
    went: dict[str, Turn] = field(default_factory=dict)
    by_hand: list[str] = field(default_factory=list)
    first: bool = False
    doubtful: str = ""
    across: str = ""
    failed: list[str] = field(default_factory=list)


def remote_for(book: Book, git: Git, name: str | None, progress: Progress | None = None) -> Remote:
    """The remote to sync with; `Refused` where the book has none, or one that may not be used."""
    config = support.configuration(git)
    branch = config.get("crm.branch") or refs.branch(book.root) or "main"
    found = remote_of(config, name, branch)
    if found is None:
        raise Refused("this book has no remote", hint="crm git remote add origin URL, then crm sync")
    limits = Limits(book.config.sync.minutes * 60, book.config.sync.fetch_mib << 20)
    return Remote(git, found[0], check_address(found[1], absent=True), branch, limits, progress)


def sync(
    book: Book,
    *,
    name: str | None = None,
    allow_mass_delete: bool = False,
    dry: bool = False,
    progress: Progress | None = None,
) -> Synced:
    """Brings book and remote to the same state, at most five times when others push at the same moment."""
    book.check_writable()
    git = open_git(book.root)
    remote = remote_for(book, git, name, progress)
    done = Synced(remote.name)
    work = _Work(book, git, remote, done, allow_mass_delete)
    edits = work.edits_by_hand(dry)
    reason: str | None = None
    for _ in range(ROUNDS):
        theirs = remote.fetch(refs.head(book.root), work.look_at)
        if dry:
            work.foresee(theirs, edits)
            return done
        head = work.take_in(theirs)
        reason = None if head == theirs else remote.push(head, instead=epoch.stale(git, head, theirs))
        if reason is None:
            epoch.settle(book, git)
            note_tracking(git, remote.name, remote.branch, head)
            _note_sync(git.where, remote.name, head)
            book.close()
            return done
    raise Unreachable(
        f"{host_of(remote.address)} took none of {ROUNDS} attempts: {reason}",
        hint="others push at the same moment, or left a lock there; try again in a minute",
    )


@dataclass(frozen=True)
class _Work:
    """One sync under way."""

    book: Book
    git: Git
    remote: Remote
    done: Synced
    allowed: bool

    def _writing(self) -> "contextlib.AbstractContextManager[Transaction]":
        return begin(self.book.root, wait=self.book.lock_timeout, trusted=self.book.config.trusts)

    def edits_by_hand(self, dry: bool) -> Sequence[Write]:
        """Commits what was changed with an editor; with `dry` says what that would be."""
        book = self.book
        with self._writing() as transaction:
            if not dry:
                self.done.by_hand += transaction.hand_edits(book.folders, book.is_valid)
                return ()
            edits = transaction.edits(book.folders, book.is_valid)
            self.done.by_hand += sorted(edit.path for edit in edits)
            return edits

    def look_at(self, git: Git, theirs: str) -> None:
        """Refuses what may not come into a book, before anything of it is used."""
        head = refs.head(self.book.root)
        if head == theirs:
            return
        bases = objects.merge_bases(git, head, theirs) if head else ()
        if head and not bases and not epoch.crossing(git, head, theirs):
            raise Refused(
                "the remote holds another book: the two have no common history",
                hint="crm clone URL DIR gets that one; an empty remote can take this one",
            )
        check_number(git, theirs)
        came = changed_there(git, bases, head, theirs)
        check_incoming(git, came, self.book.kinds, our_paths(git, head, came), self.remote.limits.bytes)

    def take_in(self, theirs: str | None) -> str:
        """Our branch with theirs merged into it; the commit on which it stands then."""
        book, done = self.book, self.done
        foreseen = self._combined(refs.head(book.root), theirs)  # a long merge keeps no other writer waiting
        with self._writing() as transaction:
            done.by_hand += transaction.hand_edits(book.folders, book.is_valid)
            head = transaction.head
            if head is None:
                raise Refused("this book has no commit yet", hint="crm init makes a book with its first commit")
            if turn := self._turn(head, theirs):
                return self._turned(transaction, turn)
            combined = foreseen if foreseen and foreseen.ours == head else self._combined(head, theirs)
            if combined is None:
                done.first = True
            elif not combined.up_to_date:
                _guard(book, self.git, combined, allowed=self.allowed)
                _check_disk(transaction, combined)
                # What does not go there is there already, and so among the objects that came.
                writes = [
                    Write(path, after, known=path not in combined.went) for path, (_, after) in combined.came.items()
                ]
                adopt = theirs if combined.fast_forward else None
                others = () if adopt or theirs is None else (theirs,)
                transaction.commit(writes, MESSAGE, book.identity, parents=others, adopt=adopt)
            if combined:
                _add(done.came, combined.came)
                _add(done.went, combined.went)
            self._look_at_ours(transaction.head or head, theirs)
            return transaction.head or head

    def _turn(self, head: str, theirs: str | None, *, dry: bool = False) -> histories.Turn | None:
        tracking = tracking_ref(self.remote.name, self.remote.branch)
        turn = epoch.turn(self.book, self.git, tracking, head, theirs, dry=dry)
        if turn:
            self.done.across = _AHEAD if turn.commit is None else _BEHIND
            self.done.failed += turn.failed
        return turn

    def _turned(self, transaction: Transaction, turn: histories.Turn) -> str:
        """From the history before an erasure to the one behind it; the commit on which our branch stands then."""
        _guard(self.book, self.git, turn.lost, allowed=self.allowed)
        _check_disk(transaction, turn.combined)
        writes = [Write(path, after) for path, (_, after) in turn.combined.came.items()]
        transaction.commit(writes, MESSAGE, self.book.identity, adopt=turn.commit)
        _add(self.done.came, turn.combined.came)
        _add(self.done.went, turn.combined.went)
        assert transaction.head
        return transaction.head

    def _combined(self, head: str | None, theirs: str | None) -> Combined | None:
        if head is None or theirs is None:
            return None
        if erased := epoch.combined(self.book, self.git, head, theirs):
            return erased
        return combine(GitHistory(self.git), self.book.kinds, head, theirs, self.book.root.name)

    def _look_at_ours(self, head: str, theirs: str | None) -> None:
        """Notes the first file that goes there and that the other machines are going to refuse."""
        if head == theirs:
            return
        going = [found for found in differences(self.git, theirs or EMPTY_TREE, head) if found.theirs]
        fault = next(faults(self.git, going, self.book.kinds, our_paths(self.git, theirs, going)), None)
        if fault:
            told = f"{visible(fault.path)} went along, {fault.reason}: the other machines will refuse it"
            self.done.doubtful = f"{told}; {fault.hint}" if fault.hint else told

    def foresee(self, theirs: str | None, edits: Sequence[Write]) -> None:
        """What would come and go, edits by hand that are not committed yet among it."""
        head, done = refs.head(self.book.root), self.done
        turn = self._turn(head, theirs, dry=True) if head else None
        combined = turn.combined if turn else self._combined(head, theirs)
        done.first = combined is None
        if combined:
            _guard(self.book, self.git, turn.lost if turn else combined, allowed=self.allowed)
            done.came, done.went = combined.came, combined.went
        before = objects.blobs(self.git, [f"{head}:{edit.path}" for edit in edits]) if head else [None] * len(edits)
        for edit, data in zip(edits, before, strict=True):
            done.went.setdefault(edit.path, (data, edit.data))


def _add(known: dict[str, Turn], more: dict[str, Turn]) -> None:
    """Several rounds as one: a file was first as the first of them found it."""
    for path, (before, after) in more.items():
        known[path] = (known[path][0] if path in known else before, after)


def _check_disk(transaction: Transaction, combined: Combined) -> None:
    """Nothing is written over what a person has in a file and has not committed."""
    for path, (before, after) in combined.came.items():
        transaction.check_unstaged(path)
        if transaction.read(path) in (before, after):
            continue
        if before is None:
            raise Refused(f"{path} came, and a file of that name is here that git does not know", hint="move it away")
        raise Refused(
            f"{path} holds changes that are not committed, and another version of it came",
            hint=f"crm doctor says what is wrong with it; git restore {path} puts it back",
        )


def _guard(book: Book, git: Git, combined: Combined, *, allowed: bool) -> None:
    """Stops a merge that would take away more of our records than anybody deletes on purpose."""
    gone = [
        path
        for path, (before, after) in combined.came.items()
        if before and after is None and is_record(book.kinds, path)
    ]
    if allowed or len(gone) <= _SMALL * _MOST_SHARE:
        return
    had = sum(is_record(book.kinds, path) for path in objects.tree(git, combined.ours))
    if len(gone) > _MOST_GONE or (had >= _SMALL and len(gone) > had * _MOST_SHARE):
        raise Refused(
            f"this sync would delete {len(gone)} of your {had} records, so nothing was taken",
            hint="if that is meant: crm sync --allow-mass-delete",
        )


def _note_sync(where: Layout, remote: str, commit: str) -> None:
    """Notes when this clone last synced; one that cannot note it has synced all the same."""
    content = {"when": int(time.time()), "remote": remote, "commit": commit}
    fresh = where.tmp / f"sync-{os.getpid()}"
    with contextlib.suppress(OSError):
        where.tmp.mkdir(mode=0o700, exist_ok=True)
        fresh.write_text(json.dumps(content))
        os.replace(fresh, where.crm / "sync")
