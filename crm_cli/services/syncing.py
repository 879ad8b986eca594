"""Syncs a book with a remote: hand edits first, then what came is looked at and merged, then ours is sent."""

import contextlib
import json
import time
from dataclasses import field

from crm_cli.base.errors import Refused
from crm_cli.base.lean import dataclass
from crm_cli.book import Book
from crm_cli.store import objects, place, refs, support
from crm_cli.store.git import Git, open_git
from crm_cli.store.layout import Layout
from crm_cli.store.sync.address import check_address, remote_of, without_password
from crm_cli.store.sync.combine import Combined, Turn, combine
from crm_cli.store.sync.filemerge import FileMerge
from crm_cli.store.sync.githistory import EMPTY_TREE, GitHistory, differences
from crm_cli.store.sync.incoming import check_incoming
from crm_cli.store.sync.network import Limits, Progress, Remote, note_tracking
from crm_cli.store.transaction import Transaction, Write, begin

MESSAGE = "sync"
ROUNDS = 5
_MOST_GONE = 20
_MOST_SHARE = 0.3
_SMALL = 20  # a book of fewer records is not guarded


@dataclass
class Synced:
    """What a sync did, or with `dry` would do; `first` when the remote held nothing before."""

    remote: str
    address: str
    came: dict[str, Turn] = field(default_factory=dict)
    went: dict[str, Turn] = field(default_factory=dict)
    by_hand: list[str] = field(default_factory=list)
    first: bool = False


def remote_for(book: Book, git: Git, name: str | None, progress: Progress | None = None) -> Remote:
    """The remote to sync with; `Refused` where the book has none, or one that may not be used."""
    config = support.configuration(git)
    branch = config.get("crm.branch") or refs.branch(book.root) or "main"
    found = remote_of(config, name, branch)
    if found is None:
        raise Refused("this book has no remote", hint="crm git remote add origin URL, then crm sync")
    limits = Limits(book.config.sync.minutes * 60, book.config.sync.fetch_mib << 20)
    return Remote(git, found[0], check_address(found[1]), branch, limits, progress)


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
    done = Synced(remote.name, without_password(remote.address))
    if not dry:
        with _writing(book) as transaction:
            done.by_hand += transaction.hand_edits(book.folders, book.is_valid)
    for _ in range(ROUNDS):
        theirs = remote.fetch(refs.head(book.root))
        if theirs is not None:
            _look_at(git, book, theirs)
        if dry:
            return _foreseen(book, git, done, theirs)
        head = _taken_in(book, git, theirs, done, allow_mass_delete=allow_mass_delete)
        if head == theirs or remote.push(head):
            note_tracking(git, remote.name, remote.branch, head)
            _note_sync(git.where, remote.name, head)
            book.close()
            return done
    raise Refused("others kept pushing at the same moment", hint="try again in a minute")


def _writing(book: Book) -> "contextlib.AbstractContextManager[Transaction]":
    return begin(book.root, wait=book.lock_timeout, trusted=book.config.trusts)


def _look_at(git: Git, book: Book, theirs: str) -> None:
    """Refuses what may not come into a book, before anything of it is used."""
    head = refs.head(book.root)
    check_incoming(git, differences(git, head or EMPTY_TREE, theirs), book.kinds)
    if head and not objects.merge_bases(git, head, theirs):
        raise Refused(
            "the remote holds another book: the two have no common history",
            hint="crm clone URL DIR gets that one; an empty remote can take this one",
        )


def _taken_in(book: Book, git: Git, theirs: str | None, done: Synced, *, allow_mass_delete: bool) -> str:
    """Our branch with theirs merged into it; the commit on which it stands then."""
    with _writing(book) as transaction:
        done.by_hand += transaction.hand_edits(book.folders, book.is_valid)
        head = transaction.head
        if head is None:
            raise Refused("this book has no commit yet", hint="crm init makes a book with its first commit")
        if theirs is None:
            done.first = True
            return head
        combined = combine(GitHistory(git), book.kinds, head, theirs, book.root.name)
        if not combined.up_to_date:
            _guard(book, git, combined, allowed=allow_mass_delete)
            _check_disk(transaction, combined)
            writes = [Write(path, after) for path, (_, after) in combined.came.items()]
            adopt = theirs if combined.fast_forward else None
            transaction.commit(writes, MESSAGE, book.identity, parents=() if adopt else (theirs,), adopt=adopt)
        _add(done.came, combined.came)
        _add(done.went, combined.went)
        return transaction.head or head


def _add(known: dict[str, Turn], more: dict[str, Turn]) -> None:
    """Several rounds as one: a file was first as the first of them found it."""
    for path, (before, after) in more.items():
        known[path] = (known[path][0] if path in known else before, after)


def _check_disk(transaction: Transaction, combined: Combined) -> None:
    """Nothing is written over what a person has in a file and has not committed."""
    for path, (before, after) in combined.came.items():
        if transaction.read(path) not in (before, after):
            raise Refused(
                f"{path} holds changes that are not committed, and another version of it came",
                hint="crm doctor says what is wrong with it; or put it back with: git restore",
            )


def _guard(book: Book, git: Git, combined: Combined, *, allowed: bool) -> None:
    """Stops a merge that would take away more of our records than anybody deletes on purpose."""
    merger = FileMerge(book.kinds, book.settings)
    gone = [
        path for path, (before, after) in combined.came.items() if before and after is None and merger.is_record(path)
    ]
    if allowed or len(gone) <= _SMALL * _MOST_SHARE:
        return
    had = sum(map(merger.is_record, objects.tree(git, combined.ours)))
    if len(gone) > _MOST_GONE or (had >= _SMALL and len(gone) > had * _MOST_SHARE):
        raise Refused(
            f"this sync would delete {len(gone)} of your {had} records, so nothing was taken",
            hint="if that is meant: crm sync --allow-mass-delete",
        )


def _foreseen(book: Book, git: Git, done: Synced, theirs: str | None) -> Synced:
    head = refs.head(book.root)
    if theirs is None or head is None:
        done.first = True
    else:
        combined = combine(GitHistory(git), book.kinds, head, theirs, book.root.name)
        done.came, done.went = combined.came, combined.went
    return done


def _note_sync(where: Layout, remote: str, commit: str) -> None:
    content = {"when": int(time.time()), "remote": remote, "commit": commit}
    place.replace(where.crm / "sync", json.dumps(content).encode())
