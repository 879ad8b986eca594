"""What holds for every merge, as functions from one merge to whether it is broken; hypothesis looks for such merges."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from decimal import Decimal
from typing import Any

from crm_cli.base.money import Money, file_text
from crm_cli.kinds import KINDS
from crm_cli.schema.field import Field
from crm_cli.schema.keys import item_key, key
from crm_cli.schema.node import Bare, alike
from crm_cli.schema.record import Consent, Record
from crm_cli.schema.values import DUMP
from crm_cli.store.merge import Merged, Side
from crm_cli.store.merge.kept import identity
from tests.generate import SETTINGS
from tests.store.merge.histories import History, merge


def leaves(value: Any) -> Iterable[Any]:
    """Every single value in a value; addresses and items by their parts."""
    if isinstance(value, Mapping):
        for part in value.values():
            yield from leaves(part)
    elif isinstance(value, tuple | list):
        for part in value:
            yield from leaves(part)
    elif is_dataclass(value) and hasattr(value, "street"):
        yield from leaves([getattr(value, part.name) for part in fields(value)])
    elif is_dataclass(value) and hasattr(value, "label"):
        yield from leaves((value.label, value.value))
    elif value is not None:
        yield (value, isinstance(value, Bare))


def of(record: Record | None, field: Field) -> Any:
    """What a record holds in a field."""
    return getattr(record, field.name) if record is not None else () if field.many else None


def said(record: Record) -> set[str]:
    """All texts among what was kept aside."""
    return {str(value) for entry in record.conflicts for value, _ in leaves(entry)}


def loses_a_value(history: History) -> bool:
    """A value that one side wrote is neither in the record nor among what was kept aside."""
    result, kind = history.result, history.x.kind_
    aside = said(result)
    for field in (f for f in kind.stored if f.name not in ("created", "conflicts") and history.plain):
        there = {leaf for leaf, _ in leaves(getattr(result, field.name))}
        before = {leaf for leaf, _ in leaves(of(history.base, field))}
        for side in (history.x, history.y):
            for leaf, _ in leaves(getattr(side, field.name)):
                found = leaf in there or leaf in before
                if not found and field.type == "long":
                    found = _lines(leaf) - _lines(of(history.base, field)) <= _lines(getattr(result, field.name))
                if not found and _text(leaf) not in aside:
                    return True
    return False


def _lines(text: str | None) -> set[str]:
    return set((text or "").split("\n"))


def _text(leaf: Any) -> str:
    match leaf:
        case bool():
            return "true" if leaf else "false"
        case str() | int():
            return str(leaf)
        case Decimal():
            return format(leaf, "f")
        case Money():
            return file_text(leaf)
        case Consent():
            return str(DUMP["consent"](leaf))
    return str(leaf.text)


def loses_an_unknown_key(history: History) -> bool:
    """An unknown value that one side wrote is gone, or has changed between a number and a text."""
    result = history.result
    aside = said(result)
    before = history.base.extra if history.base else {}
    for side in (history.x, history.y) if history.plain else ():
        for name, value in side.extra.items():
            if alike(before.get(name), value) or isinstance(value, dict | list):
                continue
            if not alike(result.extra.get(name), value) and not {str(value), f"'{value}'"} & aside:
                return True
            if f"'{value}'" not in aside and not isinstance(value, Bare) and isinstance(result.extra.get(name), Bare):
                return result.extra.get(name) == value
    return False


def brings_back_what_was_removed(history: History) -> bool:
    """An item that one side removed and the other left alone is there again."""
    if history.base is None or not history.plain:
        return False
    for field in (f for f in history.x.kind_.stored if f.many and f.name != "conflicts"):
        for side, other in ((history.x, history.y), (history.y, history.x)):
            keys = _counts(getattr(side, field.name), field)
            for item in getattr(history.base, field.name):
                left_alone = item in getattr(other, field.name)
                if left_alone and item_key(field, item, SETTINGS) not in keys and item in of(history.result, field):
                    return True
    return False


def doubles_an_item(history: History) -> bool:
    """An item stands twice that neither side held twice."""
    for field in (f for f in history.x.kind_.stored if f.many and f.name != "conflicts"):
        counts = [_counts(of(record, field), field) for record in (history.base, history.x, history.y)]
        if all(number == 1 for count in counts for key, number in count.items() if key.strip("|")):
            after = _counts(getattr(history.result, field.name), field)
            if any(number > 1 for key, number in after.items() if key.strip("|")):
                return True
    return False


def _counts(value: Iterable[Any], field: Field) -> dict[str, int]:
    found: dict[str, int] = {}
    for item in value:
        key = item_key(field, item, SETTINGS)
        found[key] = found.get(key, 0) + 1
    return found


def mixes_the_order(history: History) -> bool:
    """The items of a list stand neither in the order of one side nor in that of the other."""
    for field in (f for f in history.x.kind_.stored if f.many and f.name != "conflicts"):
        merged = [item_key(field, item, SETTINGS) for item in getattr(history.result, field.name)]
        sides = [[item_key(field, i, SETTINGS) for i in getattr(s, field.name)] for s in (history.x, history.y)]
        if any(len(set(keys)) < len(keys) for keys in (merged, *sides)):
            continue
        if not any([key for key in merged if key in side] == [key for key in side if key in merged] for side in sides):
            return True
    return False


def mixes_a_group(history: History) -> bool:
    """Fields that mean something only together come from different sides."""
    for group in (("stage", "closed_at", "lost_reason"), ("due", "every")):
        if set(group) <= set(history.x.kind_.by_name):
            sides = [[getattr(side, name) for name in group] for side in (history.x, history.y)]
            if [getattr(history.result, name) for name in group] not in sides:
                return True
    return False


def depends_on_the_side(history: History) -> bool:
    """The other clone gets another result."""
    other: Side = "y" if history.later == "x" else "x"
    return merge(history.base, history.y, history.x, other) != history.merged


def changes_when_only_one_changed(history: History) -> bool:
    """One side alone changed the record, and the result is not what it wrote."""
    base, y = history.base, history.y
    if base is None:
        return merge(None, y, None, "x").record != y or merge(None, y, y, "x").record != y
    ways = (merge(base, base, y, "x"), merge(base, y, base, "x"), merge(base, y, y, "y"))
    if any(way != Merged(y) for way in ways):
        return True
    aside = replace(base, extra={**base.extra, "elsewhere": "x"})
    expected = replace(y, extra={**y.extra, "elsewhere": "x"})
    return history.plain and merge(base, aside, y, history.later) != Merged(expected)


def shows_the_earlier(history: History) -> bool:
    """Of two values that exclude each other, the earlier edit is shown."""
    single = ("text", "choice", "link", "money", "date", "integer", "duration")
    for field in history.x.kind_.stored:
        x, y = getattr(history.x, field.name), getattr(history.y, field.name)
        clash = x is not None and y is not None and of(history.base, field) not in (x, y)
        if history.plain and field.type in single and clash:
            grouped = field.name in ("stage", "lost_reason", "closed_at", "pipeline")
            if not grouped and getattr(history.result, field.name) != getattr(history.late, field.name):
                return True
    return False


def shows_the_later_creation(history: History) -> bool:
    """A record was made later than one side knows."""
    stamps = [side.created for side in (history.x, history.y) if side.created]
    if len(stamps) < 2 or not history.plain or of(history.base, KINDS["contact"].by_name["created"]) in stamps:
        return False
    return _instant(history.result.created) != min(_instant(stamp) for stamp in stamps)


def _instant(stamp: Any) -> Any:
    return key("moment", stamp, SETTINGS)


def forgets_a_conflict(history: History) -> bool:
    """An entry that nobody settled is gone, or one that was settled is back, or a new one is not reported."""
    merged = history.merged
    assert merged.record is not None
    if not history.plain:
        return False
    before, x, y = (_identities(record) for record in (history.base, history.x, history.y))
    new = {identity(entry) for entry in merged.kept_aside}
    return _identities(merged.record) != (((x | y) - before) | (x & y & before) | new)


def _identities(record: Record | None) -> set[str]:
    return {identity(entry) for entry in record.conflicts} if record else set()


def grows_when_merged_again(history: History) -> bool:
    """Meeting one of the sides again changes the result."""
    if history.base is None or not history.plain or _both_wrote(history) or _holds_one_twice(history):
        return False
    result = history.result
    return any(merge(history.base, result, side, "x").record != result for side in (history.x, history.y))


def _both_wrote(history: History) -> bool:
    """Whether both sides edited one long text: where lines repeat, what was added to which is a guess."""
    versions = (history.base, history.x, history.y)
    long = [field for field in history.x.kind_.stored if field.type == "long"]
    return any(len({of(version, field) for version in versions}) == 3 for field in long)


def _holds_one_twice(history: History) -> bool:
    """Whether a list holds an item twice: which of them is gone is a guess."""
    lists = [field for field in history.x.kind_.stored if field.many]
    versions = [_counts(of(record, field), field) for record in (history.base, history.x, history.y) for field in lists]
    return any(number > 1 for counts in versions for number in counts.values())


def changes_its_input(history: History) -> bool:
    """The merge writes into one of the records."""
    before = repr((history.base, history.x, history.y))
    merge(history.base, history.x, history.y, history.later)
    return repr((history.base, history.x, history.y)) != before


LAWS: tuple[Callable[[History], bool], ...] = (
    loses_a_value,
    loses_an_unknown_key,
    brings_back_what_was_removed,
    doubles_an_item,
    mixes_the_order,
    mixes_a_group,
    depends_on_the_side,
    changes_when_only_one_changed,
    shows_the_earlier,
    shows_the_later_creation,
    forgets_a_conflict,
    grows_when_merged_again,
    changes_its_input,
)
"""Each says whether a merge does what its name says, which none may."""
