"""crm man: the manual, a page for each command."""

import sys
from typing import Annotated, Any

import typer

from crm_cli import kinds
from crm_cli.base.errors import NotFound
from crm_cli.base.programs import run_manual
from crm_cli.base.text import nearest
from crm_cli.cli import complete
from crm_cli.cli.manual import page, page_names
from crm_cli.cli.streams import is_terminal

HELP = """Shows a page of the manual: crm man, crm man contact-add, crm man log

On a terminal in man; piped as roff: crm man > crm.1"""


def _pages(ctx: Any, args: list[str], incomplete: str) -> complete.Offer:
    return complete.words(*page_names(ctx.find_root()))(ctx, args, incomplete)


def man(
    ctx: typer.Context,
    name: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PAGE]", help="crm if left out; contact-add, log ...", autocompletion=_pages),
    ] = None,
) -> None:
    """Shows a page."""
    root: Any = ctx.find_root()
    wanted = "-".join(name or ["crm"]).removeprefix("crm-")
    known = page_names(root)
    if wanted not in known:
        near = nearest(wanted, known)
        raise NotFound(
            f"there is no page {wanted}", hint=f"did you mean {near}?" if near else "crm man says what there is"
        )
    text = page(root, wanted, kinds.KINDS.all)
    if not is_terminal(sys.stdout) or not run_manual(text):
        print(text, end="")
