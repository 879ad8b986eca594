"""Rows of a foreign file, read through a map."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from crm_cli.base.errors import CrmError, Invalid
from crm_cli.base.text import nearest
from crm_cli.formats.cells import cell
from crm_cli.schema.kind import Kind
from crm_cli.schema.values import PARSE
from crm_cli.services.entry import Entry, item, one_of
from crm_cli.services.exchange import reading
from crm_cli.services.exchange.given import ConsentPut, Given, Put, TargetPut
from crm_cli.services.exchange.import_map import ImportMap, Rule, located
from crm_cli.services.exchange.links import Links, Pending
from crm_cli.services.exchange.lookup import Path, key_path
from crm_cli.services.exchange.source import Row, Source, column_key, flat
from crm_cli.services.exchange.targets import Target, target

_LABELS: Final = frozenset(("phone", "email", "url", "text"))


@dataclass(frozen=True, slots=True)
class Way:
    """How the cells of the column at a place get into a record; place -1 is a column that the file does not have."""

    place: int
    rule: Rule
    target: Target
    read: reading.Read

    def put(self, value: Any) -> TargetPut | None:
        """What a cell says; None for an empty one."""
        rule, target = self.rule, self.target
        if value.__class__ is str and not rule.split:
            text = value.strip().replace("\r\n", "\n")  # as Excel and Outlook write lines within a cell
            text = rule.values.get(text, text) if rule.values else text
            new = (self.read(text),) if text else ()
        else:
            parts = (rule.values.get(part, part) for part in _parts(value, rule.split))
            new = tuple(self.read(part) for part in parts if part)
        if not new:
            return None
        made = ConsentPut if target.inner.type == "consent" else TargetPut
        return made(target.field.name, target, new, target.inner.links)


def _parts(value: Any, split: str) -> Iterable[str]:
    if isinstance(value, str):
        return [part.strip() for part in value.split(split)]
    if isinstance(value, list):
        return [cell(part).strip() for part in value]
    return (cell(value).strip(),)


class Mapped:
    """Reads rows through a map; `Invalid` at once where the map does not fit the kind or the file."""

    def __init__(self, made: ImportMap, source: Source, kind: Kind, entry: Entry, links: Links) -> None:
        self.kind, self.on_match = kind, made.on_match
        self.source = flat(source)
        self.places = _places(self.source, made)
        self.match = tuple(key_path(text, kind) for text in made.match)
        ways = [way for name, rules in made.columns.items() for way in self._ways(name, rules, made, entry)]
        self.ways = [way for way in ways if way.place >= 0]
        self.fresh = [put for way, value in _defaults(made, kind, entry) if (put := way.put(value))]
        self.lookups: Sequence[Path] = list(_lookups(self.ways, kind, links))
        self.template = reading.parse_template(made.name) if made.name else None
        self.title = self._title()
        self.cells = self._cells(made)

    def given(self, row: Row) -> Given:
        """What a row says; `Invalid` for a cell that does not fit its field."""
        cells = row.cells
        puts: list[Put] = [put for way in self.ways if (put := way.put(cells[way.place]))]
        if self.template and not any(put.field == "name" for put in puts):
            texts = {name: _cell_text(cells[place], rule) for name, (place, rule) in self.cells.items()}
            if name := self.template.fill(texts):
                puts.insert(0, TargetPut("name", self.title, [name]))
        return Given(self.kind, row, puts, match=self.match, fresh=self.fresh)

    def _ways(self, name: str, rules: Sequence[Rule], made: ImportMap, entry: Entry) -> Iterator[Way]:
        for rule in rules:
            try:
                yield _way(self.places.get(column_key(name), -1), rule, made, self.kind, entry)
            except CrmError as error:
                raise located(f"column {name}", error) from None

    def _title(self) -> Target:
        field = self.kind.by_name["name"]
        if self.template and field.computed:
            message = f"the map: name: that of a {self.kind.name} is computed"
            raise Invalid(message, hint="let a column go to its subject")
        return Target(field, field, one=True)

    def _cells(self, made: ImportMap) -> dict[str, tuple[int, Rule | None]]:
        """The places of the columns that the template names, with the rule whose `values` count."""
        found: dict[str, tuple[int, Rule | None]] = {}
        rules = {column_key(name): rules[0] for name, rules in made.columns.items()}
        for name in self.template.columns if self.template else ():
            key = column_key(name)
            if key not in made.known:
                near = nearest(name, made.known.values())
                raise Invalid(f"the map: name: there is no column {name}", hint=f"did you mean {near}?" if near else "")
            if key in self.places:
                found[name] = (self.places[key], rules.get(key))
        return found


def _cell_text(value: Any, rule: Rule | None) -> str:
    text = cell(value).strip()
    return rule.values.get(text, text) if rule else text


def _places(source: Source, made: ImportMap) -> Mapping[str, int]:
    """Where each column is; `Invalid` for one that the map does not name."""
    unknown = [name for name in source.columns if column_key(name) not in made.known]
    if unknown:
        near = nearest(unknown[0], made.known.values())
        hint = f"did you mean {near}? " if near else ""
        raise Invalid(
            f"the map says nothing about the column{'s' * (len(unknown) > 1)} {', '.join(unknown)}",
            hint=f"{hint}give it a field under `columns:`, or name it under `ignore:`",
        )
    return {column_key(name): place for place, name in enumerate(source.columns)}


def _way(place: int, rule: Rule, made: ImportMap, kind: Kind, entry: Entry) -> Way:
    to = target(rule.to, kind, entry)
    return Way(place, rule, to, _reader(rule, to, made, entry))


def _reader(rule: Rule, to: Target, made: ImportMap, entry: Entry) -> reading.Read:
    """How one part of a cell becomes a value for a target; what cannot work at all is said before any row is read."""
    inner = to.inner
    dates, numbers = rule.dates or made.dates, rule.numbers or made.numbers
    if dates:
        reading.check_dates(dates)
    if inner.links:
        return lambda text: Pending(inner.to, text, rule.by, rule.create)
    if inner.type == "consent":
        settings = entry.context.settings
        return reading.strict(lambda text: PARSE["consent"](text, inner, settings))
    if to.many and to.field.type == "labelled" and inner.type in _LABELS:
        return lambda text: item(text, to.field, entry)
    one = one_of(inner) if inner.many else inner
    return reading.reader(one, entry, dates=dates, numbers=numbers, currency=rule.currency)


def _defaults(made: ImportMap, kind: Kind, entry: Entry) -> Iterator[tuple[Way, Any]]:
    for name, value in made.defaults.items():
        try:
            yield _way(-1, Rule(name), made, kind, entry), value
        except CrmError as error:
            raise located("defaults", error) from None


def _lookups(ways: Sequence[Way], kind: Kind, links: Links) -> Iterator[Path]:
    """The fields of this very kind that links of the file are found by: rows may name each other."""
    for way in ways:
        if way.target.inner.links:
            found = links.paths(Pending(way.target.inner.to, "", way.rule.by))
            yield from (path for of, path in found if of is kind)
