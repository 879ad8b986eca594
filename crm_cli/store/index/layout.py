"""Which tables and columns hold the records of each kind, worked out from the kinds' declarations.

A record is a row of its kind's table: each field's value as text, beside it what the field is compared by.
Items of lists and maps are rows of `item`, links rows of `link`; `doc` holds ready JSON; `body` folded text.
"""

import marshal
from collections.abc import Mapping
from functools import cached_property

from crm_cli.base.lean import dataclass
from crm_cli.schema.field import Derived, Field, Rollup
from crm_cli.schema.kind import Kind, Kinds

VERSION = 2
"""Counts up with every change of the tables or of what is put into them."""

_SUFFIXES: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(["text", "long", "choice", "email", "phone", "url", "number", "date", "moment", "totals"], ("k",)),
    **dict.fromkeys(["list", "links", "labelled"], ("1", "k")),
    "money": ("k", "c"),
}
"""What stands beside a value: k its key, c its currency, 1 the first item of a list."""

LAST = frozenset(["list", "links", "labelled", "maps", "custom", "facts", "consent", "any", "long"])
"""Types whose columns stand at the end of a row, so that SQLite seldom has to read that far."""

SHARED = """
create table meta (key text primary key, value) without rowid;
create table folder (name text primary key, listing blob) without rowid;
create table racy (path text primary key, mtime integer) without rowid;
create table record (rid integer primary key, kind text, path text unique, id text, digest blob, merged_into text);
create table merged (id text primary key, survivor text) without rowid;
create table item (rid integer, path text, pos integer, label text, text, key, primary key (rid, path, pos))
 without rowid;
create table link (src integer, field text, pos integer, id text, folder text, raw text,
 primary key (src, field, pos)) without rowid;
create table doc (rid integer primary key, stored text, tail text);
create table body (rid integer primary key, name text, text text);
create table word (word text, rid integer, script integer, initial text, primary key (word, rid)) without rowid;
create table later (key integer, rid integer, primary key (key, rid)) without rowid;
create table problem (rid integer, pos integer, path text, line integer, code text, message text, field text,
 value text, primary key (rid, pos)) without rowid;
create table broken (path text, line integer, code text, message text, fix text, odd integer);
"""

INDEXES = (
    "create index record_id on record (id)",
    "create index item_key on item (path, key)",
    "create index link_id on link (id, field)",
    "create index link_raw on link (raw)",
    "create index word_script on word (script, initial)",
    "create index word_rid on word (rid)",
    "create index broken_path on broken (path)",
)
"""Made when the first rows are in: all at once is cheaper than row by row."""


def quoted(name: str) -> str:
    """A name as SQL takes it."""
    return '"' + name.replace('"', '""') + '"'


@dataclass(frozen=True)
class Slot:
    """The columns of one field: `type` is its value type or shape, `item` that of the items."""

    name: str
    type: str
    item: str = ""
    choices: tuple[str, ...] | str = ()
    field: Field | None = None
    counts: bool = False

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Their names: the value first."""
        return (self.name, *(f"{self.name}:{suffix}" for suffix in _SUFFIXES.get(self.type, ())))

    @cached_property
    def keyed(self) -> bool:
        """Whether the key stands in a column of its own."""
        return self.type in _SUFFIXES

    @cached_property
    def many(self) -> bool:
        """Whether it holds a list whose first item stands beside it."""
        return self.type in ("list", "links", "labelled")


@dataclass(frozen=True)
class KindTable:
    """The table of one kind."""

    kind: Kind

    @cached_property
    def name(self) -> str:
        """Its name, quoted."""
        return quoted(f"k_{self.kind.name}")

    @cached_property
    def stored(self) -> tuple[Slot, ...]:
        """The slots of the fields."""
        return tuple(_of_field(field) for field in self.kind.fields)

    @cached_property
    def computed(self) -> tuple[Slot, ...]:
        """The slots of what is computed."""
        return tuple(_of_computed(one) for one in self.kind.computed)

    @cached_property
    def slots(self) -> Mapping[str, Slot]:
        """Every slot by its name."""
        return {slot.name: slot for slot in (*self.stored, *self.computed)}

    @cached_property
    def written(self) -> tuple[Slot, ...]:
        """The slots of the fields in the order of the row."""
        return tuple(sorted(self.stored, key=lambda slot: slot.type in LAST))

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns that a record's file decides, in the order of the row."""
        fields = tuple(column for slot in self.written for column in slot.columns)
        return ("rid", "id", "path", "id:slug", "id:random", *fields)

    @cached_property
    def create(self) -> str:
        """The statement that makes the table: what is computed stands before the long columns."""
        short = [column for slot in self.written if slot.type not in LAST for column in slot.columns]
        long = [column for slot in self.written if slot.type in LAST for column in slot.columns]
        computed = [column for slot in self.computed for column in slot.columns]
        names = ["id", "path", "id:slug", "id:random", *short, *computed, "json:c", *long]
        rest = ", ".join(quoted(name) + (" default ''" if name == "json:c" else "") for name in names)
        return f"create table {self.name} (rid integer primary key, {rest});"

    @cached_property
    def index(self) -> str:
        """The statement that makes records be found by their ids."""
        return f"create index {quoted(f'id_{self.kind.name}')} on {self.name} (id, path)"

    @cached_property
    def insert(self) -> str:
        """The statement that takes the columns of a file."""
        names = ", ".join(quoted(name) for name in self.columns)
        return f"insert into {self.name} ({names}) values ({', '.join('?' * len(self.columns))})"


def _of_field(field: Field) -> Slot:
    item = "link" if field.type == "links" else field.item or ("text" if field.type == "list" else "")
    return Slot(field.name, field.type, item, field.choices, field)


def _of_computed(one: Rollup | Derived) -> Slot:
    choices = one.choices if isinstance(one, Derived) else ()
    return Slot(one.name, one.type, "", choices, None, isinstance(one, Rollup) and one.fold == "count")


@dataclass(frozen=True)
class Layout:
    """The tables of all kinds."""

    kinds: Kinds

    @cached_property
    def tables(self) -> Mapping[str, KindTable]:
        """By the name of the kind."""
        return {kind.name: KindTable(kind) for kind in self.kinds.all}

    @cached_property
    def create(self) -> str:
        """The statements that make every table."""
        return SHARED + "\n".join(table.create for table in self.tables.values())

    @cached_property
    def indexes(self) -> tuple[str, ...]:
        """The statements that make the indexes of all tables."""
        return (*INDEXES, *(table.index for table in self.tables.values()))

    @cached_property
    def fingerprint(self) -> bytes:
        """What tells this layout from another: everything that the kinds declare."""
        return marshal.dumps([_declared(kind) for kind in self.kinds.all], 2)


def _declared(kind: Kind) -> tuple[object, ...]:
    fields = [
        (f.name, f.type, f.item, f.to, f.choices, f.singular, f.required, [(p.name, p.type) for p in f.parts])
        for f in kind.fields
    ]
    computed = [
        (c.name, c.type, c.fold, c.source, c.paths, c.field, c.give)
        if isinstance(c, Rollup)
        else (c.name, c.type, c.needs, c.choices)
        for c in kind.computed
    ]
    return kind.name, kind.folder, kind.dated, fields, computed
