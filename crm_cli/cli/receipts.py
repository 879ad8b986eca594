"""Applies a plan and prints what there is to say: before it a field diff, after it ids, JSON or one line."""

import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from crm_cli.base.text import counted, kept_aside, visible
from crm_cli.schema.condition import Ids, Selection
from crm_cli.schema.plan import FileChange, Plan
from crm_cli.services.telling import diff_lines, summary

if TYPE_CHECKING:
    from crm_cli.book import Receipt
    from crm_cli.cli.session import Session


KEPT_ASIDE = 6


def applied(
    session: "Session", plan: Plan, done: str | Sequence[str] = "", *, created: bool = False
) -> "Receipt | None":
    """Applies a plan, or shows it with --dry-run; `created` verbs print new ids, the others one line on stderr.

    `done` is what to say when it is done, or a line for each record; a summary if it is empty.
    """
    for warning in plan.warnings:
        session.warn(f"crm: {warning}")
    if session.options.dry_run:
        show_plan(session, plan)
        return None
    receipt = session.book.apply(plan)
    for path in receipt.swept:
        session.say(f"committed your edit of {path}")
    show_receipt(session, plan, receipt, done, created=created)
    if session.options.verbose and receipt.commit:
        session.say(f"commit: {receipt.commit}")
    if receipt.kept_aside:
        session.code = KEPT_ASIDE
        session.warn(f"{kept_aside(receipt.kept_aside)}: crm conflicts shows them")
    return receipt


def show_plan(session: "Session", plan: Plan) -> None:
    """The field diff of a plan: a line for the record, a line for each field that differs."""
    for line in diff_lines(plan, session.book.settings):
        print(line)
    for change in plan.files:
        print(f"  {visible(change.path)}")
        for line in _line_diff(change):
            print(f"    {visible(line)}")
    of_records = bool(plan.changes or not plan.files)
    what = counted(len(plan.changes), "record") if of_records else counted(len(plan.files), "file")
    session.say(f"{what} would change; nothing was written")


def _line_diff(change: FileChange) -> Iterator[str]:
    """The lines of a text that go and come; none for a file as a whole."""
    if change.before is None or change.after is None or b"\0" in change.before + change.after:
        return
    from difflib import ndiff  # 4 ms, and only for files that are no records

    before, after = (data.decode("utf-8", "replace").splitlines() for data in (change.before, change.after))
    yield from (line for line in ndiff(before, after) if line[0] in "+-")


def show_receipt(
    session: "Session", plan: Plan, receipt: "Receipt", done: str | Sequence[str], *, created: bool
) -> None:
    """New ids on stdout for what creates, one line on stderr for what changes; JSON of the records with --json."""
    if session.options.json:
        _show_json(session, receipt)
    elif created:
        for change in plan.changes:
            if change.before is None:
                print(change.record.id)
    if not created or not plan.changes:
        each = done if receipt.commit and not isinstance(done, str) else ()
        for line in each or [done if done and isinstance(done, str) else summary(plan, receipt)]:
            session.say(line)


def _show_json(session: "Session", receipt: "Receipt") -> None:
    from crm_cli.cli import output

    book = session.book
    kinds = book.kinds.named({record.kind_.name for record in receipt.records} or {"contact"})
    texts = book.index.json(kinds, Selection(Ids(tuple(record.id for record in receipt.records))))
    output.write_records(texts, session.output_options(), sys.stdout)
