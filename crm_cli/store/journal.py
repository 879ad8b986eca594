"""What a transaction has set out to do, on the disk before it is done, so that the next command can finish it."""

import json
from collections.abc import Sequence
from pathlib import Path

from crm_cli.base.lean import dataclass
from crm_cli.store import place
from crm_cli.store.layout import Layout

_PARTIAL = ("tmp_pack_", "tmp_idx_")


@dataclass(frozen=True, slots=True)
class Step:
    """One path as blob ids: in HEAD and on the disk before, and everywhere after; None is absence."""

    path: str
    head: str | None
    disk: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Journal:
    """A transaction. Until `new` is known nothing but objects has been written; from then on it is carried through.

    An `adopted` commit is somebody else's that was fetched, and stands on `old`.
    """

    branch: str
    packs: tuple[str, ...]
    old: str | None = None
    new: str | None = None
    steps: tuple[Step, ...] = ()
    adopted: bool = False


def begin(where: Layout, branch: str) -> Journal:
    """Which packs there are, so that what a killed git leaves half written can be told from them; not written yet."""
    return Journal(branch, tuple(sorted(found.name for found in _packs(where))))


def write(where: Layout, entry: Journal) -> None:
    """Put the journal on the disk."""
    steps = [(step.path, step.head, step.disk, step.after) for step in entry.steps]  # `asdict` is 20 times slower
    content: dict[str, object] = {"branch": entry.branch, "packs": entry.packs, "old": entry.old, "new": entry.new}
    content |= {"steps": steps, "adopted": entry.adopted}
    place.replace(where.journal, json.dumps(content).encode())


def load(where: Layout) -> Journal | None:
    """The journal that a killed transaction left; one that cannot be read never reached its second half."""
    try:
        content = json.loads(where.journal.read_bytes())
        steps = tuple(Step(*step) for step in content.pop("steps"))
        packs = tuple(content.pop("packs"))
        return Journal(steps=steps, packs=packs, **content)
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, KeyError):
        where.journal.unlink()
        return None


def drop(where: Layout) -> None:
    """The transaction is over."""
    where.journal.unlink(missing_ok=True)


def sweep_packs(where: Layout, entry: Journal) -> None:
    """Remove what git was writing into the pack folder when it was killed."""
    for found in _packs(where):
        if found.name not in entry.packs and (found.name.startswith(_PARTIAL) or found.suffix == ".keep"):
            found.unlink(missing_ok=True)


def _packs(where: Layout) -> Sequence[Path]:
    return list((where.objects / "pack").glob("*"))
