"""Putting new contents into the work tree: whole files, on the disk before they are seen, never through a link."""

import errno
import itertools
import os
import re
import stat
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from crm_cli.base.errors import Refused

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_UNWRITABLE = re.compile(r"[\x00-\x1f\x7f\\]")
_MANY = 64  # from here on one sync of the file system costs less than one of each file


def check_path(path: str) -> None:
    """Refuse a path that could leave the book, touch git's own files, or not be written down in one line."""
    parts = path.split("/")
    if _UNWRITABLE.search(path) or any(part in ("", ".", "..") or part[:4].lower() == ".git" for part in parts):
        raise Refused(f"{path!r} is no path that a book can hold")


def stage(tmp: Path, files: Mapping[str, bytes]) -> dict[str, str]:
    """Write the contents beside the work tree and see them onto the disk; the name of each path's temporary file."""
    tmp.mkdir(mode=0o700, exist_ok=True)
    each = len(files) < _MANY
    names = {path: f"{os.getpid()}-{number}" for number, path in enumerate(files)}
    for path, data in files.items():
        _write(f"{tmp}/{names[path]}", data, sync=each)
    if not each and not _sync_file_system(tmp):
        for name in names.values():
            sync(tmp / name)
    return names


def move(root: Path, tmp: Path, staged: Mapping[str, str], removed: Iterable[str] = ()) -> None:
    """Let the staged files take their places and the removed ones go, and see the folders onto the disk."""
    source = os.open(tmp, _FOLDER)
    try:
        ordered = sorted((*staged, *removed), key=_folder)
        for folder, paths in itertools.groupby(ordered, _folder):
            _move_into(root, folder, list(paths), staged, source)
    finally:
        os.close(source)


def settle(root: Path, paths: Sequence[str]) -> None:
    """See files that somebody else wrote onto the disk before a commit vouches for them."""
    if len(paths) < _MANY or not _sync_file_system(root):
        for path in paths:
            sync(root / path)


def clear(folder: Path, pattern: str = "*") -> None:
    """Remove temporary files, those of a killed process too; only the holder of the lock may."""
    for left in folder.glob(pattern):
        left.unlink(missing_ok=True)


def replace(path: Path, data: bytes) -> None:
    """Write a file of our own so that it is seen whole or not at all, also after a power cut."""
    put(path, data, path.with_name(f"{path.name}.new"))
    sync(path.parent)


def put(path: Path, data: bytes, new: Path, mode: int = 0o600) -> None:
    """The same by way of the file `new`, but for the folder, which the caller has to see onto the disk."""
    new.unlink(missing_ok=True)
    _write(new, data, sync=True, mode=mode)
    os.rename(new, path)


def copy(source: Path, target: Path) -> None:
    """A copy of a file with its mode and times."""
    found = source.stat()
    target.write_bytes(source.read_bytes())
    target.chmod(stat.S_IMODE(found.st_mode))
    os.utime(target, ns=(found.st_atime_ns, found.st_mtime_ns))


def sync(path: Path) -> None:
    """See one file or folder onto the disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _move_into(root: Path, folder: str, paths: Sequence[str], staged: Mapping[str, str], source: int) -> None:
    try:
        target = _open_folder(root, folder, create=any(path in staged for path in paths))
    except FileNotFoundError:
        return  # nothing to remove where there is no folder
    try:
        for path in paths:
            name = path.rpartition("/")[2]
            if path in staged:
                os.rename(staged[path], name, src_dir_fd=source, dst_dir_fd=target)
            else:
                _remove(name, target)
        os.fsync(target)
    finally:
        os.close(target)


def _remove(name: str, folder: int) -> None:
    try:
        os.unlink(name, dir_fd=folder)
    except FileNotFoundError:
        return


def _open_folder(root: Path, folder: str, *, create: bool) -> int:
    descriptor = os.open(root, _FOLDER)
    for part in filter(None, folder.split("/")):
        parent = descriptor
        try:
            if create:
                _make(part, parent)
            descriptor = os.open(part, _FOLDER, dir_fd=parent)
        except OSError as error:
            if error.errno in (errno.ELOOP, errno.ENOTDIR):
                raise Refused(f"{folder} is not a plain folder, so nothing is written there") from None
            raise
        finally:
            os.close(parent)
    return descriptor


def _make(name: str, parent: int) -> None:
    try:
        os.mkdir(name, 0o700, dir_fd=parent)
    except FileExistsError:
        return
    os.fsync(parent)


def _write(path: Path | str, data: bytes, *, sync: bool, mode: int = 0o600) -> None:
    descriptor = os.open(path, _NEW, mode)
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        if sync:
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sync_file_system(place: Path) -> bool:
    """See all of this file system onto the disk; False where the system cannot, or would not report an error."""
    import ctypes  # 5 ms, for batches only

    syncfs = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)
    if syncfs is None:
        return False
    descriptor = os.open(place, _FOLDER)
    try:
        if syncfs(descriptor):
            code = ctypes.get_errno()
            raise OSError(code, os.strerror(code), str(place))
        return True
    finally:
        os.close(descriptor)


def is_plain(root: Path, path: str) -> bool:
    """Whether a path is free or holds a plain file, so that it may be replaced."""
    try:
        return stat.S_ISREG(os.lstat(root / path).st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return True
