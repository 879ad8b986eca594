"""A file of the book that is no record now: it is opened in the editor as it stands, and mended by hand."""

from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from crm_cli.base.errors import AnswerIsNo, Refused
from crm_cli.base.programs import editor_command, run_editor
from crm_cli.book import Book
from crm_cli.schema.problem import Problem
from crm_cli.store import files

if TYPE_CHECKING:
    from crm_cli.tui.app import CrmApp


async def open_file(app: "CrmApp", path: str) -> None:
    """Opens a file itself, since there is no record that could be checked before it is written."""
    place = await app.desk.ask(lambda book: _plain(book, path))
    try:
        with app.suspend():
            ended_well = run_editor(place, editor_command(app.desk.config.editor))
    except SuspendNotSupported:
        raise Refused("there is no terminal for an editor here", hint=f"open {place} yourself") from None
    app.book_changed()
    if not ended_well:
        raise AnswerIsNo(f"the editor ended with an error; {path} is as it left it")
    app.say(f"{path} is as you left it; what can be read goes into the next commit")


def _plain(book: Book, path: str) -> str:
    """Where it is; nothing that leads out of the book is opened."""
    found = files.read(book.root, path)
    if isinstance(found, Problem) and found.code == "not-a-file":
        raise Refused(f"{path} {found.message}", hint="remove it, and put a file in its place")
    return str(book.root / path)
