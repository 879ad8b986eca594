"""crm sync: brings the book and its remote to the same state."""

import sys
from typing import Annotated, Any

import typer

from crm_cli.base.text import visible
from crm_cli.cli.params import session
from crm_cli.cli.receipts import KEPT_ASIDE
from crm_cli.services.sync_report import foreseen, kept_aside, summary
from crm_cli.services.syncing import sync as sync_book

HELP = """Brings the book and its remote to the same state: what came is merged field by field, then yours is sent.

It never asks anything. A value that lost against another one is kept: crm conflicts shows it."""


def sync(
    ctx: typer.Context,
    remote: Annotated[str | None, typer.Option("--remote", metavar="NAME", help="Which remote; origin if any")] = None,
    allow: Annotated[
        bool, typer.Option("--allow-mass-delete", help="Even if it deletes a great part of your records")
    ] = False,
) -> None:
    """Syncs."""
    run = session(ctx)
    dry = bool(run.options.dry_run)
    showing = _Showing(run)
    try:
        done = sync_book(run.book, name=remote, allow_mass_delete=allow, dry=dry, progress=showing.progress)
    finally:
        showing.clear()
    for path in done.by_hand:
        run.say(f"committed your edit of {path}")
    if dry:
        for line in foreseen(run.book, done):
            print(visible(line))
        run.say("nothing was written")
        return
    kept = kept_aside(run.book, done)
    line = f"{done.remote}: {summary(run.book, done)}"
    if kept:
        run.code = KEPT_ASIDE
        run.warn(line)
    else:
        run.say(line)


class _Showing:
    """How far a transfer is, on one line of a terminal that goes away again."""

    def __init__(self, run: Any) -> None:
        shown = not run.options.quiet and sys.stderr is not None and sys.stderr.isatty()
        self.progress = self._show if shown else None

    def _show(self, text: str) -> None:
        print(f"\r\x1b[K{visible(text)[:70]}", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        """Leaves the line empty."""
        if self.progress:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
