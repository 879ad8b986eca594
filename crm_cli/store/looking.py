"""Looks at the folders of a book in a second process, while the first one loads what it takes to understand them.

What every reading command asks first is whether any file has changed, which costs a call of the system for each. It
can be asked before a single class of the program is made; where that was not done, or for other folders, it is
asked here and now, with the same answer.
"""

import marshal
import os
from collections.abc import Callable, Mapping
from mmap import mmap
from pathlib import Path
from typing import Any

from crm_cli.base.aside import Other, begin
from crm_cli.store.files import look

_SLOTS = 4093  # a prime: names that share letters do not share a place
_NO_RECORDS = frozenset(("attachments", "quarantine", "templates"))


class _Claims:
    """Which folders are being looked at, in memory that both processes share; two of one place count as one."""

    def __init__(self) -> None:
        self._taken = mmap(-1, _SLOTS)

    def take(self, folder: str) -> bool:
        """Whether nobody had taken it before."""
        place = int.from_bytes(os.fsencode(folder), "big") % _SLOTS  # the same in both processes and in every run
        free = not self._taken[place]
        self._taken[place] = 1
        return free


_ahead: tuple[Other, _Claims] | None = None


def look_ahead(find: Callable[[], Path]) -> None:
    """Begins to look at the folders of the book that `find` finds; both happens in the second process."""
    global _ahead
    claims = _Claims()
    other = begin(lambda _: _looked(find(), claims), (None,))
    _ahead = (other, claims) if other else None


def forget() -> None:
    """What was seen ahead counts no more, because something is written now."""
    global _ahead
    if _ahead:
        _ahead[0].end()
    _ahead = None


def listings(root: Path, folders: Mapping[str, bool]) -> dict[str, bytes]:
    """What stands in each folder, as `files.look` sees it, in bytes; the values say which have folders of years.

    Equal looks are equal bytes. What was seen ahead is used once: who asks again wants to know what is there now.
    """
    global _ahead
    ahead, _ahead = _ahead, None
    found: dict[str, bytes] = {}
    if ahead:
        other, claims = ahead
        try:
            for folder in sorted(folders, reverse=True):  # the other one comes from the other end
                if claims.take(folder):
                    found[folder] = listing(root, folder, dated=folders[folder])
            found |= _heard(other, root, folders)
        finally:
            other.end()
    return {folder: found.get(folder) or listing(root, folder, dated=folders[folder]) for folder in folders}


def listing(root: Path, folder: str, *, dated: bool) -> bytes:
    """One comparison of bytes instead of one for each file; version 2 of the format writes equal values alike."""
    return marshal.dumps(look(root, folder, dated=dated), 2)


def _looked(root: Path, claims: _Claims) -> list[Any]:
    """The book, and for each of its folders whether there are others beneath it and what stands in them."""
    with os.scandir(root) as entries:
        names = sorted(entry.name for entry in entries if entry.is_dir(follow_symlinks=False))
    seen: list[Any] = [os.fspath(root)]
    for name in names:
        if not name.startswith(".") and name not in _NO_RECORDS and claims.take(name):
            found = look(root, name, dated=True)
            seen.append((name, len(found) > 1, marshal.dumps(found, 2)))
    return seen


def _heard(other: Other, root: Path, folders: Mapping[str, bool]) -> Mapping[str, bytes]:
    try:
        place, *seen = other.hear()
    except EOFError:
        return {}
    if place != os.fspath(root):
        return {}
    return {name: data for name, deep, data in seen if name in folders and (folders[name] or not deep)}
