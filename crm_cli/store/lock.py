"""One writer at a time: an advisory lock on a file that is never removed.

The lock belongs to the open file, so git children that inherit the descriptor keep it until they have ended, also when
their parent was killed. A lock file that somebody removed while it was held is noticed by its inode.
"""

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

from crm_cli.base.errors import Busy

_FIRST_PAUSE = 0.005
_LONGEST_PAUSE = 0.1
_FLAGS = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC


class Lock:
    """A lock that is held; `descriptor` is what children inherit."""

    def __init__(self, path: Path, wait: float) -> None:
        self.path = path
        self.descriptor = _acquire(path, wait)

    def held(self) -> bool:
        """Whether the file we locked is still the one that others would lock."""
        return _same(self.descriptor, self.path)

    def renew(self, wait: float) -> None:
        """Lock the file that stands there now, since ours was removed."""
        gone = self.descriptor
        self.descriptor = _acquire(self.path, wait)
        os.close(gone)

    def release(self) -> None:
        """Let others in."""
        fcntl.flock(self.descriptor, fcntl.LOCK_UN)
        os.close(self.descriptor)


@contextlib.contextmanager
def locked(path: Path, wait: float) -> Iterator[Lock]:
    """Hold the lock; `Busy` after `wait` seconds, at once when it is 0."""
    lock = Lock(path, wait)
    try:
        yield lock
    finally:
        lock.release()


def _acquire(path: Path, wait: float) -> int:
    deadline = time.monotonic() + wait
    pause = _FIRST_PAUSE
    while True:
        descriptor = os.open(path, _FLAGS, 0o600)
        if _try(descriptor) and _same(descriptor, path):
            _sign(descriptor)
            return descriptor
        holder = _holder(descriptor)
        os.close(descriptor)
        left = deadline - time.monotonic()
        if left <= 0:
            raise Busy(
                f"another program is writing to the book{holder}",
                hint="try again, or wait longer with --lock-timeout SECONDS",
            )
        time.sleep(min(pause, left))
        pause = min(pause * 1.5, _LONGEST_PAUSE)


def _try(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        os.close(descriptor)
        raise
    return True


def _same(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), os.lstat(path))
    except FileNotFoundError:
        return False


def _sign(descriptor: int) -> None:
    with contextlib.suppress(OSError):  # who holds it is only told for comfort; a full disk must not stop us here
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, b"%d" % os.getpid(), 0)


def _holder(descriptor: int) -> str:
    pid = os.pread(descriptor, 20, 0)
    return f" (process {pid.decode()})" if pid.isdigit() else ""
