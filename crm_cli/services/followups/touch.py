"""Who is slipping away: people and organizations by the day on which they were to be reached again."""

from collections.abc import Iterator, Sequence
from typing import Any

from crm_cli.book import Book
from crm_cli.query import column
from crm_cli.schema.agenda import PRESENT, cadence_of
from crm_cli.schema.condition import And, Selection, Sort, Test
from crm_cli.schema.table import Column, Table

COLUMNS = ("id", "record", "name", "touch", "touch_due", "last_contact", "cadence")
_NEEDED = (("record",), ("cadence",), ("tags",), ("organization", "cadence"), ("id",))


def touch_table(book: Book, words: Sequence[str], *, all: bool = False, columns: Sequence[str] = COLUMNS) -> Table:
    """Yellow and red contacts and organizations, or `all` of them, the most overdue first.

    The column `cadence` is the one that counts, be it their own, of one of their tags or of their organization.
    """
    kinds = [book.kinds["contact"], book.kinds["organization"]]
    asked = book.parse(words, kinds)
    late = Test(("touch",), "has") if all else Test(("touch",), "equal", ("yellow", "red"))
    condition = And((asked.condition, PRESENT, late))
    selection = Selection(condition, asked.sort or (Sort(("touch_due",)),), asked.limit)
    paths = [book.path(name, kinds) for name in columns]
    types = (column(path, book.world, kinds).type for path in paths)
    rows = book.index.select(kinds, selection, [*paths, *_NEEDED])
    made = tuple(Column(name, type) for name, type in zip(columns, types, strict=True))
    return Table("touch", made, _with_cadence(book, rows, columns), ids=len(columns))


def _with_cadence(book: Book, rows: Iterator[tuple[Any, ...]], columns: Sequence[str]) -> Iterator[list[Any]]:
    places = [place for place, name in enumerate(columns) if name == "cadence"]
    for row in rows:
        record, own, tags, inherited, id = row[len(columns) :]
        values = list(row[: len(columns)])
        if places:
            found = cadence_of(own, tags, inherited if record == "contact" else None, book.context)
            for place in places:
                values[place] = found.text if found else None
        yield [*values, id]
