"""Filling in fields: the blanks of a form, what stands in them, what a typed line means, the values that they make."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field as stored
from typing import Any, Final

from crm_cli.base.errors import Invalid
from crm_cli.base.lean import dataclass
from crm_cli.book import Book
from crm_cli.schema.field import MAPPINGS, Field
from crm_cli.schema.kind import Kind
from crm_cli.schema.record import ADDRESS_PARTS, CHANNELS, Item, Record
from crm_cli.schema.shapes import custom_field
from crm_cli.services.edit import check_part
from crm_cli.services.entry import Entry, address, item, json_entry, scalar, split_label
from crm_cli.services.refs import Linker
from crm_cli.services.wording import Names, names_of, worded

LEFT_OUT: Final = frozenset(("attachments", "created", "archived", "merged_into", "conflicts"))
"""Fields that other commands look after; a form shows them to whoever asks for them by name."""
BY_COMMAS: Final = frozenset(("list", "links"))
BY_LINES: Final = frozenset(("labelled", "maps", "facts"))
BAR: Final = "|"


@dataclass(frozen=True, slots=True)
class Blank:
    """A place to fill in: its dotted name, the field, the lines that stand there, what those lines are the text of."""

    name: str
    field: Field
    lines: tuple[str, ...] = ()
    required: bool = False
    doc: str = ""
    kept: Mapping[str, Any] = stored(default_factory=dict)

    @property
    def several(self) -> bool:
        """Whether it has a line for each of its values."""
        return self.field.type in BY_LINES

    @property
    def by_commas(self) -> bool:
        """Whether its values stand in one line, with commas between them."""
        return self.field.type in BY_COMMAS


@dataclass(slots=True)
class Typed:
    """What was typed: the lines of each blank by its name, and the records that names stand for."""

    lines: dict[str, tuple[str, ...]] = stored(default_factory=dict)
    names: dict[str, str] = stored(default_factory=dict)

    def one(self, name: str) -> str:
        """The text of a blank, empty where nothing stands."""
        return "\n".join(self.lines.get(name, ())).strip()


@dataclass(frozen=True, slots=True)
class Sheet:
    """The blanks of a form, and the records that the names in them stand for."""

    blanks: tuple[Blank, ...]
    names: Names


def sheet_of(book: Book, kind: Kind, record: Record | None = None, names: Sequence[str] = ()) -> Sheet:
    """The blanks of a kind, or those of these names, as the record fills them; required ones first."""
    fields = [
        (name, field, value, doc)
        for name, field, value, doc in _places(book, kind, record)
        if (name in names or field.name in names or name.partition(".")[0] in names)
        or (not names and _is_asked(book, name, field, value))
    ]
    known = names_of(book, ((field, value) for _name, field, value, _doc in fields))
    blanks = []
    for name, field, value, doc in fields:
        kept = worded(field, value, known, book.settings)
        lines = (", ".join(kept),) if field.type in BY_COMMAS and kept else tuple(kept)
        if field.type == "long" and lines:
            lines = tuple(lines[0].split("\n"))
        blanks.append(Blank(name, field, lines, _required(book, kind, name), doc, kept))
    if names:
        order = {name: place for place, name in enumerate(names)}
        blanks.sort(key=lambda blank: order.get(blank.name, len(order)))
    else:
        blanks.sort(key=lambda blank: not blank.required)
    return Sheet(tuple(blanks), known)


def sheet_around(book: Book, kind: Kind, record: Record | None) -> Sheet:
    """The blanks of a new record; those that lead to the kind of `record` lead to it, and its firm is the same."""
    if record is None:
        return sheet_of(book, kind)
    leading: dict[str, Any] = {}
    for one in kind.stored:
        if one.name == "organization" and kind.bare and (firm := getattr(record, "organization", None)):
            leading[one.name] = firm
        if record.kind_.name not in (one.name, one.singular) or one.to != (record.kind_.name,):
            continue
        leading[one.name] = {"link": record.id, "links": (record.id,), "labelled": (Item(None, record.id),)}[one.type]
    return sheet_of(book, kind, kind.record(**leading) if leading else None)


def _places(book: Book, kind: Kind, record: Record | None) -> Iterable[tuple[str, Field, Any, str]]:
    """Every place of a kind where something may stand, with what the record has there."""
    for field in kind.stored:
        value = getattr(record, field.name) if record else None
        if field.type == "consent":
            for channel in CHANNELS:
                inner = Field(f"consent.{channel}", "consent")
                yield f"{field.name}.{channel}", inner, (value or {}).get(channel), "yes or no"
        elif field.type == "custom":
            for name, declared in book.settings.custom(kind.name).items():
                yield f"custom.{name}", custom_field(declared), (value or {}).get(name), ""
        else:
            yield field.name, field, value, field.doc


def _is_asked(book: Book, name: str, field: Field, value: Any) -> bool:
    if name in LEFT_OUT or (field.type == "maps" and not field.singular):  # a history is written, not filled in
        return False
    leads = not field.to or any(to in book.kinds.by_name for to in field.to)
    return leads or bool(value)


def _required(book: Book, kind: Kind, name: str) -> bool:
    first, _, rest = name.partition(".")
    if rest:
        declared = book.settings.custom(kind.name).get(rest)
        return first == "custom" and declared is not None and declared.required
    field = kind.by_name[first]
    return field.required and not (kind.settle and first == "at")  # what happened has its moment by itself


def entry_with(book: Book, names: Mapping[str, str]) -> Entry:
    """How typed values are understood where some names stand for certain records."""
    link = Linker(book)
    return Entry(book.context, lambda to, text: names.get(text) or link(to, text))


def value_of(blank: Blank, lines: Sequence[str], entry: Entry, names: Iterable[str] = ()) -> Any:
    """The typed value of a blank; what was not touched stays what it was. CrmError says what does not fit."""
    field = blank.field
    if field.type in BY_COMMAS:
        pieces = (piece for line in lines for piece in split_pieces(line, (*blank.kept, *names)))
        return tuple(dict.fromkeys(_piece(piece, blank, entry) for piece in pieces))
    if field.type in BY_LINES:
        values = [_piece(line.strip(), blank, entry) for line in lines if line.strip()]
        return dict(values) if field.type in MAPPINGS else tuple(values)
    text = "\n".join(lines)
    if text in blank.kept:
        return blank.kept[text]
    text = text if field.type == "long" else text.strip()
    return scalar(text, field, entry) if text.strip() else None


def split_pieces(line: str, known: Iterable[str]) -> list[str]:
    """The values between commas; a comma within a name that is known does not part it."""
    parts = [part.strip() for part in line.split(",")]
    commas = {tuple(part.strip() for part in text.split(",")): text for text in known if "," in text}
    longest = max(map(len, commas), default=1)
    out: list[str] = []
    at = 0
    while at < len(parts):
        sizes = (size for size in range(longest, 1, -1) if tuple(parts[at : at + size]) in commas)
        size = next(sizes, 1)
        out.append(commas[tuple(parts[at : at + size])] if size > 1 else parts[at])
        at += size
    return [piece for piece in out if piece]


def _piece(text: str, blank: Blank, entry: Entry) -> Any:
    """One of several values."""
    if text in blank.kept:
        return blank.kept[text]
    if blank.field.type == "facts":
        key, colon, value = text.partition(":")
        if not colon or not key.strip() or not value.strip():
            raise Invalid(f"{text} is no fact", hint="write what it is, a colon, and the fact: likes: chai")
        return key.strip(), value.strip()
    if blank.field.type == "maps":
        parts = [part.strip() for part in text.split(BAR)]
        if len(parts) > len(blank.field.parts):
            raise Invalid(f"{blank.field.one} has more parts than it can", hint=hint_of(blank.field))
        names = [part.name for part in blank.field.parts]
        return json_entry(dict(zip(names, parts, strict=False)), blank.field, entry)
    if blank.field.item == "address":
        return _address(text, blank.field)
    return item(text, blank.field, entry)


def _address(text: str, field: Field) -> Item[Any]:
    label, rest = split_label(text)
    parts = [part.strip() for part in rest.split(BAR)]
    if len(parts) > len(ADDRESS_PARTS):
        raise Invalid("an address has more parts than it can", hint=hint_of(field))
    return Item(label, address(dict(zip(ADDRESS_PARTS, parts, strict=False)), field))


def hint_of(field: Field) -> str:
    """How a line of the field is written, where that is not plain."""
    if field.item == "address":
        return "home: street | city | state | postcode | country"
    if field.type == "maps":
        return f" {BAR} ".join(part.name for part in field.parts)
    plain = field.type == "labelled" and field.item != "link"
    return "what: fact" if field.type == "facts" else "label: value" if plain else field.doc


def changed_values(book: Book, record: Record | None, sheet: Sheet, typed: Typed) -> dict[str, Any]:
    """The values of the fields whose blanks hold other lines than the record has; of a new one all that are filled."""
    names = {**sheet.names, **typed.names}
    entry = entry_with(book, names)
    values: dict[str, Any] = {}
    for blank in sheet.blanks:
        lines = typed.lines.get(blank.name, blank.lines)
        if lines == (blank.lines if record else ()):
            continue
        first, _, key = blank.name.partition(".")
        value = value_of(blank, lines, entry, names)
        if not key:
            values[first] = value
            continue
        if record is not None:
            check_part(record, first)
        whole = values.get(first, dict(getattr(record, first) if record else {}))
        values[first] = {**whole, key: value}
        if value in (None, ()):
            del values[first][key]
    return values
