"""Looks after the git repository of a book: whether its history can be read, and whether git is new enough.

Nothing is repaired here: what a damaged repository needs is for a person to choose, so it is said step by step.
"""

import contextlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from crm_cli.base.errors import Refused
from crm_cli.base.text import counted
from crm_cli.schema.problem import Problem
from crm_cli.store import git as door
from crm_cli.store import objects, refs, support
from crm_cli.store.git import Git, GitFailed, open_git
from crm_cli.store.layout import Layout, layout
from crm_cli.store.refs import OID

OLDEST_GIT = (2, 36)
_SLACK = 600  # seconds by which two machines' clocks may differ
_VERSION = re.compile(r"(\d+)\.(\d+)")
_ANEW = "crm git init -b main; crm git add -A; crm git commit -m 'begin a new history'"
_OFFER = f"copy .git/objects back from a backup or another clone; or begin anew: mv .git ../damaged.git; {_ANEW}"


@dataclass
class Health:
    """What is wrong with the repository, and `notes` on what is worth knowing but no problem."""

    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def complain(self, path: str, message: str, code: str = "history") -> None:
        """Takes in one more problem."""
        self.problems.append(Problem(path, 0, code, message))


def look(root: Path, trusted: Callable[[Path], bool], now: float) -> Health:
    """The health of the repository at a time of the machine's clock, in seconds of the epoch."""
    health = Health()
    where = layout(root)
    if where is None:
        health.complain(
            ".git",
            "there is no git repository: the records can be read, but not written, and their history is not here; "
            f"copy .git back from a backup or another clone, or begin a new history: {_ANEW}",
        )
        return health
    try:
        git = open_git(root)
        _version(health, root)
        if _is_supported(health, git, trusted):
            _history(health, git, now)
    except Refused as refused:
        health.complain(".git", f"{refused.message}; {refused.hint}" if refused.hint else refused.message)
    return health


def _version(health: Health, root: Path) -> None:
    answer = door.start(root, ["version"], door.environment(root)).finish().decode("utf-8", "replace").strip()
    found = _VERSION.search(answer)
    if found and (int(found[1]), int(found[2])) < OLDEST_GIT:
        message = f"{answer} cannot see commits safely onto the disk before 2.36; install a newer git"
        health.complain(".git", message, "old-git")


def _is_supported(health: Health, git: Git, trusted: Callable[[Path], bool]) -> bool:
    """Whether crm knows its way about in this repository; a note says why not."""
    try:
        config = support.configuration(git)
    except GitFailed as failed:
        health.complain(".git/config", f"git cannot read its configuration: {failed.message}; edit .git/config")
        return False
    try:
        support.writable(git.where.root, trusted)
        support.check_format(git.where.root, config)
    except Refused as refused:
        health.notes.append(f"{refused.message} ({refused.hint})" if refused.hint else refused.message)
        return False
    if "crm.branch" in config and refs.head(git.where.root):
        try:
            support.check_state(git, config)
        except Refused as refused:
            health.notes.append(f"{refused.message} ({refused.hint})")
    return True


def _history(health: Health, git: Git, now: float) -> None:
    head = refs.head(git.where.root)
    if head is None:
        _no_head(health, git)
        return
    try:
        git.run("fsck", "--no-dangling", "--no-reflogs", "--no-progress", head)
    except GitFailed as failed:
        _damaged(health, git, head, failed.message)
        return
    try:
        git.run("ls-files", "-z")
    except GitFailed as failed:
        health.complain(
            ".git/index",
            f"git's index cannot be read: {failed.message}; history and records are whole: "
            "remove .git/index, then crm git reset",
        )
    commits = list(_commits(git, head))
    health.notes.append(f"the history is whole: {counted(len(commits), 'commit')}")
    _from_the_future(health, commits, now)


def _commits(git: Git, head: str) -> Iterator[tuple[int, str]]:
    """The time and the id of every commit."""
    for line in git.run("rev-list", "--timestamp", head).decode().splitlines():
        stamp, _, oid = line.partition(" ")
        yield int(stamp), oid


def _from_the_future(health: Health, commits: list[tuple[int, str]], now: float) -> None:
    ahead = [commit for commit in commits if commit[0] > now + _SLACK]
    if not ahead:
        return
    stamp, oid = max(ahead)
    day = datetime.fromtimestamp(stamp, UTC).date().isoformat() if stamp < 1 << 37 else "far ahead"
    many = f"{len(ahead)} commits are" if len(ahead) > 1 else "1 commit is"
    health.complain(
        ".git",
        f"{many} dated in the future, the latest {oid[:10]} ({day}): a clock was ahead, or this machine's is behind; "
        "nothing is lost, but until that day every new commit is dated like it",
        "future-commit",
    )


def _no_head(health: Health, git: Git) -> None:
    """HEAD leads to no commit: nothing was committed yet, or HEAD or the branch is damaged."""
    where, branch = git.where, refs.branch(git.where.root)
    last = _last_known(git)
    if branch is None:
        name = _branch_of_config(git) or "main"
        health.complain(
            ".git/HEAD",
            f"HEAD says neither a branch nor a commit, so the history cannot be read; the records can: "
            f"echo 'ref: refs/heads/{name}' > .git/HEAD",
        )
    elif last or _has_objects(where):
        remedy = f"echo {last} > .git/refs/heads/{branch}" if last else _OFFER
        known = f"the last commit known is {last[:10]}" if last else "no commit is known any more"
        health.complain(
            f".git/refs/heads/{branch}",
            f"the branch {branch} leads to no commit, so the history cannot be read; the records can; {known}: "
            f"{remedy}",
        )
    else:
        health.notes.append("nothing has been committed yet")


def _branch_of_config(git: Git) -> str | None:
    return support.configuration(git).get("crm.branch")


def _last_known(git: Git) -> str:
    """The newest commit that git's log of HEAD names and that can be read; empty without one."""
    try:
        lines = (git.where.git / "logs" / "HEAD").read_text("utf-8", "replace").splitlines()
    except OSError:
        return ""
    for line in reversed(lines[-50:]):
        oid = line.partition(" ")[2][:40]
        with contextlib.suppress(GitFailed):
            if OID.fullmatch(oid) and git.run("cat-file", "-t", oid).strip() == b"commit":
                return oid
    return ""


def _has_objects(where: Layout) -> bool:
    return any(path.is_file() for path in where.objects.rglob("*") if path.parent.name != "info")


def _damaged(health: Health, git: Git, head: str, said: str) -> None:
    """Objects are missing or broken: how far the history can be read all the same."""
    health.complain(
        ".git/objects",
        f"the history is damaged ({said.removeprefix('git fsck failed: ')}); {_readable(git, head)}; {_OFFER}",
    )


def _readable(git: Git, head: str) -> str:
    try:
        count = len(list(_commits(git, head)))
        files = objects.tree(git, head)
    except GitFailed:
        return "the records on the disk can be read, the last commit cannot"
    good = _good(git, [oid for _mode, oid in files.values()])
    return f"commits that can be read: {count}; files of the last one that can: {good} of {len(files)}"


def _good(git: Git, oids: Sequence[str]) -> int:
    """How many objects can be read: git gives up at the first broken one, so halves are asked for again."""
    try:
        return sum(data is not None for data in objects.blobs(git, oids))
    except (GitFailed, ValueError):
        half = len(oids) // 2
        return _good(git, oids[:half]) + _good(git, oids[half:]) if half else 0
