"""Rows for people as aligned lines without a header: my day, on a terminal and in a pipe alike."""

from crm_cli.base.text import clip, visible, width
from crm_cli.formats.shown import GAP, RIGHT, fit, for_reader
from crm_cli.schema.table import Table

INDENT = 2


def aligned(table: Table, country: str, room: int | None) -> list[str]:
    """The rows of a table, indented, at most `room` cells wide; amounts and numbers stand to the right."""
    count = len(table.columns)
    texts = [[visible(for_reader(value, country)) for value in values[:count]] for values in table.rows]
    widest = [max(map(width, column)) for column in zip(*texts, strict=True)]
    widths = fit(widest, room - INDENT - GAP * (count - 1)) if room else widest
    right = [column.type in RIGHT for column in table.columns]
    return [_line([clip(text, cells) for text, cells in zip(row, widths, strict=True)], widths, right) for row in texts]


def _line(row: list[str], widths: list[int], right: list[bool]) -> str:
    cells = []
    for text, room, to_right in zip(row, widths, right, strict=True):
        blank = " " * (room - width(text))
        cells.append(blank + text if to_right else text + blank)
    return (" " * INDENT + (" " * GAP).join(cells)).rstrip()
