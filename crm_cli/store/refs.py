"""Where HEAD and branches stand, read from git's own files without starting a process."""

import re
from collections.abc import Sequence
from pathlib import Path

from crm_cli.store.layout import Layout, layout

OID = re.compile(r"[0-9a-f]{40}")
_DEEPEST = 5  # git itself follows no longer chain of symbolic refs


def head(root: Path) -> str | None:
    """The commit that is checked out; None without one."""
    where = layout(root)
    return resolve(where, "HEAD") if where else None


def branch(root: Path) -> str | None:
    """The name of the branch that is checked out; None when HEAD is detached or unreadable."""
    where = layout(root)
    target = _read(where.git / "HEAD") if where else ""
    return target.removeprefix("ref: refs/heads/").strip() if target.startswith("ref: refs/heads/") else None


def resolve(where: Layout, name: str) -> str | None:
    """The commit that a ref (`HEAD`, `refs/heads/main`) stands on."""
    for _ in range(_DEEPEST):
        base = where.git if name == "HEAD" else where.common
        text = _read(base / name) or _packed(where, name)
        if not text.startswith("ref: "):
            return text if OID.fullmatch(text) else None
        name = text.removeprefix("ref: ").strip()
    return None


def followed(remotes: Sequence[str], named: str | None) -> str | None:
    """The remote to sync with: what git's configuration names for the branch, else origin, else the only one."""
    usual = named or "origin"
    return usual if usual in remotes else remotes[0] if len(remotes) == 1 else None


def _packed(where: Layout, name: str) -> str:
    for line in _read(where.common / "packed-refs").splitlines():
        oid, _, ref = line.partition(" ")
        if ref == name:
            return oid
    return ""


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace").strip()
    except OSError:
        return ""
