"""crm alone: my day on one screen."""

from typing import Any

from crm_cli.cli.plain import aligned
from crm_cli.schema.condition import Selection
from crm_cli.services.day import my_day


def day(run: Any) -> None:
    """Shows my day, or what a new book needs."""
    book = run.book
    now = book.context.now
    lines = [f"{book.settings.name}, {now:%A} {now.day} {now:%B %Y}"]
    for section in my_day(book):
        lines += ["", f"{section.heading} ({section.count})"]
        lines += aligned(section.table, book.settings.country)
    if len(lines) == 1:
        lines += ["", *_nothing(book)]
    run.print_lines(lines)
    run.note_problems()


def _nothing(book: Any) -> list[str]:
    if book.index.ids(book.kinds.all, Selection(limit=1)):
        return ["Nothing is due today.", "crm pipeline shows the deals, crm due --within 30d what is coming."]
    return [
        "The book is empty. Begin with one of these:",
        '  crm contact add "Asha Sharma" --phone 98765-43210',
        '  crm log call "Asha Sharma" "wants a website" --create --next "fri Call back"',
        "  crm import contacts.csv --map google-contacts",
    ]
