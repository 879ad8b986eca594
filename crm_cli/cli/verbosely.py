"""What --verbose adds on stderr when all is done: which book it was, where its index is, how long it took."""

import time

from crm_cli.book import Book
from crm_cli.cli.session import Session


def sum_up(session: Session, begun: float) -> None:
    """A line each for the book and its index, as far as they were asked, and for the seconds since `begun`."""
    book: Book | None = session.__dict__.get("book")
    if book is not None:
        session.say(f"book: {book.root}")
        if "stored" in book.__dict__:
            session.say(f"index: {book.stored.place or 'in memory, made for this command alone'}")
    session.say(f"time: {time.monotonic() - begun:.2f} s")
