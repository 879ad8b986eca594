"""crm erase: takes a person or an organization out of the book, for good."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from crm_cli.base.errors import BadRequest, Invalid
from crm_cli.base.text import visible
from crm_cli.cli import complete
from crm_cli.cli.declare import Argument, Called, Option
from crm_cli.cli.params import session
from crm_cli.cli.progress import progress

if TYPE_CHECKING:
    from crm_cli.services.erasing.erasure import Erasure
    from crm_cli.services.erasing.preview import Preview

HELP = """Erases a person or an organization: the right to be forgotten.

First it shows everything that is known about them, then it asks. What is left is a record without a name, so that
deals and sums stay; --delete leaves nothing. Calls and tasks that were with them alone lose their text, and wherever
else they are mentioned stands [erased].

Earlier versions stay in the history until --rewrite-history, which also replaces the remote; every other clone
follows with its next crm sync. With it REF may be left out: everybody who was erased before."""


def erase(
    ctx: Called,
    ref: Annotated[str | None, Argument(metavar="[REF]", help="Whom", autocompletion=complete.refs)] = None,
    redact: Annotated[bool, Option("--redact", help="Leave a record without a name (the default)")] = False,
    delete: Annotated[bool, Option("--delete", help="Leave no record at all")] = False,
    history: Annotated[
        bool, Option("--rewrite-history", help="Out of every earlier version too, here and on the remote")
    ] = False,
    also: Annotated[
        list[str] | None, Option("--also", metavar="TEXT", help="Another spelling of the name; repeatable")
    ] = None,
    receipt: Annotated[str | None, Option("--receipt", metavar="FILE", help="Write the receipt to a file")] = None,
) -> None:
    """Erases."""
    run = session(ctx)
    if redact and delete:
        raise BadRequest("--redact and --delete exclude each other")
    if ref is None and not history:
        raise BadRequest("crm erase wants a REF: whom", hint="crm erase asha -n shows what would be erased")
    if receipt and os.path.lexists(receipt):
        raise Invalid(f"{receipt} is there already", hint="give --receipt the name of a new file")
    run.book.check_writable()
    path = run.refs([ref])[0].path if ref else None
    lines = _erased(run, path, delete=delete, history=history, also=also or ())
    if lines:
        print("\n".join(lines))
        if receipt:
            _write(Path(receipt), "".join(f"{line}\n" for line in lines))


def _erased(run: Any, path: str | None, *, delete: bool, history: bool, also: Sequence[str]) -> list[str]:
    """Shows, asks, erases; the receipt, empty where nothing was to be written."""
    from crm_cli.services.erasing import erasing, rewriting  # 40 ms of git and YAML: --help needs neither
    from crm_cli.services.erasing.erasure import work_out
    from crm_cli.services.erasing.preview import preview
    from crm_cli.services.erasing.receipt import Outcome, receipt

    book = run.book
    if not run.options.dry_run:
        erasing.commit_hand_edits(book)
        if history:
            rewriting.check(book)
            with progress(run) as shown:
                rewriting.sync_first(book, run.warn, shown)
    erasure = work_out(book, book.record(path) if path else None, delete=delete, also=also)
    found = preview(book, erasure)
    _show(found)
    if run.options.dry_run:
        run.say("nothing was written")
        return []
    run.confirm(_question(erasure, history=history))
    if not history:
        return receipt(book, erasure, found, Outcome(erasing.erase(book, erasure)))
    with progress(run) as shown:
        return receipt(book, erasure, found, rewriting.rewrite(book, erasure, run.warn, shown))


def _show(found: "Preview") -> None:
    group = ""
    for trace in found.traces:
        if trace.group != group:
            group = trace.group
            print(f"{group} ({found.counts[group]})")
        print(f"  {visible(trace.where)}  {visible(trace.what)}")
    print(f"history: {found.commits} commits touched these files")


def _question(erasure: "Erasure", *, history: bool) -> str:
    whom = (erasure.record.name or erasure.record.id) if erasure.record else "everybody who was erased before"
    where = " from this book, its whole history and its remote" if history else " from this book"
    return f"Erase {whom}{where}, for good?"


def _write(place: Path, text: str) -> None:
    flags: Any = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    with open(os.open(place, flags, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
