"""Opening the user's editor from the command line: where somebody is there to use it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from crm_cli.base.errors import BadRequest
from crm_cli.services.drafts import Draft

if TYPE_CHECKING:
    from crm_cli.cli.session import Session


@contextmanager
def composed(session: "Session") -> Iterator[str]:
    """A text written in the editor, empty where nothing was; what cannot be used after all is kept, and named."""
    draft = draft_of(session, "note.txt", b"")
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


def draft_of(session: "Session", name: str, data: bytes) -> Draft:
    """A draft for the editor of whoever runs this; `BadRequest` where there is neither a terminal nor an editor."""
    if not session.interactive and not os.environ.get("EDITOR") and not os.environ.get("VISUAL"):
        raise BadRequest("there is no terminal to edit on", hint="crm set, or crm apply, changes records without one")
    return Draft(name, data, session.config.editor)
