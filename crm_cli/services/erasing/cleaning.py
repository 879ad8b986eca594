"""Takes a person out of what this machine keeps beside a book: the index, drafts, reports of bugs, notes of reminders.

Caches are thrown away, since they can be made anew. What cannot be made anew is kept without the person's words; only
the draft of an erased record itself goes. All of it happens when the erasure is written already, so nothing here fails:
what could not be done is a line of the receipt.
"""

import errno
import os
import stat
from collections.abc import Iterator
from dataclasses import field
from pathlib import Path

from crm_cli.base.config import cache_dir, state_dir
from crm_cli.base.errors import CrmError
from crm_cli.base.lean import dataclass
from crm_cli.book import Book
from crm_cli.services.buffer import without
from crm_cli.services.reminding.sent import respell
from crm_cli.store import place
from crm_cli.store.erase.eraser import Eraser
from crm_cli.store.files import FILE_LIMIT
from crm_cli.store.reading import stem

_TEXTS = ("drafts", "bugs")


@dataclass
class Cleaned:
    """How much of what lay beside the book was changed; `failed` are sentences about what could not be."""

    changed: int = 0
    removed: int = 0
    reminders: int = 0
    failed: list[str] = field(default_factory=list)

    @property
    def lines(self) -> list[str]:
        """The lines of a receipt: counts, and no word of what stood there."""
        return [
            f"drafts and reports of bugs changed: {self.changed}",
            f"drafts of the record removed: {self.removed}",
            f"notes of sent reminders changed: {self.reminders}",
            *self.failed,
        ]


def clean(book: Book, eraser: Eraser) -> Cleaned:
    """Cleans up beside a book; the drafts of all books, since a draft does not say of which it is."""
    made = Cleaned()
    book.close()
    cache, state = cache_dir(), state_dir()
    # All trees of settings, found or not: they are stamped with their files, so one that was changed would be believed.
    for file in _below(cache / "yaml") if cache else ():
        _remove(file, "a copy of settings", made)
    for file in sorted(book.cache.glob("index.sqlite*")) if book.cache else ():
        _remove(file, "the index", made)
    _remove(book.root / ".git" / "COMMIT_EDITMSG", "the last commit message", made)
    for file in (file for folder in _TEXTS if state for file in _below(state / folder)):
        try:
            _clean_text(file, eraser, made)
        except OSError as trouble:
            made.failed.append(f"NOT cleaned: a file in {file.parent}: {trouble.strerror}; look through those there")
    try:
        made.reminders = respell(book.root, eraser.traces.replaced, book.lock_timeout) if state else 0
    except (CrmError, OSError) as trouble:
        made.failed.append(f"NOT cleaned: the notes of sent reminders: {trouble}")
    return made


def _below(folder: Path) -> Iterator[Path]:
    """The plain files of a folder; none where it is not there or not ours to read."""
    try:
        found = sorted(folder.iterdir())
    except OSError:
        return
    yield from (file for file in found if place.is_plain(folder, file.name))


def _remove(file: Path, what: str, made: Cleaned) -> None:
    try:
        file.unlink()
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as trouble:
        made.failed.append(f"NOT removed: {what}: {trouble.strerror}; do it by hand: rm {file}")


def _clean_text(file: Path, eraser: Eraser, made: Cleaned) -> None:
    """A draft or report without the person; the file's name too, since a draft is called after its record."""
    if os.stat(file).st_size > FILE_LIMIT:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
    number, dash, name = file.name.partition("-")
    if stem(name) in eraser.entries:
        file.unlink()
        made.removed += 1
        return
    data = file.read_bytes()
    kept = without(data, lambda path: stem(path) in eraser.entries)
    if data and not kept:
        file.unlink()
        made.removed += 1
        return
    text = kept.decode("utf-8", "surrogateescape")
    near = bool(eraser.traces.ids_in(text) or eraser.traces.ids_in(name))
    new = eraser.traces.replaced(text, near=near).encode("utf-8", "surrogateescape")
    home = file.with_name(f"{number}{dash}{eraser.traces.replaced(name)}")
    if (new, home) == (data, file):
        return
    if home != file and os.path.lexists(home):
        home = file.with_name(f"{home.stem}-{os.stat(file).st_ino}{home.suffix}")
    mode = stat.S_IMODE(os.stat(file).st_mode)
    place.put(home, new, home.with_name(f"{home.name}.new"), mode)
    if home != file:
        file.unlink()
    made.changed += 1
