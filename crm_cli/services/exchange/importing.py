"""Takes a file in: what it would change as a plan, the rows that are rejected as a file, a first map as a draft."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from crm_cli.base.errors import Invalid
from crm_cli.base.text import fold, with_article
from crm_cli.book import Book
from crm_cli.formats import csvtext
from crm_cli.formats.cells import cell
from crm_cli.schema.kind import Kind
from crm_cli.services.entry import Entry
from crm_cli.services.exchange.import_map import ImportMap, Rule, for_kind
from crm_cli.services.exchange.importer import Imported, Importer
from crm_cli.services.exchange.links import Links
from crm_cli.services.exchange.lookup import Lookup
from crm_cli.services.exchange.mapped import Mapped
from crm_cli.services.exchange.own import Own
from crm_cli.services.exchange.source import Form, Source, column_key, read_source, report_columns

_GUESSES: Final = {
    "full name": "name",
    "first name": "given_name",
    "given name": "given_name",
    "last name": "family_name",
    "surname": "family_name",
    "e-mail": "emails",
    "email address": "emails",
    "e-mail address": "emails",
    "mobile": "phones.mobile",
    "mobile phone": "phones.mobile",
    "phone number": "phones",
    "telephone": "phones",
    "company": "organization",
    "organisation": "organization",
    "job title": "title",
    "street": "addresses.street",
    "city": "addresses.city",
    "state": "addresses.state",
    "postcode": "addresses.postcode",
    "zip": "addresses.postcode",
    "country": "addresses.country",
    "comments": "notes",
    "birth date": "birthday",
    "date of birth": "birthday",
    "value": "amount",
}
"""What columns are often called elsewhere: a draft of a map begins with these."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be taken in: a file's bytes and name, the map to read it through, the kind that its rows are."""

    data: bytes
    name: str
    map: ImportMap | None = None
    kind: Kind | None = None
    on_match: str = ""

    @property
    def source(self) -> Source:
        """The rows."""
        if self.map:
            return read_source(self.data, self.name, self.map.form, self.map.known)
        return read_source(self.data, self.name, Form())


def plan_import(book: Book, request: Request) -> Imported:
    """What the import would do; `Invalid` where the file or the map cannot be used at all."""
    source = request.source
    lookup = Lookup(book)
    if request.map is None:
        links = Links(book, lookup)
        own = Own(book, source, request.kind, Entry(book.context, links), request.on_match)
        made = Importer(book, lookup, links, own).run()
        return _warned(made, (*source.warnings, *own.warnings))
    through = for_kind(request.map, request.kind, request.on_match)
    origin = through.defaults.get("source")
    links = Links(book, lookup, origin if isinstance(origin, str) else None)
    mapped = Mapped(through, source, book.kinds[through.kind], Entry(book.context, links), links)
    return _warned(Importer(book, lookup, links, mapped).run(), source.warnings)


def _warned(made: Imported, warnings: tuple[str, ...]) -> Imported:
    return replace(made, plan=replace(made.plan, warnings=warnings)) if warnings else made


def rejects_text(imported: Imported) -> str:
    """The rejected rows as CSV: the columns of the file, then where each row stands and why it was not taken in."""
    width = len(imported.columns)
    lines = [csvtext.line([*imported.columns, *report_columns(imported.columns)])]
    for reject in imported.rejects:
        cells = [cell(value) for value in reject.row.cells]
        over = f"; more cells: {' | '.join(cells[width:])}" if len(cells) > width else ""
        padded = [*cells[:width], *[""] * (width - len(cells))]
        lines.append(csvtext.line([*padded, str(reject.row.line), reject.reason + over]))
    return "".join(lines)


def draft_map(source: Source, kind: Kind) -> ImportMap:
    """A first map for a file: columns whose names are known go to their fields, the others under `ignore`."""
    columns: dict[str, tuple[Rule, ...]] = {}
    ignore = []
    for name in source.columns:
        rule = _guess(name, kind)
        if rule is None:
            ignore.append(name)
        else:
            columns[name] = (rule,)
    if not columns:
        raise Invalid(
            f"none of its columns looks like a field of {with_article(kind.name)}: {', '.join(source.columns)}",
            hint=f"write a map by hand: crm {kind.name} add --help shows the fields",
        )
    match = tuple(dict.fromkeys(_match(columns, kind)))
    return ImportMap(kind.name, match=match, columns=columns, ignore=tuple(ignore))


def _guess(name: str, kind: Kind) -> Rule | None:
    key = column_key(name)
    if key == "id" or key in kind.computed_by_name:
        return None
    known = kind.by_name.get(key.replace(" ", "_")) or kind.by_name.get(key.replace(" ", "_").replace("-", ""))
    to = known.name if known else _GUESSES.get(fold(key), "")
    field_name, _, rest = to.partition(".")
    found = kind.by_name.get(field_name)
    if key.partition(".")[0] in ("custom", "facts", "consent"):
        return Rule(name.strip())
    if not found or found.computed or found.type == "maps" or (found.mapping and not rest):
        return None
    if found.links:
        return Rule(to, by="name", create=found.name == "organization")
    return Rule(to, split="; ") if found.many and not rest else Rule(to)


def _match(columns: dict[str, tuple[Rule, ...]], kind: Kind) -> Iterator[str]:
    targets = {rule.to.partition(".")[0] for rules in columns.values() for rule in rules}
    yield from (one for one, name in (("email", "emails"), ("phone", "phones")) if name in targets)
    if not {"emails", "phones"} & targets and "name" in targets and not kind.by_name["name"].computed:
        yield "name"
