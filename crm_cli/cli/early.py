"""Answers that somebody waits for before every line of a shell: given before Typer is imported.

Only what is plainly understood is answered here: `crm prompt`, with or without -C. Anything else about it, a typo, an
option of every command, --help, goes the way of all commands, to the same answer and to the usual words.
"""

import gc
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crm_cli.cli.session import Session

VERB = "prompt"
REFUSED, INCOMPLETE, BUG = 7, 9, 70
_BOOK = ("-C", "--records")


def understood(words: Sequence[str]) -> str | None:
    """The book that `crm [-C DIR] prompt [-C DIR]` is about, empty where none is named; None for any other command."""
    book, verbs, left = "", 0, list(words)
    while left:
        word = left.pop(0)
        if word == VERB:
            verbs += 1
        elif word in _BOOK and left:
            book = left.pop(0)
        elif word.startswith("--records="):
            book = word.removeprefix("--records=")
        elif word.startswith("-C") and len(word) > 2:
            book = word.removeprefix("-C")
        else:
            return None
    return book if verbs == 1 else None


def answer(book: str) -> int:
    """Answers what was understood; the exit code."""
    gc.disable()  # 13 ms of 200: the process ends before anything is worth collecting
    from crm_cli.cli.said import Options
    from crm_cli.cli.session import Session
    from crm_cli.cli.streams import prepare_streams

    prepare_streams()
    return tell(Session(Options(book=book or None)))


def tell(session: "Session") -> int:
    """Prints how much is due in a few characters, or nothing; the exit code.

    Whoever sees this sees it all day: what is wrong with the book is only said where -C asks for that very book.
    """
    from crm_cli.base.errors import CrmError

    try:
        line, code = _line(session)
        if line:
            print(line)
    except CrmError as error:
        return session.complain(error) if session.options.book else error.code
    except BrokenPipeError:
        return 0
    except OSError:
        return REFUSED
    except Exception:  # a report for each line that somebody types would fill the disk
        if os.environ.get("CRM_DEBUG"):
            raise
        return BUG
    return code


def _line(session: "Session") -> tuple[str, int]:
    from crm_cli.services.tally import due_tally  # 60 ms of book and index, which `crm prompt --help` is not to pay

    book = session.book
    late, today = due_tally(book)
    parts = [f"!{late}"] * bool(late) + [str(today)] * bool(today)
    broken = book.index.has_problems and any(
        problem.severity in ("structural", "field") for problem in book.index.problems()
    )
    book.close()  # which nothing else does where the process ends at once
    return " ".join(parts), INCOMPLETE if broken else 0
