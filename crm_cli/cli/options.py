"""The options that every command takes, and those of every verb that lists or that changes records.

They stand at the root, behind the noun or behind the verb; the innermost wins, since it is parsed last.
"""

from collections.abc import Callable
from typing import Any

from typer.core import TyperOption

from crm_cli.base.config import COLORS
from crm_cli.base.errors import BadRequest
from crm_cli.cli import complete
from crm_cli.cli.said import FORMATS
from crm_cli.cli.session import Session

OF_THE_BOOK = ("book", "lock_timeout")
"""The options that say which book is opened, and how."""


def _into(name: str) -> Callable[..., Any]:
    """A callback that notes a given option in the session."""

    def note(ctx: Any, _param: Any, value: Any) -> Any:
        if value not in (None, False, ()):
            session: Session = ctx.find_root().obj
            if name == "color" and value not in COLORS:
                raise BadRequest(f"--color wants auto, always or never, not {value}")
            setattr(session.options, name, value)
            if name in OF_THE_BOOK:
                session.forget_book()  # `add` has looked into one for its options before it came to this one
        return value

    return note


def _option(name: str, *decls: str, help: str, **facts: Any) -> TyperOption:
    return TyperOption(
        param_decls=[f"_{name}", *decls], help=help, callback=_into(name), expose_value=False, default=None, **facts
    )


def common() -> list[TyperOption]:
    """Options of every command."""
    return [
        _option("book", "-C", "--records", help="The book: a directory or a name from the config", metavar="DIR"),
        _option("no_input", "--no-input", help="Never ask", is_flag=True),
        _option("quiet", "-q", "--quiet", help="Say less", is_flag=True),
        _option("verbose", "-v", "--verbose", help="Say more", is_flag=True),
        _option(
            "color",
            "--color",
            help="Colour: auto, always or never",
            metavar="WHEN",
            autocompletion=complete.words(*COLORS),
        ),
        _option("lock_timeout", "--lock-timeout", help="How long to wait for another writer", metavar="SECONDS"),
    ]


def listing() -> list[TyperOption]:
    """Options of every verb that lists."""
    return [
        _option(
            "output",
            "-o",
            help=f"{', '.join(FORMATS[:-1])} or {FORMATS[-1]}",
            metavar="FORMAT",
            autocompletion=complete.words(*FORMATS),
        ),
        _option("json", "--json", help="The same as -o json", is_flag=True),
        _option("ids", "--ids", help="The same as -o ids", is_flag=True),
        _option("fields", "--fields", help="The columns: a,b.c", metavar="FIELDS"),
        _option("template", "--format", help="A line of your own: '{name} <{email}>'", metavar="TEMPLATE"),
        _option("header", "--header", help="A header above tab-separated rows", is_flag=True),
        _option("null", "-0", help="End ids and lines of --format with NUL", is_flag=True),
        _option("exit_code", "--exit-code", help="Exit 1 when nothing is found", is_flag=True),
    ]


def writing() -> list[TyperOption]:
    """Options of every verb that changes records."""
    return [
        _option("dry_run", "-n", "--dry-run", help="Show what would change, and change nothing", is_flag=True),
        _option("yes", "-y", "--yes", help="Yes to every question", is_flag=True),
        _option("json", "--json", help="Print the records that were made or changed", is_flag=True),
        _option("null", "-0", help="Records are read from - ending in NUL", is_flag=True),
    ]
