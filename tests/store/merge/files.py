"""Records from the text of their files, for tests that show a merge as people would see it."""

from textwrap import dedent

from crm_cli.kinds import KINDS
from crm_cli.schema.convert import load
from crm_cli.schema.record import Record
from crm_cli.schema.settings import Settings
from crm_cli.store.codec import Document, parse
from crm_cli.store.merge import Merged, Side, merge

BOOK = Settings(timezone="Asia/Kolkata")


def document(text: str) -> Document:
    """A file of that text."""
    found = parse(dedent(text).encode(), "made/up.yaml")
    assert isinstance(found, Document), found
    return found


def record(kind: str, text: str | None, id: str = "made-up-k7m3q9") -> Record | None:
    """The record in a file of that text; None for no file."""
    if text is None:
        return None
    return load(KINDS[kind], id, f"{KINDS[kind].folder}/{id}.yaml", document(text).root, BOOK)


def merged(kind: str, base: str | None, x: str | None, y: str | None, later: Side = "x") -> Merged:
    """The merge of two files; the one merge of both clones, whichever of them makes it."""
    versions = [record(kind, text) for text in (base, x, y)]
    ours = merge(versions[0], versions[1], versions[2], later=later, settings=BOOK)
    theirs = merge(versions[0], versions[2], versions[1], later="y" if later == "x" else "x", settings=BOOK)
    assert ours == theirs
    return ours
