"""crm git: git in the book, by hand."""

from typing import Annotated

import typer

from crm_cli.base.programs import run_in
from crm_cli.cli.params import session


def git(
    ctx: typer.Context,
    args: Annotated[list[str] | None, typer.Argument(metavar="[ARGS ...]", help="What git gets")] = None,
) -> None:
    """Runs git in the book: crm git log --stat. Everything behind `git` is git's."""
    run = session(ctx)
    raise typer.Exit(run_in(run.root, ["git", *(args or [])]))
