"""What a git in the middle of a merge is taking in, and when each side last edited a file."""

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from crm_cli.store import objects, refs
from crm_cli.store.git import Git
from crm_cli.store.layout import Layout

_LABEL = "GITHEAD_"
_PICKED = re.compile(r"(?:p|pick|r|reword|e|edit|s|squash|f|fixup)\b.*?\b([0-9a-f]{40})\b")
_NEVER = (0, 0)


def incoming(where: Layout, environ: Mapping[str, str]) -> str | None:
    """The commit that is being merged, picked or rebased; None where git does not tell, or it is several."""
    named = {name.removeprefix(_LABEL) for name in environ if name.startswith(_LABEL)}
    labels = sorted(oid for oid in named if refs.OID.fullmatch(oid))
    lines = labels or _lines(where.git / "MERGE_HEAD") or _lines(where.git / "CHERRY_PICK_HEAD")
    if lines:
        return lines[0] if len(lines) == 1 and refs.OID.fullmatch(lines[0]) else None
    done = _lines(where.git / "rebase-merge" / "done")
    picked = _PICKED.match(done[-1]) if done else None
    return picked[1] if picked else None


def edit_times(git: Git, theirs: str | None, path: str) -> tuple[int, int]:
    """When our side and theirs last edited a path, in seconds; equal where that cannot be known."""
    ours = refs.head(git.where.root)
    if ours is None or theirs is None:
        return _NEVER
    bases = objects.merge_bases(git, ours, theirs)
    # A rebase makes commits anew: when their edits were made, only the author's time still tells.
    form = "%at" if (git.where.git / "rebase-merge").exists() else "%ct"
    return _last(git, ours, bases, path, form), _last(git, theirs, bases, path, form)


def _last(git: Git, side: str, bases: Sequence[str], path: str, form: str) -> int:
    asked = "\n".join((side, *(f"^{base}" for base in bases), "--", path, ""))
    answer = git.run("log", "--no-merges", "--full-history", f"--format={form}", "--stdin", data=os.fsencode(asked))
    return max(map(int, answer.split()), default=0)


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text("utf-8", "replace").split("\n")[:-1]
    except OSError:
        return []
