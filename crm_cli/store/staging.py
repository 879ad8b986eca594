"""The person's index: brought up to date for crm's own paths only, and waited for no longer than a `git add` takes.

It is changed as a copy, which takes the place of the original under git's own `index.lock`. The lock is a hard link to
a file of ours, so a lock that a killed crm left can be told from a lock of git's. The configuration is
changed likewise.
"""

import contextlib
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from crm_cli.base.errors import Refused
from crm_cli.store import objects, place
from crm_cli.store.git import Git, Running
from crm_cli.store.journal import Step
from crm_cli.store.layout import Layout

_NOTHING = "0" * 40
_INDEX_LOCK = "index.lock"
_CONFIG_LOCK = "config.lock"
_PATIENCE = 1.0
"""Seconds that a lock may be old and still be that of a git that is about to end. An older one is of an open editor,
or of a git that was killed."""
_ENTER = ("update-index", "--add", "--replace", "--chmod=-x", "-z", "--stdin")
_FORMS = (b"\0\0\0\x02", b"\0\0\0\x03")  # version 4 shortens paths
_PASSED_OVER = 0x80  # the flag of `assume-unchanged`
_LONGEST = 3.0  # seconds, where one git follows the other


@contextlib.contextmanager
def preparing(git: Git, head: str | None, steps: Sequence[Step], *, check: bool) -> Iterator[Callable[[], Path]]:
    """A copy of the index in which the steps are taken meanwhile; what is given waits for that.

    With `check` they are taken only where nobody has staged something else since.
    """
    where = git.where
    private = where.crm / "index.work"
    for left in where.crm.glob("index.work*"):
        left.unlink()
    for shared in where.git.glob("sharedindex.*"):
        with contextlib.suppress(FileExistsError):
            os.link(shared, git.own / shared.name)
    if where.index.exists():
        place.copy(where.index, private)  # with its time: by that git tells which entries it cannot trust
    elif head:
        git.run("read-tree", head, index=private)
    if check and private.exists():
        steps = _untouched(git, private, steps)
    present = [step.path for step in steps if step.after and os.path.lexists(where.root / step.path)]
    entering = git.start(*_ENTER, index=private) if present else None
    try:
        rest = entering.feed(b"".join(os.fsencode(path) + b"\0" for path in present)) if entering else b""
        yield lambda: _entered(git, private, steps, entering, rest)
    finally:
        if entering:
            entering.stop()


def _entered(git: Git, private: Path, steps: Sequence[Step], entering: Running | None, left: bytes) -> Path:
    """Enter the files as they lie on the disk, with size and times, which saves the next `status` from reading them.

    Where the index did not take what the step made, the step's blob is entered: the file was changed since, or a
    person told git to pass it over (`assume-unchanged`). The paths, which hold names of people, go through a pipe:
    everybody on the machine can see the words of a command.
    """
    if entering:
        entering.finish(left)
    rest = _not_held(private.read_bytes() if private.exists() else b"", steps)
    if rest:
        git.run("update-index", "-z", "--index-info", data=b"".join(map(_info, rest)), index=private)
    return private


def _not_held(index: bytes, steps: Sequence[Step]) -> list[Step]:
    """The steps whose blob an index does not surely have at their path; one in another form holds none for sure.

    An entry is, among others: the id in binary, two bytes of flags, the path, a zero byte. Entries are sorted by path,
    so one pass finds all of an import.
    """
    rest: list[Step] = []
    known, at = index[4:8] in _FORMS, 0
    for step in sorted(steps, key=lambda step: os.fsencode(step.path)):
        found = _place(index, step, at) if known and step.after else -1
        if found < 0:
            rest.append(step)
        else:
            at = found
    return rest


def _place(index: bytes, step: Step, at: int) -> int:
    entry, path = bytes.fromhex(step.after or ""), os.fsencode(step.path) + b"\0"
    while (at := index.find(entry, at + 1)) >= 0:
        begin = at + len(entry) + 2
        if index[begin : begin + len(path)] == path:
            return -1 if index[begin - 2] & _PASSED_OVER else at
    return -1


def _info(step: Step) -> bytes:
    mode = b"100644" if step.after else b"0"
    return b"%s %s\t%s\0" % (mode, (step.after or _NOTHING).encode(), os.fsencode(step.path))


