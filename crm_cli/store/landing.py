"""The second half of a transaction: files take their places, the branch moves, the index hears of it.

The same steps finish a transaction whose process was killed, so each can be taken twice.
"""

import contextlib
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from crm_cli.base.errors import Refused
from crm_cli.base.patterns import pattern
from crm_cli.store import journal, objects, owngit, place, refs, staging
from crm_cli.store.commits import Change, make_commit
from crm_cli.store.git import Git, GitFailed
from crm_cli.store.journal import Journal, Step
from crm_cli.store.layout import Layout
from crm_cli.store.objects import Identity
from crm_cli.store.worktree import disk_id

_INSISTS = 10.0  # seconds for which a branch that somebody else keeps moving is tried again
_NOTHING = "0" * 40
_PATIENCE = 1.0  # seconds that git has to let go of a ref before its lock counts as left behind
_LONG_HELD = 60.0  # seconds after which nobody holds the lock of a ref any more
_AUTHOR = pattern(rb"^author (.*) <(.*)> \d+ [+-]\d+$", re.MULTILINE)


def land(git: Git, entry: Journal, *, again: bool = False) -> None:
    """Move the branch to the journal's commit, tell the index, drop the journal.

    An error before the branch has moved is raised. One behind that leaves the journal to the next command, since the
    transaction holds. `again` means that time has passed since the journal was written.
    """
    where = git.where
    stamp = staging.stamp(where)
    with contextlib.ExitStack() as stack:
        prepared: Callable[[], Path] | None = None
        with contextlib.suppress(GitFailed, OSError):
            prepared = stack.enter_context(staging.preparing(git, entry.old, entry.steps, check=again))
        # So that no commit of the person's falls between branch and index.
        mine = stack.enter_context(staging.index_lock(where))
        advance(git, entry, again=again)
        told = False
        if mine and prepared:
            with contextlib.suppress(GitFailed, OSError):
                private = prepared()
                if staging.stamp(where) != stamp:
                    anew = staging.preparing(git, entry.old, entry.steps, check=True)
                    private = stack.enter_context(anew)()
                staging.install(where, private)
                told = True
        with contextlib.suppress(OSError):
            if not told:
                staging.postpone(where, entry.steps)
            _free_ref(where, entry.branch)  # git moves a branch and passes over a lock that it cannot remove behind it
            journal.drop(where)


def advance(git: Git, entry: Journal, *, again: bool) -> None:
    """Move the branch from the old commit to the new; on top of what somebody else committed meanwhile."""
    ref = f"refs/heads/{entry.branch}"
    deadline = time.monotonic() + _INSISTS
    while time.monotonic() < deadline:
        current = refs.resolve(git.where, ref)
        assert entry.new is not None
        if current == entry.new or (current and current != entry.old and objects.contains(git, current, entry.new)):
            return
        if current != entry.old:
            rebuilt = _on_top(git, entry, current, again=again)
            if rebuilt is None:
                return
            entry = rebuilt
        if _update_ref(git, ref, entry.new or "", entry.old):
            return
    raise Refused(f"the branch {entry.branch} kept moving while crm wrote", hint="try again")


def _update_ref(git: Git, ref: str, new: str, old: str | None) -> bool:
    """False when the branch stands elsewhere than on `old`."""
    try:
        git.run("update-ref", "-m", "crm", ref, new, old or _NOTHING, book=True)
    except GitFailed:
        now = refs.resolve(git.where, ref)
        if now == old:
            raise
        return now == new
    return True


