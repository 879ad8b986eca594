"""The `conflicts` of a record: a set of values that merges kept aside, each known by its field and value."""

from collections.abc import Iterable, Sequence
from typing import Any

from crm_cli.store.merge.case import OPEN, Broken, Entry, Three, canonical, settled
from crm_cli.store.merge.order import arranged


def identity(entry: Entry) -> str:
    """What an entry is known by."""
    return canonical([entry.get("field"), entry.get("other")])


def merged_conflicts(three: Three, notes: Sequence[Entry]) -> tuple[Entry, ...]:
    """The entries of both sides without those that either side has settled, then the new ones."""
    one_sided = settled(three)
    if not notes and one_sided is not OPEN and not isinstance(one_sided, Broken):
        return tuple(one_sided or ())
    sides = Three(*(_by_identity(value) for value in three))
    merged: dict[str, Entry] = {}
    for key in dict.fromkeys((*sides.late, *sides.early)):
        entries = sides.at(key)
        value = settled(entries)
        if value is OPEN:
            # Settled on one side while the other still words it anew: it is settled.
            _, late, early = entries
            value = None if late is None or early is None else min(late, early, key=canonical)
        if value is not None:
            merged[key] = value
    out = {key: merged[key] for key in arranged(sides.each(tuple), merged)}
    return tuple(_by_identity((*out.values(), *_broken(three), *notes)).values())


def _by_identity(entries: Sequence[Entry] | Broken | None) -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    for entry in entries if isinstance(entries, tuple) else ():
        key = identity(entry)
        found[key] = min(found[key], entry, key=canonical) if key in found else entry
    return found


def _broken(three: Three) -> list[Entry]:
    """A `conflicts:` that is no list of maps, as an entry of its own."""
    value = settled(three)
    sides = three[1:] if value is OPEN else (value,)
    return [note("conflicts", other=side.text) for side in sides if isinstance(side, Broken)]


def note(field: str, *, base: str | None = None, kept: str | None = None, other: str | None = None) -> dict[str, Any]:
    """One entry."""
    return {"field": field, "base": base, "kept": kept, "other": other}


def fresh(notes: Iterable[Entry], *sides: Sequence[Entry]) -> tuple[Entry, ...]:
    """Those of the notes that neither side held before."""
    known = {identity(entry) for side in sides for entry in side}
    return tuple(_by_identity(tuple(entry for entry in notes if identity(entry) not in known)).values())
