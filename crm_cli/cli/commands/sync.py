"""crm sync: brings the book and its remote to the same state."""

from typing import Annotated

from crm_cli.base.text import visible
from crm_cli.cli.declare import Called, Option
from crm_cli.cli.params import session
from crm_cli.cli.progress import progress
from crm_cli.cli.receipts import KEPT_ASIDE
from crm_cli.services.syncing.report import foreseen, kept_aside, summary
from crm_cli.services.syncing.sync import sync as sync_book

HELP = """Brings the book and its remote to the same state: what came is merged field by field, then yours is sent.

It never asks anything. A value that lost against another one is kept: crm conflicts shows it."""


def sync(
    ctx: Called,
    remote: Annotated[str | None, Option("--remote", metavar="NAME", help="Which remote; origin if any")] = None,
    allow: Annotated[
        bool, Option("--allow-mass-delete", help="Even if it deletes a great part of your records")
    ] = False,
) -> None:
    """Syncs."""
    run = session(ctx)
    dry = bool(run.options.dry_run)
    with progress(run) as shown:
        done = sync_book(run.book, name=remote, allow_mass_delete=allow, dry=dry, progress=shown)
    for path in done.by_hand:
        run.say(f"{'would commit' if dry else 'committed'} your edit of {path}")
    if done.across:
        run.say(done.across)
    for line in done.failed:
        run.warn(line)
    if done.doubtful:
        run.warn(done.doubtful)
    if dry:
        if done.first:
            run.say(f"{done.remote} holds nothing yet: everything would go")
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
