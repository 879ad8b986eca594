"""Does a part of the work in a second process, where there is a second core and no thread to be torn by a fork."""

import contextlib
import marshal
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import IO, Any, NoReturn, TypeVar

Task = TypeVar("Task")
_SIZE = 8  # bytes of a length


@contextlib.contextmanager
def aside(work: Callable[[Task], Any], tasks: Sequence[Task]) -> Iterator[Iterator[Any]]:
    """Begin the tasks; what is given yields their results in order, and waits for each.

    Results are what marshal takes. A task that the other process does not get to, whatever the reason, is done here.
    """
    child = _begin(work, tasks) if tasks and _is_possible() else None
    if child is None:
        yield map(work, tasks)
        return
    process, stream = child
    try:
        with stream:
            yield _results(stream, work, tasks)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)  # it has told everything, or nobody listens any more
        os.waitpid(process, 0)


def _is_possible() -> bool:
    import threading  # 1 ms, of which a command that has little to do knows nothing

    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return sys.platform != "win32" and cores > 1 and threading.active_count() == 1


def _begin(work: Callable[[Task], Any], tasks: Sequence[Task]) -> tuple[int, IO[bytes]] | None:
    end, begin = os.pipe()
    try:
        process = os.fork()
    except OSError:  # no more processes, no more memory
        os.close(end)
        os.close(begin)
        return None
    if not process:
        os.close(end)
        _run(work, tasks, begin)
    os.close(begin)
    return process, open(end, "rb")


def _run(work: Callable[[Task], Any], tasks: Sequence[Task], to: int) -> NoReturn:
    """The life of the second process: all results first, for a pipe holds less than one of them."""
    try:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        told = [marshal.dumps(work(task), 2) for task in tasks]
        with open(to, "wb") as stream:
            for one in told:
                stream.write(len(one).to_bytes(_SIZE))
                stream.write(one)
    finally:
        os._exit(0)  # whatever happened: the other process notices what is missing


def _results(stream: IO[bytes], work: Callable[[Task], Any], tasks: Sequence[Task]) -> Iterator[Any]:
    for done in range(len(tasks)):
        try:
            size = int.from_bytes(stream.read(_SIZE))
            result = marshal.loads(stream.read(size))  # from a file of Python's marshal reads byte by byte
        except (EOFError, ValueError, TypeError, OSError):
            yield from map(work, tasks[done:])
            return
        yield result
