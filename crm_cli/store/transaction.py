"""Writing to a book: one lock, hand edits first, then all of a change or nothing of it, as one commit."""

import contextlib
import functools
import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from crm_cli.base.errors import CrmError, Invalid, Refused
from crm_cli.base.lean import dataclass
from crm_cli.schema.problem import Problem
from crm_cli.store import files, gitsetup, journal, landing, looking, objects, owngit, place, refs, support, worktree
from crm_cli.store.commits import Change, Draft, draft
from crm_cli.store.git import Git, GitFailed
from crm_cli.store.identity import identity
from crm_cli.store.journal import Step
from crm_cli.store.layout import Layout, interrupted
from crm_cli.store.lock import Lock, locked
from crm_cli.store.objects import Identity
from crm_cli.store.worktree import Difference

BY_HAND = "edit by hand"
"""The message of a commit that takes in what a person changed with an editor."""


@dataclass(frozen=True, slots=True)
class Write:
    """The new bytes of a file, by its path from the root with `/`; None removes it.

    `known` bytes are among the book's objects already, since they came from elsewhere.
    """

    path: str
    data: bytes | None
    known: bool = False


class Transaction:
    """An open book under its lock; `head` is the commit it stands on."""

    def __init__(self, git: Git, lock: Lock, wait: float) -> None:
        config = support.configuration(git)
        support.check_format(git.where.root, config)
        self._branch = support.check_state(git, config)
        gitsetup.ensure(git, config)
        index = landing.recover(git, self._branch)
        self._git = git
        self._lock = lock
        self._wait = wait
        self._seen: dict[str, bytes | None] = {}
        self._committed: dict[str, str | None] = {}
        self._foreseen: tuple[list[str], list[Change], Draft] | None = None
        self.root = git.where.root
        self.head = refs.head(self.root)
        self._status = worktree.start_status(git, self.head, index)

    def end(self) -> None:
        """Wait for nothing that is still under way."""
        self._status.stop()

    @functools.cached_property
    def _differences(self) -> Mapping[str, Difference]:
        with _plain_errors(self.root):
            return worktree.differences(self._status)

    def hand_edits(
        self, folders: Sequence[str], valid: Callable[[str, bytes], bool], author: Identity | None = None
    ) -> list[str]:
        """Commit what a person changed in `folders` (or files) and `valid` accepts; the paths, sorted."""
        writes = self.edits(folders, valid)
        if writes:
            self.commit(writes, BY_HAND, author or identity(self.root, os.environ))
        return sorted(write.path for write in writes)

    def edits(self, folders: Sequence[str], valid: Callable[[str, bytes], bool]) -> list[Write]:
        """What a person changed in `folders` (or files) and `valid` accepts, not committed yet.

        A file that is gone counts. What is staged, not valid or not a plain file is left alone.
        """
        writes: list[Write] = []
        for found in worktree.unstaged(self.root, self._differences, folders):
            if found.path in self._committed:
                continue
            if found.deleted:
                writes.append(Write(found.path, None))
                continue
            with contextlib.suppress(Invalid):
                data = self.read(found.path)
                if data is not None and valid(found.path, data):
                    writes.append(Write(found.path, data))
        return writes

    def foresee(self, writes: Sequence[Write], message: str, author: Identity) -> None:
        """Make the commit of these writes for the case that nothing was edited by hand, while git is still looking."""
        steps = [
            Step(write.path, disk, disk, after)
            for write in writes
            if (disk := _id(self._seen.get(write.path))) != (after := _id(write.data))
        ]
        if self.head and steps:
            changes = _changes(steps, {write.path: write.data for write in writes}, known=())
            self._foreseen = ([self.head], changes, draft(self._git, [self.head], changes, message, author))

    def _draft(self, parents: list[str], changes: list[Change], message: str, author: Identity) -> Draft:
        if self._foreseen and self._foreseen[:2] == (parents, changes):
            return self._foreseen[2]
        return draft(self._git, parents, changes, message, author)

    def check_unstaged(self, path: str) -> None:
        """`Refused` for a file that a person has staged."""
        found = worktree.lookup(self._differences, path)
        if found and found.staged and path not in self._committed:
            hint = f"git commit, or git restore --staged {path}"
            raise Refused(f"{path} is staged for a commit of yours, so it is not written", hint=hint)

    def read(self, path: str) -> bytes | None:
        """A file as it is on the disk; None when there is none, `Invalid` when it is no plain file."""
        try:
            data = files.read(self.root, path, files.FILE_LIMIT)
        except FileNotFoundError:
            self._seen[path] = None
            return None
        if isinstance(data, Problem):
            raise Invalid(f"{path} {data.message}")
        self._seen[path] = data
        return data

    def commit(
        self,
        writes: Sequence[Write],
        message: str,
        author: Identity,
        parents: Sequence[str] = (),
        adopt: str | None = None,
    ) -> str | None:
        """Write all of it as one commit on `head`, merged with `parents`; its id, or None when nothing differs.

        `adopt` is a commit that stands on `head` and holds just what these writes make: it is taken for the new one.
        """
        contents = {write.path: write.data for write in writes}
        steps = [step for path, data in contents.items() if (step := self._step(path, data))]
        if not steps and not parents and not adopt:
            return None
        self._keep_lock()
        with _plain_errors(self.root):
            if interrupted(self.root):  # the commit before this one holds, but could not be brought to its end
                landing.recover(self._git, self._branch)
            known = {write.path for write in writes if write.known}

            def make(changes: list[Change]) -> Draft:
                return Draft(adopt) if adopt else self._draft(self._parents(parents), changes, message, author)

            self._write(steps, contents, make, adopt, known)
        self._foreseen = None
        for step in steps:
            self._seen[step.path] = contents[step.path]
            self._committed[step.path] = step.after
        self.head = refs.head(self.root)
        return self.head

    def _step(self, path: str, data: bytes | None) -> Step | None:
        """What has to be done about a path; None when it is everywhere as wanted."""
        place.check_path(path)
        self.check_unstaged(path)
        if not place.is_plain(self.root, path):
            raise Refused(f"{path} is not a plain file, so it is not written", hint="move it away")
        before = self._seen[path] if path in self._seen else self.read(path)
        disk, after = _id(before), _id(data)
        found = worktree.lookup(self._differences, path)
        head = self._committed.get(path, found.head if found else disk)
        return None if head == disk == after else Step(path, head, disk, after)

    def _keep_lock(self) -> None:
        """Take the lock again when something removed its file; who wrote in between has moved HEAD."""
        if not self._lock.held():
            self._lock.renew(self._wait)
            if refs.head(self.root) != self.head:
                raise Refused("the lock of the book was removed and another program wrote to it", hint="try again")

    def _parents(self, others: Sequence[str]) -> list[str]:
        return [commit for commit in (self.head, *others) if commit]

    def _write(
        self,
        steps: Sequence[Step],
        contents: Mapping[str, bytes | None],
        make: Callable[[list[Change]], Draft],
        adopted: str | None,
        known: Collection[str],
    ) -> None:
        where = self._git.where
        before = {step.path: self._seen.get(step.path) for step in steps}
        moving = {step.path: contents[step.path] for step in steps if step.disk != step.after}
        try:
            entry = journal.begin(where, self._branch)
            place.settle(self.root, [step.path for step in steps if step.after and step.disk == step.after])
            made = make(_changes(steps, contents, known))
            if made.pack:  # a git that is killed leaves it half written, and is told by the journal from the others
                journal.write(where, entry)
            new = made.write(self._git)
            staged = place.stage(where.tmp, {path: data for path, data in moving.items() if data is not None})
            entry = replace(entry, old=self.head, new=new, steps=tuple(steps), adopted=adopted is not None)
            journal.write(where, entry)
            self._check_unchanged(moving)
            place.move(self.root, where.tmp, staged, [path for path, data in moving.items() if data is None])
            landing.land(self._git, entry)
        except (OSError, CrmError) as error:
            self._take_back(steps, before, error)
            raise

    def _check_unchanged(self, paths: Mapping[str, bytes | None]) -> None:
        for path in paths:
            if worktree.disk_id(self.root, path) != _id(self._seen.get(path)):
                raise Refused(f"{path} was changed by somebody else at this very moment", hint="try again")

    def _take_back(self, steps: Sequence[Step], before: dict[str, bytes | None], cause: Exception) -> None:
        try:
            landing.take_back(self._git.where, steps, before)
        except OSError:
            raise Refused(
                f"the book could not be written, nor put back: {_reason(cause)}",
                hint="once the disk works, the next command finishes this change",
            ) from cause