def _on_top(git: Git, entry: Journal, current: str | None, *, again: bool) -> Journal | None:
    """The same changes as a commit on top of `current`; None when it holds them already."""
    if current is None or entry.new is None:
        raise Refused(f"the branch {entry.branch} was removed while crm wrote", hint="git log --all")
    if entry.adopted and entry.old and not objects.contains(git, entry.new, entry.old):
        if again:
            return None  # a rewritten history cannot stand on the old one: the rewriting is done anew
        raise Refused("somebody committed while the history was rewritten", hint="try again")
    held = {path: oid for path, (_, oid) in objects.tree(git, current).items()}
    ours = [step for step in entry.steps if held.get(step.path) in (step.head, step.after)]
    if len(ours) < len(entry.steps) and not again:
        raise Refused("somebody committed another version of the same record meanwhile", hint="try again")
    ours = [step for step in ours if held.get(step.path) != step.after]
    if not ours:
        return None
    changes = [Change(step.path, oid=step.after) for step in ours]
    raw = objects.raw_commit(git, entry.new)
    author = _AUTHOR.search(raw)
    assert author is not None
    who = Identity(author[1].decode("utf-8", "replace"), author[2].decode("utf-8", "replace"))
    message = raw.partition(b"\n\n")[2].decode("utf-8", "replace")
    others = [entry.new] if entry.adopted else objects.parents(git, entry.new)[1 if entry.old else 0 :]
    parents = [current, *others]
    rebuilt = replace(entry, old=current, new=make_commit(git, parents, changes, message, who))
    journal.write(git.where, rebuilt)
    return rebuilt


def take_back(where: Layout, steps: Sequence[Step], before: dict[str, bytes | None]) -> None:
    """Give every path that has its new content the old one again, and forget the transaction."""
    entry = journal.load(where)
    if entry:
        journal.sweep_packs(where, entry)
    done = [step.path for step in steps if step.disk != step.after and disk_id(where.root, step.path) == step.after]
    place.clear(where.tmp)
    contents = {path: data for path in done if (data := before[path]) is not None}
    staged = place.stage(where.tmp, contents)
    place.move(where.root, where.tmp, staged, [path for path in done if path not in contents])
    journal.drop(where)


def recover(git: Git, branch: str) -> Path | None:
    """Finish or forget what a killed process left. Returns the index to compare with when the real one is locked."""
    where = git.where
    owngit.sweep(git.own)
    place.clear(where.tmp)
    place.clear(where.crm, "*.new")
    place.clear(where.crm, "*.work*")
    staging.unlock_own(where)
    _free_tracking(where)
    entry = journal.load(where)
    if entry:
        journal.sweep_packs(where, entry)
        if entry.new and entry.branch == branch:
            _finish(git, entry)
        else:
            journal.drop(where)
    return staging.heal(git, refs.head(where.root))


def _finish(git: Git, entry: Journal) -> None:
    """Carry a transaction through. A file that somebody has edited since keeps the edit; ours is in the history."""
    where = git.where
    _free_ref(where, entry.branch)
    due = [step for step in entry.steps if step.after != step.disk and disk_id(where.root, step.path) == step.disk]
    kept = [step for step in due if step.after]
    contents = objects.blobs(git, [step.after or "" for step in kept])
    known = {step.path: data for step, data in zip(kept, contents, strict=True) if data is not None}
    staged = place.stage(where.tmp, known)
    place.move(where.root, where.tmp, staged, [step.path for step in due if not step.after])
    land(git, entry, again=True)


def _free_tracking(where: Layout) -> None:
    """Remove locks that a killed sync's git left where it notes how far the remote is; it would never note it again.

    Nothing says whose they are, so they have to be old: git holds such a lock for milliseconds.
    """
    for lock in (where.common / "refs" / "remotes").rglob("*.lock"):
        with contextlib.suppress(FileNotFoundError):
            if time.time() - lock.stat().st_mtime > _LONG_HELD:
                lock.unlink()


def _free_ref(where: Layout, branch: str) -> None:
    """Remove locks that our git, killed or hindered, left on the branch: younger than the journal, and they stay."""
    deadline = time.monotonic() + _PATIENCE
    for lock in (where.common / "refs" / "heads" / f"{branch}.lock", where.git / "HEAD.lock"):
        while lock.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        with contextlib.suppress(FileNotFoundError):
            if lock.stat().st_mtime_ns >= where.journal.stat().st_mtime_ns:
                lock.unlink()
