"""crm config: what is in use, and settings of the user and of the book."""

from typing import Annotated

from crm_cli.base.text import visible
from crm_cli.cli.declare import Argument, Called, Option
from crm_cli.cli.params import session
from crm_cli.services.setup.settings import in_use, read_setting, set_book, set_user

HELP = """Shows what is in use; with KEY shows a setting, with KEY VALUE changes it.

These are your own settings; --book means those of the book, in crm.yaml."""


def config(
    ctx: Called,
    key: Annotated[str | None, Argument(metavar="[KEY]", help="ui.theme, editor, me, book, books.NAME")] = None,
    value: Annotated[str | None, Argument(metavar="[VALUE]", help="What it is to be")] = None,
    of_book: Annotated[bool, Option("--book", help="The book's settings: crm.yaml")] = False,
    unset: Annotated[bool, Option("--unset", help="Take the setting out")] = False,
) -> None:
    """Shows or changes settings."""
    run = session(ctx)
    if key is None:
        for name, text in in_use(lambda: run.book):
            print(f"{name}: {visible(text)}")
    elif value is None and not unset:
        for line in read_setting((lambda: run.book) if of_book else None, key):
            print(visible(line))
    elif of_book:
        run.say(set_book(run.book, key, value))
    else:
        run.say(set_user(key, value))
