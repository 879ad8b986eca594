"""A record as lines of text: its fields, its notes, then what leads to it."""

from collections.abc import Iterator

from crm_cli.base.text import visible, visible_block
from crm_cli.book import Book
from crm_cli.formats.cells import cell
from crm_cli.services.overview.card import Sheet, field_text, sections, sheet, value_text
from crm_cli.services.refs import Found


def card(book: Book, found: Found) -> Iterator[str]:
    """The lines of a record's card; empty sections are left out."""
    about, country = sheet(book, found), book.settings.country
    yield f"{visible(about.values['name'] or '')}  ({found.id})"
    if about.where:
        yield visible(about.where)
    for problem in about.problems:
        yield f"  ! {problem.where}: {visible(problem.message)}"
    yield ""
    yield from _fields(about, country)
    for text in about.texts:
        yield ""
        yield from visible_block(text).rstrip("\n").split("\n")
    for heading, table in sections(book, found):
        yield from ("", heading)
        types = [column.type for column in table.columns]
        for row in table.rows:
            shown = (
                value_text(type, value, country) for type, value in zip(types, row, strict=True) if value is not None
            )
            yield "  " + "  ".join(text for text in shown if text)


def _fields(about: Sheet, country: str) -> Iterator[str]:
    for field, value in about.stated():
        if text := field_text(field, value, country):
            yield f"{field.name}: {text}"
    for computed, value in about.worked_out():
        yield f"{computed.name}: {value_text(computed.type, value, country)}"
    for key, value in (about.values["custom"] or {}).items():
        yield f"custom.{key}: {visible(cell(value))}"
    if about.values["conflicts"]:
        yield f"conflicts: {len(about.values['conflicts'])} (crm conflicts {about.id})"
