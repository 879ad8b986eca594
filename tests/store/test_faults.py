"""Whatever call a write is killed in or fails at, the book is whole again with the next command."""

import contextlib
import errno
import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from crm_cli.base.errors import CrmError, Refused
from crm_cli.store import place
from crm_cli.store.objects import Identity
from crm_cli.store.transaction import BY_HAND, Write, begin
from tests.effort import sample

Git = Callable[..., str]
ME = Identity("Asha Sharma", "asha@acme.example")
OLD: dict[str, bytes | None] = {
    "contacts/changed.yaml": b"name: before\n",
    "contacts/removed.yaml": b"name: gone\n",
    "interactions/2026/11/added.yaml": None,
}
NEW: dict[str, bytes | None] = {
    "contacts/changed.yaml": b"name: after\n",
    "contacts/removed.yaml": None,
    "interactions/2026/11/added.yaml": b"at: 2026-11-21\n",
}
HAND = {"contacts/hand.yaml": b"name: by hand\n"}
_CALLS = "write fsync rename replace unlink mkdir link".split()
_MOST = 400
STEP = sample(3, 1)
"""Of every three calls one is tried here; a write makes about 80."""


class Faults:
    """Counts the calls that change something, and does `strike` at number `at`, and behind it too if it `stays`."""

    def __init__(self, at: int, strike: Callable[[], None], *, stays: bool = False) -> None:
        self.at = at
        self.stays = stays
        self.strike = strike
        self.count = 0

    def __call__(self) -> None:
        self.count += 1
        if self.count == self.at or (self.stays and self.count > self.at):
            self.strike()

    def patch(self, patch: pytest.MonkeyPatch) -> None:
        """Let every mutating call of this process come by here, and the start and the run of every git."""
        for name in _CALLS:
            patch.setattr(os, name, self.before(getattr(os, name)))
        patch.setattr(os, "open", self.opening(os.open))
        patch.setattr(shutil, "copyfile", self.before(shutil.copyfile))
        patch.setattr(place, "_sync_file_system", self.before(place._sync_file_system))
        patch.setattr(subprocess.Popen, "__init__", self.before(subprocess.Popen.__init__))

    def before(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **named: Any) -> Any:
            self()
            return original(*args, **named)

        return call

    def opening(self, original: Callable[..., int]) -> Callable[..., int]:
        def call(path: Any, flags: int, *args: Any, **named: Any) -> int:
            if flags & os.O_CREAT:
                self()
            return original(path, flags, *args, **named)

        return call


@pytest.fixture
def fresh(book: Path, git: Git, tmp_path: Path) -> Callable[[], Path]:
    """Puts the book back to its state before the write: records, an edit by hand, a file that a person has staged."""
    with begin(book) as transaction:
        transaction.commit([Write(path, data) for path, data in OLD.items() if data], "old", ME)
    for path, data in HAND.items():
        (book / path).write_bytes(data)
    (book / "notes.txt").write_text("mine")
    git("add", "notes.txt")
    saved = tmp_path / "saved"
    shutil.copytree(book, saved)

    def restore() -> Path:
        shutil.rmtree(book)
        shutil.copytree(saved, book)
        return book

    return restore


def write(root: Path) -> None:
    with begin(root) as transaction:
        transaction.hand_edits(["contacts", "interactions"], lambda *_: True, ME)
        transaction.commit([Write(path, data) for path, data in NEW.items()], "new", ME)


def on_disk(root: Path) -> dict[str, bytes | None]:
    return {path: (root / path).read_bytes() if (root / path).exists() else None for path in NEW}


def check_whole(root: Path, git: Git) -> dict[str, bytes | None]:
    """Repair the book; everything is old or everything new, in the history as on the disk. Which of them."""
    with begin(root) as transaction:
        transaction.hand_edits(["contacts", "interactions"], lambda *_: True, ME)
    found = on_disk(root)
    assert found in (OLD, NEW)
    assert (root / "contacts/hand.yaml").read_bytes() == HAND["contacts/hand.yaml"]
    assert git("status", "--porcelain") == "A  notes.txt\n"
    messages = git("log", "--format=%s").splitlines()
    assert messages in (["new"] * (found == NEW) + [BY_HAND, "old", "begin"], [BY_HAND, "new", "old", "begin"])
    assert not [line for line in git("fsck", "--strict").splitlines() if not line.startswith("dangling")]
    ours = root / ".git/crm"
    assert sorted(path.name for path in ours.iterdir()) == ["git", "index-mark", "lock", "tmp"]
    assert not list((ours / "tmp").iterdir())
    assert not [path for path in (root / ".git/objects/pack").iterdir() if path.name.startswith("tmp")]
    return found


def killed(root: Path, at: int, strike: Callable[[], None], pause: bool = False) -> int | None:
    """Run the write in a child that dies at its `at`th call; the calls it made, None when it died."""
    child = os.fork()
    if not child:
        faults = Faults(at, strike)
        try:
            with pytest.MonkeyPatch.context() as patch:
                faults.patch(patch)
                if pause:
                    patch.setattr(subprocess.Popen, "communicate", faults.before(subprocess.Popen.communicate))
                write(root)
        except BaseException:
            os._exit(255)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return None
    assert os.WEXITSTATUS(status) == 0
    return at


def suicide() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def points() -> Iterator[int]:
    yield from range(1, _MOST, STEP)


def test_killed_at_every_call_the_next_command_repairs(fresh: Callable[[], Path], git: Git) -> None:
    outcomes = []
    for at in points():
        root = fresh()
        done = killed(root, at, suicide, pause=True)
        outcomes.append(check_whole(root, git))
        if done:
            break
    assert len(outcomes) > 60 // STEP, "the calls were counted"
    assert outcomes[0] == OLD
    assert outcomes[-1] == NEW
    assert outcomes == sorted(outcomes, key=lambda outcome: outcome == NEW), "once on its way, it arrives"


