"""The digest of what is due: who wants something, since when, the number to call and the command that settles it."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Any

from crm_cli.base.ids import handle
from crm_cli.base.lean import dataclass
from crm_cli.base.text import visible, width
from crm_cli.book import Book
from crm_cli.schema.agenda import is_past, local_day
from crm_cli.schema.condition import Ids, Selection
from crm_cli.schema.table import Table
from crm_cli.services.followups.due import COLUMNS, WHOLE, due_table

LATE, TODAY, OCCASIONS, TOUCH, TOMORROW, COMING = "Late", "Today", "Occasions", "Keep in touch", "Tomorrow", "Coming"
SECTIONS = {LATE: "{} late", TODAY: "{} due today", OCCASIONS: "{} occasions", TOUCH: "{} to keep in touch with"} | {
    TOMORROW: "{} tomorrow",
    COMING: "{} to come",
}
"""The sections in their order, and how each is counted."""
_COUNTED = (TODAY, LATE, OCCASIONS, TOUCH, TOMORROW, COMING)
_NEEDED = (*WHOLE, "contact.name", "organization.name")
_COMMANDS = {"touch": "crm log call {}", "occasion": "crm show {}"}


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that is due, in words; `key` is what is sent once a day."""

    key: str
    section: str
    when: str
    what: str
    who: str
    phone: str
    command: str


@dataclass(frozen=True, slots=True)
class Digest:
    """What is due in a book on a day, the earliest first."""

    book: str
    day: date
    items: tuple[Item, ...]

    def only(self, keys: Collection[str]) -> "Digest":
        """The same day with these items alone."""
        return Digest(self.book, self.day, tuple(item for item in self.items if item.key in keys))

    @property
    def keys(self) -> list[str]:
        """The keys of its items."""
        return [item.key for item in self.items]

    @property
    def title(self) -> str:
        """The book and the day."""
        return f"{visible(self.book)}, {self.day:%A} {self.day.day} {self.day:%B %Y}"

    @property
    def summary(self) -> str:
        """How much there is of what: `3 due today, 2 late`."""
        counts = {name: sum(item.section == name for item in self.items) for name in _COUNTED}
        texts = [_counted(name, count) for name, count in counts.items() if count]
        return ", ".join(texts) or "nothing due"

    def sections(self) -> Iterator[tuple[str, list[Item]]]:
        """Every heading that has something under it."""
        for name in SECTIONS:
            if found := [item for item in self.items if item.section == name]:
                yield name, found


def _counted(section: str, count: int) -> str:
    return "1 occasion" if (section, count) == (OCCASIONS, 1) else SECTIONS[section].format(count)


def rows(book: Book, words: Sequence[str], within: str, columns: Sequence[str] = COLUMNS) -> Table:
    """What is due, as the table of `crm due`."""
    return due_table(book, words, within, columns, occasions=True)


def gather(book: Book, words: Sequence[str], within: str) -> Digest:
    """The digest of what is due up to `within`."""
    found = [dict(zip(_NEEDED, row, strict=False)) for row in rows(book, words, within, _NEEDED).rows]
    phones = _phones(book, found)
    return Digest(book.settings.name, book.context.today, tuple(_item(book, values, phones) for values in found))


def _phones(book: Book, found: Sequence[dict[str, Any]]) -> dict[str, str]:
    """The first number of every contact and organization that is named."""
    phones: dict[str, str] = {}
    for name in ("contact", "organization"):
        ids = tuple({values[name] for values in found if values[name]})
        if ids:
            table = book.table("phones", [book.kinds[name]], Selection(Ids(ids)), ("id", "phone"))
            phones |= {row[0]: row[1] for row in table.rows if row[1]}
    return phones


def _item(book: Book, values: dict[str, Any], phones: dict[str, str]) -> Item:
    due, kind, today = values["due"], values["kind"], book.context.today
    what = values["name"] or values["id"]
    # Whom a touch or an occasion is about stands in its name already.
    names = [name for name in (values["contact.name"], values["organization.name"]) if name and not what.endswith(name)]
    phone = phones.get(values["contact"] or "") or phones.get(values["organization"] or "") or ""
    return Item(
        f"{values['id']} {due} {kind}",
        _section(kind, -1 if is_past(due, book.context) else (local_day(due, book.context) - today).days),
        when(book, due),
        visible(what),
        visible(", ".join(dict.fromkeys(names))),
        visible(phone),
        _COMMANDS.get(kind if values["record"] != "task" else "", "crm done {}").format(handle(values["id"])),
    )


def _section(kind: str, days: int) -> str:
    """Where an item stands that is due in so many days: what is past stands among the late, also of this morning."""
    if kind in ("touch", "occasion"):
        return TOUCH if kind == "touch" else OCCASIONS
    return LATE if days < 0 else (TODAY, TOMORROW, COMING)[min(days, 2)]


def when(book: Book, due: str) -> str:
    """When something is due, as people say it: `2 days late`, `today 15:00`, `Mon 23 Nov`."""
    day, today = local_day(due, book.context), book.context.today
    days = (day - today).days
    if days < 0:
        return f"{-days} day{'s' * (days < -1)} late"
    year = f" {day.year}" * (day.year != today.year)
    name = ("today", "tomorrow")[days] if days < 2 else f"{day:%a} {day.day} {day:%b}{year}"
    return f"{name} {_time(book, due)}".rstrip()


def _time(book: Book, due: str) -> str:
    from crm_cli.base.dates import parse_stamp

    stamp = parse_stamp(due, moments=True)
    return f"{stamp.local(book.context.zone):%H:%M}" if stamp.moment else ""


def lines(digest: Digest) -> Iterator[str]:
    """The digest as plain text that any mail program and any terminal shows well."""
    yield digest.title
    yield digest.summary
    for heading, items in digest.sections():
        yield ""
        yield heading.upper()
        room = max(width(item.when) for item in items) + 2
        for item in items:
            yield f"  {item.when:{room}}{item.what}"
            below = (part for part in (item.who, item.phone, item.command) if part)
            yield f"  {'':{room}}{' | '.join(below)}"


def text(digest: Digest) -> str:
    """The plain text in one piece."""
    return "".join(f"{line}\n" for line in lines(digest))
