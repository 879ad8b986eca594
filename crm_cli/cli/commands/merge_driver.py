"""crm merge-driver: what git runs for a record that both sides of a merge have changed."""

import os
from pathlib import Path
from typing import Annotated

import typer

from crm_cli.cli.params import session
from crm_cli.services.syncing.gitmerge import Given, merge_for_git


def merge_driver(
    ctx: typer.Context,
    base: Annotated[str, typer.Argument(help="A file with the common version")],
    ours: Annotated[str, typer.Argument(help="A file with our version, which is replaced")],
    theirs: Annotated[str, typer.Argument(help="A file with their version")],
    path: Annotated[str, typer.Argument(help="Which file of the book it is")],
) -> None:
    """Merges one file; exit 1, and nothing written, where it is none of crm's."""
    run = session(ctx)
    merged = merge_for_git(Path.cwd(), Given(base, ours, theirs, path), os.environ)
    if merged is None:
        run.code = 1
    elif merged.kept_aside:
        run.warn(f"{path}: {merged.kept_aside} kept aside (crm conflicts)")