def _id(data: bytes | None) -> str | None:
    return None if data is None else objects.blob_id(data)


def _changes(steps: Sequence[Step], contents: Mapping[str, bytes | None], known: Collection[str]) -> list[Change]:
    return [
        Change(step.path, oid=step.after) if step.path in known else Change(step.path, contents[step.path])
        for step in steps
        if step.head != step.after
    ]


@contextlib.contextmanager
def begin(root: Path, *, wait: float = 10, trusted: Callable[[Path], bool] = lambda _: False) -> Iterator[Transaction]:
    """Open a book for writing: lock it, repair what a killed process left, refuse what may not be written now."""
    root = Path(os.path.abspath(root))
    where = support.writable(root, trusted)
    looking.forget()
    mask = os.umask(0o077)
    try:
        with _lock(where, wait) as lock:
            with _plain_errors(root):
                opened = Transaction(Git(where, owngit.furnish(where.own), lock.descriptor), lock, wait)
            try:
                yield opened
            finally:
                opened.end()
    finally:
        os.umask(mask)


@contextlib.contextmanager
def _lock(where: Layout, wait: float) -> Iterator[Lock]:
    with _plain_errors(where.root):
        where.crm.mkdir(mode=0o700, exist_ok=True)
        holding = locked(where.lock, wait)
        lock = holding.__enter__()
    try:
        yield lock
    finally:
        holding.__exit__(None, None, None)


def repair(root: Path) -> None:
    """Finish what a killed process left, as far as that is possible now; for readers, who never wait or complain."""
    if interrupted(root):
        with contextlib.suppress(CrmError), begin(root, wait=0):
            pass


@contextlib.contextmanager
def _plain_errors(root: Path) -> Iterator[None]:
    """Say what the system refused in one sentence."""
    try:
        yield
    except OSError as error:
        hint = "nothing was changed; free some space or mend the disk, then try again"
        raise Refused(f"{root} could not be written: {_reason(error)}", hint=hint) from error


def _reason(error: Exception) -> str:
    if isinstance(error, OSError):
        return error.strerror or str(error)
    return error.message if isinstance(error, GitFailed | CrmError) else str(error)