def test_failing_at_every_call_changes_nothing_or_all(
    fresh: Callable[[], Path], git: Git, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    for at in points():
        root = fresh()
        faults = Faults(at, fail)
        failed: CrmError | None = None
        with monkeypatch.context() as patch:
            faults.patch(patch)
            try:
                write(root)
            except CrmError as error:
                failed = error
        if failed:
            assert on_disk(root) == OLD, at
            assert os.strerror(errno.EIO) in failed.message
        assert check_whole(root, git) == (OLD if failed else NEW), at
        if faults.count < at:
            break
    assert at > 60, "the calls were counted"
    assert not failed


def test_a_disk_that_stays_full_leaves_what_the_next_command_finishes(
    fresh: Callable[[], Path], git: Git, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcomes = []
    for at in points():
        root = fresh()
        faults = Faults(at, _full, stays=True)
        failed = False
        with monkeypatch.context() as patch:
            faults.patch(patch)
            try:
                write(root)
            except CrmError:
                failed = True
        after = check_whole(root, git)
        assert failed or after == NEW
        outcomes.append(after)
        if faults.count < at:
            break
    assert OLD in outcomes
    assert outcomes[-1] == NEW


def test_a_disk_that_is_full_during_the_repair_stays_repairable(
    fresh: Callable[[], Path], git: Git, monkeypatch: pytest.MonkeyPatch
) -> None:
    for at in points():
        root = fresh()
        crash_after_moving(root, 1)
        faults = Faults(at, _full)
        with monkeypatch.context() as patch:
            faults.patch(patch)
            with contextlib.suppress(Refused), begin(root):
                pass
        assert check_whole(root, git) == NEW, at
        if faults.count < at:
            return
    raise AssertionError("the repair never ended")


def _full() -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def crash_after_moving(root: Path, files: int) -> None:
    """Kill a write as soon as so many of the three files are in their new state."""
    child = os.fork()
    if not child:
        moves = Faults(files, suicide)

        def after(original: Callable[..., None]) -> Callable[..., None]:
            def call(*args: Any, **named: Any) -> None:
                original(*args, **named)
                if "dst_dir_fd" in named or "dir_fd" in named:
                    moves()

            return call

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(os, "rename", after(os.rename))
            patch.setattr(os, "unlink", after(os.unlink))
            write(root)
        os._exit(0)
    assert os.WIFSIGNALED(os.waitpid(child, 0)[1])
    found = on_disk(root)
    assert sum(found[path] != OLD[path] for path in found) == files


def test_an_edit_after_the_crash_is_not_overwritten(fresh: Callable[[], Path], git: Git) -> None:
    root = fresh()
    crash_after_moving(root, 1)
    left = next(path for path, data in on_disk(root).items() if data == OLD[path] and data)
    (root / left).write_bytes(b"name: edited after the crash\n")
    with begin(root) as transaction:
        transaction.hand_edits(["contacts", "interactions"], lambda *_: True, ME)
    assert (root / left).read_bytes() == b"name: edited after the crash\n"
    assert git("log", "--format=%s").splitlines()[:2] == [BY_HAND, "new"]
    assert git("status", "--porcelain") == "A  notes.txt\n"


def test_a_commit_of_a_persons_after_the_crash_is_built_upon(fresh: Callable[[], Path], git: Git) -> None:
    root = fresh()
    crash_after_moving(root, 2)
    git("commit", "-q", "-m", "notes", "notes.txt")
    with begin(root) as transaction:
        transaction.hand_edits(["contacts", "interactions"], lambda *_: True, ME)
    assert on_disk(root) == NEW
    assert git("log", "--format=%s").splitlines()[:2] == ["new", "notes"]
    assert git("status", "--porcelain") == ""


def test_locks_of_a_killed_git_are_removed(fresh: Callable[[], Path], git: Git) -> None:
    root = fresh()
    crash_after_moving(root, 3)
    (root / ".git/refs/heads/main.lock").write_text("")
    (root / ".git/HEAD.lock").write_text("")
    (root / ".git/objects/pack/tmp_pack_x1").write_text("half")
    os.link(root / ".git/crm/index-mark", root / ".git/index.lock")
    assert check_whole(root, git) == NEW
    assert not list((root / ".git").glob("*.lock"))


def test_the_lock_of_a_crm_killed_while_it_configured_is_removed_and_gits_is_named(book: Path, git: Git) -> None:
    git("config", "--unset", "crm.branch")
    lock, mark = book / ".git/config.lock", book / ".git/crm/index-mark"
    with begin(book):
        pass
    mark.touch()
    os.link(mark, lock)
    (book / ".git/crm/config.work.lock").touch()
    text = (book / ".git/config").read_text().replace("branch = ", "formerly = ")
    (book / ".git/config").write_text(text)
    with begin(book):
        pass
    assert not lock.exists()
    assert "branch = " in (book / ".git/config").read_text()
    (book / ".git/config").write_text(text)
    lock.touch()
    with pytest.raises(Refused) as caught, begin(book):
        pass
    assert str(lock) in caught.value.hint
    assert lock.exists()


def test_an_old_lock_on_the_note_of_the_remote_is_removed_and_a_young_one_stays(book: Path) -> None:
    folder = book / ".git/refs/remotes/origin"
    folder.mkdir(parents=True)
    old, young = folder / "main.lock", folder / "other.lock"
    old.touch()
    young.touch()
    os.utime(old, (0, 0))
    with begin(book):
        pass
    assert not old.exists()
    assert young.exists()
