"""Read one YAML file into a tree of text: libyaml where it is installed, ruamel's own parser where not."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from crm_cli.schema.node import Map, Node, Scalar
from crm_cli.schema.problem import Problem
from crm_cli.store.codec.document import Document
from crm_cli.store.codec.explain import explain, tab_problem
from crm_cli.store.codec.nodes import scalars
from crm_cli.store.codec.scan import Scanned, line_of, scan

_TAB_INDENT = re.compile(r"^ *\t", re.MULTILINE)
_SEPARATORS = re.compile("[\u2028\u2029]")
_BEYOND = re.compile(r"\\U(?!000|0010)[0-9A-Fa-f]{8}")
# One blank before a `#`, or none behind it, looks like text; two blanks and one more are how comments are set.
_CUT = re.compile(r"[ \t]#[^\n]*|[ \t]{2,}#[^ \t\r\n][^\n]*")


def parse(data: bytes, path: str, *, pure: bool = False, allow_empty: bool = False) -> Document | Problem:
    """Read a file: its document, or the structural problem that makes it unreadable."""
    scanned = scan(data, path)
    if isinstance(scanned, Problem):
        return scanned
    root = _tree(scanned, path, pure)
    if isinstance(root, Problem):
        return root
    if isinstance(root, Scalar) and root.start == root.end:
        root = None  # nothing after "---"
    if root is None and allow_empty:
        root = Map(line=0, start=len(scanned.text), end=len(scanned.text))
    if type(root) is not Map:
        return _not_a_map(root, path)
    trouble = _misplaced(scanned, root, path)
    if trouble is not None:
        return trouble
    warnings = list(_cut_texts(scanned.text, root, path)) if " #" in scanned.text or "\t#" in scanned.text else []
    return Document(path, scanned.text, root, scanned.bom, scanned.newline, warnings)


def _tree(scanned: Scanned, path: str, pure: bool) -> Node | Problem | None:
    # Together about 40 ms, which a command that reads no file does not pay.
    from ruamel.yaml.error import YAMLError

    from crm_cli.store.codec.build import Refusal, build
    from crm_cli.store.codec.pure import TextParser

    parsers: list[Callable[[str], Any]] = [TextParser]
    if not pure and (fast := _c_parser()) is not None:
        # libyaml refuses more than the other (`[12:30]`, `[why?]`), so what it refuses gets a second look.
        parsers.insert(0, fast)
    problem: Problem | None = None
    for make in parsers:
        try:
            return build(make(scanned.source).get_event, scanned.source, scanned.restore)
        except Refusal as refusal:
            if make is not TextParser and "?" in scanned.source:
                continue
            return Problem(path, refusal.line, refusal.code, refusal.message)
        except YAMLError as error:
            if make is TextParser:
                problem = explain(error, scanned.source, path)
        except (ValueError, OverflowError):
            problem = _beyond(scanned.source, path)
    return _at_separator(scanned, problem) if problem else None


def _c_parser() -> Callable[[str], Any] | None:
    try:
        from _ruamel_yaml import CParser
    except ImportError:
        return None
    return CParser  # type: ignore[no-any-return]


def uses_libyaml() -> bool:
    """Whether the parser written in C is there; without it the answers are the same, ten times slower."""
    return _c_parser() is not None


def _not_a_map(root: Node | None, path: str) -> Problem:
    what = "only text" if isinstance(root, Scalar) else "a list"
    if root is None:
        return Problem(path, 1, "not-a-map", "the file is empty, or holds only comments")
    return Problem(path, root.line, "not-a-map", f"{what} at the top of the file; a record is lines of “key: value”")


def _beyond(source: str, path: str) -> Problem:
    match = _BEYOND.search(source)
    line = line_of(source, match.start()) if match else 0
    return Problem(path, line, "encoding", "an escape that is no character (beyond \\U0010FFFF)")


def _at_separator(scanned: Scanned, problem: Problem) -> Problem:
    """The same problem, or the line separator that stands in its line and is likelier to be meant."""
    for match in _SEPARATORS.finditer(scanned.text):
        if line_of(scanned.text, match.start()) == problem.line:
            return _separator(scanned.text, match, problem.path)
    return problem


def _separator(text: str, match: re.Match[str], path: str) -> Problem:
    name = f"\\u{ord(match[0]):04x}"
    message = f'a raw U+{ord(match[0]):04X} outside quotes; remove it, or write "{name}" in double quotes'
    return Problem(path, line_of(text, match.start()), "line-break", message)


def _misplaced(scanned: Scanned, root: Map, path: str) -> Problem | None:
    """A tab in the indentation, or a line separator outside quotes."""
    text = scanned.text
    if "\t" in text:
        for match in _TAB_INDENT.finditer(text):
            if not _inside(scalars(root), match.start(), ("|", ">", '"', "'")):
                return tab_problem(text, match.end() - 1, path)
    if scanned.restore:
        for match in _SEPARATORS.finditer(text):
            if not _inside(scalars(root), match.start(), ('"', "'")):
                return _separator(text, match, path)
    return None


def _inside(nodes: Iterator[Scalar], position: int, styles: tuple[str, ...]) -> bool:
    return any(node.start < position < node.end and node.style in styles for node in nodes)


def _cut_texts(text: str, root: Map, path: str) -> Iterator[Problem]:
    for name, node in root.entries.items():
        for scalar in scalars(node):
            if scalar.style == "plain" and scalar.text and (match := _CUT.match(text, scalar.end)):
                cut = match[0].strip()
                message = f"{cut!r} is a comment and no part of the value; quote the value if it is meant"
                yield Problem(path, scalar.line, "comment", message, name, scalar.text)
