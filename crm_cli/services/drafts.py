"""Drafts: files outside the book that the user's editor works on, which stay where they are until they were used."""

import os
from pathlib import Path

from crm_cli.base.config import state_dir
from crm_cli.base.errors import AnswerIsNo, Refused
from crm_cli.base.programs import editor_command, run_editor


class Draft:
    """A file in the state directory; `command` is the editor that the user's config names, if it does."""

    def __init__(self, name: str, data: bytes, command: str) -> None:
        self._command = editor_command(command)
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
