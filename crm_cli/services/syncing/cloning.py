"""Makes a copy of a book that a remote holds: what comes is looked at before a single file is written."""

import contextlib
import os
import re
import shutil
from pathlib import Path

from crm_cli import kinds
from crm_cli.base.config import UserConfig, home
from crm_cli.base.errors import CrmError, Refused
from crm_cli.base.text import visible
from crm_cli.store import create, objects, owngit, refs, support
from crm_cli.store.files import MARK
from crm_cli.store.git import Git, open_git
from crm_cli.store.identity import identity
from crm_cli.store.layout import layout
from crm_cli.store.lock import locked
from crm_cli.store.sync.address import check_address, host_of
from crm_cli.store.sync.githistory import EMPTY_TREE, differences
from crm_cli.store.sync.incoming import check_incoming, check_number
from crm_cli.store.sync.network import Limits, Progress, Remote, note_tracking
from crm_cli.store.transaction import Write, begin

_MARK = ".crm-clone"
"""A file in a copy that is not whole yet: locked while somebody works on it, left behind by who was killed."""


def clone(address: str, directory: Path | None, config: UserConfig, progress: Progress | None = None) -> Path:
    """A new copy of the book at an address; the directory, which must be new, empty, or hold half of such a copy."""
    address = check_address(address)
    root = Path(os.path.abspath((directory or Path(_name_of(address))).expanduser()))
    _check_free(root)
    made = next((place for place in (*reversed(root.parents), root) if not place.exists()), None)
    create.directory(root)
    with locked(root / _MARK, 0):
        if _whole(root, address):
            (root / _MARK).unlink()
            return root
        try:
            create.repository(root)
            _fill(root, address, Limits(config.sync.minutes * 60, config.sync.fetch_mib << 20), progress)
            (root / _MARK).unlink()
        except BaseException:
            _remove(root, made)
            raise
    return root


def _whole(root: Path, address: str) -> bool:
    """Whether a clone that was killed had come to its end; what it left in the middle goes, and nothing else."""
    where = layout(root)
    if where and refs.head(root) is None:
        with contextlib.suppress(CrmError), begin(root):
            pass  # a commit that was under way is there now, or not at all
    if refs.head(root):
        if where and support.configuration(open_git(root)).get("remote.origin.url") == address:
            return True
        raise _taken(root)
    if {place.name for place in root.iterdir()} - {_MARK, ".git"}:
        raise _taken(root)
    shutil.rmtree(root / ".git", ignore_errors=True)
    return False


def _name_of(address: str) -> str:
    name = re.split(r"[/:]", address.rstrip("/"))[-1].removesuffix(".git")
    if not name or name.startswith("."):
        raise Refused(f"{visible(address)} names no directory", hint="crm clone URL DIR")
    return name


def _check_free(root: Path) -> None:
    if root == home():
        raise Refused("the home directory cannot be a book", hint="crm clone URL ~/crm")
    if root.exists() and (not root.is_dir() or (any(root.iterdir()) and not (root / _MARK).is_file())):
        raise _taken(root)


def _taken(root: Path) -> Refused:
    return Refused(f"{root} is there already and is not empty", hint="crm clone URL DIR with another DIR")


def _fill(root: Path, address: str, limits: Limits, progress: Progress | None) -> None:
    where = layout(root)
    assert where is not None
    git = Git(where, owngit.furnish(where.own))
    branch = Remote(git, "origin", address, "", limits).main_branch() or refs.branch(root) or "main"
    remote = Remote(git, "origin", address, branch, limits, progress)
    theirs = remote.fetch(None, lambda git, commit: _look_at(git, commit, remote))
    if theirs is None:
        raise Refused(f"{host_of(address)} holds nothing yet", hint=f"crm init DIR --remote {visible(address)}")
    found = differences(git, EMPTY_TREE, theirs)
    create.stand_on(root, branch)
    create.add_remote(root, "origin", address)
    paths = [difference.path for difference in found]
    contents = objects.blobs(git, [difference.theirs or "" for difference in found])
    with begin(root) as transaction:
        writes = [Write(path, data) for path, data in zip(paths, contents, strict=True)]
        transaction.commit(writes, "clone", identity(root, os.environ), adopt=theirs)
    note_tracking(git, "origin", branch, theirs)


def _look_at(git: Git, commit: str, remote: Remote) -> None:
    check_number(git, commit)
    found = differences(git, EMPTY_TREE, commit)
    check_incoming(git, found, kinds.KINDS, (), remote.limits.bytes)
    if not any(difference.path == MARK for difference in found):
        raise Refused(f"{host_of(remote.address)} holds no book (no {MARK})")


def _remove(root: Path, made: Path | None) -> None:
    """Leaves no half of a copy behind, nor a folder above it that we made."""
    if made:
        shutil.rmtree(made, ignore_errors=True)
        return
    for left in root.iterdir():
        shutil.rmtree(left, ignore_errors=True) if left.is_dir() else left.unlink()
