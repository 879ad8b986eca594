"""crm alone: my day on one screen."""

import sys
from typing import Any

from crm_cli.base.text import visible
from crm_cli.cli.plain import aligned
from crm_cli.cli.streams import is_terminal, use_color
from crm_cli.cli.terminal import screen
from crm_cli.schema.condition import Selection
from crm_cli.services.day import my_day


def day(run: Any) -> None:
    """Shows my day, or what a new book needs."""
    book = run.book
    now = book.context.now
    room = screen(sys.stdout)[0] if is_terminal(sys.stdout) else None
    bold = "\x1b[1m{}\x1b[0m" if use_color(sys.stdout, run.options.color, run.config.color) else "{}"
    lines = [f"{visible(book.settings.name)}, {now:%A} {now.day} {now:%B %Y}"]
    for section in my_day(book):
        lines += ["", bold.format(f"{section.heading} ({section.count})")]
        lines += aligned(section.table, book.settings.country, room)
    if len(lines) == 1:
        lines += ["", *_nothing(book)]
    run.print_lines(lines)
    run.note_problems()


def _nothing(book: Any) -> list[str]:
    if book.index.ids([kind for kind in book.kinds.all if kind.name != "view"], Selection(limit=1)):
        return ["Nothing is due today.", "crm pipeline shows the deals, crm due --within 30d what is coming."]
    return [
        "The book is empty. Begin with one of these:",
        '  crm contact add "Asha Sharma" --phone 98765-43210',
        '  crm log call "Asha Sharma" "wants a website" --create --next "fri Call back"',
        "  crm import contacts.csv --map google-contacts",
    ]
