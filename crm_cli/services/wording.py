"""Values as lines to edit, and what a typed line is understood as, in words: `Fri 28 Nov 2026`, `₹1,20,000`."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from crm_cli.base.dates import PartialDate, Stamp
from crm_cli.base.ids import handle
from crm_cli.base.money import for_people
from crm_cli.book import Book
from crm_cli.schema.condition import Ids, Selection
from crm_cli.schema.field import Field
from crm_cli.schema.keys import phone_key
from crm_cli.schema.record import ADDRESS_PARTS, Item
from crm_cli.schema.settings import Settings
from crm_cli.schema.shapes import Unread, write
from crm_cli.schema.values import DUMP

Names = dict[str, str]
"""Name -> the link that it stands for."""
LETTERS: Final = 60


def names_of(book: Book, filled: Iterable[tuple[Field, Any]]) -> Names:
    """Names for the records that these fields link to; those of one name get the end of their id too."""
    written = [link for field, value in filled for link in links(field, value)]
    if not written:
        return {}
    ids = tuple(dict.fromkeys(link.rpartition("/")[2] for link in written))
    found = book.index.select(book.kinds.all, Selection(Ids(ids)), [("id",), ("name",)])
    known = {str(id): str(name or id) for id, name in found}
    names: Names = {}
    for link in dict.fromkeys(written):
        id = link.rpartition("/")[2]
        name = known.get(id, link)
        names[f"{name} ({handle(id)})" if name in names else name] = link
    return names


def links(field: Field, value: Any) -> list[str]:
    """The links that a value holds, as they are written."""
    if not field.links or not value or isinstance(value, Unread):
        return []
    if field.type == "link":
        return [value]
    return [part.value if isinstance(part, Item) else part for part in value]


def worded(field: Field, value: Any, names: Names, settings: Settings) -> dict[str, Any]:
    """The lines of a field, each with the value that it is the text of."""
    if value is None or value in ((), {}) or isinstance(value, Unread):
        return {}
    by_link = {link: name for name, link in names.items()}
    if field.type == "facts":
        return {f"{key}: {text}": (key, text) for key, text in value.items()}
    if field.type == "maps":
        return {_bars(_entry(field, entry, settings)): entry for entry in value}
    if field.type == "labelled":
        return {_labelled(field, part, by_link): part for part in value}
    if field.many:
        return {_scalar(field.item_field, part, by_link): part for part in value}
    return {_scalar(field, value, by_link): value}


def _scalar(field: Field, value: Any, by_link: Mapping[str, str]) -> str:
    if field.type == "link":
        return by_link.get(value, str(value))
    if field.type == "bool":
        return "yes" if value else "no"
    if field.type == "moment":
        return str(value.text[:16].replace("T", " "))
    return str(DUMP[field.type](value))


def _labelled(field: Field, part: Item[Any], by_link: Mapping[str, str]) -> str:
    if field.item == "address":
        text = _bars([getattr(part.value, name) or "" for name in ADDRESS_PARTS])
    else:
        text = _scalar(field.item_field, part.value, by_link)
    return text if part.label is None else f"{part.label}: {text}"


def _entry(field: Field, entry: Mapping[str, Any], settings: Settings) -> list[str]:
    return [str(write(entry.get(part.name), part, settings) or "") for part in field.parts]


def _bars(parts: list[str]) -> str:
    while parts and not parts[-1]:
        parts.pop()
    return " | ".join(parts)


def day_in_words(stamp: Stamp) -> str:
    """`Fri 28 Nov 2026`, with the hour of a moment."""
    when = stamp.when
    hour = f" {when:%H:%M}" if stamp.moment else ""
    return f"{when:%a} {when.day} {when:%b} {when.year}{hour}"


def _partial(value: PartialDate) -> str:
    day = value.in_year(value.year or 2000)
    return f"{day.day} {day:%B}" + (f" {value.year}" if value.year else ", of no known year")


MEANT: Final[Mapping[str, Callable[[Any, Settings], str]]] = {
    "date": lambda value, _settings: day_in_words(value),
    "moment": lambda value, _settings: day_in_words(value),
    "partial": lambda value, _settings: _partial(value),
    "money": lambda value, settings: for_people(value, settings.country),
    "phone": lambda value, settings: phone_key(value, settings.country),
    "consent": lambda value, _settings: f"{'yes' if value.value else 'no'}, since {value.date}",
}
"""Types whose text may mean something else than it says: value -> what is shown beside it."""


def meaning(field: Field, value: Any, book: Book) -> str:
    """What a value is in words; empty where its text says that already."""
    if value is None:
        return ""
    if isinstance(value, Item):
        return meaning(field.item_field, value.value, book) if field.item != "address" else ""
    if field.type == "labelled" or field.many or field.mapping:
        return ""
    if field.type == "link":
        return next(iter(names_of(book, [(field, value)])), "")
    return MEANT[field.type](value, book.settings) if field.type in MEANT else ""
