"""crm import: takes in a CSV or JSON file, in one commit."""

import contextlib
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

from crm_cli.base.errors import BadRequest, CrmError, Invalid
from crm_cli.base.text import counted
from crm_cli.cli import complete
from crm_cli.cli.declare import Argument, Called, Option
from crm_cli.cli.params import session
from crm_cli.cli.receipts import applied
from crm_cli.cli.session import INCOMPLETE, Session
from crm_cli.cli.sources import STDIN, read_input, read_map_file
from crm_cli.schema.kind import Kind
from crm_cli.services.exchange.export import place_once
from crm_cli.services.exchange.import_map import ON_MATCH, ImportMap, map_text, read_map
from crm_cli.services.exchange.importer import Imported, counts
from crm_cli.services.exchange.importing import Request, draft_map, plan_import, rejects_text

SHOWN = 5

HELP = """Takes in a file: CSV in any encoding and with any delimiter, or JSON.

Without a map the columns are ours, as crm export writes them. For other files a map says which column is which field;
--save-map begins one. Rows that make no record go to FILE.rejects.csv, with the reason. The same file taken in again
changes nothing."""


def import_(
    ctx: Called,
    file: Annotated[str, Argument(metavar="FILE|-", help="The file; - reads stdin")],
    map_file: Annotated[str | None, Option("--map", metavar="MAP", help="Which column is which field")] = None,
    kind: Annotated[
        str | None, Option("--kind", metavar="K", help="What the rows are", autocompletion=complete.kinds)
    ] = None,
    on_match: Annotated[
        str | None, Option("--on-match", metavar="HOW", help="What is there already: update, fill or skip")
    ] = None,
    strict: Annotated[bool, Option("--strict", help="One bad row, and nothing is written")] = False,
    rejects: Annotated[str | None, Option("--rejects", metavar="PATH", help="Where bad rows go; - is stdout")] = None,
    save_map: Annotated[str | None, Option("--save-map", metavar="MAP", help="Write the map into a file")] = None,
) -> None:
    """Takes in a file."""
    run: Session = session(ctx)
    if on_match and on_match not in ON_MATCH:
        raise BadRequest(f"--on-match {on_match} is not known", hint=f"one of {', '.join(ON_MATCH)}")
    data = read_input(run, file)
    made = read_map(read_map_file(run, map_file), map_file, run.book.kinds) if map_file else None
    request = Request(data, file, made, _kind(run, kind), on_match or "")
    if save_map:
        request = replace(request, map=_save(run, request, save_map))
    imported = plan_import(run.book, request)
    if strict and imported.rejects:
        lines = [f"line {reject.row.line}: {reject.reason}" for reject in imported.rejects[:SHOWN]]
        message = f"{counted(len(imported.rejects), 'row')} cannot be taken in; nothing was written"
        raise Invalid(message, hint="without --strict the others are", candidates=lines)
    with _reported(run, imported, file, rejects):
        applied(run, imported.plan, summary(imported))
    if imported.rejects:
        run.code = INCOMPLETE


def _kind(run: Session, name: str | None) -> Kind | None:
    if name and name not in run.book.kinds.by_name:
        raise BadRequest(f"{name} is no kind of record", hint=", ".join(kind.name for kind in run.book.kinds.all))
    return run.book.kinds[name] if name else None


def summary(imported: Imported) -> str:
    """How much is new, changed, the same and rejected."""
    made = [f"{counted(count, kind)} new" for kind, count in counts(imported.plan, new=True)]
    changed = sum(count for _kind, count in counts(imported.plan, new=False))
    rest = f"{changed:,} changed, {imported.same:,} the same, {len(imported.rejects):,} rejected"
    verb = "is" if imported.repeated == 1 else "are"
    repeated = f"; {counted(imported.repeated, 'row')} {verb} about a record of a row above"
    return ", ".join((*(made or ["0 new"]), rest)) + repeated * bool(imported.repeated)


def _save(run: Session, request: Request, place: str) -> ImportMap:
    """Writes the map, and gives it; one that is only a first draft is to be looked at before anything is taken in."""
    made, drafted = request.map, request.map is None
    if made is None:
        if request.kind is None:
            raise BadRequest("a map needs to know what the rows are", hint="give --kind contact")
        made = draft_map(request.source, request.kind)
    if not run.options.dry_run:
        _write_map(made, place)
        run.say(f"the map is in {place}")
    if drafted and made.ignore:
        raise Invalid(
            f"nothing was taken in: under `ignore:` stand {', '.join(made.ignore)}",
            hint=f"look it through, then crm import {request.name} --map {place}",
        )
    return made


def _write_map(made: ImportMap, place: str) -> None:
    if not place_once(Path(os.path.expanduser(place)), map_text(made).decode()):
        raise BadRequest(f"{place} is there already, and says something else", hint="give another path to --save-map")


class _reported(contextlib.AbstractContextManager[None]):
    """Sees to it that rejected rows are on disk, or on a stream, once the others are taken in."""

    def __init__(self, run: Session, imported: Imported, file: str, rejects: str | None) -> None:
        self.run, self.imported = run, imported
        given = rejects or (STDIN if file == STDIN else f"{file}.rejects.csv")
        self.path = Path(os.path.expanduser(given)) if given != STDIN else None
        self.stream = sys.stdout if rejects == STDIN else sys.stderr
        self.made = False

    def __enter__(self) -> None:
        if not self.imported.rejects or self.path is None or self.run.options.dry_run:
            return
        there = self.path.exists() or self.path.is_symlink()
        if not place_once(self.path, rejects_text(self.imported)):
            raise BadRequest(
                f"{self.path} holds the rejected rows of another import; nothing was written",
                hint="move it away, or give --rejects PATH",
            )
        self.made = not there

    def __exit__(self, _type: object, error: object, _trace: object) -> None:
        if isinstance(error, CrmError | KeyboardInterrupt):
            if self.made and self.path:
                self.path.unlink(missing_ok=True)
        elif not error and self.imported.rejects:
            self._tell()

    def _tell(self) -> None:
        for reject in self.imported.rejects[:SHOWN]:
            self.run.warn(f"crm: line {reject.row.line}: {reject.reason}")
        if self.run.options.dry_run:
            return
        if self.path is None:
            self.stream.write(rejects_text(self.imported))
            return
        many = len(self.imported.rejects)
        self.run.warn(f"  {counted(many, 'rejected row')} {'is' if many == 1 else 'are'} in {self.path}")
