"""Carries an erasure out: one commit that holds no name, then what this machine keeps beside the book."""

from crm_cli.base.errors import Refused
from crm_cli.book import Book
from crm_cli.services.erasing.cleaning import Cleaned, clean
from crm_cli.services.erasing.erasure import Erasure
from crm_cli.store.erase.ledger import ERASES, LEDGER
from crm_cli.store.transaction import Transaction, Write, begin


def commit_hand_edits(book: Book) -> None:
    """What a person has changed with an editor becomes a commit first, so that it is erased from as well."""
    with begin(book.root, wait=book.lock_timeout, trusted=book.config.trusts) as transaction:
        transaction.hand_edits(book.folders, book.is_valid)
    book.close()


def erase(book: Book, erasure: Erasure) -> Cleaned:
    """Writes an erasure as one commit; what was cleaned up beside the book."""
    with begin(book.root, wait=book.lock_timeout, trusted=book.config.trusts) as transaction:
        check_still(transaction, erasure)
        writes = [Write(path, data) for path, data in erasure.writes.items()]
        transaction.commit(writes, message(erasure), book.identity)
    return clean(book, erasure.eraser)


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
