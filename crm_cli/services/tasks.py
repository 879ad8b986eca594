"""What becomes of tasks: done, put off, given up, followed by the next one."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from crm_cli.base.dates import Stamp, stamp_of
from crm_cli.base.errors import BadRequest
from crm_cli.base.phrases import longest_prefix
from crm_cli.base.recurrence import occurrences
from crm_cli.book import Book
from crm_cli.kinds.task import KINDS_OF_TASK
from crm_cli.schema.plan import Change, Plan
from crm_cli.schema.record import Record
from crm_cli.services.edit import create, entry_of, update
from crm_cli.services.entry import scalar


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
