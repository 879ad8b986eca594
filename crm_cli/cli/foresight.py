"""Guesses, before anything is loaded, whether a command will read the book, and has its folders looked at meanwhile.

A wrong guess changes no answer: what was looked at for nothing is dropped, the rest is looked at when it is asked for.
"""

import os
from collections.abc import Sequence
from pathlib import Path

from crm_cli.store.files import find_root
from crm_cli.store.looking import look_ahead

READING = frozenset(
    "add brief due export find list move occasions pipeline prompt remind show timeline touch tui".split()
)
"""Verbs that nearly always ask the index; those that are given ids, and those that git does the work of, seldom do."""


def foresee(words: Sequence[str]) -> None:
    """Begins to look, where this command line will want to know."""
    if not words or not READING.isdisjoint(words):
        look_ahead(lambda: _root(words))


def _root(words: Sequence[str]) -> Path:
    """Where the book is, as it will be found out again; in the second process."""
    named = _named(words)
    place = named or os.environ.get("CRM_RECORDS")
    if (not place or os.path.isdir(place)) and (found := find_root(Path(place or os.curdir))):
        return found
    from crm_cli.services.setup.config import find_book, load_config  # 20 ms, for the names of the user's config

    return find_book(named, load_config(), Path.cwd, os.environ)


def _named(words: Sequence[str]) -> str | None:
    """What -C says, the last one if there are several."""
    named = None
    for place, word in enumerate(words):
        if word in ("-C", "--records"):
            named = words[place + 1] if place + 1 < len(words) else None
        elif word.startswith("--records="):
            named = word.removeprefix("--records=")
        elif word.startswith("-C"):
            named = word.removeprefix("-C")
    return named
