"""What every step of a merge shares: three versions of one value, which side is later, what is kept aside."""

import json
from collections.abc import Callable, Mapping
from dataclasses import field
from operator import eq
from typing import Any, Final, NamedTuple

from crm_cli.base.lean import dataclass
from crm_cli.schema.settings import Settings
from crm_cli.schema.shapes import Unread

Entry = Mapping[str, Any]
Write = Callable[[Any], Any]
Same = Callable[[Any, Any], bool]


class Three(NamedTuple):
    """One value in the base and on both sides; None where it does not stand.

    The sides are told apart by their age alone, so that a merge cannot depend on which one is ours.
    """

    base: Any
    late: Any
    early: Any

    def each(self, part: Callable[[Any], Any]) -> "Three":
        """The three parts of the three values; a part of nothing is nothing."""
        return Three(*(None if value is None else part(value) for value in self))

    def at(self, key: Any) -> "Three":
        """What stands at a key of three maps."""
        return self.each(lambda side: side.get(key))


@dataclass(frozen=True, slots=True)
class Broken:
    """The text of a value that its field cannot hold."""

    text: str


@dataclass(frozen=True, slots=True)
class Case:
    """One merge under way: the settings of the book, the kind's name, the values kept aside so far."""

    settings: Settings
    kind: str = ""
    notes: list[Entry] = field(default_factory=list)

    def keep(self, name: str, three: Three, write: Write) -> None:
        """Notes the base of a field, the value that stays (`late`) and the one that does not (`early`)."""
        base, kept, other = (_written(value, write) for value in three)
        self.notes.append({"field": name, "base": base, "kept": kept, "other": other})


def _written(value: Any, write: Write) -> Any:
    if isinstance(value, Broken):
        return value.text
    return None if value is None else write(value)


class _Open:
    """Stands for: both sides changed it, and differently."""


OPEN: Final = _Open()


def settled(three: Three, same: Same = eq) -> Any:
    """The value where at most one side changed it, or both did alike; else `OPEN`."""
    if same(three.late, three.early) or same(three.base, three.early):
        return three.late
    return three.early if same(three.base, three.late) else OPEN


def atom(case: Case, name: str, three: Three, write: Write, same: Same = eq) -> Any:
    """A value that is one thing: the later edit stays, the other is kept aside.

    An edit outlives a removal, and a value that fits its field one that does not.
    """
    value = settled(three, same)
    if value is not OPEN:
        return value
    base, kept, other = three
    if kept is None or (is_broken(kept) and other is not None and not is_broken(other)):
        kept, other = other, kept
    case.keep(name, Three(base, kept, other), write)
    return kept


def is_broken(value: Any) -> bool:
    """Whether a value, or one of a group, does not fit its field."""
    if isinstance(value, dict):
        return any(isinstance(part, Broken | Unread) for part in value.values())
    return isinstance(value, Broken | Unread)


def canonical(tree: Any) -> str:
    """One text for a tree, whatever the order of its keys."""
    return json.dumps(tree, ensure_ascii=False, sort_keys=True)
