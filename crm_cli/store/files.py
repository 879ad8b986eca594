"""Finding and reading the files of a book without following or opening anything that is not a plain file."""

import errno
import os
import stat
from collections.abc import Collection, Iterable, Sequence
from dataclasses import field
from pathlib import Path

from crm_cli.base.errors import Refused
from crm_cli.base.lean import dataclass
from crm_cli.base.patterns import pattern
from crm_cli.schema.problem import Problem

RECORD_LIMIT = 1 << 20
FILE_LIMIT = 50 << 20
MARK = "crm.yaml"
"""The file that makes a directory a book."""

_RECORD = pattern(r"(?!(?:con|prn|aux|nul|com[1-9]|lpt[1-9])\.)[a-z0-9][a-z0-9-]{0,63}\.yaml")
_DEEPEST = 2  # year and month
_DATED = pattern(r"[0-9]{4}|[0-9]{2}")
_OPEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
_OPEN_FOLDER = os.O_RDONLY | os.O_NOFOLLOW | os.O_DIRECTORY | os.O_CLOEXEC

Entry = tuple[str, int, int, int, int]
"""Name, mode, size in bytes, mtime in ns, inode: whatever stands in a folder, not judged yet."""

Seen = list[tuple[str, list[Entry] | None]]
"""Folders by their paths, each before those beneath it; None stands for what should be a folder and is none."""

File = tuple[str, int, int, int]
"""Relative path, size in bytes, mtime in ns, inode: a plain tuple, since a book has 100,000 of them."""


@dataclass(slots=True)
class Scan:
    """The record files of some folders, and what lies among them that cannot be read as one."""

    files: list[File] = field(default_factory=list)
    odd: list[Problem] = field(default_factory=list)


def find_root(start: Path) -> Path | None:
    """The nearest directory from `start` upwards that holds a book, as it is called without symbolic links.

    What writes follows none: a book may be reached by one, as may whatever it lies in.
    """
    start = Path(os.path.realpath(start))
    return next((place for place in (start, *start.parents) if os.path.isfile(place / MARK)), None)


def is_record_name(name: str) -> bool:
    """Whether a file name is that of a record: a plain stem and `.yaml`."""
    return bool(_RECORD.fullmatch(name))


def is_passed_over(name: str) -> bool:
    """Whether a file is a dot file or an editor's backup, which nobody means as a record."""
    return name.startswith((".", "#")) or name.endswith(("~", ".bak", ".swp", ".tmp", ".orig", ".rej"))


def scan(root: Path, folders: Sequence[str], dated: Collection[str] = ()) -> Scan:
    """Everything in the folders of kinds; those in `dated` have folders of years and months beneath them."""
    return judge(seen for folder in folders for seen in look(root, folder, dated=folder in dated))


def look(root: Path, folder: str, *, dated: bool) -> Seen:
    """What stands in the folder of a kind, exactly as the system tells it: two equal looks mean that nothing changed.

    Every reading command does this for every file of the book, so whatever can wait until something did change is
    left to `judge`.
    """
    if os.path.islink(root / folder):
        place = root / folder
        raise Refused(f"{place} is a symbolic link: a book's folders must lie inside it", hint=f"remove {folder}")
    seen: Seen = []
    waiting = [(folder, _DEEPEST if dated else 0)]
    while waiting:
        path, depth = waiting.pop()
        try:
            entries = _entries(os.path.join(root, path))
        except FileNotFoundError:
            continue
        seen.append((path, entries))
        if depth and entries:
            waiting += [(f"{path}/{entry[0]}", depth - 1) for entry in entries if _is_dated(entry)]
    return seen


def called(root: Path, folder: str, name: str, *, dated: bool) -> list[str]:
    """The paths of the record files that have this name; none in a folder that is a link, which `look` refuses."""
    if not is_record_name(name) or os.path.islink(root / folder):
        return []
    folders, beneath = [folder], [folder]
    for _ in range(_DEEPEST if dated else 0):
        beneath = [f"{path}/{entry[0]}" for path in beneath for entry in _folders(root / path)]
        folders += beneath
    return [path for path in (f"{place}/{name}" for place in folders) if os.path.isfile(root / path)]


def _folders(place: Path) -> list[Entry]:
    try:
        return [entry for entry in _entries(str(place)) or () if _is_dated(entry)]
    except FileNotFoundError:
        return []


