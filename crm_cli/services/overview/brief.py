"""One page to read before a call: who it is, what is open, what was said last, what was promised, who waits."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from crm_cli.base.ids import handle
from crm_cli.base.lean import dataclass
from crm_cli.book import Book
from crm_cli.schema.condition import Ids, Selection
from crm_cli.schema.table import Table
from crm_cli.services.overview.around import BRIEFED
from crm_cli.services.overview.facts import Fact, contact_facts, deal_facts, firm_facts
from crm_cli.services.overview.rows import sections
from crm_cli.services.refs import Found

Facts = Callable[[Book, Mapping[str, Any]], Iterator[Fact]]
FACTS: Mapping[str, Facts] = {"contact": contact_facts, "organization": firm_facts, "deal": deal_facts}


@dataclass(frozen=True, slots=True)
class Page:
    """A title with what stands behind it, facts with their labels, tables under headings, what could be done next."""

    title: str
    under: str
    facts: Sequence[Fact]
    sections: Sequence[tuple[str, Table]]
    hints: Sequence[str]


def whom(book: Book, found: Found) -> Found | None:
    """The person, firm or deal that a record is about: itself, or of a task or an interaction whom that is with."""
    if found.kind in BRIEFED:
        return found
    kind = book.kinds[found.kind]
    for name in ("contact", "contacts", "deal", "organization"):
        if name in kind.by_name and found.kind in ("task", "interaction"):
            linked = next(iter(book.index.select([kind], Selection(Ids((found.id,))), [(name,)])))[0]
            first = linked[0] if isinstance(linked, list) and linked else linked
            target = book.kinds[name.removesuffix("s")]
            for _kind, id, path in book.index.ids([target], Selection(Ids((first,)))) if first else ():
                return Found(target.name, id, path)
    return None


def brief(book: Book, found: Found) -> Page:
    """The page about a contact, an organization or a deal."""
    kind = book.kinds[found.kind]
    names = [field.name for field in kind.fields] + [computed.name for computed in kind.shown]
    paths = [*((name,) for name in names), *_NAMES.get(kind.name, ())]
    row = next(iter(book.index.select([kind], Selection(Ids((found.id,))), paths)))
    values = dict(zip([".".join(path) for path in paths], row, strict=True))
    values["id"] = found.id
    tables = list(sections(book, values, found.kind))
    facts = [(label, text) for label, text in FACTS[found.kind](book, values) if text]
    return Page(
        f"{values['name'] or found.id}  ({found.id})",
        _under(values),
        facts,
        tables,
        list(_hints(values, found, {heading for heading, _table in tables})),
    )


_NAMES: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "contact": (("organization", "name"), ("referred_by", "name")),
    "organization": (("parent", "name"),),
    "deal": (("organization", "name"), ("_state",)),
}


def _under(values: Mapping[str, Any]) -> str:
    """What a visiting card says below the name; what a firm is; of a deal, whose it is."""
    texts = [values.get(name) for name in ("title", "department", "organization.name", "industry", "territory")]
    if values.get("parent.name"):
        texts.append(f"part of {values['parent.name']}")
    return ", ".join(text for text in texts if text)


def _hints(values: Mapping[str, Any], found: Found, headings: set[str]) -> Iterator[str]:
    """The commands that would make the page fuller."""
    ref = handle(found.id)
    if values.get("archived"):
        yield f"archived since {values['archived']}: crm set {ref} archived= brings it back"
    if found.kind != "deal" and not values["phones"] and not values["emails"]:
        yield f"no phone and no email yet: crm set {ref} phones+=NUMBER"
    if "Last interactions" not in headings:
        yield f'nothing was written down yet: crm log call {ref} "TEXT" --next "fri Call back"'
    elif "Our promises" not in headings and (found.kind == "deal" or "Open deals" in headings):
        yield f'no next step: crm task add "Call back" --{found.kind} {ref} --due fri'
