"""Finding and reading the files of a book without following or opening anything that is not a plain file."""

import errno
import os
import re
import stat
from collections.abc import Collection, Sequence
from dataclasses import field
from pathlib import Path

from crm_cli.base.errors import Refused
from crm_cli.base.lean import dataclass
from crm_cli.schema.problem import Problem

RECORD_LIMIT = 1 << 20
FILE_LIMIT = 50 << 20
MARK = "crm.yaml"
"""The file that makes a directory a book."""

_RECORD = re.compile(r"(?!(?:con|prn|aux|nul|com[1-9]|lpt[1-9])\.)[a-z0-9][a-z0-9-]{0,63}\.yaml")
_DEEPEST = 2  # year and month
_DATED = re.compile(r"[0-9]{4}|[0-9]{2}")
_OPEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY

File = tuple[str, int, int, int]
"""Relative path, size in bytes, mtime in ns, inode: a plain tuple, since a book has 100,000 of them."""


@dataclass(slots=True)
class Scan:
    """The record files of some folders, and what lies among them that cannot be read as one."""

    files: list[File] = field(default_factory=list)
    odd: list[Problem] = field(default_factory=list)


def find_root(start: Path) -> Path | None:
    """The nearest directory from `start` upwards that holds a book."""
    start = Path(os.path.abspath(start))
    return next((place for place in (start, *start.parents) if os.path.isfile(place / MARK)), None)


def is_record_name(name: str) -> bool:
    """Whether a file name is that of a record: a plain stem and `.yaml`."""
    return bool(_RECORD.fullmatch(name))


def is_passed_over(name: str) -> bool:
    """Whether a file is a dot file or an editor's backup, which nobody means as a record."""
    return name.startswith((".", "#")) or name.endswith(("~", ".bak", ".swp", ".tmp", ".orig", ".rej"))


def scan(root: Path, folders: Sequence[str], dated: Collection[str] = ()) -> Scan:
    """Everything in the folders of kinds; those in `dated` have folders of years and months beneath them."""
    found = Scan()
    for folder in folders:
        place = root / folder
        if place.is_symlink():
            raise Refused(f"{place} is a symbolic link: a book's folders must lie inside it", hint=f"remove {folder}")
        _walk(str(place), folder, _DEEPEST if folder in dated else 0, found)
    return found


def _walk(place: str, prefix: str, depth: int, found: Scan) -> None:
    try:
        listing = os.scandir(place)
    except FileNotFoundError:
        return
    except NotADirectoryError:
        found.odd.append(Problem(prefix, 0, "not-a-file", "a folder is expected here"))
        return
    add, good = found.files.append, _RECORD.fullmatch  # looked up once: this loop runs for every record of the book
    with listing:
        for entry in listing:
            name = entry.name
            if good(name) and entry.is_file(follow_symlinks=False):
                seen = entry.stat(follow_symlinks=False)
                add((f"{prefix}/{name}", seen.st_size, seen.st_mtime_ns, seen.st_ino))
            elif not is_passed_over(name):
                _odd(entry, f"{prefix}/{name}", depth, found)


def _odd(entry: os.DirEntry[str], path: str, depth: int, found: Scan) -> None:
    name = entry.name
    named_as_record = name.lower().endswith((".yaml", ".yml"))
    if entry.is_dir(follow_symlinks=False) and not named_as_record:
        if depth and _DATED.fullmatch(name):
            _walk(entry.path, path, depth - 1, found)
        else:
            found.odd.append(Problem(path, 0, "file-name", "records are not looked for in this folder"))
    elif named_as_record and not entry.is_file(follow_symlinks=False):
        found.odd.append(Problem(path, 0, "not-a-file", f"is {_what(entry.stat(follow_symlinks=False).st_mode)}"))
    elif named_as_record:
        message = "a record's file is named in a-z, 0-9 and -, and ends in .yaml"
        found.odd.append(Problem(path, 0, "file-name", message, fix="rename it"))


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
        with open(descriptor, "rb", closefd=False) as file:
            data = file.read(limit + 1)
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
