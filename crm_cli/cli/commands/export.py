"""crm export: gives out records, to stdout or into a file."""

import sys
from dataclasses import replace
from typing import Annotated, NamedTuple, TextIO

from crm_cli.base.errors import BadRequest
from crm_cli.base.text import counted
from crm_cli.cli import complete
from crm_cli.cli.declare import Called, Option
from crm_cli.cli.params import Query, Where, session
from crm_cli.cli.session import Session
from crm_cli.schema.condition import Selection
from crm_cli.schema.kind import Kind
from crm_cli.services.exchange.export import check_target, choose, full_table, json_texts, ordered, writing

TABLES = ("csv", "tsv", "table")
ICS = "ics"


class Wanted(NamedTuple):
    """Which records, and where to."""

    query: list[str]
    where: str | None
    kinds: list[str]
    every: bool
    to: str | None
    force: bool


HELP = """Gives out records, whole ones: all kinds as JSON lines, which crm apply takes back.

-o json, jsonl, yaml, csv or tsv; CSV and TSV hold every field of one kind: crm export --kind deal -o csv

--ics (or -o ics) is a calendar: open tasks that are due some time, with alarms, and the birthdays and
anniversaries of contacts. Google and Outlook show no tasks of a file: --events makes events of them."""


def export(
    ctx: Called,
    query: Query = None,
    where: Where = None,
    kind: Annotated[
        list[str] | None, Option("--kind", metavar="K", help="Only this kind", autocompletion=complete.kinds)
    ] = None,
    every: Annotated[bool, Option("--all", help="Archived records too")] = False,
    to: Annotated[str | None, Option("--to", metavar="PATH", help="Write into a file")] = None,
    force: Annotated[bool, Option("--force", help="Overwrite that file")] = False,
    ics: Annotated[bool, Option("--ics", help="A calendar of tasks and birthdays; the same as -o ics")] = False,
    events: Annotated[bool, Option("--events", help="With --ics: tasks as events, for Google and Outlook")] = False,
) -> None:
    """Gives out records."""
    run: Session = session(ctx)
    if ics or events or run.options.output == ICS:
        _calendar(run, Wanted(query or [], where, kind or [], every, to, force), ics=ics, events=events)
        return
    options = run.output_options()
    if not options.format and options.line is None:
        options = replace(options, format="jsonl")
    kinds = _kinds(run, kind or [])
    if len(kinds) != 1 and options.format in TABLES:
        raise BadRequest(f"{options.format} holds one kind of record", hint="add --kind contact, or use -o jsonl")
    selection = choose(run.book, query or [], kinds, where, every=every)
    path = check_target(run.book, to, force=force) if to else None
    if path is None:
        rows = _write(run, kinds, selection, options, sys.stdout)
    else:
        with writing(path) as stream:
            rows = _write(run, kinds, selection, options, stream)
        run.say(f"{counted(rows, 'record')} written to {path}")
    if run.options.exit_code and not rows:
        run.code = 1
    run.note_problems()


def _kinds(run: Session, names: list[str]) -> tuple[Kind, ...]:
    known = run.book.kinds.by_name
    for name in names:
        if name not in known:
            raise BadRequest(f"{name} is no kind of record", hint=", ".join(kind.name for kind in run.book.kinds.all))
    return run.book.kinds.named(names)


def _calendar(run: Session, wanted: Wanted, *, ics: bool, events: bool) -> None:
    """Writes a calendar, which is a format of its own: the shapes of listings do not go with it."""
    from crm_cli.services.exchange.calendar import KINDS, calendar  # 5 ms, and only this needs it

    said = run.options
    if events and not ics and said.output != ICS:
        raise BadRequest("--events is about a calendar", hint="add --ics")
    listed = (said.json, said.ids, said.null, said.header, said.fields is not None, said.template is not None)
    if said.output not in (None, ICS) or any(listed):
        raise BadRequest("--ics is a whole file of its own", hint="leave out the other options of the output")
    if strange := [name for name in wanted.kinds if name not in KINDS]:
        raise BadRequest(f"a calendar holds no {strange[0]}", hint="--kind task, --kind contact, or neither for both")
    kinds = run.book.kinds.named(wanted.kinds or KINDS)
    selection = choose(run.book, wanted.query, kinds, wanted.where, every=wanted.every)
    path = check_target(run.book, wanted.to, force=wanted.force) if wanted.to else None
    data, count = calendar(run.book, kinds, selection, events=events)
    if path is None:
        sys.stdout.write(data.decode())
    else:
        with writing(path) as stream:
            stream.write(data.decode())
        run.say(f"{count:,} calendar entr{'y' if count == 1 else 'ies'} written to {path}")
    if said.exit_code and not count:
        run.code = 1
    run.note_problems()


def _write(run: Session, kinds: tuple[Kind, ...], selection: Selection, options: object, stream: TextIO) -> int:
    from crm_cli.cli import output

    assert isinstance(options, output.OutputOptions)
    if options.whole:
        return output.write_records(json_texts(run.book, kinds, selection), options, stream)
    if options.fields or options.format not in TABLES:
        table = run.book.table("export", kinds, ordered(selection), options.columns_for(()))
    else:
        table = full_table(run.book, kinds[0], selection)
    return output.write(table, options, stream)
