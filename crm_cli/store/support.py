"""Whether a book may be written now: its owner, its kind of repository, and what git is in the middle of."""

import contextlib
import os
import stat
from collections.abc import Callable, Mapping
from pathlib import Path

from crm_cli.base.errors import Refused
from crm_cli.base.patterns import pattern
from crm_cli.store import refs, staging
from crm_cli.store.git import Git
from crm_cli.store.layout import Layout, layout

_OPEN = {
    "MERGE_HEAD": ("merge", "git merge --continue or --abort"),
    "rebase-merge": ("rebase", "git rebase --continue or --abort"),
    "rebase-apply": ("rebase", "git rebase --continue or --abort"),
    "CHERRY_PICK_HEAD": ("cherry-pick", "git cherry-pick --continue or --abort"),
    "REVERT_HEAD": ("revert", "git revert --continue or --abort"),
    "BISECT_LOG": ("bisect", "git bisect reset"),
}
_HEADING = pattern(r"\[([A-Za-z0-9-]+)(?: \"([^\"\\]*)\")?\]")
_ENTRY = pattern(r"([A-Za-z][A-Za-z0-9-]*) = ((?! )[^\"\\#;\x00-\x1f\x7f-\xa0]+(?<! ))")
_FALSE = ("", "0", "false", "no", "off")


def writable(root: Path, trusted: Callable[[Path], bool]) -> Layout:
    """The layout of a book that we may write; `Refused` with the reason otherwise."""
    where = layout(root)
    if where is None:
        outer = next((place for place in root.parents if (place / ".git").exists()), None)
        reason = f"is inside the git repository {outer}" if outer else "has no git repository"
        raise Refused(f"{root} {reason}, so it is only read", hint="a book is the root of a repository of its own")
    if not where.plain:
        raise Refused(
            f"{root} is a linked worktree, a submodule, or has its git directory elsewhere, so it is only read",
            hint="git clone makes a copy that can be written",
        )
    _check_places(where)
    if not trusted(root):
        _check_owner(where)
    return where


def _check_places(where: Layout) -> None:
    if os.lstat(where.root).st_dev != os.lstat(where.git).st_dev:
        raise Refused(f"{where.git} is on another file system than {where.root}, so the book is only read")
    if (where.common / "shallow").exists():
        raise Refused(f"{where.root} is a shallow clone, so it is only read", hint="git fetch --unshallow")
    for place in (where.crm, where.own, where.tmp):
        if place.is_symlink() or (place.exists() and not place.is_dir()):
            raise Refused(f"{place} is not a folder, so nothing is written", hint="remove it")


def _check_owner(where: Layout) -> None:
    for place in (where.root, where.git):
        found = os.lstat(place)
        if found.st_uid != os.geteuid():
            raise Refused(
                f"{place} belongs to another user, so the book is only read", hint=f"crm config trust {where.root}"
            )
    if where.crm.exists() and stat.S_IMODE(os.lstat(where.crm).st_mode) != 0o700:
        where.crm.chmod(0o700)


def configuration(git: Git) -> dict[str, str]:
    """The book's own git configuration as data, without what it includes; the last of several values."""
    place = git.where.common / "config"
    with contextlib.suppress(OSError):  # which git says better
        known = plain_pairs(place.read_bytes().decode("utf-8", "replace"))
        if known is not None:
            return known  # a process of git less: 5 ms
    return pairs(git.run("config", "--file", str(place), "--no-includes", "--list", "-z"))


def plain_pairs(text: str) -> dict[str, str] | None:
    """What a configuration says that is spelt as git writes it; None where git itself has to read it."""
    found: dict[str, str] = {}
    section = ""
    for line in filter(None, (line.strip(" \t") for line in text.split("\n"))):
        heading, entry = _HEADING.fullmatch(line), _ENTRY.fullmatch(line)
        if heading:
            section = heading[1].lower() + ("" if heading[2] is None else f".{heading[2]}")
        elif entry and section:
            found[f"{section}.{entry[1].lower()}"] = entry[2]
        else:
            return None
    return found


def pairs(answer: bytes) -> dict[str, str]:
    """What `git config --list -z` prints, by key."""
    entries = (entry.decode("utf-8", "replace").partition("\n") for entry in answer.split(b"\0") if entry)
    return {key: value if separator else "true" for key, separator, value in entries}


def check_format(root: Path, config: Mapping[str, str]) -> None:
    """Refuse repositories in a form that crm reads at most."""
    forms = {
        "SHA-256 ids": config.get("extensions.objectformat", "sha1") != "sha1",
        "reftable refs": config.get("extensions.refstorage", "files") != "files",
        "a partial clone": "extensions.partialclone" in config or _promised(config),
        "a sparse checkout": config.get("core.sparsecheckout", "").lower() not in _FALSE,
        "a work tree elsewhere": "core.worktree" in config or config.get("core.bare", "").lower() not in _FALSE,
    }
    unsupported = [name for name, found in forms.items() if found]
    if unsupported:
        raise Refused(f"{root} has {unsupported[0]}, which crm does not write", hint="use a plain, full clone")


def _promised(config: Mapping[str, str]) -> bool:
    return any(key.startswith("remote.") and key.endswith(".promisor") for key in config)


def in_the_middle(where: Layout) -> tuple[str, str] | None:
    """What git is in the middle of, and how that ends."""
    return next((found for name, found in _OPEN.items() if (where.git / name).exists()), None)


def check_state(git: Git, config: Mapping[str, str]) -> str:
    """The branch to write to; refused while git is in the middle of something or stands on another branch."""
    where = git.where
    found = in_the_middle(where)
    if found:
        raise Refused(f"a {found[0]} is open in {where.root}, so nothing is written", hint=found[1])
    branch = refs.branch(where.root)
    ours = config.get("crm.branch")
    if branch is None:
        hint = f"git switch {ours or 'BRANCH'}"
        raise Refused(f"{where.root} is on a detached HEAD, so nothing is written", hint=hint)
    if ours is None:
        staging.unlock_own(where)
        staging.configure(git, {"crm.branch": branch})
    elif ours != branch:
        raise Refused(
            f"{where.root} is on the branch {branch}, but the book is on {ours}",
            hint=f"git switch {ours}, or git config crm.branch {branch}",
        )
    return branch
