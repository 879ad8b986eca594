"""What is offered and said while somebody fills in a blank: ends of the line, records by their names, what it means."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from crm_cli.base.ids import handle
from crm_cli.base.lean import dataclass
from crm_cli.base.text import fold
from crm_cli.book import Book
from crm_cli.schema.field import Field
from crm_cli.services.entry import split_label
from crm_cli.services.filling import Blank, entry_with, split_pieces, value_of
from crm_cli.services.suggest import field_values
from crm_cli.services.underway import promises, told
from crm_cli.services.wording import links, meaning, names_of

MOST: Final = 12
CLOSED: Final = frozenset(("choice", "bool", "link", "links"))


@dataclass(frozen=True, slots=True)
class Offer:
    """A line as it would be, what is shown of it, and for a record its name and what the name stands for."""

    line: str
    shown: str
    about: str = ""
    name: str = ""
    id: str = ""


def is_closed(field: Field) -> bool:
    """Whether only what is offered fits."""
    return field.type in CLOSED or bool(field.choices) or field.item == "link"


def is_short(field: Field) -> bool:
    """Whether it wants one of a few words, which can be shown before anything is typed."""
    return field.type == "bool" or bool(field.choices)


def offers(
    book: Book, kinds: Sequence[str], blank: Blank, line: str, names: Mapping[str, str], *, making: bool = False
) -> list[Offer]:
    """What the line could become; nothing for a line that is one of them already.

    With `making` a link may also lead to a record that is made with this one; that is offered last.
    """
    field = blank.field
    head, begun = _begun(blank, line, names)
    if begun in names or (field.links and not begun):
        return []
    asked = field.item_field if field.type == "labelled" else field
    found = field_values(book, kinds, asked, begun, MOST + 1)
    if asked.links:
        made = _records(found[:MOST], head, names)
        there = any(fold(offer.name) == fold(begun) for offer in made)
        return made if there or not making else [*made, *_new(book, asked, head, begun)]
    made = [Offer(head + value, value, about) for value, about in found[:MOST]]
    return [] if [offer.shown for offer in made] == [begun] else made


def _begun(blank: Blank, line: str, names: Mapping[str, str]) -> tuple[str, str]:
    """What stays of the line, and what is to be ended."""
    if blank.by_commas:
        pieces = split_pieces(line, (*blank.kept, *names))
        if not pieces or line.rstrip().endswith(","):
            return (f"{line.rstrip()} " if pieces else "", "")
        return "".join(f"{piece}, " for piece in pieces[:-1]), pieces[-1]
    if blank.field.type == "labelled":
        label, rest = split_label(line)
        return (f"{label}: " if label else ""), rest.strip()
    return "", line.strip()


def _records(found: Sequence[tuple[str, str]], head: str, names: Mapping[str, str]) -> list[Offer]:
    made: list[Offer] = []
    known = dict(names)
    for id, title in found:
        name = title or id
        if known.get(name, id) != id:
            name = f"{name} ({handle(id)})"
        known[name] = id
        made.append(Offer(head + name, name, "", name, id))
    return made


def _new(book: Book, field: Field, head: str, name: str) -> Iterator[Offer]:
    for kind, promise in promises(book, field, name):
        yield Offer(head + name, name, f"new {kind}", name, promise)


def understood(book: Book, blank: Blank, lines: Sequence[str], names: Mapping[str, str]) -> str:
    """What the lines of a blank mean where that is not plain; CrmError says what does not fit."""
    value = value_of(blank, lines, entry_with(book, names), names)
    if news := told(links(blank.field, value)):
        return news
    typed = ", ".join(line.strip() for line in lines if line.strip())
    if blank.field.type == "labelled":
        said = ", ".join(filter(None, (meaning(blank.field, part, book) for part in value)))
    elif blank.field.type == "links":
        said = ", ".join(names_of(book, [(blank.field, value)]))
    else:
        said = meaning(blank.field, value, book)
    return "" if said in typed else said
