"""Two versions of a value side by side on a terminal: what is shown now to the left, what lost to the right."""

from collections.abc import Iterator, Sequence
from itertools import zip_longest

from crm_cli.base.text import clip, visible, width
from crm_cli.cli.page import BOLD
from crm_cli.formats.sides import both, folded, value_lines
from crm_cli.services.conflicts.listing import Aside

INDENT = "  "
BETWEEN = " │ "


def draw_sides(found: Sequence[Aside], room: int, *, colored: bool) -> Iterator[str]:
    """The lines of all that is kept aside, each thing below the record that it belongs to."""
    before = None
    for one in found:
        if one.id != before:
            yield from [""] if before is not None else []
            yield from heading(one, room, colored=colored)
        before = one.id
        yield from draw_entry(one, room, colored=colored)


def heading(one: Aside, room: int, *, colored: bool) -> Iterator[str]:
    """Whose value it is: name, kind and id."""
    bold = BOLD if colored else "{}"
    id = f"{one.record} {visible(one.id)}"
    if not one.name:
        yield bold.format(clip(visible(one.id), room))
    elif width(visible(one.name)) + len(INDENT) + width(id) <= room:
        yield f"{bold.format(visible(one.name))}{INDENT}{id}"
    else:
        yield bold.format(clip(visible(one.name), room))
        yield INDENT + id


def draw_entry(one: Aside, room: int, *, colored: bool, other: str = "other") -> Iterator[str]:
    """One field: its name, what it was, both sides; `other` is what the right one is called."""
    if one.field is None:
        yield from folded([visible(str(one.other))], room, INDENT)
        return
    yield ""
    name = (BOLD if colored else "{}").format(clip(visible(one.field), room - len(INDENT)))
    was = "; ".join(value_lines(one.base)) if one.base is not None else ""
    known = width(visible(one.field)) + len(INDENT) * 2
    yield INDENT + name + (f"{INDENT}{clip(f'was: {was}', room - known)}" if was and known + 12 < room else "")
    half = (room - len(INDENT) * 2 - len(BETWEEN)) // 2
    left, right = both(value_lines(one.now), value_lines(one.other), half)
    head = "kept" if one.now == one.kept else "now"  # somebody has changed it since
    for a, b in zip_longest([head, *left], [other, *right], fillvalue=""):
        yield f"{INDENT * 2}{a}{' ' * (half - width(a))}{BETWEEN}{b}".rstrip()
