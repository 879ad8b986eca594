"""Records of any kind, and edits of them, for tests that hold for all of them.

`TEXTS` has a row for each value type: a strategy of texts as a file may hold them, which the type's own
parser turns into values. `records(kind)` and `edits(record)` build on it. Values come from small pools on
purpose: two edits of one record should often meet.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from crm_cli.schema.convert import build, values_of
from crm_cli.schema.field import Field
from crm_cli.schema.kind import Kind
from crm_cli.schema.node import Bare, Plain
from crm_cli.schema.record import CHANNELS, Address, Item, Record
from crm_cli.schema.settings import CUSTOM_TYPES, CustomField, Settings
from crm_cli.schema.shapes import custom_field
from crm_cli.schema.values import PARSE

Texts = Callable[[Field], SearchStrategy[str]]

KINDS_WITH_CUSTOM = ("contact", "organization", "deal", "task", "interaction", "view")
SETTINGS = Settings(
    timezone="Asia/Kolkata",
    fields={
        kind: {
            f"own_{type}": CustomField(f"own_{type}", type, ("red", "green") if type == "choice" else ())
            for type in CUSTOM_TYPES
        }
        for kind in KINDS_WITH_CUSTOM
    },
)
"""A book whose every kind declares one custom field of each type."""

WORDS = ("vip", "VIP", "Key account", "आशा शर्मा", "José", "yes", "007", "12:30", "a: b", "x # y", "- z", '"q"', "it's")
LINES = ("Met at the fair.", "Prefers tea", "", "  indented", "# not a comment", "फ़ोन पर बात हुई", "---", "a: b")
IDS = ("asha-sharma-k7m3q9", "acme-textiles-b4x8w2", "bob", "website-h2v8c1")
LABELS = (None, "mobile", "work", "घर", "yes")

_ANY_TEXT = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)


@cache
def words() -> SearchStrategy[str]:
    """A text in one line, mostly of a small pool; any characters now and then."""
    return st.sampled_from(WORDS) | st.sampled_from(WORDS) | st.sampled_from(WORDS) | _ANY_TEXT


@cache
def long_texts() -> SearchStrategy[str]:
    """Several lines, with or without a last line end."""
    joined = st.lists(st.sampled_from(LINES), min_size=1, max_size=6).map("\n".join)
    return st.builds(str.__add__, joined, st.sampled_from(("", "\n"))).filter(bool)


_DAYS = st.sampled_from(("2026-11-20", "2026-11-21", "1984-02-29", "2030-01-01"))
_TIMES = st.sampled_from(("T10:30+05:30", "T05:00Z", "T23:59:59-08:00", "T00:00:01+00:00"))
_SPANS = st.builds("{}{}".format, st.integers(1, 9), st.sampled_from(("d", "w", "mo", "y")))


def _moments() -> SearchStrategy[str]:
    return _DAYS | st.builds(str.__add__, _DAYS, _TIMES)


def _integers(field: Field) -> SearchStrategy[str]:
    return st.integers(0, 100).map(str) if field.name == "probability" else st.integers(-5, 10**9).map(str)


def _choices(field: Field) -> SearchStrategy[str]:
    choices = SETTINGS.choices(field.choices)
    return st.sampled_from(choices) if choices else words()


def _links(_field: Field) -> SearchStrategy[str]:
    return st.sampled_from((*IDS, "contacts/bob"))


def _always(strategy: SearchStrategy[str]) -> Texts:
    return lambda _field: strategy


TEXTS: Mapping[str, Texts] = {
    "text": _always(words()),
    "long": _always(long_texts()),
    "choice": _choices,
    "link": _links,
    "email": _always(st.sampled_from(("asha@acme.example", "Asha@acme.example", "bob+crm@club.example"))),
    "phone": _always(st.sampled_from(("+91 98765 43210", "09876543210", "+91 22 2778 0000", "ext 12", "ask Bob"))),
    "url": _always(st.sampled_from(("https://acme.example/", "acme.example", "http://www.acme.example/a?b=c#d"))),
    "date": _always(_DAYS),
    "moment": _always(_moments()),
    "partial": _always(st.sampled_from(("1984-03-14", "--03-14", "--02-29", "2000-02-29"))),
    "money": _always(st.sampled_from(("75000 INR", "75000.00 INR", "INR 1", "-1250.50 EUR", "0.000001 USD", "42"))),
    "number": _always(st.sampled_from(("0", "-1.50", "1.5", "123456789012345678901234567890"))),
    "integer": _integers,
    "bool": _always(st.sampled_from(("true", "no", "Yes", "FALSE"))),
    "duration": _always(st.sampled_from(("30d", "6w", "6w..8w", "1y")) | _SPANS),
    "recurrence": _always(st.sampled_from(("2w", "1mo on 5", "2w after", "FREQ=WEEKLY;BYDAY=MO")) | _SPANS),
    "consent": _always(st.sampled_from(("yes", "no", "yes 2026-11-21", "no 2026-01-05"))),
}
"""Every scalar type: texts that a file may hold for it."""


@cache
def scalars(field: Field) -> SearchStrategy[Any]:
    """Values of a scalar type."""
    return TEXTS[field.type](field).map(lambda text: PARSE[field.type](text, field, SETTINGS))


@cache
def addresses() -> SearchStrategy[Address]:
    """Addresses that say something."""
    part = st.none() | st.sampled_from(("12 Ring Road", "Surat", "395003", "no"))
    return st.builds(Address, part, part, part, part, part).filter(lambda address: address != Address())


@cache
def items(field: Field) -> SearchStrategy[Any]:
    """One item of a field that holds several."""
    if field.type == "labelled":
        value = addresses() if field.item == "address" else scalars(Field(field.one, field.item, to=field.to))
        return st.builds(Item, st.sampled_from(LABELS), value)
    if field.type == "maps":
        parts = {part.name: st.none() | values(part) for part in field.parts}
        return st.fixed_dictionaries(parts).filter(lambda entry: any(value is not None for value in entry.values()))
    type = "link" if field.type == "links" else field.item or "text"
    return scalars(Field(field.name, type, to=field.to, choices=field.choices))


@cache
def trees() -> SearchStrategy[Plain]:
    """Values of unknown keys: text, numbers and words that are no text, lists, maps."""
    leaf: SearchStrategy[Plain] = words() | st.sampled_from((Bare("1"), Bare("true"), "1", "true", Bare("2026-11-21")))
    return _nested(leaf)


@cache
def untyped() -> SearchStrategy[Plain]:
    """Values whose type nobody declared: all text, lists, maps."""
    return _nested(words())


def _nested(leaf: SearchStrategy[Any]) -> SearchStrategy[Any]:
    return leaf | st.lists(leaf, max_size=2) | st.dictionaries(st.sampled_from(("a", "b")), leaf, max_size=2)


@cache
def members(field: Field, kind: str) -> SearchStrategy[tuple[str, Any]]:
    """One key with its value of a field that holds values by key."""
    if field.type == "consent":
        return st.tuples(st.sampled_from(CHANNELS), scalars(Field("consent.email", "consent")))
    if field.type == "facts":
        return st.tuples(st.sampled_from(("likes", "dislikes", "चाय")), words())
    declared = SETTINGS.custom(kind)
    known = [st.tuples(st.just(name), values(custom_field(own), kind)) for name, own in declared.items()]
    return st.one_of(*known, st.tuples(st.sampled_from(("allergy", "रंग")), untyped())).filter(lambda m: m[1] != ())


@cache
def values(field: Field, kind: str = "") -> SearchStrategy[Any]:
    """Values of any field."""
    if field.type in ("list", "links"):
        return st.lists(items(field), min_size=1, max_size=4).map(unique)
    if field.many:
        return st.lists(items(field), min_size=1, max_size=3).map(tuple)
    if field.mapping:
        return st.lists(members(field, kind), min_size=1, max_size=3).map(dict)
    if field.type == "any":
        return words() | st.dictionaries(st.sampled_from(("stage", "due")), words(), min_size=1, max_size=2)
    return scalars(field)


def unique(found: Any) -> tuple[Any, ...]:
    """Each value once, as sets are read."""
    return tuple(dict.fromkeys(found))


UNKNOWN_KEYS = ("zodiac", "ref", "id", "ज्ञात")


@st.composite
def records(draw: st.DrawFn, kind: Kind, id: str = "made-up-k7m3q9") -> Record:
    """A record of a kind without problems: what it must have, some fields, an unknown key now and then."""
    optional = [field for field in kind.stored if not field.required]
    chosen = draw(st.lists(st.sampled_from(optional), max_size=6, unique_by=lambda field: field.name))
    fields = [field for field in kind.stored if field.required] + chosen
    found = {field.name: draw(values(field, kind.name)) for field in fields}
    extra = draw(st.just({}) | st.dictionaries(st.sampled_from(UNKNOWN_KEYS), trees(), max_size=2))
    return build(kind, {**found, "id": id, "path": f"{kind.folder}/{id}.yaml", "extra": extra})


@st.composite
def edits(draw: st.DrawFn, record: Record, among: tuple[str, ...] = ()) -> Record:
    """The record with one to three of its fields changed; `among` are fields to choose from, else all are."""
    kind = record.kind_
    names = among or (*kind.file_order, "extra")
    found = values_of(record) | {"extra": record.extra}
    for name in draw(st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True)):
        if name == "extra":
            change = st.tuples(st.sampled_from(UNKNOWN_KEYS), st.none() | trees())
            found[name] = _with(record.extra, draw(change))
        else:
            found[name] = draw(changed(kind.by_name[name], found[name], kind.name))
    return build(kind, {**found, "id": record.id, "path": record.path})


def changed(field: Field, value: Any, kind: str) -> SearchStrategy[Any]:
    """Another value of a field: items added, removed, moved or changed, keys set or dropped, a value set or cleared."""
    if field.many:
        return _changed_list(field, value)
    if field.mapping:
        drop = st.tuples(st.sampled_from(tuple(value)), st.none()) if value else st.nothing()
        return (members(field, kind) | drop).map(lambda change: _with(value, change))
    new = values(field, kind)
    if field.type == "long" and value:
        new |= st.builds(_with_line, st.just(value), st.integers(0, 6), st.sampled_from(LINES), st.booleans())
    return new if field.required else new | st.none()


def _with(map: Mapping[str, Any], change: tuple[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in {**map, change[0]: change[1]}.items() if value is not None}


def _with_line(text: str, at: int, line: str, instead: bool) -> str:
    lines = text.split("\n")
    return "\n".join([*lines[:at], line, *lines[at + instead :]]) or line or "."


@st.composite
def _changed_list(draw: st.DrawFn, field: Field, value: tuple[Any, ...]) -> tuple[Any, ...]:
    kept = [item for item in value if draw(st.integers(0, 4))]
    if draw(st.booleans()):
        kept = draw(st.permutations(kept))
    kept = [draw(_changed_item(field, item)) for item in kept]
    added = draw(st.lists(items(field), max_size=2))
    at = draw(st.integers(0, len(kept)))
    whole = (*kept[:at], *added, *kept[at:])
    return unique(whole) if field.type in ("list", "links") else whole


def _changed_item(field: Field, item: Any) -> SearchStrategy[Any]:
    same = st.just(item)
    if field.type == "labelled":
        return same | st.builds(Item, st.sampled_from(LABELS), st.just(item.value))
    if field.type == "maps":
        part = st.sampled_from(field.parts).flatmap(lambda part: st.tuples(st.just(part.name), values(part)))
        return same | part.map(lambda change: {**item, change[0]: change[1]})
    return same