def _entries(place: str) -> list[Entry] | None:
    try:
        descriptor = os.open(place, _OPEN_FOLDER)
    except NotADirectoryError:
        return None
    try:
        while (entries := _listed(descriptor)) is None:
            pass
        return entries
    finally:
        os.close(descriptor)


def _listed(descriptor: int) -> list[Entry] | None:
    """What stands in an open folder; None where something went away between its name and its time."""
    # From an open folder the system finds each file by its name alone, not by the whole path to it.
    with os.scandir(descriptor) as listing:
        try:
            return [
                (
                    found.name,
                    (facts := found.stat(follow_symlinks=False)).st_mode,
                    facts.st_size,
                    facts.st_mtime_ns,
                    facts.st_ino,
                )
                for found in listing
            ]
        except FileNotFoundError:
            return None


def _is_dated(entry: Entry) -> bool:
    return stat.S_ISDIR(entry[1]) and _DATED.fullmatch(entry[0]) is not None


def judge(seen: Iterable[tuple[str, list[Entry] | None]], looked: Collection[str] = ()) -> Scan:
    """Which of what stands in those folders are the files of records, and which are odd.

    `looked` are folders that were looked into besides, so that they are nothing odd.
    """
    found, good, folders = Scan(), _RECORD.fullmatch, dict(seen)
    beneath = {*folders, *looked}
    for folder, entries in folders.items():
        if entries is None:
            found.odd.append(Problem(folder, 0, "not-a-file", "a folder is expected here"))
            continue
        for name, mode, size, mtime, inode in entries:
            path = f"{folder}/{name}"
            if good(name) and stat.S_ISREG(mode):
                found.files.append((path, size, mtime, inode))
            elif path not in beneath and not is_passed_over(name):
                found.odd += _odd(path, name, mode)
    return found


def _odd(path: str, name: str, mode: int) -> list[Problem]:
    named_as_record = name.lower().endswith((".yaml", ".yml"))
    if stat.S_ISDIR(mode) and not named_as_record:
        return [Problem(path, 0, "file-name", "records are not looked for in this folder")]
    if named_as_record and not stat.S_ISREG(mode):
        return [Problem(path, 0, "not-a-file", f"is {_what(mode)}")]
    if named_as_record:
        message = "a record's file is named in a-z, 0-9 and -, and ends in .yaml"
        return [Problem(path, 0, "file-name", message, fix="rename it")]
    return []


def read(root: Path, path: str, limit: int = RECORD_LIMIT) -> bytes | Problem:
    """The bytes of a plain file of at most `limit` bytes; `FileNotFoundError` when there is none."""
    try:
        descriptor = os.open(os.path.join(root, path), _OPEN)
    except (FileNotFoundError, NotADirectoryError):
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path) from None
    except OSError as error:
        return _unreadable(path, error)
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            return Problem(path, 0, "not-a-file", f"is {_what(found.st_mode)}")
        if found.st_size > limit:
            return _too_large(path, limit)
        # No more room than the file needs: a buffer of the limit costs more than all the rest of this function.
        data = os.read(descriptor, found.st_size + 1)
        if len(data) != found.st_size:  # it is being written
            with open(descriptor, "rb", closefd=False) as file:
                data += file.read(limit + 1)
        return data if len(data) <= limit else _too_large(path, limit)
    except OSError as error:
        return _unreadable(path, error)
    finally:
        os.close(descriptor)


def _too_large(path: str, limit: int) -> Problem:
    return Problem(path, 0, "too-large", f"is larger than {limit >> 20} MiB")


def _unreadable(path: str, error: OSError) -> Problem:
    if error.errno in (errno.EMFILE, errno.ENFILE, errno.ENOMEM):
        raise error  # says something about us and nothing about the file
    if error.errno == errno.ELOOP:
        return Problem(path, 0, "not-a-file", "is a symbolic link")
    if error.errno == errno.ENXIO:
        return Problem(path, 0, "not-a-file", "is a socket or a device")
    return Problem(path, 0, "not-a-file", f"cannot be read: {error.strerror}")


def _what(mode: int) -> str:
    names = {
        stat.S_IFLNK: "a symbolic link",
        stat.S_IFDIR: "a folder",
        stat.S_IFIFO: "a named pipe",
        stat.S_IFSOCK: "a socket",
    }
    return names.get(stat.S_IFMT(mode), "a device")
