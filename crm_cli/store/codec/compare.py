"""Compare a tree that was read with one that is wanted, and find how a list became another."""

from collections.abc import Sequence
from typing import NamedTuple

from crm_cli.schema.node import Bare, Map, Node, Plain, Scalar, Seq, ambiguous

_CELLS = 40_000  # of the table of common items: 200 by 200, some 10 ms


class Match(NamedTuple):
    """How a list changed: items that stay (old place, new place), that change, that go, and that come."""

    changed: list[tuple[int, int]]
    gone: list[int]
    added: list[tuple[int, int]]
    """Old place behind which an item comes, -1 for the front, and its new place."""


def same(node: Node, value: Plain, exact: bool = False) -> bool:
    """Whether a node already says what is wanted: the same text, `exact` also where only quotes tell values apart.

    Nothing is an empty text, exactly an empty `Bare`.
    """
    if isinstance(node, Scalar):
        return isinstance(value, str) and _same_text(node, value, exact)
    if isinstance(node, Seq):
        return (
            isinstance(value, list)
            and len(value) == len(node.items)
            and all(same(item, wanted, exact) for item, wanted in zip(node.items, value, strict=True))
        )
    return (
        isinstance(value, dict)
        and value.keys() == node.entries.keys()
        and all(same(entry, value[name], exact) for name, entry in node.entries.items())
    )


def _same_text(node: Scalar, value: str, exact: bool) -> bool:
    if value != ("" if node.absent else node.text):
        return False
    return not exact or not ambiguous(value) or isinstance(value, Bare) is (node.style == "plain")


def unchanged(one: Node, other: Node) -> bool:
    """Whether two nodes say the same in the same spelling; only their places may differ."""
    if isinstance(one, Scalar):
        return isinstance(other, Scalar) and (one.text, one.style) == (other.text, other.style)
    if isinstance(one, Seq):
        return (
            isinstance(other, Seq)
            and len(one.items) == len(other.items)
            and all(unchanged(a, b) for a, b in zip(one.items, other.items, strict=True))
        )
    return (
        isinstance(other, Map)
        and list(one.entries) == list(other.entries)
        and all(unchanged(entry, other.entries[name]) for name, entry in one.entries.items())
    )


def match(old: Sequence[Node], new: Sequence[Plain], exact: bool = False) -> Match:
    """What to do to the old items so that the new ones stand there, leaving as many as possible alone."""
    kept = _kept(old, new, exact)
    result = Match([], [], [])
    before_old = before_new = -1
    for at_old, at_new in [*kept, (len(old), len(new))]:
        olds = range(before_old + 1, at_old)
        news = range(before_new + 1, at_new)
        pairs = min(len(olds), len(news))
        result.changed.extend(zip(olds[:pairs], news[:pairs], strict=True))
        result.gone.extend(olds[pairs:])
        anchor = olds[pairs - 1] if pairs else before_old
        result.added.extend((anchor, place) for place in news[pairs:])
        before_old, before_new = at_old, at_new
    return result


def _kept(old: Sequence[Node], new: Sequence[Plain], exact: bool) -> list[tuple[int, int]]:
    """The places of items that are in both, in the order of both."""
    head, shorter = 0, min(len(old), len(new))
    while head < shorter and same(old[head], new[head], exact):
        head += 1
    tail = 0
    while tail < shorter - head and same(old[-1 - tail], new[-1 - tail], exact):
        tail += 1
    middle = _common(old[head : len(old) - tail], new[head : len(new) - tail], exact)
    return [
        *((place, place) for place in range(head)),
        *((head + one, head + other) for one, other in middle),
        *((len(old) - place, len(new) - place) for place in range(tail, 0, -1)),
    ]


def _common(old: Sequence[Node], new: Sequence[Plain], exact: bool) -> list[tuple[int, int]]:
    """The longest common subsequence; none where looking for it would take too long."""
    if not old or not new or len(old) * len(new) > _CELLS:
        return []
    equal = [[same(node, value, exact) for value in new] for node in old]
    length = [[0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for one in range(len(old) - 1, -1, -1):
        for other in range(len(new) - 1, -1, -1):
            longest = max(length[one + 1][other], length[one][other + 1])
            length[one][other] = length[one + 1][other + 1] + 1 if equal[one][other] else longest
    pairs: list[tuple[int, int]] = []
    one = other = 0
    while one < len(old) and other < len(new):
        if equal[one][other]:
            pairs.append((one, other))
            one, other = one + 1, other + 1
        elif length[one + 1][other] >= length[one][other + 1]:
            one += 1
        else:
            other += 1
    return pairs
