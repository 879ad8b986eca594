"""Carries an erasure out: one commit that holds no name, then what this machine keeps beside the book."""

import contextlib
from pathlib import Path

from crm_cli.base.config import cache_dir, state_dir
from crm_cli.base.errors import Refused
from crm_cli.book import Book
from crm_cli.services.erasing.erasure import Erasure
from crm_cli.store.erase.ledger import ERASES, LEDGER
from crm_cli.store.erase.traces import Traces
from crm_cli.store.files import FILE_LIMIT
from crm_cli.store.transaction import Transaction, Write, begin


def commit_hand_edits(book: Book) -> None:
    """What a person has changed with an editor becomes a commit first, so that it is erased from as well."""
    with begin(book.root, wait=book.lock_timeout, trusted=book.config.trusts) as transaction:
        transaction.hand_edits(book.folders, book.is_valid)
    book.close()


def erase(book: Book, erasure: Erasure) -> str | None:
    """Writes an erasure as one commit; its id, None where nothing changed."""
    with begin(book.root, wait=book.lock_timeout, trusted=book.config.trusts) as transaction:
        check_still(transaction, erasure)
        writes = [Write(path, data) for path, data in erasure.writes.items()]
        commit = transaction.commit(writes, message(erasure), book.identity)
    clean(book, erasure.eraser.traces)
    return commit


def check_still(transaction: Transaction, erasure: Erasure) -> None:
    """Refuses when the book has moved since the erasure was worked out, or a file holds what is not committed."""
    if transaction.head != erasure.head:
        raise Refused("somebody wrote to the book meanwhile", hint="run the command again")
    for path in erasure.writes:
        if transaction.read(path) != erasure.before.get(path):
            raise Refused(
                f"{path} holds changes that are not committed, so nothing was erased",
                hint="crm doctor says what is wrong with it; or put it back with: git restore",
            )


def message(erasure: Erasure) -> str:
    """A commit's message with counts, and marks that mean nobody."""
    kinds = {
        kind.name for id in erasure.eraser.entries for kind in erasure.eraser.kinds.all if _holds(erasure, kind, id)
    }
    count = sum(path in erasure.before and path != LEDGER for path in erasure.writes)
    marks = " ".join(entry.mark for entry in erasure.entries) or "-"
    return f"erase {' and '.join(sorted(kinds)) or 'history'}\n\n{count} files changed\n{ERASES.lstrip()}{marks}"


def _holds(erasure: Erasure, kind: object, id: str) -> bool:
    return f"{getattr(kind, 'folder', '')}/{id}.yaml" in erasure.before


def clean(book: Book, traces: Traces) -> None:
    """Takes the person out of what this machine keeps: the index, drafts, reports of bugs, notes of what was sent."""
    book.close()
    if book.cache:
        for left in book.cache.glob("index.sqlite*"):
            left.unlink(missing_ok=True)
    (book.root / ".git" / "COMMIT_EDITMSG").unlink(missing_ok=True)
    for place in (state_dir(), cache_dir()):
        for file in place.rglob("*") if place else ():
            with contextlib.suppress(OSError, UnicodeError):
                _clean_file(file, traces)


def _clean_file(file: Path, traces: Traces) -> None:
    if file.is_symlink() or not file.is_file() or file.stat().st_size > FILE_LIMIT or ".sqlite" in file.name:
        return
    text = file.read_text("utf-8")
    if not traces.found(text):
        return
    if file.suffix == ".json":  # what was sent must not be sent again
        file.write_text(traces.replaced(text), "utf-8")
    else:
        file.unlink()
