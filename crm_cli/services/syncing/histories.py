"""What a clone knows about rewritten histories, whose is newer, and a step from one to another."""

import json
from collections.abc import Mapping
from typing import Any

from crm_cli.base.lean import dataclass
from crm_cli.store import objects, place
from crm_cli.store.erase.ledger import LEDGER, Ledger, read_ledger
from crm_cli.store.git import Git
from crm_cli.store.layout import Layout
from crm_cli.store.sync.combine import Combined


@dataclass(frozen=True)
class Turn:
    """A step from one history to another: what comes and goes, what is lost by it, the commit to stand on then.

    Without a commit ours is the newer history, and what came is written on top of it. `failed` are sentences about what
    could not be cleaned up beside the book.
    """

    combined: Combined
    lost: Combined
    commit: str | None
    failed: tuple[str, ...] = ()


def ledger_of(git: Git, commit: str) -> Ledger:
    """Who was erased, as a commit has it."""
    return read_ledger(objects.read_file_at(git, commit, LEDGER))


def roots_of(git: Git, commit: str) -> set[str]:
    """The commits with which a history begins."""
    return set(git.run("rev-list", "--max-parents=0", commit).decode().split())


def ours_is_newer(git: Git, head: str, theirs: str) -> bool:
    """Whether the remote still holds a history that ours replaced."""
    return bool(roots_of(git, theirs) & set(ledger_of(git, head).replaced))


def write_note(where: Layout, content: Mapping[str, Any]) -> None:
    """Note what this clone knows about rewritten histories."""
    place.replace(where.crm / "epoch", json.dumps(content).encode())


def read_note(where: Layout) -> dict[str, Any]:
    """What this clone knows about rewritten histories."""
    return read_json(where, "epoch")


def read_json(where: Layout, name: str) -> dict[str, Any]:
    """A note among the files of this clone; empty where there is none that can be read."""
    try:
        content = json.loads((where.crm / name).read_bytes())
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
