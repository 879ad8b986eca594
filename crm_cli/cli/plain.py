"""Rows for people as aligned lines without a header: my day and cards, on a terminal and in a pipe alike."""

from crm_cli.base.text import visible, width
from crm_cli.cli.terminal import RIGHT, for_reader
from crm_cli.schema.table import Table


def aligned(table: Table, country: str) -> list[str]:
    """The rows of a table, indented by two; amounts and numbers stand to the right."""
    count = len(table.columns)
    texts = [[visible(for_reader(value, country)) for value in values[:count]] for values in table.rows]
    widths = [max(map(width, column)) for column in zip(*texts, strict=True)]
    right = [column.type in RIGHT for column in table.columns]
    lines = []
    for row in texts:
        cells = [
            " " * (room - width(text)) + text if to_right else text + " " * (room - width(text))
            for text, room, to_right in zip(row, widths, right, strict=True)
        ]
        lines.append(("  " + "  ".join(cells)).rstrip())
    return lines
