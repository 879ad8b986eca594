"""Read one file into a tree of text: line by line where it is ordinary, by a YAML parser where it is not."""

import re
from collections.abc import Iterator

from crm_cli.base.patterns import pattern
from crm_cli.schema.node import Map, Node, Scalar
from crm_cli.schema.problem import Problem
from crm_cli.store.codec.document import Document
from crm_cli.store.codec.explain import SEPARATORS, separator_problem, tab_problem
from crm_cli.store.codec.lines import read_lines
from crm_cli.store.codec.nodes import scalars
from crm_cli.store.codec.scan import Scanned, scan

_TAB_INDENT = pattern(r"^ *\t", re.MULTILINE)
# One blank before a `#`, or none behind it, looks like text; two blanks and one more are how comments are set.
_CUT = pattern(r"[ \t]#[^\n]*|[ \t]{2,}#[^ \t\r\n][^\n]*")


def parse(data: bytes, path: str, *, pure: bool = False, allow_empty: bool = False) -> Document | Problem:
    """Read a file: its document, or the structural problem that makes it unreadable."""
    scanned = scan(data, path)
    if isinstance(scanned, Problem):
        return scanned
    root: Node | Problem | None = None if pure or scanned.restore else read_lines(scanned.text)
    if root is None:
        # About 40 ms for ruamel, which a command that reads only ordinary files does not pay.
        from crm_cli.store.codec.engine import read_events

        root = read_events(scanned, path, pure)
    if isinstance(root, Problem):
        return root
    if root is None and allow_empty:
        root = Map(line=0, start=len(scanned.text), end=len(scanned.text))
    if type(root) is not Map:
        return _not_a_map(root, path)
    trouble = _misplaced(scanned, root, path)
    if trouble is not None:
        return trouble
    warnings = list(_cut_texts(scanned.text, root, path)) if _may_cut(scanned.text) else []
    return Document(path, scanned.text, root, scanned.bom, scanned.newline, warnings)


def _not_a_map(root: Node | None, path: str) -> Problem:
    what = "only text" if isinstance(root, Scalar) else "a list"
    if root is None:
        return Problem(path, 1, "not-a-map", "the file is empty, or holds only comments")
    return Problem(path, root.line, "not-a-map", f"{what} at the top of the file; a record is lines of “key: value”")


def _misplaced(scanned: Scanned, root: Map, path: str) -> Problem | None:
    """A tab in the indentation, or a line separator outside quotes."""
    text = scanned.text
    if "\t" in text:
        for match in _TAB_INDENT.finditer(text):
            if not _inside(scalars(root), match.start(), ("|", ">", '"', "'")):
                return tab_problem(text, match.end() - 1, path)
    if scanned.restore:
        for match in SEPARATORS.finditer(text):
            if not _inside(scalars(root), match.start(), ('"', "'")):
                return separator_problem(text, match, path)
    return None


def _inside(nodes: Iterator[Scalar], position: int, styles: tuple[str, ...]) -> bool:
    return any(node.start < position < node.end and node.style in styles for node in nodes)


def _may_cut(text: str) -> bool:
    """Whether to look for cut texts at all: a walk over the tree costs a tenth of reading the file."""
    place = text.find(" #")
    while place >= 0:
        if not text[place - 1 : place].isspace() or text[place + 2 : place + 3] not in ("", " ", "\t", "\r", "\n"):
            return True
        place = text.find(" #", place + 2)
    return "\t#" in text


def _cut_texts(text: str, root: Map, path: str) -> Iterator[Problem]:
    for name, node in root.entries.items():
        for scalar in scalars(node):
            if scalar.style == "plain" and scalar.text and (match := _CUT.match(text, scalar.end)):
                cut = match[0].strip()
                message = f"{cut!r} is a comment and no part of the value; quote the value if it is meant"
                yield Problem(path, scalar.line, "comment", message, name, scalar.text)
