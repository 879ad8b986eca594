"""The options that every command takes, and those of every verb that lists or that changes records.

They stand at the root, behind the noun or behind the verb; the innermost wins, since it is parsed last.
"""

from collections.abc import Mapping
from typing import Any

from crm_cli.base.config import COLORS
from crm_cli.base.errors import BadRequest
from crm_cli.cli import complete
from crm_cli.cli.declare import Option
from crm_cli.cli.said import FORMATS
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Verb

OF_THE_BOOK = ("book", "lock_timeout")
"""The options that say which book is opened, and how."""

Shared = Mapping[str, Option]
"""Options by the name of what they say in a session's `options`."""


def note(session: Session, name: str, value: Any) -> None:
    """Notes in the session what a shared option says."""
    if name == "color" and value not in COLORS:
        raise BadRequest(f"--color wants auto, always or never, not {value}")
    setattr(session.options, name, value)
    if name in OF_THE_BOOK:
        session.forget_book()  # `add` has looked into one for its options before it came to this one


def shared(verb: Verb) -> Shared:
    """The shared options of a verb, each once."""
    if verb.raw:
        return {}
    lists, writes = listing() if verb.lists else {}, writing() if verb.writes else {}
    return {**lists, **{name: option for name, option in writes.items() if name not in lists}, **common()}


def common() -> Shared:
    """Options of every command."""
    return {
        "book": Option("-C", "--records", help="The book: a directory or a name from the config", metavar="DIR"),
        "no_input": Option("--no-input", help="Never ask"),
        "quiet": Option("-q", "--quiet", help="Say less"),
        "verbose": Option("-v", "--verbose", help="Say more"),
        "color": Option(
            "--color",
            help="Colour: auto, always or never",
            metavar="WHEN",
            autocompletion=complete.words(*COLORS),
        ),
        "lock_timeout": Option("--lock-timeout", help="How long to wait for another writer", metavar="SECONDS"),
    }


def listing() -> Shared:
    """Options of every verb that lists."""
    return {
        "output": Option(
            "-o",
            help=f"{', '.join(FORMATS[:-1])} or {FORMATS[-1]}",
            metavar="FORMAT",
            autocompletion=complete.words(*FORMATS),
        ),
        "json": Option("--json", help="The same as -o json"),
        "ids": Option("--ids", help="The same as -o ids"),
        "fields": Option("--fields", help="The columns: a,b.c", metavar="FIELDS"),
        "template": Option("--format", help="A line of your own: '{name} <{email}>'", metavar="TEMPLATE"),
        "header": Option("--header", help="A header above tab-separated rows"),
        "null": Option("-0", help="End ids and lines of --format with NUL"),
        "exit_code": Option("--exit-code", help="Exit 1 when nothing is found"),
    }


def writing() -> Shared:
    """Options of every verb that changes records."""
    return {
        "dry_run": Option("-n", "--dry-run", help="Show what would change, and change nothing"),
        "yes": Option("-y", "--yes", help="Yes to every question"),
        "json": Option("--json", help="Print the records that were made or changed"),
        "null": Option("-0", help="Records are read from - ending in NUL"),
    }
