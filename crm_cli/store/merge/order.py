"""The order of a merged list: that of the side which reordered it, else that of the later one."""

from collections.abc import Collection, Hashable, Iterable, Sequence
from typing import TypeVar

from crm_cli.store.merge.case import Three

K = TypeVar("K", bound=Hashable)


def arranged(three: Three, members: Collection[K]) -> list[K]:
    """The members in the order of one side; those that only the other has stand where they stand there.

    `three` are sequences of keys. Every member is in one of the sides.
    """
    base, late, early = ((() if keys is None else tuple(keys)) for keys in three)
    lead, other = (early, late) if _moved(base, early) and not _moved(base, late) else (late, early)
    return _woven([key for key in lead if key in members], [key for key in other if key in members])


def _moved(base: Sequence[K], side: Sequence[K]) -> bool:
    """Whether what both have stands in another order."""
    before, now = set(base), set(side)
    return [key for key in base if key in now] != [key for key in side if key in before]


def _woven(lead: Sequence[K], other: Iterable[K]) -> list[K]:
    """`lead`, with the rest of `other` behind what it follows there, at the front before what it precedes there."""
    known = set(lead)
    first: list[K] = []
    behind: dict[K, list[K]] = {}
    anchor: K | None = None
    successor: K | None = None
    for key in other:
        if key in known:
            successor = key if anchor is None else successor
            anchor = key
        elif anchor is None:
            first.append(key)
        else:
            behind.setdefault(anchor, []).append(key)
    out: list[K] = []
    for key in lead:
        out += first if key == successor else ()
        out += (key, *behind.get(key, ()))
    return out if successor is not None else [*out, *first]
