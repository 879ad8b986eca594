"""Who else on the machine may look into a book: its files are for their owner alone."""

import contextlib
import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from crm_cli.base.errors import Refused
from crm_cli.schema.problem import Problem
from crm_cli.store import support
from crm_cli.store.files import MARK
from crm_cli.store.git import open_git

FOLDERS = (".git",)
"""Places besides those that crm writes that hold people's data."""

_OTHERS = 0o077
_ALONE = ("", "0", "false", "no", "off", "umask")


def open_doors(root: Path, folders: Sequence[str]) -> list[Path]:
    """Files and folders of the book that somebody else may read or write; none in one that is shared on purpose."""
    found = [place for place in (root, *_beneath(root, (*folders, *FOLDERS))) if _is_open(place)]
    return [] if found and _is_shared(root) else found


def _beneath(root: Path, folders: Sequence[str]) -> Iterator[Path]:
    for folder in folders:
        place = root / folder
        yield place
        if folder == ".git" or place.is_symlink():
            continue  # what lies beneath a closed folder cannot be reached
        for here, inner, names in os.walk(place):
            yield from (Path(here, name) for name in (*inner, *names))


def _is_open(place: Path) -> bool:
    try:
        found = os.lstat(place)
    except OSError:
        return False
    plain = stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode)
    return plain and found.st_uid == os.geteuid() and bool(found.st_mode & _OTHERS)


def _is_shared(root: Path) -> bool:
    """Whether git was told that a group works in this directory."""
    try:
        return support.configuration(open_git(root)).get("core.sharedrepository", "").lower() not in _ALONE
    except Refused:
        return False


def close(places: Sequence[Path]) -> None:
    """Takes from everybody else what they may do with these places; one that went away meanwhile needs it no more."""
    for place in places:
        with contextlib.suppress(FileNotFoundError):
            os.chmod(place, 0o700 if place.is_dir() else 0o600, follow_symlinks=True)


def problems(root: Path, folders: Sequence[str]) -> Iterator[Problem]:
    """One warning, where the book's own directory is open: a closed one keeps everybody out of all of it."""
    doors = open_doors(root, folders) if _is_open(root) else []
    if doors:
        message = "other users of this machine can look into the book"
        yield Problem(MARK, 0, "permissions", message, fix=f"closes {len(doors)} files and folders to them")
