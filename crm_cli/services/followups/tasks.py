"""What becomes of tasks: done, put off, given up, followed by the next one."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from crm_cli.base.dates import Stamp, stamp_of
from crm_cli.base.errors import BadRequest, Invalid
from crm_cli.base.ids import handle
from crm_cli.base.patterns import pattern
from crm_cli.base.phrases import longest_prefix, understand
from crm_cli.base.recurrence import after_completion, occurrence, open_day
from crm_cli.book import Book
from crm_cli.kinds.task import KINDS_OF_TASK
from crm_cli.schema.agenda import open_deal, open_task, present
from crm_cli.schema.condition import And, Ids, Not, Test
from crm_cli.schema.plan import Change, Plan
from crm_cli.schema.record import Record
from crm_cli.services.edit import create, entry_of, update
from crm_cli.services.entry import scalar

_HOUR: Final = pattern(r"[0-9]{1,2}(:[0-9]{2}([ap]m)?|[ap]m)", re.IGNORECASE)

Echo = list[str]
"""A line for each task: what became of it, for people."""


def finish(
    book: Book, records: Sequence[Record], *, text: str | None, next_step: str | None, at: str | None
) -> tuple[Plan, Echo]:
    """Tasks done; `text` is written down as an interaction, `next_step` becomes the following task."""
    entry = entry_of(book)
    changes: list[Change] = []
    echo: Echo = []
    for record in records:
        task: Any = _open(record)
        when: Stamp = scalar(at, task.kind_.by_name["created"], entry) if at else book.context.stamp
        day = when.day(book.context.zone)
        if day > book.context.today:
            raise BadRequest(f"--at {at} is {day}, and nothing is done before its day", hint="--at yesterday")
        values, said = _finished(book, task, day)
        said[0] += f" on {day}" if at and not task.every else ""
        change = update(book, task, values)
        changes += [change] if change else []
        if text is not None:
            changes.append(_written_down(book, task, text, when))
            said.append("logged")
        if next_step is not None:
            changes.append(follow_up(book, next_step, about(task), task.name or ""))
            said.append(step_of(changes[-1].record))
        echo.append("; ".join(said))
    return Plan("done", tuple(changes)), echo


def _open(record: Any) -> Any:
    """The task, which must still be open."""
    if record.status in ("done", "canceled"):
        last = f", on {max(stamp.text for stamp in record.done)}" if record.status == "done" and record.done else ""
        raise Invalid(
            f"{called(record)} is already {record.status}{last}",
            hint=f"crm set {record.id} status=open opens it again",
        )
    return record


def called(record: Record) -> str:
    """A record in a message: its name, and the shortest id of its own."""
    return f"{record.name} ({handle(record.id)})"


def _finished(book: Book, task: Any, day: date) -> tuple[dict[str, Any], list[str]]:
    """The values of a task that was done that day, and what is said of it."""
    said = [f"done: {called(task)}"]
    if not task.every:
        return {"status": "done", "done": _with(task.done, day)}, said
    due, zone = task.due or book.context.day, book.context.zone
    start, last = due.day(zone), _last(task, book)
    finished = day if task.every.after else open_day(task.every, start, last, day)
    if finished is None:
        return {"status": "done", "done": _with(task.done, day)}, [*said, "it does not come again"]
    values: dict[str, Any] = {"done": _with(task.done, finished)}
    if task.every.after and start > finished:
        # Done ahead of its day: the next one is counted from now, not from a date that lies behind that.
        values["due"] = occurrence(due, finished, zone)
        start = finished
    again = open_day(task.every, start, finished if last is None else max(last, finished), book.context.today)
    said[0] += f", {finished}"
    if again is None:
        return {**values, "status": "done"}, [*said, "it does not come again"]
    return values, [*said, f"next: {again}"]


def _with(done: Sequence[Stamp], day: date) -> tuple[Stamp, ...]:
    """A set of days: what counts from its completion may be finished twice in a day."""
    return tuple(done) if any(stamp.when == day for stamp in done) else (*done, stamp_of(day))


def _last(task: Any, book: Book) -> date | None:
    return max((stamp.day(book.context.zone) for stamp in task.done), default=None)


def snooze(book: Book, records: Sequence[Record], when: str) -> tuple[Plan, Echo]:
    """Tasks put off: a span counts from today, a day keeps the time of day, the first due is remembered."""
    asked = understand(when, entry_of(book).frame("ahead"))
    changes: list[Change] = []
    echo: Echo = []
    for record in records:
        task: Any = _open(record)
        due = _put_off(book, task, asked)
        values: dict[str, Any] = {"due": due}
        if task.due and due != task.due and not task.snoozed_from:
            values["snoozed_from"] = stamp_of(task.due.day(book.context.zone))
        if change := update(book, task, values):
            changes.append(change)
        was = f", was {shown(task.due)}" if task.due else ""
        echo.append(f"snoozed: {called(task)}, due {shown(due)}{was}")
    return Plan("snooze", tuple(changes)), echo


def _put_off(book: Book, task: Any, asked: Stamp) -> Stamp:
    """The new due of a task."""
    zone = book.context.zone
    due = occurrence(task.due, asked.day(zone), zone) if task.due and not asked.moment else asked
    if due.day(zone) < book.context.today or (due.moment and due.instant(zone) < book.context.now):
        raise BadRequest(f"{shown(due)} is over, and snooze puts off", hint="crm snooze REF tomorrow, mon, +3d")
    if task.every and task.every.after:
        last = _last(task, book)
        again = after_completion(task.every, last) if last else None
        if again and due.day(zone) < again:
            raise Invalid(
                f"{called(task)} comes again on {again}, {task.every.text.removesuffix(' after')} after it was done;"
                f" {shown(due)} is before that",
                hint=f"crm snooze {task.id} {again}, or a later day",
            )
    elif task.every:
        raise Invalid(
            f"{called(task)} repeats: every {task.every.text}; one time alone cannot be put off",
            hint=f"crm done {task.id} goes on to the next time, crm set {task.id} due={_quoted(due)} moves the series",
        )
    return due


def _quoted(due: Stamp) -> str:
    """A day or a moment as a word of a shell."""
    return f"'{shown(due)}'" if due.moment else shown(due)


def shown(stamp: Stamp) -> str:
    """A day or a moment in a message."""
    return stamp.text[:16].replace("T", " ")


def cancel(book: Book, records: Sequence[Record]) -> tuple[Plan, Echo]:
    """Tasks given up; one that repeats is given up as a whole."""
    tasks: list[Any] = [_open(record) for record in records]
    made = (update(book, task, {"status": "canceled"}) for task in tasks)
    series = (f", the whole series: every {task.every.text}" if task.every else "" for task in tasks)
    echo = [f"canceled: {called(task)}{whole}" for task, whole in zip(tasks, series, strict=True)]
    return Plan("cancel", tuple(change for change in made if change)), echo


def without_step(book: Book, plan: Plan) -> list[str]:
    """The ids of the open deals, or else the contacts, that have no next step once the tasks of the plan are closed."""
    tasks: list[Any] = [change.after for change in plan.changes if change.before is not None]
    closed = Ids(tuple(task.id for task in tasks if task.status != "open"))
    about = dict.fromkeys(
        ("deal", task.deal) if task.deal else ("contact", task.contact) for task in tasks if task.id in closed.ids
    )
    return [id for kind, id in about if id and _is_bare(book, kind, id.rpartition("/")[2], closed)]


def _is_bare(book: Book, kind: str, id: str, closed: Ids) -> bool:
    others = And((open_task(book.context), Test((kind,), "equal", (id,)), Not(closed)))
    alive = open_deal(book.context) if kind == "deal" else present(book.context)
    return not book.index.count([book.kinds["task"]], others) and bool(
        book.index.count([book.kinds[kind]], And((Ids((id,)), alive)))
    )


def about(record: Any) -> dict[str, Any]:
    """What a task or an interaction is about, for the one that follows it."""
    people = getattr(record, "contacts", ())
    return {
        "contact": getattr(record, "contact", None) or (people[0] if people else None),
        "organization": record.organization,
        "deal": record.deal,
        "lead": record.lead,
        "owner": record.owner,
    }


def _written_down(book: Book, task: Any, text: str, when: Stamp) -> Change:
    values = {
        "at": when,
        "kind": "note" if task.kind in (None, "todo") else task.kind,
        "contacts": (task.contact,) if task.contact else (),
        "organization": task.organization,
        "deal": task.deal,
        "lead": task.lead,
        **subject_and_body(text),
    }
    return create(book, book.kinds["interaction"], values, force=True)


def subject_and_body(text: str) -> dict[str, str | None]:
    """A first line of at most 80 characters is the subject, the rest the body; a longer one is all body."""
    text = text.replace("\r\n", "\n")
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
    if used < len(words) and not words[used - 1].endswith(":") and _HOUR.fullmatch(words[used]):
        whole = f"{' '.join(words[: used + 1])}: {' '.join(words[used + 1 :])}".strip()
        raise BadRequest(f"--next: {words[used]} could be the hour, or the text", hint=f'--next "{whole}"')
    text = " ".join(words[used:]) or (f"Follow up: {subject}" if subject else "Follow up")
    kind = text.split()[0].lower()
    values = {**links, "name": text, "due": stamp, "kind": kind if kind in KINDS_OF_TASK else "todo"}
    return create(book, book.kinds["task"], values, force=True)


def step_of(task: Any) -> str:
    """The next step, for people."""
    return f"next: {task.name}, due {shown(task.due)}"
