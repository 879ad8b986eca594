"""Rows in our own form, as `export` and the listings write them: columns by the names of fields, known by their id.

What a row says is compared with what an export would say now, so that only what somebody changed is taken in.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from crm_cli.base.errors import BadValue, CrmError, Invalid
from crm_cli.base.text import nearest, with_article
from crm_cli.book import Book
from crm_cli.formats.cells import cell, parse_cell
from crm_cli.formats.jsontext import load
from crm_cli.schema.field import Field
from crm_cli.schema.kind import Kind
from crm_cli.schema.shapes import json_form
from crm_cli.services.assign import mapping_field
from crm_cli.services.entry import Entry, from_json
from crm_cli.services.exchange import jsonset
from crm_cli.services.exchange.given import Given, Put, TargetPut
from crm_cli.services.exchange.links import Links
from crm_cli.services.exchange.lookup import NAME, Path
from crm_cli.services.exchange.reading import reader
from crm_cli.services.exchange.source import Row, Source, column_key
from crm_cli.services.exchange.targets import Values, target

EMPTY: Final[tuple[Any, ...]] = (None, "", [], {})
_MONEY: Final = ("amount", "currency")


@dataclass(slots=True)
class OwnPut:
    """A value in JSON form for a field or for a key of one; `text` is the cell that it was read from, if any."""

    kind: Kind
    entry: Entry
    path: Path
    raw: Any
    text: str | None = None

    @property
    def field(self) -> str:
        """The name of the field."""
        return "extra" if self.path[0] == "extra" else self.kind.by_name[self.path[0]].name

    @property
    def waits(self) -> bool:
        """Whether it may hold links, or cannot be compared by its type."""
        if self.field == "extra":
            return True
        field = self.kind.by_name.get(self.field)
        return bool(field and (field.links or any(part.links for part in field.parts) or field.type == "custom"))

    def same(self, now: Mapping[str, Any], links: Links) -> bool:
        """Whether an export would say just this."""
        value = self._now(now)
        if bool(value == self.raw) or (self.text is not None and cell(value) == self.text):
            return True
        return self._names(value, links) if self.waits else self._means(value, links)

    def _means(self, value: Any, links: Links) -> bool:
        """Whether another spelling says the same: `1.5L` and `150000 INR`."""
        values: Values = {}
        try:
            self.into(values, links)
        except CrmError:
            return False
        field, settings = self.kind.by_name[self.field], links.book.settings
        meant = json_form(values.get(self.field), field, settings, self.kind.name)
        return bool(self._now({self.field: meant}) == value)

    def _now(self, now: Mapping[str, Any]) -> Any:
        value = now.get(self.field)
        if len(self.path) > 1:
            return (value or {}).get(self.path[1])
        if self.path[0] != self.field and isinstance(value, list):  # the singular of a list is its first item
            first = value[0] if value else None
            return first["value"] if isinstance(first, Mapping) and "value" in first else first
        return value

    def _names(self, value: Any, links: Links) -> bool:
        field = self.kind.by_name.get(self.path[0])
        return bool(value) and field is not None and field.type == "link" and value in links.named(field.to, self.raw)

    def holds(self, values: Mapping[str, Any]) -> bool:
        """Whether anything stands there."""
        value = values.get(self.field)
        return ((value or {}).get(self.path[1]) if len(self.path) > 1 else value) not in (*EMPTY, ())

    def into(self, values: Values, links: Links) -> None:
        """Puts it there."""
        del links  # the entry looks them up
        raw = {self.path[1]: self.raw} if len(self.path) > 1 else self.raw
        values |= jsonset.put(values, self.path[0], raw, self.kind, self.entry)


@dataclass(slots=True)
class AmountPut:
    """An amount in two columns: number and currency. Either may be missing, and is then as it was."""

    spec: Field
    entry: Entry
    amount: str
    currency: str
    waits: bool = False

    @property
    def field(self) -> str:
        """The name of the field."""
        return self.spec.name

    def same(self, now: Mapping[str, Any], links: Links) -> bool:
        """Whether an export would say just this."""
        del links
        old = now.get(self.field) or dict.fromkeys(_MONEY, "")
        return self.amount in ("", old["amount"]) and self.currency in ("", old["currency"])

    def holds(self, values: Mapping[str, Any]) -> bool:
        """Whether there is an amount."""
        return values.get(self.field) is not None

    def into(self, values: Values, links: Links) -> None:
        """Puts it there."""
        del links
        old = values.get(self.field)
        amount = self.amount or (old.digits if old else "")
        if amount:
            currency = self.currency or (old.currency if old else "")
            values[self.field] = from_json(f"{amount} {currency}", self.spec, self.entry)


class Own:
    """Reads rows of our own; `Invalid` at once for columns that no kind of the file has."""

    match: tuple[Path, ...] = ()

    def __init__(self, book: Book, source: Source, kind: Kind | None, entry: Entry, on_match: str = "") -> None:
        self.book, self.source, self.entry, self.kind = book, source, entry, kind
        self.on_match = on_match or "update"
        keys = [column_key(name) for name in source.columns]
        self.record, self.id = (keys.index(name) if name in keys else -1 for name in ("record", "id"))
        if kind is None and self.record < 0:
            raise Invalid("what kind of record are these rows?", hint="give --kind, or a map, or a column `record`")
        self.lookups: Sequence[Path] = (("id",), NAME)
        kinds = [kind] if kind else self._kinds()
        self.columns = {one.name: [_column(name, one, book) for name in source.columns] for one in kinds}
        self.warnings = tuple(_check(source.columns, kinds, book))

    def _kinds(self) -> list[Kind]:
        names = {cell(row.cells[self.record]).strip() for row in self.source.rows if not row.problem}
        known = self.book.kinds.by_name
        return [known[name] for name in sorted(names) if name in known]

    def given(self, row: Row) -> Given:
        """What a row says."""
        kind = self._kind(row)
        puts: list[Put] = []
        money: dict[str, dict[str, str]] = {}
        for path, value in zip(self.columns[kind.name], row.cells, strict=True):
            if path is None or value in EMPTY:
                if path is None and value not in EMPTY:
                    raise Invalid(f"{with_article(kind.name)} has no {self._stray(row, kind)}")
            elif len(path) == 2 and path[1] in _MONEY and kind.by_name[path[0]].type == "money":
                money.setdefault(path[0], dict.fromkeys(_MONEY, ""))[path[1]] = cell(value).strip()
            elif path:
                puts += self._puts(kind, path, value)
        for name, said in money.items():
            puts.append(AmountPut(kind.by_name[name], self.entry, said["amount"], said["currency"]))
        id = cell(row.cells[self.id]).strip() if self.id >= 0 else ""
        return Given(kind, row, puts, id=id)

    def _kind(self, row: Row) -> Kind:
        said = cell(row.cells[self.record]).strip() if self.record >= 0 else ""
        kind = self.book.kinds.by_name.get(said) if said else self.kind
        if kind is None:
            raise Invalid(f"{said} is no kind of record" if said else "the row does not say what kind of record it is")
        if self.kind and kind is not self.kind:
            raise Invalid(f"it is of the kind {kind.name}, not {self.kind.name}")
        return kind

    def _stray(self, row: Row, kind: Kind) -> str:
        pairs = zip(self.source.columns, self.columns[kind.name], row.cells, strict=True)
        return next(name for name, path, value in pairs if path is None and value not in EMPTY)

    def _puts(self, kind: Kind, path: Path, value: Any) -> Iterable[Put]:
        field = kind.by_name.get(path[0])
        if self.source.typed:
            if isinstance(value, Mapping) and len(path) == 1 and (field is None or field.mapping):
                parts = ((key, part) for key, part in value.items() if part not in EMPTY)
                return [OwnPut(kind, self.entry, (path[0], key), part) for key, part in parts]
            return [OwnPut(kind, self.entry, path, value)]
        if field is None:
            return [OwnPut(kind, self.entry, (path[0], key), part) for key, part in _extra(value).items()]
        if len(path) > 1 and not field.mapping:
            to = target(".".join(path), kind, self.entry)
            return [TargetPut(to.field.name, to, [reader(to.inner, self.entry)(value)])]
        inner = mapping_field(field, path[1], kind, self.entry) if len(path) > 1 else field
        try:
            raw = value if field.name != path[0] else parse_cell(value, inner)
        except BadValue as bad:
            raise Invalid(bad.message, hint=bad.hint) from None
        return [OwnPut(kind, self.entry, path, raw, value)]


def _extra(text: str) -> Mapping[str, Any]:
    """What a cell of the column `extra` holds: unknown keys, which only JSON can say."""
    try:
        found = load(text)
    except BadValue as bad:
        raise Invalid(f"extra: {bad.message}", hint='write it as JSON: {"shoe": "42"}') from None
    if not isinstance(found, Mapping):
        raise Invalid(f"extra is a map by name, not {text[:80]}")
    return {key: part for key, part in found.items() if part not in EMPTY}


def _column(name: str, kind: Kind, book: Book) -> Path | None:
    """The field that a column is about, () for one that import passes over, None for one that the kind has not."""
    key = column_key(name)
    if key in ("id", "record", "problems") or key in kind.computed_by_name:
        return ()
    if key == "extra":
        return ("extra",)
    head, _, rest = key.partition(".")
    field = kind.by_name.get(head)
    if field is None:
        return () if rest and (head in book.kinds.by_name or head in kind.computed_by_name) else None
    if field.computed:
        return ()
    if not rest:
        return (head,)
    if field.mapping:
        return (field.name, name.strip().partition(".")[2])
    if field.type == "money" and rest in _MONEY:
        return (field.name, rest)
    if field.links:
        return ()
    return (head, *name.strip().split(".")[1:]) if field.type == "labelled" else None


def _check(columns: Sequence[str], kinds: Sequence[Kind], book: Book) -> Iterable[str]:
    """Refuses columns that no kind has; says which ones belong to other records and are passed over."""
    paths = {name: [_column(name, kind, book) for kind in kinds] for name in columns}
    unknown = [name for name, found in paths.items() if found and all(path is None for path in found)]
    if unknown:
        near = nearest(unknown[0], [field.name for kind in kinds for field in kind.stored])
        raise Invalid(
            f"no field is called {', '.join(unknown)}",
            hint=f"{f'did you mean {near}? ' if near else ''}a file of another program needs a map: "
            "--save-map MAP begins one",
        )
    across = [name for name, found in paths.items() if "." in name and all(path == () for path in found)]
    if across:
        yield f"passed over, since they belong to other records: {', '.join(across)}"
