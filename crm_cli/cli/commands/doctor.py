"""crm doctor: what is wrong with the book, and what can be mended."""

import sys
import time
from typing import Annotated, Any

from crm_cli.base.errors import CrmError
from crm_cli.base.text import kept_aside
from crm_cli.cli import complete
from crm_cli.cli.declare import Argument, Called, Option
from crm_cli.cli.params import session
from crm_cli.cli.receipts import KEPT_ASIDE
from crm_cli.services.doctor import Mended, Report, chosen, examine, mend, report_table

HELP = """Finds what is wrong with the book: files that cannot be read, values that do not fit, links that lead nowhere.

Exit 1 where there are errors, with --strict also for warnings. --fix mends what is safe; -n shows what it would do."""


def doctor(
    ctx: Called,
    refs: Annotated[
        list[str] | None,
        Argument(metavar="[REF ...]", help="Only these records; - from stdin", autocompletion=complete.refs),
    ] = None,
    fix: Annotated[bool, Option("--fix", help="Mend what can safely be mended, as one commit")] = False,
    phones: Annotated[bool, Option("--phones", help="Phones as E.164; with --fix they are rewritten")] = False,
    strict: Annotated[bool, Option("--strict", help="Exit 1 for warnings too")] = False,
) -> None:
    """Finds what is wrong."""
    run = session(ctx)
    now = time.time()  # commits carry the machine's time, so CRM_NOW has no say here
    report = examine(run.book, now, phones=phones)
    paths = chosen(report, run.book, run.words(refs)) if refs else None
    if paths is not None:
        report = report.limited(paths)
    made = Mended()
    if fix or run.options.dry_run:
        made = _mend(run, report)
    if made.lines and not run.options.dry_run:
        report = examine(run.book, now, phones=phones)
        if paths is not None:
            report = report.limited({made.homes.get(path, path) for path in paths})
    _show(run, report)
    if made.kept_aside and not run.options.dry_run:
        run.code = KEPT_ASIDE
        run.warn(f"{kept_aside(made.kept_aside)}: crm conflicts shows them")
    if report.errors or (strict and report.problems):
        run.code = 1


def _mend(run: Any, report: Report) -> Mended:
    dry = run.options.dry_run
    try:
        made = mend(run.book, report, dry=dry)
    except CrmError:
        _show(run, report)
        raise
    for path in made.swept:
        run.say(f"committed your edit of {path}")
    for line in made.lines:
        run.say(f"would mend {line}" if dry else f"mended {line}")
    if made.next:
        run.warn(made.next)
    return made


def _show(run: Any, report: Report) -> None:
    from crm_cli.cli import output

    rows = output.write(report_table(report), run.output_options(), sys.stdout)
    if run.options.exit_code and not rows:
        run.code = 1
    for note in report.notes:
        run.say(note)
    run.say(report.summary())
