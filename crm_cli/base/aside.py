"""Does a part of the work in a second process, where there is a second core and no thread to be torn by a fork."""

import contextlib
import marshal
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NoReturn, TypeVar

Task = TypeVar("Task")
_SIZE = 8  # bytes of a length
_TALK = 2  # the last descriptor of stdin, stdout, stderr


class Other:
    """The second process, seen from the first one."""

    def __init__(self, process: int, reading: int) -> None:
        self._process = process
        self._stream = os.fdopen(reading, "rb")

    def hear(self) -> Any:
        """Waits for the next result; `EOFError` when there is none to come."""
        size = int.from_bytes(self._stream.read(_SIZE))
        try:
            return marshal.loads(self._stream.read(size))  # from a file of Python's marshal reads byte by byte
        except (ValueError, TypeError, OSError) as error:
            raise EOFError from error

    def end(self) -> None:
        """Ends it: it has told everything, or nobody listens any more."""
        self._stream.close()
        with contextlib.suppress(ProcessLookupError, ChildProcessError):
            os.kill(self._process, signal.SIGKILL)
            os.waitpid(self._process, 0)


@contextlib.contextmanager
def aside(work: Callable[[Task], Any], tasks: Sequence[Task]) -> Iterator[Iterator[Any]]:
    """Begin the tasks; what is given yields their results in order, and waits for each.

    Results are what marshal takes. A task that the other process does not get to, whatever the reason, is done here.
    """
    other = begin(work, tasks) if tasks else None
    if other is None:
        yield map(work, tasks)
        return
    try:
        yield _results(other, work, tasks)
    finally:
        other.end()


def begin(work: Callable[[Task], Any], tasks: Sequence[Task]) -> Other | None:
    """Begins the tasks and goes on; None where nothing can be begun."""
    if not _is_possible():
        return None
    reading, writing = os.pipe()
    try:
        process = os.fork() if min(reading, writing) > _TALK else -1  # somebody closed what the program talks through
    except OSError:  # no more processes, no more memory
        process = -1
    if process < 0:
        os.close(reading)
        os.close(writing)
        return None
    if not process:
        os.close(reading)
        _run(work, tasks, writing)
    os.close(writing)
    return Other(process, reading)


def _is_possible() -> bool:
    if sys.platform == "win32" or signal.getsignal(signal.SIGCHLD) is signal.SIG_IGN:
        return False  # nobody could wait for it: its number may be another process's by then
    threading = sys.modules.get("threading")  # whoever has not loaded it has none
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return cores > 1 and (threading is None or threading.active_count() == 1)


def _run(work: Callable[[Task], Any], tasks: Sequence[Task], to: int) -> NoReturn:
    """The life of the second process: all results first, for a pipe holds less than one of them."""
    try:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        os.closerange(0, _TALK + 1)  # whoever reads what the program says waits until nobody can say more
        told = [marshal.dumps(work(task), 2) for task in tasks]
        with open(to, "wb") as stream:
            for one in told:
                stream.write(len(one).to_bytes(_SIZE))
                stream.write(one)
    finally:
        os._exit(0)  # whatever happened: the other process notices what is missing


def _results(other: Other, work: Callable[[Task], Any], tasks: Sequence[Task]) -> Iterator[Any]:
    for done in range(len(tasks)):
        try:
            result = other.hear()
        except EOFError:
            yield from map(work, tasks[done:])
            return
        yield result
