"""crm export: gives out records, to stdout or into a file."""

import sys
from dataclasses import replace
from typing import Annotated, TextIO

import typer

from crm_cli.base.errors import BadRequest
from crm_cli.cli import complete
from crm_cli.cli.params import Query, Where, session
from crm_cli.cli.session import Session
from crm_cli.schema.condition import Selection
from crm_cli.schema.kind import Kind
from crm_cli.services.exchange.export import check_target, choose, full_table, json_texts, ordered, writing

TABLES = ("csv", "tsv", "table")

HELP = """Gives out records, whole ones: all kinds as JSON lines, which crm apply takes back.

-o json, jsonl, yaml, csv or tsv; CSV and TSV hold every field of one kind: crm export --kind deal -o csv"""


def export(
    ctx: typer.Context,
    query: Query = None,
    where: Where = None,
    kind: Annotated[
        list[str] | None, typer.Option("--kind", metavar="K", help="Only this kind", autocompletion=complete.kinds)
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Archived records too")] = False,
    to: Annotated[str | None, typer.Option("--to", metavar="PATH", help="Write into a file")] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite that file")] = False,
) -> None:
    """Gives out records."""
    run: Session = session(ctx)
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
        run.say(f"{rows:,} record{'s' * (rows != 1)} written to {path}")
    if run.options.exit_code and not rows:
        run.code = 1
    run.note_problems()


def _kinds(run: Session, names: list[str]) -> tuple[Kind, ...]:
    known = run.book.kinds.by_name
    for name in names:
        if name not in known:
            raise BadRequest(f"{name} is no kind of record", hint=", ".join(kind.name for kind in run.book.kinds.all))
    return run.book.kinds.named(names)


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
