"""Opening the user's editor: on a draft outside the book, which stays where it is until it has been used."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from crm_cli.base.config import state_dir
from crm_cli.base.errors import AnswerIsNo, BadRequest, Refused
from crm_cli.base.programs import editor_command, run_editor

if TYPE_CHECKING:
    from crm_cli.cli.session import Session


@contextmanager
def composed(session: "Session") -> Iterator[str]:
    """A text written in the editor, empty where nothing was; what cannot be used after all is kept, and named."""
    draft = Draft(session, "note.txt", b"")
    text = draft.edit().decode("utf-8", "replace").strip("\n")
    try:
        yield text
    except BaseException:
        if text.strip():
            session.warn(f"what you wrote is in {draft.path}")
        else:
            draft.done()
        raise
    draft.done()


class Draft:
    """A file in the state directory that the editor works on."""

    def __init__(self, session: "Session", name: str, data: bytes) -> None:
        if not session.interactive and not os.environ.get("EDITOR") and not os.environ.get("VISUAL"):
            raise BadRequest(
                "there is no terminal to edit on", hint="crm set, or crm apply, changes records without one"
            )
        self._command = editor_command(session.config.editor)
        self.path = _place(name)
        _write(self.path, data)

    def edit(self) -> bytes:
        """What is in the draft when the editor is closed; an editor that fails leaves the draft."""
        if not run_editor(str(self.path), self._command):
            raise AnswerIsNo("the editor ended with an error; nothing was changed", hint=f"the draft is {self.path}")
        return self.path.read_bytes()

    def done(self) -> None:
        """The draft has been used."""
        self.path.unlink(missing_ok=True)


def _place(name: str) -> Path:
    state = state_dir()
    if state is None:
        raise Refused("there is no home directory for a draft", hint="set XDG_STATE_HOME")
    place = state / "drafts"
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    return place / f"{os.getpid()}-{name}"


def _write(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with open(descriptor, "wb") as file:
        file.write(data)
