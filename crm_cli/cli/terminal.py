"""Tables for people: columns that fit the screen, amounts as people read them, nothing that can steer a terminal."""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from io import StringIO
from typing import Any, Final, TextIO

from crm_cli.base.cellwidth import spacing, teach
from crm_cli.base.lean import dataclass
from crm_cli.base.text import clip, visible, width
from crm_cli.formats.shown import GAP, READABLE, RIGHT, WHOLE, fit, in_column
from crm_cli.schema.table import Column

_IDS: Final = frozenset(("id",))
_HOURS: Final = frozenset(("moment",))
TONES: Final = {"touch": {"green": "green", "yellow": "yellow", "red": "bold red"}}
"""By column, the words that are shown in a colour; beside it the word says the same."""
RICH_ROWS: Final = 200
"""So many rows are drawn by Rich, 0.6 ms each; those behind them take the same columns at a hundredth of that."""


@dataclass(frozen=True, slots=True)
class Look:
    """How to draw: the cells of a line (None for as many as it takes), the grouping of amounts, the width of signs."""

    cells: int | None = None
    colored: bool = False
    country: str = "IN"
    indic_width: str = "auto"


def screen(stream: TextIO) -> tuple[int, int]:
    """Columns and lines of the terminal behind a stream; COLUMNS has the last word."""
    try:
        columns, lines = os.get_terminal_size(stream.fileno())
    except (OSError, ValueError):
        columns, lines = 0, 0
    given = os.environ.get("COLUMNS", "")
    wanted = int(given) if given.isascii() and given.isdigit() and len(given) < 5 else 0
    return wanted or columns or 80, lines or 24


def draw(columns: Sequence[Column], rows: Iterable[Sequence[Any]], look: Look) -> str:
    """The table as text, a line for each row below a header; where room is short, ids give first, hours last."""
    measure, cut = _measure(look.indic_width)
    values = [row[: len(columns)] for row in rows]
    names = [visible(column.name) for column in columns]
    room = look.cells - GAP * (len(columns) - 1) if look.cells else None
    for brief in (frozenset[str](), _IDS, _IDS | _HOURS):
        texts = [
            [visible(in_column(v, c, look.country, brief)) for v, c in zip(row, columns, strict=True)] for row in values
        ]
        needed = [max(map(measure, column)) for column in zip(*texts, strict=True)] or [0] * len(names)
        widest = [max(measure(name), cells) for name, cells in zip(names, needed, strict=True)]
        widths, roomy = _widths(columns, needed, widest, room)
        if roomy and (brief or widths == widest):
            break
    right = [column.type in RIGHT for column in columns]
    fitted = [[cut(text, cells) for text, cells in zip(row, widths, strict=True)] for row in [names, *texts]]
    tones = [TONES.get(column.name, {}) for column in columns]
    head = _by_rich(fitted[: RICH_ROWS + 1], widths, right, tones, look)
    return head + "".join(_line(row, widths, right, measure) for row in fitted[RICH_ROWS + 1 :])


def _widths(
    columns: Sequence[Column], needed: Sequence[int], widest: Sequence[int], room: int | None
) -> tuple[list[int], bool]:
    """The widths of the columns, and whether every text that is cut can still be read."""
    if room is None or sum(widest) <= room:
        return list(widest), True
    whole = [column.type in WHOLE or column.name == "id" for column in columns]
    least = [cells if firm else 0 for cells, firm in zip(needed, whole, strict=True)]
    widths = fit(widest, room, least)
    return widths, all(
        cells >= min(READABLE, full) for cells, full, firm in zip(widths, widest, whole, strict=True) if not firm
    )


def headed(text: str, headings: Sequence[tuple[str, int]], colored: bool) -> str:
    """A drawn table with headings between its rows, each for the next so many of them."""
    first, *lines = text.splitlines(keepends=True)
    parts, begin = [first], 0
    for heading, count in headings:
        title = f"{heading} ({count})"
        parts += ["\n", f"\x1b[1m{title}\x1b[0m\n" if colored else f"{title}\n", *lines[begin : begin + count]]
        begin += count
    return "".join(parts)


def _measure(indic_width: str) -> tuple[Callable[[str], int], Callable[[str, int], str]]:
    """How wide a text is on this terminal, and how to cut it to a width."""
    from rich import cells  # late: only a terminal needs Rich

    if spacing(indic_width) and teach(cells):
        return width, clip

    def cut(text: str, room: int) -> str:
        wanted = room + width(text) - cells.cell_len(text)
        while cells.cell_len(shorter := clip(text, wanted)) > room:
            wanted -= 1
        return shorter

    return cells.cell_len, cut


def _by_rich(
    rows: Sequence[Sequence[str]],
    widths: Sequence[int],
    right: Sequence[bool],
    tones: Sequence[Mapping[str, str]],
    look: Look,
) -> str:
    from rich.console import Console  # late: Rich takes 55 ms, and only a terminal needs it
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), header_style="bold")
    for name, cells, to_right in zip(rows[0], widths, right, strict=True):
        table.add_column(Text(name), width=cells, no_wrap=True, justify="right" if to_right else "left")
    for row in rows[1:]:
        table.add_row(*(Text(text, style=tone.get(text, "")) for text, tone in zip(row, tones, strict=True)))
    out = StringIO()
    console = Console(
        file=out,
        width=sum(widths) + GAP * (len(widths) - 1),
        force_terminal=look.colored,
        color_system="standard" if look.colored else None,
        markup=False,
        highlight=False,
        emoji=False,
        legacy_windows=False,
    )
    console.print(table)
    return out.getvalue()


def _line(row: Sequence[str], widths: Sequence[int], right: Sequence[bool], measure: Callable[[str], int]) -> str:
    parts = []
    for text, cells, to_right in zip(row, widths, right, strict=True):
        blank = " " * (cells - measure(text))
        parts.append(blank + text if to_right else text + blank)
    return (" " * GAP).join(parts) + "\n"
