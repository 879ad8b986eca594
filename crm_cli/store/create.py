"""Making a new book: a directory, a git repository without anybody's template, and the first commit."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from crm_cli.base.errors import Refused
from crm_cli.store import git as door
from crm_cli.store import gitsetup, refs, support
from crm_cli.store.layout import layout
from crm_cli.store.objects import Identity
from crm_cli.store.transaction import Write, begin

_BRANCH = "main"


def init(root: Path, writes: Sequence[Write], message: str, author: Identity) -> str:
    """Make the repository where there is none yet, and commit the first files; the commit."""
    root = Path(os.path.abspath(root))
    repository(root)
    with begin(root) as transaction:
        made = transaction.commit(writes, message, author) or transaction.head
    if made is None:
        raise Refused("a book begins with at least one file")
    return made


def directory(root: Path) -> None:
    """Make a directory where there is none yet, and those above it; nobody else gets in."""
    mask = os.umask(0o077)
    try:
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
    finally:
        os.umask(mask)


def repository(root: Path) -> None:
    """Make directory and repository where there are none yet, with what a book needs on this machine."""
    directory(root)
    mask = os.umask(0o077)
    try:
        if not (root / ".git").exists():
            _make_repository(root, os.environ)
        gitsetup.furnish(support.writable(root, lambda _: False))
    finally:
        os.umask(mask)


def stand_on(root: Path, branch: str) -> None:
    """Let a repository without a commit stand on a branch of this name."""
    door.open_git(root).run("symbolic-ref", "HEAD", f"refs/heads/{branch}", book=True)


def add_remote(root: Path, name: str, address: str) -> None:
    """Note a remote, and that the branch follows the one there, as `git clone` does; people use git as well."""
    git, branch = door.open_git(root), refs.branch(root) or _BRANCH
    for key, value in {
        f"remote.{name}.url": address,
        f"remote.{name}.fetch": f"+refs/heads/*:refs/remotes/{name}/*",
        f"branch.{branch}.remote": name,
        f"branch.{branch}.merge": f"refs/heads/{branch}",
    }.items():
        git.run("config", "--file", str(git.where.common / "config"), key, value)


def _make_repository(root: Path, environ: Mapping[str, str]) -> None:
    settings = door.environment(root, environ)
    door.start(root, ["init", "--quiet", "--template=", f"--initial-branch={_BRANCH}", str(root)], settings).finish()
    if layout(root) is None:
        raise Refused(f"git made no repository in {root}")
