"""What is due: tasks with a date, and people to keep in touch with."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from crm_cli.base.dates import Stamp, parse_duration, parse_stamp, stamp_of
from crm_cli.base.errors import BadRequest, BadValue
from crm_cli.base.phrases import longest_prefix
from crm_cli.base.recurrence import occurrences
from crm_cli.book import Book
from crm_cli.kinds.task import KINDS_OF_TASK
from crm_cli.schema import agenda
from crm_cli.schema.condition import And, Condition, Not, Selection, Test
from crm_cli.schema.plan import Change, Plan
from crm_cli.schema.record import Record
from crm_cli.schema.table import Column, Table
from crm_cli.services.edit import create, entry_of, update
from crm_cli.services.entry import scalar

COLUMNS = ("due", "record", "id", "kind", "name", "contact.name", "organization.name")
TYPES = {"due": "moment", "overdue": "bool"}
WHOLE = ("due", "record", "id", "kind", "name", "contact", "organization", "deal", "owner", "priority", "overdue")
_PATHS: dict[str, dict[str, tuple[str, ...]]] = {
    "task": {name: (name,) for name in WHOLE}
    | {"due": ("_next",), "contact.name": ("contact", "name"), "organization.name": ("organization", "name")},
    "contact": {
        "due": ("touch_due",),
        "name": ("name",),
        "contact.name": ("name",),
        "contact": ("id",),
        "organization": ("organization",),
        "organization.name": ("organization", "name"),
        "owner": ("owner",),
    },
    "organization": {
        "due": ("touch_due",),
        "name": ("name",),
        "organization.name": ("name",),
        "organization": ("id",),
        "owner": ("owner",),
    },
}


def horizon(text: str, today: date) -> date:
    """The last day that `--within` reaches: `7d`, `2w`; `0d` is today."""
    if text in ("0d", "0"):
        return today
    try:
        return parse_duration(text).after(today)
    except BadValue as bad:
        raise BadRequest(f"--within: {bad.message}", hint="--within 7d, --within 2w") from None


def due_table(book: Book, words: Sequence[str], within: str, columns: Sequence[str] = COLUMNS) -> Table:
    """Tasks and cadence dates from overdue to `within`, the earliest first."""
    last = horizon(within, book.context.today)
    end = datetime.combine(last, datetime.max.time(), book.context.zone).replace(microsecond=0)
    rows = []
    for name in ("task", "contact", "organization"):
        kind = book.kinds[name]
        selection = _narrowed(book, words, name, int(end.timestamp()))
        if selection is not None:
            paths = [_PATHS[name].get(column, ("id",)) for column in (*WHOLE, "contact.name", "organization.name")]
            for values in book.index.select([kind], selection, paths):
                rows.append(
                    _row(name, dict(zip((*WHOLE, "contact.name", "organization.name"), values, strict=True)), book)
                )
    unknown = [column for column in columns if column not in (*WHOLE, *COLUMNS)]
    if unknown:
        raise BadRequest(
            f"due has no column {unknown[0]}", hint=", ".join((*WHOLE, "contact.name", "organization.name"))
        )
    rows.sort(key=lambda row: (_instant(row["due"], book), row["id"]))
    typed = tuple(Column(column, TYPES.get(column, "text")) for column in columns)
    made = [(*(row[column] for column in columns), row["id"]) for row in rows]
    return Table("due", typed, made, ids=len(columns))


def _narrowed(book: Book, words: Sequence[str], name: str, end: int) -> Selection | None:
    """The query on one of the kinds that can be due; None where the kind has no such field."""
    asked = book.parse(words, [book.kinds[each] for each in ("task", "contact", "organization")])
    when = "_next" if name == "task" else "touch_due"
    conditions: list[Condition] = [asked.condition, Test((when,), "between", high=end), Not(agenda.ARCHIVED)]
    if name == "task":
        conditions.append(agenda.open_task(book.context))
    return Selection(And(tuple(conditions)))


def _row(name: str, values: dict[str, Any], book: Book) -> dict[str, Any]:
    if name == "task":
        return values
    absent = [column for column in WHOLE if column not in _PATHS[name] and column != "id"]
    touch = dict.fromkeys(absent)
    return {
        **values,
        **touch,
        "record": name,
        "kind": "touch",
        "overdue": agenda.is_past(values["due"], book.context),
    } | ({"contact.name": None} if name == "organization" else {})


def _instant(text: str, book: Book) -> float:
    return parse_stamp(text, moments=True).instant(book.context.zone).timestamp()


def finish(book: Book, records: Sequence[Record], *, text: str | None, next_step: str | None, at: str | None) -> Plan:
    """Tasks done; `text` is written down as an interaction, `next_step` becomes the following task."""
    entry = entry_of(book)
    changes: list[Change] = []
    for record in records:
        when = scalar(at, record.kind_.by_name["created"], entry) if at else book.context.stamp
        change = update(book, record, _finished(book, record, when))
        changes += [change] if change else []
        if text is not None:
            changes.append(_written_down(book, record, text, when))
        if next_step is not None:
            changes.append(follow_up(book, next_step, about(record), record.name or ""))
    return Plan("done", tuple(changes))


def _finished(book: Book, task: Any, when: Stamp) -> dict[str, Any]:
    day = when.day(book.context.zone)
    finished = occurrence_to_finish(task, day, book) if task.every else day
    # A set of days: one that counts from its completion may be finished twice in a day.
    done = task.done if any(stamp.when == finished for stamp in task.done) else (*task.done, stamp_of(finished))
    return {"done": done} if task.every else {"status": "done", "done": done}


def occurrence_to_finish(task: Any, today: date, book: Book) -> date:
    """The occurrence that is meant: the latest not after today, else the next one; misses before it lapse."""
    zone = book.context.zone
    start = task.due.day(zone) if task.due else today
    if task.every.after:
        return today
    last = max((stamp.day(zone) for stamp in task.done), default=start - timedelta(days=1))
    coming = occurrences(task.every, start, last)
    past = [day for day in coming if day <= today]
    if past:
        return past[-1]
    return coming[0] if coming else today


def about(record: Any) -> dict[str, Any]:
    """What a task or an interaction is about, for the one that follows it."""
    people = getattr(record, "contacts", ())
    return {
        "contact": getattr(record, "contact", None) or (people[0] if people else None),
        "organization": record.organization,
        "deal": record.deal,
        "owner": record.owner,
    }


def _written_down(book: Book, task: Any, text: str, when: Stamp) -> Change:
    values = {
        "at": when,
        "kind": "note" if task.kind in (None, "todo") else task.kind,
        "contacts": (task.contact,) if task.contact else (),
        "organization": task.organization,
        "deal": task.deal,
        **subject_and_body(text),
    }
    return create(book, book.kinds["interaction"], values)


def subject_and_body(text: str) -> dict[str, str | None]:
    """A first line of at most 80 characters is the subject, the rest the body; a longer one is all body."""
    first, _, rest = text.strip("\n").partition("\n")
    if len(first) > 80:
        return {"subject": None, "body": text}
    return {"subject": first.strip() or None, "body": rest.strip("\n") or None}


def follow_up(book: Book, phrase: str, links: dict[str, Any], subject: str) -> Change:
    """The task of `--next "WHEN [TEXT]"`; its kind is the first word of the text where that is one."""
    words = phrase.split()
    found = longest_prefix(words, entry_of(book).frame("ahead"))
    if found is None:
        raise BadRequest(f"--next {phrase!r} begins with no date", hint='--next "fri Call back", --next "+1w"')
    stamp, used = found
    text = " ".join(words[used:]) or (f"Follow up: {subject}" if subject else "Follow up")
    kind = text.split()[0].lower()
    values = {**links, "name": text, "due": stamp, "kind": kind if kind in KINDS_OF_TASK else "todo"}
    return create(book, book.kinds["task"], values)
