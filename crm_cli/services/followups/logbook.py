"""Writing down what happened: an interaction, with whom, about what, and the follow-up that comes of it."""

from collections.abc import Sequence
from dataclasses import field
from typing import Any

from crm_cli.base.errors import BadRequest, NotFound
from crm_cli.base.lean import dataclass
from crm_cli.base.text import fold
from crm_cli.book import Book
from crm_cli.schema.kind import Kind
from crm_cli.schema.plan import Change, Plan
from crm_cli.services.edit import create, entry_of
from crm_cli.services.entry import scalar
from crm_cli.services.followups.tasks import called, follow_up, shown, step_of, subject_and_body
from crm_cli.services.records import known_as
from crm_cli.services.refs import Found, resolve


@dataclass(frozen=True, slots=True)
class Told:
    """What was said about an interaction, as typed."""

    kind: str
    refs: Sequence[str]
    text: str
    at: str | None = None
    deal: str | None = None
    outcome: str | None = None
    minutes: int | None = None
    direction: str | None = None
    next_step: str | None = None
    create: bool = False


@dataclass(slots=True)
class About:
    """Who and what an interaction is about."""

    contacts: list[str] = field(default_factory=list)
    organization: str | None = None
    deal: str | None = None
    made: dict[str, Change] = field(default_factory=dict)
    echo: list[str] = field(default_factory=list)


def write_down(book: Book, told: Told) -> tuple[Plan, str]:
    """One plan: the interaction, its follow-up and the contacts that it makes; and a line about what was resolved."""
    kind = book.kinds["interaction"]
    choices = book.settings.choices(kind.by_name["kind"].choices)
    if told.kind not in choices:
        from crm_cli.base.text import nearest

        near = nearest(told.kind, choices)
        raise BadRequest(
            f"{told.kind} is no kind of interaction", hint=f"did you mean {near}?" if near else ", ".join(choices)
        )
    found = _about(book, told)
    entry = entry_of(book)
    values: dict[str, Any] = {
        "kind": told.kind,
        "at": scalar(told.at, kind.by_name["at"], entry) if told.at else book.context.stamp,
        "contacts": tuple(dict.fromkeys(found.contacts)),
        "organization": found.organization,
        "deal": found.deal,
        "direction": told.direction,
        "outcome": told.outcome,
        "duration_min": told.minutes,
        **subject_and_body(told.text),
    }
    change = create(book, kind, values, force=True)  # what a book requires binds add and the forms
    changes = [change]
    if told.next_step is not None:
        links = {
            "contact": found.contacts[0] if found.contacts else None,
            "organization": found.organization,
            "deal": found.deal,
        }
        changes.append(follow_up(book, told.next_step, links, change.record.name or ""))
        found.echo.append(step_of(changes[-1].record))
    at = f" at {shown(values['at'])}" if told.at else ""
    return Plan("log", (*changes, *found.made.values())), f"{told.kind}{at}: {'; '.join(found.echo)}"


def bare(book: Book) -> tuple[Kind, ...]:
    """The kinds that something can be written down about."""
    return tuple(kind for kind in book.kinds.all if kind.bare)


def _about(book: Book, told: Told) -> About:
    about = About()
    kinds = bare(book)
    for ref in told.refs:
        try:
            _note(book, about, resolve(book, ref, kinds))
        except NotFound as error:
            if not told.create:
                raise NotFound(error.message, hint="--create makes a contact of that name") from None
            _create(book, about, ref)
    if told.deal:
        _note(book, about, resolve(book, told.deal, [book.kinds["deal"]]))
    return about


def _note(book: Book, about: About, found: Found) -> None:
    record: Any = book.record(found.path)
    about.echo += [called(record)] if called(record) not in about.echo else []
    if found.kind == "contact":
        about.contacts.append(found.id)
        about.organization = about.organization or record.organization
    elif found.kind == "organization":
        about.organization = found.id
    elif found.kind == "deal":
        about.deal = found.id
        about.organization = about.organization or record.organization
        if not about.contacts and record.contacts:
            about.contacts.append(record.contacts[0].value.rpartition("/")[2])


def _create(book: Book, about: About, name: str) -> None:
    if name.startswith("-"):
        raise BadRequest(f"{name} is no name for a new contact")
    if fold(name) in about.made:  # one person, even if named twice
        return
    change = known_as(book, book.kinds["contact"], name)
    about.made[fold(name)] = change
    about.contacts.append(change.record.id)
    about.echo.append(f"new contact {called(change.record)}")