def _untouched(git: Git, index: Path, steps: Sequence[Step]) -> list[Step]:
    held: dict[str, str] = {}
    for line in git.run("ls-files", "--stage", "-z", index=index).split(b"\0"):
        fields, _, path = line.partition(b"\t")
        if path:
            held[os.fsdecode(path)] = fields.split(b" ")[1].decode()
    return [step for step in steps if held.get(step.path) in (step.head, step.after)]


def index_lock(where: Layout) -> contextlib.AbstractContextManager[bool]:
    """Hold git's lock on the person's index; False when git holds it itself, and longer than for a moment.

    A commit from an index that has not heard of ours takes our files out of the branch again: the next command brings
    them back, but it is better not to come to that.
    """
    lock, deadline = where.git / _INDEX_LOCK, time.monotonic() + _LONGEST
    with contextlib.suppress(OSError):
        while abs(time.time() - lock.lstat().st_mtime) < _PATIENCE and time.monotonic() < deadline:
            time.sleep(0.01)
    return _own_lock(where, _INDEX_LOCK)


@contextlib.contextmanager
def _own_lock(where: Layout, name: str) -> Iterator[bool]:
    lock, mark = where.git / name, where.crm / "index-mark"
    mark.touch(mode=0o600)
    try:
        os.link(mark, lock)
    except FileExistsError:
        yield False
        return
    try:
        yield True
    finally:
        with contextlib.suppress(OSError):  # the branch may have moved: the next command removes the lock
            lock.unlink()


def unlock_own(where: Layout) -> None:
    """Remove the locks of a crm that was killed, and no others."""
    mark = where.crm / "index-mark"
    for name in (_INDEX_LOCK, _CONFIG_LOCK):
        lock = where.git / name
        with contextlib.suppress(FileNotFoundError):
            if os.path.samestat(os.lstat(lock), os.lstat(mark)):
                lock.unlink()


def configure(git: Git, values: Mapping[str, str]) -> None:
    """Set keys in the book's git configuration, all of them at once.

    git would do it one by one, and a git that is killed leaves a lock behind that nobody could tell from a person's.
    """
    where = git.where
    config, private = where.common / "config", where.crm / "config.work"
    with _own_lock(where, _CONFIG_LOCK) as mine:
        if not mine:
            hint = f"if no git is running: rm {where.git / _CONFIG_LOCK}"
            raise Refused(f"another git is changing the configuration of {where.root}", hint=hint)
        place.clear(where.crm, f"{private.name}*")  # of a killed crm, with the lock of its git
        place.copy(config, private)
        for key, value in values.items():
            git.run("config", "--file", str(private), key, value)
        place.sync(private)
        os.replace(private, config)
        place.sync(where.git)


def stamp(where: Layout) -> tuple[int, int, int] | None:
    """What changes whenever somebody writes the index."""
    try:
        found = where.index.stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def install(where: Layout, private: Path) -> None:
    """Let the copy become the index; the lock on it is held."""
    os.rename(private, where.index)
    place.sync(where.git)


def pending(where: Layout) -> dict[str, str | None]:
    """The paths that the index has not heard of, with the blob that it holds for each."""
    try:
        content: dict[str, str | None] = json.loads(where.pending.read_bytes())
    except (FileNotFoundError, ValueError):
        return {}
    return content


def postpone(where: Layout, steps: Sequence[Step]) -> None:
    """Leave the paths to the next command, since somebody else holds the index."""
    waiting: Mapping[str, str | None] = {step.path: step.head for step in steps} | pending(where)
    place.replace(where.pending, json.dumps(waiting).encode())


def heal(git: Git, head: str | None) -> Path | None:
    """Tell the index what was postponed. While it is still locked: a copy of it that knows."""
    where = git.where
    waiting = pending(where)
    if not head or (not waiting and where.index.exists()):
        return None
    now = objects.tree(git, head) if waiting else {}
    steps = [Step(path, old, None, now[path][1] if path in now else None) for path, old in waiting.items()]
    with index_lock(where) as mine, preparing(git, head, steps, check=True) as prepared:
        private = prepared()
        if not mine:
            return private
        install(where, private)
    where.pending.unlink(missing_ok=True)
    return None
