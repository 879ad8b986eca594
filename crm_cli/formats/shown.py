"""Values as people read them, and widths of columns that fit the room: for a terminal's tables and screens alike."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from crm_cli.base.ids import handle
from crm_cli.base.money import Money, for_people
from crm_cli.formats.cells import cell
from crm_cli.schema.table import Column

RIGHT: Final = frozenset(("money", "number", "integer", "totals"))
"""Types that stand at the right of their column."""
GAP: Final = 2
"""Blank cells between two columns."""
NARROWEST: Final = 4
READABLE: Final = 10
"""Cells of a text that is cut: below that it says too little."""
WHOLE: Final = frozenset(("date", "moment", "money", "number", "integer"))
"""Types of which a part says something else, or nothing."""


def for_reader(value: Any, country: str) -> str:
    """A value in JSON form as people read it: amounts grouped, items joined by `; `, yes and no."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return "; ".join(for_reader(item, country) for item in value)
    if not isinstance(value, Mapping):
        return cell(value)
    if value.keys() == {"amount", "currency"}:
        return for_people(Money(value["amount"], value["currency"]), country)
    if value.keys() == {"label", "value"}:
        text = for_reader(value["value"], country)
        return text if value["label"] is None else f"{value['label']}: {text}"
    return cell(value)


def in_column(value: Any, column: Column, country: str, brief: Collection[str] = ()) -> str:
    """A value in its column; brief is the random part of an id, which names a record too, and the day of a moment."""
    if column.type == "moment" and isinstance(value, str):
        return value[: 10 if "moment" in brief else 16].replace("T", " ")
    if "id" in brief and column.name == "id" and isinstance(value, str):
        return handle(value)
    return for_reader(value, country)


def fit(widest: Sequence[int], room: int, least: Sequence[int] = ()) -> list[int]:
    """Widths of columns that fill at most the room; the widest give way first, none below a few cells.

    Nor does one go below its `least`, unless there is no room for all of those.
    """
    few = [min(cells, NARROWEST) for cells in widest]
    floor = [max(pair) for pair in zip(few, least, strict=True)] if least else few
    floor = floor if sum(floor) <= room else few
    low, high = NARROWEST, max(widest, default=NARROWEST)
    while low < high:
        middle = (low + high + 1) // 2
        if sum(_levelled(widest, floor, middle)) <= room:
            low = middle
        else:
            high = middle - 1
    widths = _levelled(widest, floor, low)
    # What is left over goes to those that were cut, from the left.
    left = room - sum(widths)
    for place, cells in enumerate(widest):
        if left > 0 and cells > widths[place]:
            widths[place] += 1
            left -= 1
    return widths


def _levelled(widest: Sequence[int], floor: Sequence[int], level: int) -> list[int]:
    return [max(least, min(cells, level)) for cells, least in zip(widest, floor, strict=True)]
